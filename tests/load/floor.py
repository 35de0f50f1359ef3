"""A floor with as much work as a load run needs, made quickly with the server's own use cases.

Every list is the same amount of work: four orders of three lines, each line taken unit by unit
from one location into the order's tote. With its binds, drops and its end that is a known number
of operations, so how many lists a run needs is a division.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import layouts as sample_layouts
from server.db import migrate
from server.db.engine import Database
from server.services import catalogue, layouts, orders, people, runs, stock, waves
from server.services.clock import system_clock
from server.services.orders import LineDraft, OrderDraft
from tests.fleet.client import Badge

LAYOUT = "two-block"
CART = "cart-4"
START, STATION = "start", "pack-1"
ORDERS_PER_LIST = 4
LINES_PER_ORDER = 3
UNITS_PER_LINE = 8
LISTS_PER_WAVE = 100
LEAD = "B-lead"
PIN = "135790"


@dataclass(frozen=True, slots=True)
class Floor:
    """A filled database: its URL, a lead and the pickers, all signed in; how many lists it has."""

    url: str
    lead: Badge
    pickers: tuple[Badge, ...]
    lists: int


def fill(url: str, *, devices: int, ops_per_device: int, units: int = UNITS_PER_LINE) -> Floor:
    """Create the schema and put at least ``ops_per_device`` operations of work per device on it.

    ``units`` are those of each line, which makes longer or shorter lists.
    """
    migrate.upgrade(url)
    database = Database(url)
    lists = devices * math.ceil(ops_per_device / ops_per_list(units))
    try:
        locations = _warehouse(database, units=lists * ORDERS_PER_LIST * units)
        lead = _people(database, [LEAD], role="lead")[0]
        pickers = _people(database, [f"B-{number:04}" for number in range(devices)], role="picker")
        with database.write() as session:
            # Lists are numbered from 1 in the order in which they are launched.
            catalogue.put_totes(
                session, itertools.chain.from_iterable(map(totes_of, range(1, lists + 1)))
            )
        places = itertools.cycle(locations)
        for done in range(0, lists, LISTS_PER_WAVE):
            _launch(database, places, range(done, min(done + LISTS_PER_WAVE, lists)), units)
    finally:
        database.close()
    return Floor(url, lead, pickers, lists)


def ops_per_list(units: int) -> int:
    """Picks of single units, a bind and a drop per tote, and the end of the list."""
    return ORDERS_PER_LIST * (LINES_PER_ORDER * units + 2) + 1


def totes_of(list_number: int) -> tuple[str, ...]:
    """The four totes meant for a list: dropped goods keep theirs until they are packed."""
    return tuple(f"T-{list_number:06}-{slot}" for slot in range(ORDERS_PER_LIST))


def locations() -> tuple[str, ...]:
    """All locations of the layout."""
    document: dict[str, Any] = dict(sample_layouts.load(LAYOUT))
    return tuple(str(row["id"]) for row in document["locations"])


def sku_at(location: str) -> str:
    """The one item that lies in a location."""
    return f"SKU-{location}"


def _warehouse(database: Database, *, units: int) -> tuple[str, ...]:
    document: dict[str, Any] = dict(sample_layouts.load(LAYOUT))
    locations = tuple(str(row["id"]) for row in document["locations"])
    with database.write() as session:
        layouts.save(session, system_clock, document=document)
        catalogue.put_channel(session, code="web")
        catalogue.put_cart_type(
            session,
            code=CART,
            name="Cart with four totes",
            slots=ORDERS_PER_LIST,
            tote_weight_g=20_000,
            tote_volume_ml=60_000,
            max_weight_g=80_000,
            max_lines=100,
        )
        for location in locations:
            sku = sku_at(location)
            catalogue.put_item(session, sku=sku, name=f"Item of {location}", codes={f"4{sku}": 1})
            stock.receive(session, system_clock, location=location, sku=sku, quantity=units)
    return locations


def _people(database: Database, badges: Sequence[str], *, role: str) -> tuple[Badge, ...]:
    """Make and sign in people."""
    found: list[Badge] = []
    with database.write() as session:
        for badge in badges:
            person = people.create(
                session,
                system_clock,
                badge=badge,
                name=f"Person {badge}",
                role=role,
                language="en",
                pin=PIN,
            )
            token, row = people.sign_in(
                session,
                system_clock,
                badge=badge,
                pin=PIN,
                client="handheld" if role == "picker" else "console",
                # The PIN was hashed a moment ago; a thousand slow hashes prove nothing here.
                verify=lambda pin, _hash: pin == PIN,
            )
            found.append(Badge(person.id, token, row.id))
    return tuple(found)


def _launch(database: Database, places: Iterator[str], numbers: Sequence[int], units: int) -> None:
    """Accept the orders of these lists, plan them by hand as one wave, and launch it."""
    with database.write() as session:
        accepted = [
            [
                orders.accept(session, system_clock, _draft(number, slot, places, units)).order_id
                for slot in range(ORDERS_PER_LIST)
            ]
            for number in numbers
        ]
        wanted = [order_id for of_list in accepted for order_id in of_list]
        orders.check(session, system_clock, order_ids=wanted)
        wave = waves.create(
            session,
            system_clock,
            name=f"Wave from list {numbers[0]}",
            order_ids=wanted,
            cart_type=CART,
        )
        run = waves.request_plan(session, system_clock, wave_id=wave.id, seconds=5, seed=1)
        claimed = runs.claim(session, system_clock, worker="load", lane="plan", run_id=run.id)
        assert claimed is not None
        lists = [
            _list(number, [orders.get(session, order_id) for order_id in of_list])
            for number, of_list in zip(numbers, accepted, strict=True)
        ]
        plan = runs.store_plan(
            session,
            system_clock,
            run_id=run.id,
            lease=claimed.lease,
            document=_plan(lists),
            input_hash="0" * 64,
            solver="written by the load harness",
        )
        runs.finish(session, system_clock, run_id=run.id, lease=claimed.lease)
        waves.launch(session, system_clock, wave_id=wave.id, plan_id=plan.id, key="load")


def _draft(number: int, slot: int, places: Iterator[str], units: int) -> OrderDraft:
    return OrderDraft(
        channel="web",
        external_id=f"E-{number}-{slot}",
        lines=tuple(
            LineDraft(None, sku_at(place), units)
            for place in itertools.islice(places, LINES_PER_ORDER)
        ),
    )


def _list(number: int, found: Sequence[Any]) -> dict[str, Any]:
    totes = [
        {"id": f"p{number}-{slot}", "slot": slot, "order": order.id}
        for slot, order in enumerate(found)
    ]
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
                    "tote": totes[slot]["id"],
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
        "totes": totes,
        "stops": stops,
        "path": [[0, 0, 0], [0, 6_000, 0], [0, 0, 0]],
        "after": [],
    }


def _plan(lists: list[dict[str, Any]]) -> dict[str, Any]:
    length = sum(int(entry["length_mm"]) for entry in lists)
    stops = sum(len(entry["stops"]) for entry in lists)
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
            "stops": stops,
            "picks": stops,
            "units": sum(
                int(pick["qty"])
                for entry in lists
                for stop in entry["stops"]
                for pick in stop["picks"]
            ),
            "baseline_mm": length,
            "bound_mm": None,
        },
        "termination": {"reason": "converged", "limit": ""},
        "unplanned": [],
    }
