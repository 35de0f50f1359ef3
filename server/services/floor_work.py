"""Work that stock trouble leaves on the floor: how it is asked for, and how goods go back.

The books only: cancelling orders asks for put-backs, so this cannot know orders. What the end of a
task means for orders and lists is in :mod:`server.services.floor_tasks`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, Conflict, NotFound
from server.models import FloorTask, PlaceKind, StockBalance
from server.services import changes, ledger, stock, totes
from server.services.clock import Clock
from server.services.ledger import (
    OUTSIDE,
    Cause,
    OpRef,
    Place,
    at_location,
    in_tote,
    in_wall_slot,
)

PARKED = "parked"
"""Cause of a put-back that an operation left behind which was not applied."""


def ask(
    session: Session,
    clock: Clock,
    *,
    kind: str,
    cause: str,
    sku: str,
    quantity: int = 0,
    location: str | None = None,
    tote: str | None = None,
    list_id: str | None = None,
    order_id: str | None = None,
    line_id: str | None = None,
    op: OpRef | None = None,
) -> FloorTask:
    """Ask for a ``count`` of a location or a ``put-back`` from a tote or wall slot; -> ``open``.

    A put-back with cause :data:`PARKED` is about goods that the books never took from their
    location.
    """
    task = FloorTask(
        id=new_id(),
        kind=kind,
        cause=cause,
        sku=sku,
        quantity=quantity,
        location=location,
        tote=tote,
        list_id=list_id,
        order_id=order_id,
        line_id=line_id,
        op_stream=op.stream if op else None,
        op_seq=op.seq if op else None,
        created_at=clock(),
    )
    session.add(task)
    changes.touch(session, "floor")
    return task


def open_tasks(session: Session, *, order_id: str | None = None) -> list[FloorTask]:
    """Open counts and put-backs, oldest first; of all orders or of one."""
    query = select(FloorTask).where(FloorTask.state == "open").order_by(FloorTask.id)
    if order_id is not None:
        query = query.where(FloorTask.order_id == order_id)
    return list(session.scalars(query))


def put_back(
    session: Session,
    clock: Clock,
    *,
    floor_task_id: str,
    location: str,
    person_id: str | None,
    quantity: int | None = None,
) -> FloorTask:
    """Return the goods of a put-back task to a location and close it: open -> ``done``.

    Units of the task beyond ``quantity`` (0 to the task's own, which is the default) were not
    found and are booked out as lost. The task then says what was put where. What that means for
    orders and lists is up to :func:`server.services.floor_tasks.put_back`.

    Raises
    ------
    NotFound
        There is no such put-back.
    BadInput
        Location not in the active layout, or more units than the task has.
    Conflict
        The task is not open, or the goods are not where they were any more.
    """
    task = session.get(FloorTask, floor_task_id)
    if task is None or task.kind != "put-back":
        raise NotFound("this put-back does not exist", code="unknown-floor-task")
    if task.state != "open":
        raise Conflict(f"this put-back is {task.state}", code="floor-task-closed")
    assert task.sku is not None
    units = task.quantity if quantity is None else quantity
    if isinstance(units, bool) or not 0 <= units <= task.quantity:
        raise BadInput(
            f'put-back of "{task.sku}" to "{location}": quantity must be 0 to {task.quantity}, '
            f"got {units}",
            code="bad-quantity",
            pointer="/quantity",
        )
    stock.must_be_known(session, location=location, sku=task.sku)
    origin, target = _goods_of(session, task), at_location(location)
    moves = [(target, "put-back", units), (OUTSIDE, "put-back-lost", task.quantity - units)]
    if task.cause == PARKED:  # the books never took them: nothing is lost, at most moved
        moves = [] if origin == target else moves[:1]
    for place, word, moved in moves:
        if moved:
            cause = Cause(word, person_id=person_id)
            ledger.move_stock(
                session, clock, sku=task.sku, quantity=moved, origin=origin, target=place,
                cause=cause, line_id=task.line_id,
            )  # fmt: skip
    totes.release_if_empty(session, origin.code)
    task.location, task.quantity = location, units
    task.state, task.closed_at, task.closed_by = "done", clock(), person_id
    changes.touch(session, "stock", "floor")
    return task


def _goods_of(session: Session, task: FloorTask) -> Place:
    """Where the books have the goods of a put-back: tote, wall slot, or still their location."""
    if task.cause == PARKED:
        assert task.location is not None
        return at_location(task.location)
    assert task.tote is not None
    wall = session.get(StockBalance, (PlaceKind.WALL_SLOT, task.tote, task.sku))
    in_wall = wall is not None and wall.on_hand >= task.quantity
    return in_wall_slot(task.tote) if in_wall else in_tote(task.tote)
