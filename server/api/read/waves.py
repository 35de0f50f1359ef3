"""Waves with their totals and progress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, defer

from server.api.read.orders import shapes
from server.api.read.runs import run_shape
from server.api.read.times import iso
from server.errors import NotFound
from server.models import (
    Item,
    LayoutVersion,
    ListState,
    Order,
    OrderLine,
    PickList,
    PickTask,
    PlanningRun,
    StoredPlan,
    TaskState,
    Wave,
    WaveOrder,
    WaveState,
)
from server.services import workers
from server.services.clock import Clock

Shape = dict[str, Any]

OVER = (WaveState.COMPLETED, WaveState.COMPLETED_WITH_SHORTS, WaveState.CANCELLED)
"""States of waves that need no attention any more."""


def get_wave(session: Session, wave_id: str) -> Wave:
    """Return a wave row.

    Raises
    ------
    NotFound
        There is no such wave.
    """
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotFound(f'there is no wave "{wave_id}"', code="wave-not-found")
    return wave


def waves(session: Session, clock: Clock, *, only_open: bool, limit: int = 200) -> list[Shape]:
    """Return waves, newest first."""
    query = select(Wave).order_by(Wave.number.desc()).limit(limit)
    if only_open:
        query = query.where(Wave.state.not_in(OVER))
    return wave_shapes(session, clock, session.scalars(query).all())


def wave_shapes(session: Session, clock: Clock, rows: Sequence[Wave]) -> list[Shape]:
    """Return waves with totals, newest run and progress, in a fixed number of queries."""
    ids = [wave.id for wave in rows]
    totals = _totals(session, ids)
    progress = _progress(session, ids)
    layouts = {
        layout_id: {"id": layout_id, "name": name, "version": version}
        for layout_id, name, version in session.execute(
            select(LayoutVersion.id, LayoutVersion.name, LayoutVersion.version).where(
                LayoutVersion.id.in_({wave.layout_id for wave in rows})
            )
        )
    }
    newest: dict[str, PlanningRun] = {}
    for run in session.scalars(
        select(PlanningRun)
        .where(PlanningRun.wave_id.in_(ids), PlanningRun.lane == "plan")
        .order_by(PlanningRun.created_at, PlanningRun.id)
    ):
        newest[run.wave_id] = run
    lanes = workers.alive(session, clock).lanes
    return [
        {
            "id": wave.id,
            "number": wave.number,
            "name": wave.name,
            "state": wave.state,
            "revision": wave.revision,
            **totals[wave.id],
            "cart_type": wave.cart_type,
            "layout": layouts[wave.layout_id],
            "plan_id": wave.plan_id,
            "run": (
                run_shape(newest[wave.id], now=clock(), lanes=lanes) if wave.id in newest else None
            ),
            "progress": progress[wave.id],
            "created_at": iso(wave.created_at),
            "launched_at": iso(wave.launched_at),
            "closed_at": iso(wave.closed_at),
        }
        for wave in rows
    ]


def wave_detail(session: Session, clock: Clock, wave_id: str) -> Shape:
    """Return one wave with its orders, runs and stored plans."""
    wave = get_wave(session, wave_id)
    members = session.scalars(
        select(Order)
        .join(WaveOrder, WaveOrder.order_id == Order.id)
        .where(WaveOrder.wave_id == wave_id)
        .order_by(Order.number)
    ).all()
    runs = session.scalars(
        select(PlanningRun)
        .where(PlanningRun.wave_id == wave_id)
        .order_by(PlanningRun.created_at.desc())
        .limit(50)
    ).all()
    plans = session.scalars(
        select(StoredPlan)
        .where(StoredPlan.wave_id == wave_id)
        .order_by(StoredPlan.created_at)
        .options(defer(StoredPlan.document))  # megabytes each, and not shown here
    ).all()
    lanes = workers.alive(session, clock).lanes
    return {
        **wave_shapes(session, clock, [wave])[0],
        "order_list": shapes(session, members),
        "runs": [run_shape(run, now=clock(), lanes=lanes) for run in runs],
        "plans": [
            {
                "plan_id": plan.id,
                "run_id": plan.run_id,
                "method": plan.method,
                "is_baseline": plan.is_baseline,
                "recommended": plan.recommended,
                "length_mm": plan.length_mm,
                "duration_ms": plan.duration_ms,
                "lists": plan.lists,
                "created_at": iso(plan.created_at),
            }
            for plan in plans
        ],
    }


def sums(session: Session, order_ids: Sequence[str]) -> Shape:
    """Return orders, lines, units, grams and millilitres of a selection."""
    chunk = 500
    lines = units = weight = volume = 0
    for start in range(0, len(order_ids), chunk):
        row = session.execute(
            select(
                func.count(),
                func.coalesce(func.sum(OrderLine.ordered), 0),
                func.coalesce(func.sum(OrderLine.ordered * Item.weight_g), 0),
                func.coalesce(func.sum(OrderLine.ordered * Item.volume_ml), 0),
            )
            .select_from(OrderLine)
            .join(Item, Item.sku == OrderLine.sku)
            .where(OrderLine.order_id.in_(order_ids[start : start + chunk]))
        ).one()
        lines, units = lines + row[0], units + int(row[1])
        weight, volume = weight + int(row[2]), volume + int(row[3])
    return {
        "orders": len(order_ids),
        "lines": lines,
        "units": units,
        "weight_g": weight,
        "volume_ml": volume,
    }


def _totals(session: Session, wave_ids: Sequence[str]) -> dict[str, Shape]:
    found: dict[str, Shape] = {
        wave_id: {"orders": 0, "lines": 0, "units": 0} for wave_id in wave_ids
    }
    rows = session.execute(
        select(
            WaveOrder.wave_id,
            func.count(func.distinct(OrderLine.order_id)),
            func.count(),
            func.sum(OrderLine.ordered),
        )
        .join(OrderLine, OrderLine.order_id == WaveOrder.order_id)
        .where(WaveOrder.wave_id.in_(wave_ids))
        .group_by(WaveOrder.wave_id)
    )
    for wave_id, orders, lines, units in rows:
        found[wave_id] = {"orders": orders, "lines": lines, "units": int(units)}
    return found


def _progress(session: Session, wave_ids: Sequence[str]) -> dict[str, Shape]:
    found: dict[str, Shape] = {
        wave_id: dict.fromkeys(("tasks", "done", "short", "cancelled", "lists", "closed"), 0)
        for wave_id in wave_ids
    }
    lists = session.execute(
        select(
            PickList.wave_id,
            func.count(),
            func.sum(case((PickList.state == ListState.CLOSED, 1), else_=0)),
        )
        .where(PickList.wave_id.in_(wave_ids))
        .group_by(PickList.wave_id)
    )
    for wave_id, count, closed in lists:
        found[wave_id].update(lists=count, closed=int(closed))
    tasks = session.execute(
        select(PickList.wave_id, PickTask.state, func.count())
        .join(PickTask, PickTask.list_id == PickList.id)
        .where(PickList.wave_id.in_(wave_ids))
        .group_by(PickList.wave_id, PickTask.state)
    )
    for wave_id, state, count in tasks:
        found[wave_id]["tasks"] += count
        if state in {TaskState.DONE, TaskState.SHORT, TaskState.CANCELLED}:
            found[wave_id][state] += count
    return found
