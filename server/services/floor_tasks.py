"""Finish the work that stock trouble left on the floor: put-backs and counts.

Both commands may be repeated: a task that was closed in the same way stays as it is.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models import FloorTask, ListState, ListTote, PickList
from server.services import audit, changes, floor_work, orders, stock
from server.services.cancellation import close_unheld
from server.services.clock import Clock

COUNT = "count"
PUT_BACK = "put-back"
_NAMES = {COUNT: "a count", PUT_BACK: "a put-back"}


def put_back(
    session: Session,
    clock: Clock,
    *,
    floor_task_id: str,
    location: str,
    quantity: int | None = None,
    person_id: str | None = None,
) -> FloorTask:
    """Book goods back into a location: open -> ``done``, and what that means for orders.

    A cancelling order whose last goods these were -> ``cancelled``; orders that wait for the
    item become ready; a list that nobody holds and that waited for this tote alone ends. Units
    beyond ``quantity`` are booked out as lost, see :func:`server.services.floor_work.put_back`.

    Raises
    ------
    NotFound
        There is no such task.
    BadInput
        Location not in the active layout, or more units than the task has.
    Conflict
        The task is a count, was closed in another way, or the goods are not there any more.
    """
    task = _task(session, floor_task_id, PUT_BACK)
    if task.state == "done" and task.location == location and quantity in (None, task.quantity):
        return task
    _must_be_open(task)
    asked = task.quantity
    floor_work.put_back(
        session,
        clock,
        floor_task_id=floor_task_id,
        location=location,
        quantity=quantity,
        person_id=person_id,
    )
    if task.order_id is not None:
        orders.settle(session, clock, order_id=task.order_id)
    if task.tote is not None:
        _close_lists_of(session, clock, task.tote)
    _note(session, clock, task, person_id, asked=asked)
    return task


def count(
    session: Session,
    clock: Clock,
    *,
    floor_task_id: str,
    counted: int,
    person_id: str | None = None,
) -> FloorTask:
    """Make the books say what was counted: open -> ``done``, other counts of the place, too.

    Raises
    ------
    NotFound
        There is no such task.
    BadInput
        A negative or absurd count.
    Conflict
        The task is a put-back or was closed in another way.
    """
    task = _task(session, floor_task_id, COUNT)
    if task.state == "done" and task.quantity == counted:
        return task
    _must_be_open(task)
    assert task.location is not None
    assert task.sku is not None
    # The place is the one the task was made for, even if a newer layout lacks it.
    difference = stock.adjust(
        session,
        clock,
        location=task.location,
        sku=task.sku,
        counted=counted,
        cause=COUNT,
        person_id=person_id,
        checked=True,
    )
    close_counts(
        session, clock, location=task.location, sku=task.sku, counted=counted, person_id=person_id
    )
    _note(session, clock, task, person_id, difference=difference)
    return task


def close_counts(
    session: Session,
    clock: Clock,
    *,
    location: str,
    sku: str,
    counted: int,
    person_id: str | None,
) -> None:
    """Close the open counts of an item in a location, after one count: open -> ``done``."""
    for task in session.scalars(
        select(FloorTask).where(
            FloorTask.kind == COUNT,
            FloorTask.state == "open",
            FloorTask.location == location,
            FloorTask.sku == sku,
        )
    ):
        task.quantity = counted
        task.state, task.closed_at, task.closed_by = "done", clock(), person_id
        changes.touch(session, "floor")


def _close_lists_of(session: Session, clock: Clock, tote: str) -> None:
    """End lists in the pool whose last goods were in this tote: nobody needs to walk them."""
    waiting = (
        select(PickList)
        .join(ListTote, ListTote.list_id == PickList.id)
        .where(ListTote.tote == tote, PickList.state == ListState.READY)
    )
    for pick_list in session.scalars(waiting).unique().all():
        close_unheld(session, clock, pick_list)


def _task(session: Session, floor_task_id: str, kind: str) -> FloorTask:
    task = session.get(FloorTask, floor_task_id)
    if task is None:
        raise NotFound(f'floor task "{floor_task_id}" does not exist', code="unknown-floor-task")
    if task.kind != kind:
        raise Conflict(
            f'the floor task about item "{task.sku}" is {_NAMES[task.kind]}, not {_NAMES[kind]}',
            code="floor-task-kind",
        )
    return task


def _must_be_open(task: FloorTask) -> None:
    if task.state != "open":
        raise Conflict(
            f'{_NAMES[task.kind]} of item "{task.sku}" at "{task.location}" is {task.state} '
            f"with {task.quantity} units; it cannot be done again in another way",
            code="floor-task-closed",
        )


def _note(
    session: Session, clock: Clock, task: FloorTask, person_id: str | None, **detail: int
) -> None:
    """What every closed task means: waiting orders are judged again, the console is told."""
    orders.check(session, clock)
    changes.touch(session, "board", "stock", "orders")
    audit.record(
        session,
        clock,
        action=f"floor-task.{task.kind}",
        subject=f"floor-task:{task.id}",
        person_id=person_id,
        location=task.location,
        sku=task.sku,
        quantity=task.quantity,
        **detail,
    )
