"""Stock in locations: receipts, counts, what lies where and what is free to promise."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import BadInput
from server.models import (
    Item,
    LayoutVersion,
    Location,
    PickList,
    PickTask,
    PlaceKind,
    StockBalance,
)
from server.services import audit, changes, ledger
from server.services.clock import Clock
from server.services.ledger import (
    OUTSIDE,
    Cause,
    OpRef,
    at_location,
)

MAX_QUANTITY = 1_000_000_000


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
    must_be_known(session, location=location, sku=sku)
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
        must_be_known(session, location=location, sku=sku)
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


def must_be_known(session: Session, *, location: str, sku: str) -> None:
    """Refuse goods that the books cannot hold.

    Raises
    ------
    BadInput
        Unknown item, or location not in the active layout.
    """
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
