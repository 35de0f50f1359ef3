"""Facts about the list, its totes, the put wall and the place: all but the goods themselves."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server.models import (
    Bucket,
    ListState,
    ListTote,
    Order,
    OrderLine,
    OrderState,
    PickTask,
    PlaceKind,
    Station,
    TaskState,
    Tote,
    WallSlot,
    Wave,
)
from server.picking.facts import Fact, Parked, Refused, settle_list
from server.picking.operations import Count, Drop, Put, Report, Skip
from server.services import cards, changes, floor_tasks, ledger, lists, progress, stock, totes
from server.services.ledger import in_tote, in_wall_slot

__all__ = ["count", "done", "drop", "hand_back", "put", "report", "skip"]

_MEETING = (OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED, OrderState.PICKED_SHORT,
            OrderState.CONSOLIDATING)  # fmt: skip


def skip(fact: Fact, body: Skip) -> None:
    """Leave a task for later: waiting -> ``skipped``."""
    fact.must_be_current()
    task = fact.task(body.task)
    if not task.open:
        raise Refused("task-finished")
    task.state = TaskState.SKIPPED
    settle_list(fact, worked_on=task)
    progress.started(fact.session, wave_id=fact.the_list.wave_id)


def drop(fact: Fact, body: Drop) -> None:
    """Leave a tote at a station; what was picked into it may be complete now."""
    session = fact.session
    slot = fact.slot_of_tote(body.tote)
    if slot is None:
        raise Parked("wrong-tote", tote=body.tote)
    wave = session.get_one(Wave, fact.the_list.wave_id)
    if session.get(Station, (wave.layout_id, body.station)) is None:
        raise Refused("unknown-station")
    if slot.dropped_station is not None:
        raise Refused("tote-dropped")
    tasks = _tasks(fact, slot)
    if any(task.open for task in tasks):
        raise Refused("tasks-open")
    slot.dropped_station, slot.dropped_at = body.station, fact.clock()
    tote = session.get_one(Tote, body.tote)
    tote.state, tote.station = totes.DROPPED, body.station
    if body.station != fact.the_list.end:
        cards.raise_card(
            session,
            fact.clock,
            kind="wrong-station",
            list_id=fact.the_list.id,
            order_id=slot.order_id,
            op=fact.ref,
            detail={
                "tote": body.tote,
                "station": body.station,
                "expected": fact.the_list.end,
            },
        )
    totes.release_if_empty(session, body.tote)
    settle_list(fact)
    _orders_may_be_picked(fact, tasks)


def done(fact: Fact) -> None:
    """Close the list: every task finished, every tote with goods dropped."""
    if fact.the_list.state in progress.OVER:
        raise Refused("list-over")
    fact.must_be_current()
    session, pick_list = fact.session, fact.the_list
    tasks = _tasks(fact)
    if any(task.open for task in tasks):
        raise Refused("tasks-open")
    left: list[str] = []
    for slot in session.scalars(select(ListTote).where(ListTote.list_id == pick_list.id)):
        if slot.tote is None or slot.dropped_station is not None:
            continue
        if totes.units_in(session, slot.tote):
            raise Refused("totes-not-dropped")
        left.append(slot.tote)
        slot.tote = None
    pick_list.state, pick_list.closed_at = ListState.CLOSED, fact.clock()
    for tote in left:
        totes.release_if_empty(session, tote)
    progress.started(session, wave_id=pick_list.wave_id)
    _orders_may_be_picked(fact, tasks)
    progress.wave_may_be_over(session, fact.clock, wave_id=pick_list.wave_id)
    changes.touch(session, progress.WORK)


def hand_back(fact: Fact) -> None:
    """Return the rest of the list to the pool."""
    if fact.the_list.state in progress.OVER:
        raise Refused("list-over")
    fact.must_be_current()
    lists.release(fact.session, fact.clock, fact.the_list)


def report(fact: Fact, body: Report) -> None:
    """Put what the picker says on the lead's desk."""
    task = fact.session.get(PickTask, body.task) if body.task is not None else None
    cards.raise_card(
        fact.session,
        fact.clock,
        kind="help" if body.reason == "help" else "report",
        list_id=fact.header.list_id,
        order_id=task.order_id if task is not None else None,
        location=body.location or (task.location if task is not None else None),
        sku=task.sku if task is not None else None,
        op=fact.ref,
        detail={"reason": body.reason, "text": body.text},
    )


def count(fact: Fact, body: Count) -> None:
    """Book a blind count; open count tasks of the location are done."""
    session = fact.session
    difference = stock.adjust(
        session,
        fact.clock,
        location=body.location,
        sku=body.sku,
        counted=body.qty,
        cause="count",
        person_id=fact.person_id,
        op=fact.ref,
    )
    floor_tasks.close_counts(
        session,
        fact.clock,
        location=body.location,
        sku=body.sku,
        counted=body.qty,
        person_id=fact.person_id,
    )
    if difference:
        cards.raise_card(
            session,
            fact.clock,
            kind="count-difference",
            location=body.location,
            sku=body.sku,
            quantity=abs(difference),
            op=fact.ref,
            detail={"difference": difference},
        )


def put(fact: Fact, body: Put) -> None:
    """Sort units of an order from a tote into its wall slot: picked -> consolidated."""
    session = fact.session
    order = _order_of(fact, body)
    if order.state in (OrderState.CANCELLING, OrderState.CANCELLED):
        raise Parked("order-cancelled", wall_slot=body.wall_slot)
    held = {
        goods.line_id: units
        for goods, units in progress.held_where(session, order.id).items()
        if (goods.kind, goods.place, goods.sku) == (PlaceKind.TOTE, body.tote, body.sku)
    }
    if sum(held.values()) < body.qty:
        raise Refused("not-in-tote")
    _take_wall_slot(fact, body.wall_slot, order)
    left = body.qty
    for line in sorted(order.lines, key=lambda line: line.position):
        units = min(left, held.get(line.id, 0), line.picked)
        if units:
            _sort_units(fact, body, line, units)
            left -= units
    if left:
        raise Refused("over-put")
    totes.release_if_empty(session, body.tote)
    progress.order_may_be_picked(session, fact.clock, order_id=order.id)
    changes.touch(session, "stock", "orders")


def _sort_units(fact: Fact, body: Put, line: OrderLine, units: int) -> None:
    cause = fact.cause("put")
    ledger.move_stock(
        fact.session,
        fact.clock,
        sku=body.sku,
        quantity=units,
        origin=in_tote(body.tote),
        target=in_wall_slot(body.wall_slot),
        cause=cause,
        line_id=line.id,
    )
    ledger.move_line(
        fact.session,
        fact.clock,
        line=line,
        origin=Bucket.PICKED,
        target=Bucket.CONSOLIDATED,
        quantity=units,
        cause=cause,
    )


def _order_of(fact: Fact, body: Put) -> Order:
    query = select(Order).options(selectinload(Order.lines))
    if isinstance(body.order, int):
        query = query.where(Order.number == body.order)
    elif body.order is not None:
        query = query.where(Order.id == body.order)
    else:
        query = query.join(PickTask, PickTask.order_id == Order.id).where(PickTask.id == body.task)
    order = fact.session.scalars(query).first()
    if order is None:
        raise Refused("unknown-order")
    return order


def _take_wall_slot(fact: Fact, code: str, order: Order) -> None:
    """Give the slot to the order; one whose order is still being put together is taken."""
    slot = fact.session.get(WallSlot, code)
    if slot is None:
        slot = WallSlot(code=code)
        fact.session.add(slot)
    elif slot.order_id not in (None, order.id):
        other = fact.session.get_one(Order, slot.order_id)
        if other.state in _MEETING:
            raise Refused("slot-taken")
    slot.order_id = order.id


def _tasks(fact: Fact, slot: ListTote | None = None) -> list[PickTask]:
    fact.session.flush()
    query = select(PickTask).where(PickTask.list_id == fact.the_list.id)
    if slot is not None:
        query = query.where(PickTask.slot == slot.slot)
    return list(fact.session.scalars(query))


def _orders_may_be_picked(fact: Fact, tasks: list[PickTask]) -> None:
    for order_id in sorted({task.order_id for task in tasks}):
        progress.order_may_be_picked(fact.session, fact.clock, order_id=order_id)
