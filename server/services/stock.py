"""Stock in locations: receipts, counts, put-backs, and what is free to promise."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, Conflict, NotFound
from server.models import (
    FloorTask,
    Item,
    LayoutVersion,
    Location,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
)
from server.services import audit, changes, ledger, totes
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

MAX_QUANTITY = 1_000_000_000
PARKED = "parked"


def receive(
    session: Session,
    clock: Clock,
    *,
    location: str,
    sku: str,
    quantity: int,
    cause: str = "receipt",
    person_id: str | None = None,
) -> None:
    """Put ``quantity`` (>= 1) units that came from outside into a location.

    Orders that waited for them become ready at the next :func:`server.services.orders.check`.

    Raises
    ------
    BadInput
        Unknown item, location not in the active layout, quantity below 1 or absurd.
    """
    if isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        raise BadInput(
            f'stock of "{sku}" in "{location}": quantity must be 1 to {MAX_QUANTITY}, '
            f"got {quantity}",
            code="bad-quantity",
        )
    _known(session, location=location, sku=sku)
    ledger.move_stock(
        session,
        clock,
        sku=sku,
        quantity=quantity,
        origin=OUTSIDE,
        target=at_location(location),
        cause=Cause(cause, person_id=person_id),
    )
    audit.record(
        session,
        clock,
        action="stock.receive",
        subject=f"location:{location}",
        person_id=person_id,
        sku=sku,
        quantity=quantity,
        cause=cause,
    )
    changes.touch(session, "stock")


def adjust(
    session: Session,
    clock: Clock,
    *,
    location: str,
    sku: str,
    counted: int,
    cause: str = "count",
    person_id: str | None = None,
    op: OpRef | None = None,
    checked: bool = False,
) -> int:
    """Make the books say what was counted; returns the difference (counted - booked).

    Where less is there than was promised, tasks lose their promise, the last ones first: they may
    still be picked if the goods turn up, and are short if not.

    Raises
    ------
    BadInput
        Unknown item or location (unless ``checked``), or a negative count.
    """
    if isinstance(counted, bool) or not 0 <= counted <= MAX_QUANTITY:
        raise BadInput(f"counted must be 0 to {MAX_QUANTITY}, got {counted}", code="bad-quantity")
    if not checked:
        _known(session, location=location, sku=sku)
    place = at_location(location)
    row = ledger.balance(session, place, sku)
    difference = counted - row.on_hand
    if row.allocated > counted:
        _lower_promises(session, location=location, sku=sku, by=row.allocated - counted)
    if difference:
        ledger.move_stock(
            session,
            clock,
            sku=sku,
            quantity=abs(difference),
            origin=OUTSIDE if difference > 0 else place,
            target=place if difference > 0 else OUTSIDE,
            cause=Cause(cause, op=op, person_id=person_id),
        )
        audit.record(
            session,
            clock,
            action="stock.adjust",
            subject=f"location:{location}",
            person_id=person_id,
            sku=sku,
            difference=difference,
            cause=cause,
        )
        changes.touch(session, "stock")
    return difference


def free(session: Session, skus: Iterable[str] | None = None) -> dict[tuple[str, str], int]:
    """Free units (on hand - allocated, >= 1) by (location, sku); of all items or those named."""
    query = select(
        StockBalance.place, StockBalance.sku, StockBalance.on_hand - StockBalance.allocated
    ).where(StockBalance.kind == PlaceKind.LOCATION, StockBalance.on_hand > StockBalance.allocated)
    query = query.order_by(StockBalance.place, StockBalance.sku)
    if skus is None:
        return {(place, sku): units for place, sku, units in session.execute(query)}
    wanted = list(dict.fromkeys(skus))
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(wanted), 500):
        part = query.where(StockBalance.sku.in_(wanted[start : start + 500]))
        found.update({(place, sku): units for place, sku, units in session.execute(part)})
    return found


def balances(
    session: Session,
    *,
    sku: str | None = None,
    location: str | None = None,
    kind: PlaceKind = PlaceKind.LOCATION,
    limit: int = 500,
) -> list[tuple[StockBalance, str]]:
    """Balances that are not zero, with the item's name, by place and sku."""
    query = (
        select(StockBalance, Item.name)
        .join(Item, Item.sku == StockBalance.sku)
        .where(StockBalance.kind == kind, StockBalance.on_hand != 0)
        .order_by(StockBalance.place, StockBalance.sku)
        .limit(limit)
    )
    if sku is not None:
        query = query.where(StockBalance.sku == sku)
    if location is not None:
        query = query.where(StockBalance.place == location)
    return [(row, name) for row, name in session.execute(query)]


def open_floor_task(
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
    """Ask for a ``count`` of a location or a ``put-back`` from a tote or wall slot.

    A put-back with cause ``parked`` is about goods that the books never took from their location.
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


def floor_tasks(session: Session, *, order_id: str | None = None) -> list[FloorTask]:
    """Open counts and put-backs, oldest first."""
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
    found and are booked out as lost. The task then says what was put where. The caller lets
    :func:`server.services.orders.settle` close the order's cancellation.

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
    _known(session, location=location, sku=task.sku)
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


def _lower_promises(session: Session, *, location: str, sku: str, by: int) -> None:
    tasks = session.scalars(
        select(PickTask)
        .join(PickList, PickList.id == PickTask.list_id)
        .where(PickTask.location == location, PickTask.sku == sku, PickTask.promised > 0)
        # Not by id alone: ids made within one millisecond sort at random.
        .order_by(PickList.number.desc(), PickTask.position.desc(), PickTask.id.desc())
    )
    for task in tasks:
        if by == 0:
            break
        by -= ledger.unpromise(session, task=task, quantity=by)


def _known(session: Session, *, location: str, sku: str) -> None:
    if session.get(Item, sku) is None:
        raise BadInput(f'item "{sku}" is not known', code="unknown-sku")
    found = session.scalar(
        select(Location.code)
        .join(LayoutVersion, LayoutVersion.id == Location.layout_id)
        .where(LayoutVersion.active, Location.code == location)
    )
    if found is None:
        raise BadInput(
            f'location "{location}" is not in the active layout', code="unknown-location"
        )
