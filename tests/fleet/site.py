"""A warehouse for a fleet: people signed in, stock, and planned waves that a lead can launch.

Made with the server's own use cases, plans written by hand: a wave has a few lists, a list some
orders of a few lines, a line some units of one item from one location. Launching is left to the
lead, because it is one of the things that chaos interrupts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

import layouts as sample_layouts
from server.db import migrate
from server.db.engine import Database
from server.models import Order
from server.services import catalogue, layouts, orders, people, runs, stock, waves
from server.services.clock import system_clock
from server.services.orders import LineDraft, OrderDraft
from tests.fleet.client import Badge

LAYOUT = "two-block"
CART = "cart"
START, STATION = "start", "pack-1"
LEAD, PIN = "B-lead", "135790"
_STOCK = 900_000
"""Units in each location: a run never empties one by picking."""


@dataclass(frozen=True, slots=True)
class Work:
    """How much work is made.

    Attributes
    ----------
    waves, lists_per_wave
        Waves, each launched on its own.
    lines_per_order, units_per_line
        Size of the orders.
    orders_per_list
        Orders, and slots of the cart.
    """

    waves: int
    lists_per_wave: int
    lines_per_order: int = 4
    units_per_line: int = 8
    orders_per_list: int = 2

    @property
    def units(self) -> int:
        """Units of all waves together."""
        per_list = self.orders_per_list * self.lines_per_order * self.units_per_line
        return self.waves * self.lists_per_wave * per_list

    @property
    def ops_per_list(self) -> int:
        """Picks of single units, a bind and a drop per tote, and the end of the list."""
        return self.orders_per_list * (self.lines_per_order * self.units_per_line + 2) + 1


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """A wave, the plan with which it can be launched, and its orders."""

    wave_id: str
    plan_id: str
    lists: int
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A filled database."""

    url: str
    lead: Badge
    pickers: tuple[Badge, ...]
    waves: tuple[PlannedWave, ...]
    totes: tuple[str, ...]
    skus: tuple[str, ...]


def fill(url: str, *, pickers: int, work: Work) -> Site:
    """Create the schema and fill it.

    Parameters
    ----------
    url
        A database without tables, or with the schema and without rows.
    """
    migrate.upgrade(url)
    database = Database(url)
    try:
        locations = _warehouse(database, slots=work.orders_per_list)
        places = itertools.cycle(locations)
        # A few more than slots: handed-back lists and refused binds use some up.
        n_totes = (work.orders_per_list + 1) * work.waves * work.lists_per_wave + 200
        totes = tuple(map(tote_code, range(n_totes)))
        with database.write() as session:
            catalogue.put_totes(session, totes)
            lead = _signed_in(session, LEAD, role="lead", client="console")
            crew = tuple(
                _signed_in(session, f"B-{number:04}", role="picker", client="handheld")
                for number in range(pickers)
            )
        planned = tuple(_planned(database, number, work, places) for number in range(work.waves))
    finally:
        database.close()
    skus = tuple(sku_at(location) for location in locations)
    return Site(url, lead, crew, planned, totes, skus)


def tote_code(number: int) -> str:
    """The code of a tote, from 0 on."""
    return f"T-{number:06}"


def _warehouse(database: Database, *, slots: int) -> tuple[str, ...]:
    document: dict[str, Any] = dict(sample_layouts.load(LAYOUT))
    locations = tuple(str(row["id"]) for row in document["locations"])
    with database.write() as session:
        layouts.save(session, system_clock, document=document)
        catalogue.put_cart_type(
            session,
            code=CART,
            name=f"Cart with {slots} totes",
            slots=slots,
            tote_weight_g=20_000,
            tote_volume_ml=60_000,
            max_weight_g=80_000,
            max_lines=100,
        )
        for location in locations:
            sku = sku_at(location)
            catalogue.put_item(session, sku=sku, name=f"Item of {location}", codes={f"4{sku}": 1})
            stock.receive(session, system_clock, location=location, sku=sku, quantity=_STOCK)
    return locations


def _signed_in(session: Session, badge: str, *, role: str, client: str) -> Badge:
    person = people.create(
        session, system_clock, badge=badge, name=badge, role=role, language="en", pin=PIN
    )
    token, row = people.sign_in(
        session,
        system_clock,
        badge=badge,
        pin=PIN,
        client=client,
        # The PIN was hashed a moment ago; hundreds of slow hashes prove nothing here.
        verify=lambda pin, _hash: pin == PIN,
    )
    return Badge(person.id, token, row.id)


def _planned(database: Database, number: int, work: Work, places: Iterator[str]) -> PlannedWave:
    """Accept the orders of a wave, make it, and store a plan for it."""
    with database.write() as session:
        accepted = [
            orders.accept(session, system_clock, _draft(number, entry, work, places)).order_id
            for entry in range(work.lists_per_wave * work.orders_per_list)
        ]
        orders.check(session, system_clock, order_ids=accepted)
        wave = waves.create(
            session, system_clock, name=f"Wave {number}", order_ids=accepted, cart_type=CART
        )
        run = waves.request_plan(session, system_clock, wave_id=wave.id, seconds=5, seed=1)
        claimed = runs.claim(session, system_clock, worker="site", lane="plan", run_id=run.id)
        assert claimed is not None
        found = [orders.get(session, order_id) for order_id in accepted]
        size = work.orders_per_list
        lists = [
            _list(entry, found[entry * size : (entry + 1) * size])
            for entry in range(work.lists_per_wave)
        ]
        plan = runs.store_plan(
            session,
            system_clock,
            run_id=run.id,
            lease=claimed.lease,
            document=_document(lists),
            input_hash="0" * 64,
            solver="by hand",
        )
        runs.finish(session, system_clock, run_id=run.id, lease=claimed.lease)
        return PlannedWave(wave.id, plan.id, len(lists), tuple(accepted))


def sku_at(location: str) -> str:
    """The one item that lies in a location."""
    return f"SKU-{location}"


def _draft(wave: int, entry: int, work: Work, places: Iterator[str]) -> OrderDraft:
    return OrderDraft(
        channel="web",
        external_id=f"E-{wave}-{entry}",
        lines=tuple(
            LineDraft(None, sku_at(place), work.units_per_line)
            for place in itertools.islice(places, work.lines_per_order)
        ),
    )


def _list(number: int, found: Sequence[Order]) -> dict[str, Any]:
    stops = [
        {
            "location": line.sku.removeprefix("SKU-"),
            "distance_mm": 5_000,
            "picks": [
                {
                    "order": order.id,
                    "line": line.id,
                    "sku": line.sku,
                    "qty": line.ordered,
                    "tote": f"p{number}-{slot}",
                }
            ],
        }
        for slot, order in enumerate(found)
        for line in order.lines
    ]
    return {
        "id": f"L{number}",
        "method": "cluster",
        "zone": None,
        "picker": None,
        "start": START,
        "end": STATION,
        "length_mm": 60_000,
        "duration_ms": 300_000,
        "totes": [
            {"id": f"p{number}-{slot}", "slot": slot, "order": order.id}
            for slot, order in enumerate(found)
        ],
        "stops": stops,
        "path": [[0, 0, 0], [0, 6_000, 0], [0, 0, 0]],
        "after": [],
    }


def _document(lists: list[dict[str, Any]]) -> dict[str, Any]:
    picks = [pick for entry in lists for stop in entry["stops"] for pick in stop["picks"]]
    length = sum(int(entry["length_mm"]) for entry in lists)
    return {
        "format": "wavepick-plan/1",
        "layout": LAYOUT,
        "method": "cluster",
        "seed": 1,
        "lists": lists,
        "totals": {
            "length_mm": length,
            "duration_ms": 300_000,
            "lists": len(lists),
            "stops": len(picks),
            "picks": len(picks),
            "units": sum(int(pick["qty"]) for pick in picks),
            "baseline_mm": length,
            "bound_mm": None,
        },
        "termination": {"reason": "converged", "limit": ""},
        "unplanned": [],
    }
