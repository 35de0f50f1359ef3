"""A small warehouse for tests of the adapters: layout, items, stock, carts, totes, people, orders.

Two blocks of 192 locations. Item ``SKU-00`` … ``SKU-11``, 40 units of each in one location; item
``SKU-00`` also lies in a second one, so that a short of it can be made good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import layouts as sample_layouts
from server.db import migrate
from server.db.engine import Database
from server.services import catalogue, layouts, orders, people, stock
from server.services.clock import system_clock

PIN = "135790"
LEAD, PICKER, OTHER_PICKER, ADMIN = "B-1001", "B-2001", "B-2002", "B-9001"

ITEMS = tuple(f"SKU-{number:02}" for number in range(12))
LOCATIONS = (
    "A-01-1-01-L",
    "A-01-1-03-R",
    "A-01-1-05-L",
    "A-02-1-02-L",
    "A-02-1-04-R",
    "A-02-2-02-L",
    "A-03-1-03-L",
    "A-03-2-01-R",
    "A-04-1-01-L",
    "A-04-1-06-R",
    "A-05-2-03-L",
    "A-06-1-02-R",
)
SECOND_LOCATION = "A-01-1-07-L"
UNITS = 40
CART = "cart-4"


@dataclass(frozen=True, slots=True)
class SmallSite:
    """A filled database: its URL and the order ids, all ready."""

    url: str
    orders: tuple[str, ...]


def fill(url: str, *, n_orders: int = 6) -> SmallSite:
    """Create the schema and fill it; ``n_orders`` orders of two lines, two units each."""
    migrate.upgrade(url)
    database = Database(url)
    try:
        with database.write() as session:
            layouts.save(session, system_clock, document=dict(sample_layouts.load("two-block")))
            for sku in ITEMS:
                catalogue.put_item(
                    session, sku=sku, name=f"Item {sku}", weight_g=200, volume_ml=300
                )
            catalogue.put_cart_type(
                session,
                code=CART,
                name="Cart with four totes",
                slots=4,
                tote_weight_g=15_000,
                tote_volume_ml=40_000,
                max_weight_g=60_000,
                max_lines=40,
            )
            catalogue.put_totes(session, [f"T-{number:04}" for number in range(1, 41)])
            for sku, location in zip(ITEMS, LOCATIONS, strict=True):
                stock.receive(session, system_clock, location=location, sku=sku, quantity=UNITS)
            stock.receive(
                session, system_clock, location=SECOND_LOCATION, sku=ITEMS[0], quantity=UNITS
            )
        with database.write() as session:
            for badge, role in (
                (LEAD, "lead"),
                (PICKER, "picker"),
                (OTHER_PICKER, "picker"),
                (ADMIN, "admin"),
            ):
                people.create(
                    session,
                    system_clock,
                    badge=badge,
                    name=f"Person {badge}",
                    role=role,
                    language="en",
                    pin=PIN,
                )
        accepted = accept_orders(database, range(n_orders))
    finally:
        database.close()
    return SmallSite(url, accepted)


def accept_orders(database: Database, numbers: Sequence[int]) -> tuple[str, ...]:
    """Accept and check orders ``X-<number>`` and return their ids."""
    with database.write() as session:
        found = [orders.accept(session, system_clock, draft(number)).order_id for number in numbers]
        orders.check(session, system_clock, order_ids=found)
    return tuple(found)


def draft(number: int) -> orders.OrderDraft:
    """Return an order of two neighbouring items, two units of each."""
    skus = (ITEMS[number % len(ITEMS)], ITEMS[(number + 1) % len(ITEMS)])
    return orders.OrderDraft(
        channel="web",
        external_id=f"X-{number}",
        lines=tuple(orders.LineDraft(external_id=None, sku=sku, quantity=2) for sku in skus),
        ordered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def sqlite_url(folder: Path) -> str:
    """Return the URL of a database file in a folder."""
    return f"sqlite:///{folder / 'site.db'}"
