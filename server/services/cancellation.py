"""Cancelling orders, before launch at once, after launch with everything put back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from server.db.base import new_id
from server.errors import NotFound
from server.models import (
    Bucket,
    ListState,
    ListTote,
    Order,
    OrderLine,
    OrderState,
    PickList,
    PickTask,
    TaskState,
)
from server.services import audit, changes, floor_work, ledger, membership, progress, totes
from server.services.clock import Clock
from server.services.ledger import Cause

BEFORE_LAUNCH = frozenset(
    {
        OrderState.RECEIVED,
        OrderState.HELD,
        OrderState.BACKORDERED,
        OrderState.READY,
        OrderState.PLANNED,
    }
)


def cancel(
    session: Session,
    clock: Clock,
    *,
    order_id: str,
    reason: str,
    person_id: str | None = None,
) -> Order:
    """Cancel an order in any state; again changes nothing.

    Before launch -> ``cancelled`` at once, its wave's plans become stale. After launch the units
    still to be taken are cancelled, the lists that had them get a message, and every unit already
    taken gets a put-back task: -> ``cancelling``, and ``cancelled`` when the last is put back.
    """
    order = session.scalars(
        select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
    ).first()
    if order is None:
        raise NotFound(f'order "{order_id}" does not exist', code="unknown-order")
    if order.state in (OrderState.CANCELLED, OrderState.CANCELLING):
        return order
    cause = Cause("cancel", person_id=person_id)
    if order.state in BEFORE_LAUNCH:
        membership.leave(session, order_id=order_id)
        order.state = OrderState.CANCELLED
        order.missing = []
    else:
        _stop_picking(session, clock, order, cause)
        _ask_for_put_backs(session, clock, order, cause)
    for line in order.lines:
        cancel_open(session, clock, line=line, quantity=line.open, cause=cause)
    session.flush()
    changes.touch(session, "orders", "board", "stock")
    audit.record(
        session,
        clock,
        action="order.cancel",
        subject=f"order:{order_id}",
        person_id=person_id,
        reason=reason,
        state=order.state,
    )
    wave = membership.wave_of(session, order_id)
    if wave is not None:
        progress.wave_may_be_over(session, clock, wave_id=wave.id)
    return order


def settle(session: Session, clock: Clock, *, order_id: str) -> Order:
    """Finish a cancellation when nothing is left to put back; cancelling -> ``cancelled``.

    Raises
    ------
    NotFound
        There is no such order.
    """
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound(f'order "{order_id}" does not exist', code="unknown-order")
    session.flush()
    if order.state == OrderState.CANCELLING and not floor_work.open_tasks(
        session, order_id=order_id
    ):
        order.state = OrderState.CANCELLED
        audit.record(session, clock, action="order.cancelled", subject=f"order:{order_id}")
        changes.touch(session, "orders")
    return order


def cancel_open(
    session: Session, clock: Clock, *, line: OrderLine, quantity: int, cause: Cause
) -> None:
    """Move open units of a line to cancelled; nothing to do for zero units."""
    if quantity:
        ledger.move_line(
            session,
            clock,
            line=line,
            origin=Bucket.OPEN,
            target=Bucket.CANCELLED,
            quantity=quantity,
            cause=cause,
        )


def cancel_tasks(
    session: Session,
    clock: Clock,
    *,
    tasks: Iterable[PickTask],
    lines: dict[str, OrderLine],
    target: Bucket,
    cause: Cause,
) -> None:
    """Take back what the tasks have not picked yet: promises freed, line units to ``target``."""
    for task in tasks:
        left = task.open
        if left == 0:
            continue
        ledger.unpromise(session, task=task, quantity=left)
        ledger.move_line(
            session,
            clock,
            line=lines[task.line_id],
            origin=Bucket.IN_LIST,
            target=target,
            quantity=left,
            cause=Cause(cause.word, op=cause.op, task_id=task.id, person_id=cause.person_id),
        )
        task.cancelled += left
        task.state = TaskState.DONE if task.picked else TaskState.CANCELLED


def close_unheld(session: Session, clock: Clock, pick_list: PickList) -> None:
    """End a list nobody holds when nothing is left to take and no tote with goods to drop.

    ready -> ``cancelled``, or ``closed`` where something was picked or found short; what that
    means for its orders and wave follows.
    """
    session.flush()
    if pick_list.state != ListState.READY:
        return
    tasks = session.scalars(select(PickTask).where(PickTask.list_id == pick_list.id)).all()
    if any(task.open for task in tasks):
        return
    slots = session.scalars(select(ListTote).where(ListTote.list_id == pick_list.id)).all()
    travelling = [slot for slot in slots if slot.tote and slot.dropped_station is None]
    if any(totes.units_in(session, slot.tote) for slot in travelling if slot.tote):
        return
    worked_on = any(task.picked or task.short for task in tasks)
    pick_list.state = ListState.CLOSED if worked_on else ListState.CANCELLED
    pick_list.closed_at = clock()
    progress.list_changed(session, pick_list)
    for slot in travelling:
        freed, slot.tote = slot.tote, None
        session.flush()
        if freed is not None:
            totes.release_if_empty(session, freed)
    for order_id in sorted({task.order_id for task in tasks}):
        progress.order_may_be_picked(session, clock, order_id=order_id)
    progress.wave_may_be_over(session, clock, wave_id=pick_list.wave_id)


def _stop_picking(session: Session, clock: Clock, order: Order, cause: Cause) -> None:
    lines = {line.id: line for line in order.lines}
    tasks = list(session.scalars(select(PickTask).where(PickTask.order_id == order.id)))
    cancel_tasks(session, clock, tasks=tasks, lines=lines, target=Bucket.CANCELLED, cause=cause)
    for list_id in dict.fromkeys(task.list_id for task in tasks):
        pick_list = session.get_one(PickList, list_id)
        if pick_list.state in progress.OVER:
            continue
        slots = sorted({task.slot for task in tasks if task.list_id == list_id})
        pick_list.messages = [
            *pick_list.messages,
            *(
                {
                    "id": new_id(),
                    "kind": "order-cancelled",
                    "order_number": order.number,
                    "slot": slot,
                }
                for slot in slots
            ),
        ]
        progress.list_changed(session, pick_list)
        close_unheld(session, clock, pick_list)


def _ask_for_put_backs(session: Session, clock: Clock, order: Order, cause: Cause) -> None:
    held = progress.held_where(session, order.id)
    for line in order.lines:
        for bucket in (Bucket.PICKED, Bucket.CONSOLIDATED):
            units: int = getattr(line, bucket.value)
            if units:
                ledger.move_line(
                    session,
                    clock,
                    line=line,
                    origin=bucket,
                    target=Bucket.CANCELLED,
                    quantity=units,
                    cause=cause,
                )
    for goods, units in sorted(held.items()):
        floor_work.ask(
            session,
            clock,
            kind="put-back",
            cause="order-cancelled",
            sku=goods.sku,
            quantity=units,
            tote=goods.place,
            line_id=goods.line_id,
            order_id=order.id,
        )
    order.state = OrderState.CANCELLING if held else OrderState.CANCELLED
