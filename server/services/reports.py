"""The report of a wave, and the same figures counted again from the books alone.

:func:`wave_report` reads the live tables (line buckets, tasks, balances); :func:`recount` reads
only the append-only rows (``line_move``, ``stock_move``, ``op``). Both have one shape, and when
they differ, the system is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models import (
    Bucket,
    LineMove,
    Op,
    Order,
    OrderLine,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
    StockMove,
    Verdict,
    Wave,
    WaveOrder,
)

CONTAINERS = (PlaceKind.TOTE, PlaceKind.WALL_SLOT)


def wave_report(session: Session, *, wave_id: str) -> dict[str, Any]:
    """Units of a wave by bucket, order, location and container, from the live tables.

    ``{"wave", "orders": {number: {bucket: units}}, "units": {bucket: units},
    "tasks": {"picked", "short"}, "taken": {location: {sku: units}},
    "on_hand": {location: {sku: units}}, "containers": {place: {sku: units}}}``; zeros are left
    out. ``on_hand`` has the locations that the wave's tasks name, ``containers`` the totes and
    wall slots that its goods went through, with all that is in them.
    """
    wave = _wave(session, wave_id)
    orders: dict[str, Counter[str]] = defaultdict(Counter)
    for line, number in session.execute(
        select(OrderLine, Order.number)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(_lines(wave_id)))
    ):
        for bucket in Bucket:
            orders[str(number)][bucket.value] += getattr(line, bucket.value)
    picked = short = 0
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for task in session.scalars(_tasks(wave_id)):
        picked += task.picked
        short += task.short
        taken[task.location][task.sku] += task.picked
    skus = _places(session, wave_id)
    balances: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind, place, sku, on_hand in session.execute(
        select(StockBalance.kind, StockBalance.place, StockBalance.sku, StockBalance.on_hand)
    ):
        if (kind, place) in skus:
            balances[(kind, place)][sku] += on_hand
    return _shape(wave, orders, picked, short, taken, balances)


def recount(session: Session, *, wave_id: str) -> dict[str, Any]:
    """The figures of :func:`wave_report`, replayed from ledger entries and operations."""
    wave = _wave(session, wave_id)
    orders: dict[str, Counter[str]] = defaultdict(Counter)
    for entry, number in session.execute(
        select(LineMove, Order.number)
        .join(OrderLine, OrderLine.id == LineMove.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(LineMove.line_id.in_(_lines(wave_id)))
    ):
        orders[str(number)][entry.to_bucket] += entry.quantity
        if entry.from_bucket is not None:
            orders[str(number)][entry.from_bucket] -= entry.quantity
    picked, short = _replayed_ops(session, wave_id)
    places = _places(session, wave_id)
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    balances: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    task_ids = set(session.scalars(_tasks(wave_id).with_only_columns(PickTask.id)))
    for move in session.scalars(select(StockMove)):
        origin, target = (move.from_kind, move.from_place), (move.to_kind, move.to_place)
        if origin in places:
            balances[origin][move.sku] -= move.quantity
        if target in places:
            balances[target][move.sku] += move.quantity
        if move.task_id in task_ids and move.cause in ("pick", "undo"):
            if origin[0] == PlaceKind.LOCATION and target[0] == PlaceKind.TOTE:
                taken[move.from_place][move.sku] += move.quantity
            elif origin[0] == PlaceKind.TOTE and target[0] == PlaceKind.LOCATION:
                taken[move.to_place][move.sku] -= move.quantity
    return _shape(wave, orders, picked, short, taken, balances)


def _replayed_ops(session: Session, wave_id: str) -> tuple[int, int]:
    """Units that applied and not undone operations say were picked and short."""
    units: Counter[str] = Counter()
    for op in session.scalars(
        select(Op)
        .join(PickList, PickList.id == Op.list_id)
        .where(
            PickList.wave_id == wave_id,
            Op.verdict == Verdict.APPLIED,
            Op.kind.in_(("pick", "short")),
            Op.undone_by.is_(None),
        )
    ):
        units[op.kind] += int(op.body["qty"])
    return units["pick"], units["short"]


def _wave(session: Session, wave_id: str) -> Wave:
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotFound(f'wave "{wave_id}" does not exist', code="unknown-wave")
    session.flush()
    return wave


def _lines(wave_id: str) -> Select[str]:
    """Lines of the orders that were in the wave at its launch (all members before it)."""
    launched = select(PickTask.order_id).join(PickList, PickList.id == PickTask.list_id)
    return select(OrderLine.id).where(
        OrderLine.order_id.in_(
            select(WaveOrder.order_id).where(WaveOrder.wave_id == wave_id, WaveOrder.active)
        )
        | OrderLine.order_id.in_(launched.where(PickList.wave_id == wave_id))
    )


def _tasks(wave_id: str) -> Select[PickTask]:
    return (
        select(PickTask)
        .join(PickList, PickList.id == PickTask.list_id)
        .where(PickList.wave_id == wave_id)
    )


def _places(session: Session, wave_id: str) -> set[tuple[str, str]]:
    """Locations that the wave's tasks name and containers that its goods went through."""
    places: set[tuple[str, str]] = {
        (str(PlaceKind.LOCATION), location)
        for location in session.scalars(_tasks(wave_id).with_only_columns(PickTask.location))
    }
    moved = select(StockMove.to_kind, StockMove.to_place).where(
        StockMove.line_id.in_(_lines(wave_id)), StockMove.to_kind.in_(CONTAINERS)
    )
    places |= {(row.to_kind, row.to_place) for row in session.execute(moved.distinct())}
    return places


def _shape(
    wave: Wave,
    orders: dict[str, Counter[str]],
    picked: int,
    short: int,
    taken: dict[str, Counter[str]],
    balances: dict[tuple[str, str], Counter[str]],
) -> dict[str, Any]:
    units: Counter[str] = Counter()
    for buckets in orders.values():
        units.update(buckets)
    return {
        "wave": wave.number,
        "orders": _plain({number: orders[number] for number in sorted(orders, key=int)}),
        "units": {bucket.value: units[bucket.value] for bucket in Bucket},
        "tasks": {"picked": picked, "short": short},
        "taken": _plain(taken),
        "on_hand": _plain(
            {place: skus for (kind, place), skus in balances.items() if kind not in CONTAINERS}
        ),
        "containers": _plain(
            {place: skus for (kind, place), skus in balances.items() if kind in CONTAINERS}
        ),
    }


def _plain(table: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Sorted, without zeros, so that two ways of counting compare equal."""
    rows = {
        key: {name: units for name, units in sorted(row.items()) if units}
        for key, row in sorted(table.items())
    }
    return {key: row for key, row in rows.items() if row}
