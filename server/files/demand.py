"""How much of each item orders ask for: of an order file, or of the orders in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.files.orders_csv import ParsedOrder
from server.files.spread import Demand
from server.models import Item, Order, OrderLine
from server.services.cancellation import BEFORE_LAUNCH


def demand_of_file(orders: Iterable[ParsedOrder]) -> tuple[Demand, ...]:
    """Return the demand of an order file by sku, in the order of first appearance."""
    lines: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for order in orders:
        for line in order.draft.lines:
            lines[line.sku] += 1
            units[line.sku] += line.quantity
    return tuple(Demand(sku, lines[sku], units[sku]) for sku in lines)


def demand_of_database(session: Session) -> tuple[Demand, ...]:
    """Return the demand of all orders that are not launched yet; items without any have zero."""
    query = (
        select(Item.sku, func.count(OrderLine.id), func.coalesce(func.sum(OrderLine.open), 0))
        .outerjoin(
            OrderLine,
            (OrderLine.sku == Item.sku)
            & (OrderLine.open > 0)
            & OrderLine.order_id.in_(select(Order.id).where(Order.state.in_(BEFORE_LAUNCH))),
        )
        .group_by(Item.sku)
        .order_by(Item.sku)
    )
    return tuple(Demand(sku, n_lines, int(units)) for sku, n_lines, units in session.execute(query))
