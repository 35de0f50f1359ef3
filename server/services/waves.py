"""Waves: choose orders, ask for plans, cancel.

States: draft -> planning -> planned | infeasible | failed; planned -> stale when orders change;
planned -> released by :func:`launch`; released -> in-progress -> completed(-with-shorts);
before launch -> cancelled at once, after launch with everything put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, Conflict, NotFound
from server.models import (
    Order,
    OrderLine,
    OrderState,
    PlanningRun,
    RunState,
    Wave,
    WaveOrder,
    WaveState,
)
from server.services import audit, catalogue, changes, layouts, membership, numbers
from server.services.clock import Clock
from server.services.launch import LaunchResult, launch
from server.services.membership import PLANNABLE
from server.services.undoing import undo_launched

__all__ = [
    "LaunchResult",
    "cancel",
    "create",
    "discard_plan",
    "get",
    "launch",
    "request_plan",
    "select",
    "waves",
]

MAX_ORDERS = 5_000
MAX_LINES = 100_000
MAX_QUEUED = 4
"""Planning runs that may wait at once, of all people."""
MAX_SECONDS = 600.0


def select(
    session: Session,
    *,
    channel: str | None = None,
    carrier: str | None = None,
    priority: int | None = None,
    ship_by_before: datetime | None = None,
    max_orders: int | None = None,
    single_line: bool | None = None,
) -> list[str]:
    """Ids of ready orders that are in no wave, the most urgent first.

    ``priority`` chooses orders of that priority or a more urgent one.
    """
    query = (
        sa.select(Order.id)
        .where(Order.state == OrderState.READY)
        .where(~sa.exists().where(WaveOrder.order_id == Order.id, WaveOrder.active))
        .order_by(Order.priority, Order.ship_by.is_(None), Order.ship_by, Order.number)
    )
    if channel is not None:
        query = query.where(Order.channel == channel)
    if carrier is not None:
        query = query.where(Order.carrier == carrier)
    if priority is not None:
        query = query.where(Order.priority <= priority)
    if ship_by_before is not None:
        query = query.where(Order.ship_by < ship_by_before)
    if single_line is not None:
        lines = (
            sa.select(sa.func.count())
            .select_from(OrderLine)
            .where(OrderLine.order_id == Order.id, OrderLine.open > 0)
            .scalar_subquery()
        )
        query = query.where(lines == 1 if single_line else lines > 1)
    if max_orders is not None:
        query = query.limit(max_orders)
    return list(session.scalars(query))


def create(
    session: Session,
    clock: Clock,
    *,
    name: str,
    order_ids: Sequence[str],
    cart_type: str,
    person_id: str | None = None,
) -> Wave:
    """Make a draft wave of ready orders on the active layout.

    Raises
    ------
    BadInput
        No orders, more than 5,000, more than 100,000 lines, an overlong name.
    NotFound
        Unknown cart type; no active layout.
    Conflict
        An order is not ready or in another wave.
    """
    wanted = list(dict.fromkeys(order_ids))
    if not 1 <= len(wanted) <= MAX_ORDERS:
        raise BadInput(f"a wave needs 1 to {MAX_ORDERS} orders, got {len(wanted)}", code="bad-wave")
    if not name.strip() or len(name) > 100:
        raise BadInput("the wave needs a name of 1 to 100 characters", code="bad-name")
    lines = session.scalar(
        sa.select(sa.func.count()).select_from(OrderLine).where(OrderLine.order_id.in_(wanted))
    )
    if lines is not None and lines > MAX_LINES:
        raise BadInput(f"a wave has at most {MAX_LINES:,} lines, got {lines:,}", code="bad-wave")
    catalogue.cart_type(session, cart_type)
    ready = set(select(session))
    for order_id in wanted:
        if order_id not in ready:
            order = session.get(Order, order_id)
            what = f"order {order.number} is {order.state}" if order else f'order "{order_id}"'
            raise Conflict(f"{what}: not ready, or in another wave", code="order-not-ready")
    wave = Wave(
        id=new_id(),
        number=numbers.take(session, "wave"),
        name=name,
        state=WaveState.DRAFT,
        layout_id=layouts.active(session).id,
        cart_type=cart_type,
        revision=1,
        created_by=person_id,
        created_at=clock(),
    )
    session.add(wave)
    session.flush()
    session.add_all(WaveOrder(wave_id=wave.id, order_id=id_, active=True) for id_ in wanted)
    session.flush()
    _note(session, clock, wave, "wave.create", person_id)
    return wave


def get(session: Session, wave_id: str) -> Wave:
    """The wave with that id, or :class:`NotFound`."""
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotFound(f'wave "{wave_id}" does not exist', code="unknown-wave")
    return wave


def waves(session: Session, *, only_open: bool = False, limit: int = 100) -> list[Wave]:
    """Waves, newest first; with ``only_open`` those that are not over."""
    query = sa.select(Wave).order_by(Wave.number.desc()).limit(limit)
    if only_open:
        over = (WaveState.COMPLETED, WaveState.COMPLETED_WITH_SHORTS, WaveState.CANCELLED)
        query = query.where(Wave.state.not_in(over))
    return list(session.scalars(query))


def request_plan(
    session: Session,
    clock: Clock,
    *,
    wave_id: str,
    seconds: float,
    seed: int,
    methods: Sequence[str] | None = None,
    person_id: str | None = None,
) -> PlanningRun:
    """Queue a planning run for a wave: draft, planned, stale, failed, infeasible -> ``planning``.

    The caller enqueues the job after the commit; without it the reaper does.

    Raises
    ------
    Conflict
        The wave is being planned already, is launched, or has lost all its orders; the person
        has another run that is not over (code ``one-run-each``), or four runs wait already
        (code ``queue-full``).
    """
    wave = get(session, wave_id)
    if not 0 < seconds <= MAX_SECONDS:
        raise BadInput(f"seconds must be above 0, at most {MAX_SECONDS:g}", code="bad-seconds")
    if wave.state not in PLANNABLE - {WaveState.PLANNING}:
        raise Conflict(f"wave {wave.number} is {wave.state}; cannot plan it", code="wave-state")
    if not membership.members(session, wave_id):
        raise Conflict(f"wave {wave.number} has no orders any more", code="wave-empty")
    if person_id is not None:
        _refuse_hoarding(session, person_id)
    membership.mark(session, wave, of=OrderState.PLANNED, to=OrderState.READY)
    wave.state = WaveState.PLANNING
    run = PlanningRun(
        id=new_id(),
        wave_id=wave_id,
        wave_revision=wave.revision,
        lane="plan",
        state=RunState.QUEUED,
        params={"methods": list(methods)} if methods else {},
        seed=seed,
        seconds=seconds,
        lease=0,
        cancel_requested=False,
        progress={},
        created_by=person_id,
        created_at=clock(),
    )
    session.add(run)
    session.flush()
    changes.touch(session, f"run:{run.id}")
    _note(session, clock, wave, "wave.plan", person_id)
    return run


def _refuse_hoarding(session: Session, person_id: str) -> None:
    """Keep one person from occupying the workers: a run each, four waiting together."""
    unfinished = sa.select(sa.func.count()).where(
        PlanningRun.lane == "plan", PlanningRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    )
    if session.scalar(unfinished.where(PlanningRun.created_by == person_id)):
        raise Conflict(
            "another wave is being planned for you; wait for it or stop it", code="one-run-each"
        )
    if (session.scalar(unfinished.where(PlanningRun.state == RunState.QUEUED)) or 0) >= MAX_QUEUED:
        raise Conflict(f"{MAX_QUEUED} planning runs wait already", code="queue-full")


def discard_plan(
    session: Session, clock: Clock, *, wave_id: str, person_id: str | None = None
) -> Wave:
    """Forget the plans of a wave: planned, stale, failed, infeasible -> ``draft``."""
    wave = get(session, wave_id)
    if wave.state not in PLANNABLE - {WaveState.PLANNING, WaveState.DRAFT}:
        raise Conflict(f"wave {wave.number} is {wave.state}; it has no plan", code="wave-state")
    membership.mark(session, wave, of=OrderState.PLANNED, to=OrderState.READY)
    wave.state = WaveState.DRAFT
    wave.revision += 1
    _note(session, clock, wave, "wave.discard-plan", person_id)
    return wave


def cancel(session: Session, clock: Clock, *, wave_id: str, person_id: str | None = None) -> Wave:
    """Cancel a wave; its orders may enter another one. Again changes nothing.

    Before launch nothing else happens. After launch open tasks are cancelled, lists taken back,
    promises freed, and goods already taken for unfinished orders get put-back tasks.

    Raises
    ------
    Conflict
        The wave is completed.
    """
    wave = get(session, wave_id)
    if wave.state == WaveState.CANCELLED:
        return wave
    if wave.state in (WaveState.COMPLETED, WaveState.COMPLETED_WITH_SHORTS):
        raise Conflict(f"wave {wave.number} is {wave.state}", code="wave-state")
    for run in session.scalars(
        sa.select(PlanningRun).where(
            PlanningRun.wave_id == wave_id,
            PlanningRun.state.in_((RunState.QUEUED, RunState.RUNNING)),
        )
    ):
        run.cancel_requested = True
        if run.state == RunState.QUEUED:
            run.state, run.finished_at = RunState.CANCELLED, clock()
        changes.touch(session, f"run:{run.id}")
    if wave.state in PLANNABLE:
        membership.mark(session, wave, of=OrderState.PLANNED, to=OrderState.READY)
    else:
        undo_launched(session, clock, wave=wave, person_id=person_id)
    membership.release_all(session, wave)
    wave.state, wave.closed_at = WaveState.CANCELLED, clock()
    wave.revision += 1
    _note(session, clock, wave, "wave.cancel", person_id)
    return wave


def _note(session: Session, clock: Clock, wave: Wave, action: str, person_id: str | None) -> None:
    changes.touch(session, f"wave:{wave.id}", "board", "orders")
    audit.record(session, clock, action=action, subject=f"wave:{wave.id}", person_id=person_id)
