"""Fills an empty database with the sample warehouse of :mod:`server.files.demo_data`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.files import demo_data
from server.files.demand import demand_of_database
from server.files.demo_data import DemoItem
from server.files.spread import SpreadRules
from server.files.stock_spread import SpreadRequest, spread_into
from server.models import Order, OrderState, Role
from server.services import catalogue, layouts, orders, people, stock
from server.services.clock import Clock

N_TOTES = 400
_SOLD_OUT = slice(40, 100, 10)
"""Ranks by demand of the items without any stock, so that some orders wait."""
_ADDRESS_HOLDS = 4
_N_CODES = 3


@dataclass(frozen=True, slots=True)
class DemoSize:
    """How much of everything."""

    n_items: int = 400
    n_orders: int = 320


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What stands in the filled database, for printing.

    Attributes
    ----------
    layout
        Name of the layout.
    order_states
        Orders by state.
    item_codes
        Some items in stock: (location, sku, name, barcode).
    """

    layout: str
    order_states: Mapping[str, int]
    item_codes: tuple[tuple[str, str, str, str], ...]


def tote_codes(count: int = N_TOTES) -> tuple[str, ...]:
    """Return the barcodes of the totes."""
    return tuple(f"T-{number:04d}" for number in range(1, count + 1))


def picker_badges() -> tuple[str, ...]:
    """Return the badges of the pickers, in the order of their names."""
    return tuple(f"B-{2001 + number}" for number in range(len(demo_data.PICKER_NAMES)))


def fill(
    session: Session,
    clock: Clock,
    *,
    layout: dict[str, Any],
    distances_mm: Mapping[str, int],
    size: DemoSize,
    seed: int,
) -> DemoFacts:
    """Book layout, catalogue, people, carts, totes, orders and stock; all or nothing.

    Parameters
    ----------
    layout
        A checked layout document.
    distances_mm
        Walking distance of its locations from where walks begin, millimetres.
    """
    saved = layouts.save(session, clock, document=layout)
    items = demo_data.demo_items(count=size.n_items, seed=seed)
    for item in items:
        catalogue.put_item(
            session,
            sku=item.sku,
            name=item.name,
            weight_g=item.weight_g,
            volume_ml=item.volume_ml,
            codes=dict(item.codes),
        )
    put_carts(session)
    catalogue.put_totes(session, tote_codes())
    _put_people(session, clock)
    for code, name in demo_data.CHANNELS:
        catalogue.put_channel(session, code=code, name=name)
    _put_orders(session, clock, items, size, seed)
    rules = SpreadRules(factor=1.5, minimum=6)
    spread_into(
        session, clock, SpreadRequest(distances_mm, rules, seed, sold_out=_sold_out(session))
    )
    _hold_some(session, clock)
    session.flush()
    return DemoFacts(saved.name, _order_states(session), tuple(_some_codes(session, items)))


def put_carts(session: Session) -> None:
    """Make the two carts of the demo: eight small totes, or four large ones."""
    catalogue.put_cart_type(
        session,
        code=demo_data.CART_8,
        name="Cart with 8 totes",
        slots=8,
        tote_weight_g=15_000,
        tote_volume_ml=30_000,
        max_weight_g=120_000,
        max_lines=200,
    )
    catalogue.put_cart_type(
        session,
        code=demo_data.CART_4,
        name="Cart with 4 large totes",
        slots=4,
        tote_weight_g=25_000,
        tote_volume_ml=60_000,
        max_weight_g=100_000,
        max_lines=200,
    )


def _put_people(session: Session, clock: Clock) -> None:
    everyone = [(demo_data.LEAD_BADGE, "Lena", Role.LEAD, "en", demo_data.LEAD_PIN)]
    everyone += [
        (badge, name, Role.PICKER, language, demo_data.PICKER_PIN)
        for badge, (name, language) in zip(picker_badges(), demo_data.PICKER_NAMES, strict=True)
    ]
    everyone.append((demo_data.SORTER_BADGE, "Mara", Role.PICKER, "en", demo_data.PICKER_PIN))
    for badge, name, role, language, pin in everyone:
        people.create(session, clock, badge=badge, name=name, role=role, language=language, pin=pin)


def _put_orders(
    session: Session, clock: Clock, items: Sequence[DemoItem], size: DemoSize, seed: int
) -> None:
    for draft in demo_data.demo_orders(items, count=size.n_orders, now=clock(), seed=seed):
        orders.accept(session, clock, draft)


def _sold_out(session: Session) -> frozenset[str]:
    session.flush()
    ranked = sorted(demand_of_database(session), key=lambda item: (-item.n_lines, item.sku))
    return frozenset(item.sku for item in ranked[_SOLD_OUT])


def _hold_some(session: Session, clock: Clock) -> None:
    ready = session.scalars(
        select(Order.id)
        .where(Order.state == OrderState.READY)
        .order_by(Order.number.desc())
        .limit(_ADDRESS_HOLDS)
    ).all()
    for order_id in ready:
        orders.hold(
            session, clock, order_id=order_id, reason="address", detail="House number is missing"
        )


def _order_states(session: Session) -> dict[str, int]:
    return dict(sorted(Counter(session.scalars(select(Order.state))).items()))


def _some_codes(session: Session, items: Sequence[DemoItem]) -> Iterator[tuple[str, str, str, str]]:
    known = {item.sku: item for item in items}
    for location, sku in list(stock.free(session))[:_N_CODES]:
        yield location, sku, known[sku].name, known[sku].codes[0][0]
