"""A spread into the database: opening stock of a warehouse that holds nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.files.demand import demand_of_database
from server.files.spread import Spread, SpreadRules, spread_stock
from server.models import Item, PlaceKind, StockBalance
from server.services import stock
from server.services.availability import check
from server.services.clock import Clock


@dataclass(frozen=True, slots=True)
class SpreadRequest:
    """What to spread where.

    Attributes
    ----------
    distances_mm
        Walking distance of each location from where walks begin, millimetres.
    rules, seed
        As for :func:`server.files.spread.spread_stock`.
    sold_out
        Items that have locations but no stock.
    """

    distances_mm: Mapping[str, int]
    rules: SpreadRules
    seed: int
    sold_out: frozenset[str] = frozenset()


def spread_into(session: Session, clock: Clock, request: SpreadRequest) -> Spread:
    """Book opening stock for every item by the demand of the waiting orders; check them again.

    Raises
    ------
    Conflict
        Some location already holds stock (code ``stock-exists``).
    BadInput
        There are more items than locations.
    """
    held = session.scalars(
        select(StockBalance.place)
        .where(StockBalance.kind == PlaceKind.LOCATION, StockBalance.on_hand > 0)
        .limit(1)
    ).first()
    if held is not None:
        raise Conflict(
            f'location "{held}" already holds stock; spreading is for an empty warehouse',
            code="stock-exists",
        )
    spread = spread_stock(
        demand_of_database(session), request.distances_mm, rules=request.rules, seed=request.seed
    )
    for item in session.scalars(select(Item)):
        item.abc_class = spread.classes.get(item.sku)
    for line in spread.lines:
        if line.sku in request.sold_out:
            continue
        stock.adjust(
            session,
            clock,
            location=line.location,
            sku=line.sku,
            counted=line.quantity,
            cause="opening",
            checked=True,
        )
    check(session, clock)
    return spread
