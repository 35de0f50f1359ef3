"""What the facts of picking mean for orders, lists and waves.

States are derived here from tasks, totes and the ledger, after every fact that may change them.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from server.db.sets import OneOf
from server.models import (
    FloorTask,
    ListState,
    ListTote,
    Order,
    OrderLine,
    OrderState,
    PickList,
    PickTask,
    PlaceKind,
    Station,
    StockMove,
    Tote,
    Wave,
    WaveOrder,
    WaveState,
)
from server.services import cards, changes, membership
from server.services.clock import Clock

WORK = "work"
"""Topic of lists that may be claimed: idle handhelds are poked with it."""
OVER = (ListState.CLOSED, ListState.CANCELLED)
"""States of a list in which nothing more happens."""
_ON_THE_FLOOR = frozenset(
    {
        OrderState.RELEASED,
        OrderState.PICKING,
        OrderState.PICKED,
        OrderState.PICKED_SHORT,
        OrderState.CONSOLIDATING,
    }
)


# Built once: every drop of a tote asks them, and building takes longer than asking.
_ORDER_LINES = select(OrderLine).where(OrderLine.order_id == bindparam("order"))
_LINES = select(OrderLine.id).where(OrderLine.order_id == bindparam("order"))
# Not as a subquery: PostgreSQL, until it has statistics, reads the whole ledger for one.
_OF_LINES = OneOf(StockMove.line_id, "lines")
_MOVES = tuple(
    (
        sign,
        select(kind, place, StockMove.sku, StockMove.line_id, func.sum(StockMove.quantity))
        .where(_OF_LINES, kind.in_((PlaceKind.TOTE, PlaceKind.WALL_SLOT)))
        .group_by(kind, place, StockMove.sku, StockMove.line_id),
    )
    for sign, kind, place in (
        (1, StockMove.to_kind, StockMove.to_place),
        (-1, StockMove.from_kind, StockMove.from_place),
    )
)
_PUT_BACKS = select(FloorTask.tote, FloorTask.line_id, FloorTask.quantity).where(
    OneOf(FloorTask.line_id, "lines"),
    FloorTask.state == "open",
    FloorTask.kind == "put-back",
)
_OPEN_TASKS = (
    select(func.count())
    .select_from(PickTask)
    .where(
        PickTask.order_id == bindparam("order"),
        PickTask.quantity > PickTask.picked + PickTask.short + PickTask.cancelled,
    )
)
_TRAVELLING = (
    select(func.count())
    .select_from(ListTote)
    .join(PickList, PickList.id == ListTote.list_id)
    .where(
        or_(
            ListTote.order_id == bindparam("order"),
            OneOf(ListTote.tote, "totes"),
        ),
        ListTote.dropped_station.is_(None),
        PickList.state.not_in(OVER),
    )
)
_SHARED = (
    select(func.count())
    .select_from(ListTote)
    .join(PickTask, PickTask.list_id == ListTote.list_id)
    .where(
        PickTask.order_id == bindparam("order"),
        OneOf(ListTote.tote, "totes"),
        ListTote.order_id.is_(None),
    )
)
_WHERE = (
    select(Tote.station, Station.kind)
    .join(ListTote, ListTote.tote == Tote.code)
    .join(PickList, PickList.id == ListTote.list_id)
    .join(Wave, Wave.id == PickList.wave_id)
    .join(Station, (Station.layout_id == Wave.layout_id) & (Station.code == Tote.station))
    .where(OneOf(Tote.code, "totes"))
)


class Held(NamedTuple):
    """Goods of one line in one place."""

    kind: str
    place: str
    sku: str
    line_id: str


def list_changed(session: Session, pick_list: PickList, *topics: str) -> None:
    """Raise the list's version by one and tell who watches it."""
    pick_list.ver += 1
    if pick_list.state == ListState.READY or pick_list.state in OVER:
        changes.touch(session, WORK)
    changes.touch(session, f"list:{pick_list.id}", f"wave:{pick_list.wave_id}", "board", *topics)


def started(session: Session, *, wave_id: str, order_id: str | None = None) -> None:
    """The first fact of a wave or order: released -> in-progress, released -> picking."""
    wave = session.get(Wave, wave_id)
    if wave is not None and wave.state == WaveState.RELEASED:
        wave.state = WaveState.IN_PROGRESS
        changes.touch(session, f"wave:{wave_id}", "board")
    order = session.get(Order, order_id) if order_id is not None else None
    if order is not None and order.state == OrderState.RELEASED:
        order.state = OrderState.PICKING
        changes.touch(session, "orders")


def held_where(session: Session, order_id: str) -> Counter[Held]:
    """Units of an order that are in totes and wall slots now; what is to be put back is not."""
    session.flush()
    held: Counter[Held] = Counter()
    lines = {"lines": session.scalars(_LINES, {"order": order_id}).all()}
    for sign, query in _MOVES:
        for kind, place, sku, line_id, units in session.execute(query, lines):
            held[Held(kind, place, sku, line_id or "")] += sign * int(units)
    left = +held
    if left:
        for task in session.execute(_PUT_BACKS, lines):
            for goods in left:
                if (goods.place, goods.line_id) == (task.tote, task.line_id):
                    left[goods] -= task.quantity
    return +left


def order_may_be_picked(session: Session, clock: Clock, *, order_id: str) -> None:
    """Move an order on when all its tasks are finished and its totes are where they stay.

    picking -> picked or picked-short; from there ready-to-pack when everything was sorted or
    stands at one pack station, consolidating while parts must meet, exception when the customer
    takes only the whole order, or nothing was found.
    """
    session.flush()
    order = session.get_one(Order, order_id)
    if order.state not in _ON_THE_FLOOR or _has_open_tasks(session, order_id):
        return
    goods = {(held.kind, held.place) for held in held_where(session, order_id)}
    if not _all_dropped(session, order_id, goods):
        return
    lines = session.scalars(_ORDER_LINES, {"order": order_id}).all()
    taken = sum(line.picked + line.consolidated for line in lines)
    lacking = sum(line.short_closed + line.open for line in lines)
    if not taken and not lacking:
        return
    state = OrderState.PICKED_SHORT if lacking else OrderState.PICKED
    if lacking and (order.ship_complete or not taken):
        cards.raise_card(
            session, clock, kind="order-short", order_id=order_id, quantity=lacking,
            detail={"order_number": order.number, "taken": taken},
        )  # fmt: skip
        state = OrderState.EXCEPTION
    elif all(line.picked == 0 for line in lines):
        state = OrderState.READY_TO_PACK
    else:
        state = _meeting_state(session, order_id, goods, state)
    if order.state != state:
        order.state = state
        changes.touch(session, "orders", "board")


def wave_may_be_over(session: Session, clock: Clock, *, wave_id: str) -> None:
    """Complete a wave when all its lists are closed; its orders are free for other waves."""
    session.flush()
    wave = session.get(Wave, wave_id)
    if wave is None or wave.state not in (WaveState.RELEASED, WaveState.IN_PROGRESS):
        return
    going_on = session.scalar(
        select(func.count())
        .select_from(PickList)
        .where(PickList.wave_id == wave_id, PickList.state.not_in(OVER))
    )
    if going_on:
        return
    lacking = session.scalar(
        select(func.count())
        .select_from(OrderLine)
        .join(WaveOrder, WaveOrder.order_id == OrderLine.order_id)
        .where(
            WaveOrder.wave_id == wave_id,
            WaveOrder.active,
            or_(OrderLine.short_closed > 0, OrderLine.open > 0),
        )
    )
    wave.state = WaveState.COMPLETED_WITH_SHORTS if lacking else WaveState.COMPLETED
    wave.closed_at = clock()
    membership.release_all(session, wave)
    changes.touch(session, f"wave:{wave_id}", "board")


def _has_open_tasks(session: Session, order_id: str) -> bool:
    """Whether units of the order are still to be taken."""
    return bool(session.scalar(_OPEN_TASKS, {"order": order_id}))


def _all_dropped(session: Session, order_id: str, goods: set[tuple[str, str]]) -> bool:
    """Whether every tote with goods of the order was left where its last list takes it."""
    totes = [place for kind, place in goods if kind == PlaceKind.TOTE]
    travelling = session.scalar(_TRAVELLING, {"order": order_id, "totes": totes})
    return not travelling


def _meeting_state(
    session: Session, order_id: str, goods: set[tuple[str, str]], picked: OrderState
) -> OrderState:
    """Ready to pack, consolidating, or still where it was picked to."""
    totes = [place for kind, place in goods if kind == PlaceKind.TOTE]
    shared = session.scalar(_SHARED, {"order": order_id, "totes": totes})
    where = set(session.execute(_WHERE, {"totes": totes}))
    at_pack = len(where) == 1 and all(row.kind == "pack" for row in where)
    in_wall = any(kind == PlaceKind.WALL_SLOT for kind, _ in goods)
    if at_pack and not shared and not in_wall:
        return OrderState.READY_TO_PACK
    if shared or in_wall or len(totes) > 1 or any(row.kind == "wall" for row in where):
        return OrderState.CONSOLIDATING
    return picked
