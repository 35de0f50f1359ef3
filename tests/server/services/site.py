"""A tiny warehouse whose every number can be checked by hand, and plans written by hand for it.

One aisle from (0, 0) to (0, 10 000); locations A-1 to A-6 every metre; items S1 to S4. Stations:
start-1, pack-1 and pack-2, wall-1, hand-1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.db.engine import Database
from server.models import Wave
from server.services import catalogue, layouts, orders, people, runs, stock, waves
from server.services.launch import LaunchResult
from server.services.orders import Accepted, LineDraft, OrderDraft
from server.services.people import SignedIn

PIN = "135790"
LOCATIONS = tuple(f"A-{number}" for number in range(1, 7))
SKUS = ("S1", "S2", "S3", "S4")
LAYOUT: dict[str, Any] = {
    "format": "wavepick-layout/1",
    "name": "tiny",
    "nodes": [
        {"id": "front", "x_mm": 0, "y_mm": 0, "floor": 0},
        {"id": "back", "x_mm": 0, "y_mm": 10_000, "floor": 0},
    ],
    "edges": [{"from": "front", "to": "back", "length_mm": 10_000}],
    "locations": [
        {
            "id": location,
            "edge": ["front", "back"],
            "offset_mm": 1_000 * number,
            "side": "left",
            "zone": "Z1" if number <= 3 else "Z2",
            "check_digits": f"{number}17",
        }
        for number, location in enumerate(LOCATIONS, start=1)
    ],
    "stations": [
        {"id": "start-1", "node": "front", "kind": "start"},
        {"id": "pack-1", "node": "front", "kind": "pack"},
        {"id": "pack-2", "node": "back", "kind": "pack"},
        {"id": "wall-1", "node": "front", "kind": "wall"},
        {"id": "hand-1", "node": "back", "kind": "handover"},
    ],
    "zones": [{"id": "Z1", "name": "Front"}, {"id": "Z2", "name": "Back"}],
}


@dataclass(slots=True)
class TestClock:
    """Time that only moves when told."""

    __test__ = False
    now: datetime = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass, e.g. ``minutes=5``."""
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One pick written by hand: units of an order's line at a location, into a slot."""

    location: str
    order: Accepted
    sku: str
    quantity: int
    slot: int


@dataclass(frozen=True, slots=True)
class PlannedTour:
    """One list written by hand. ``totes`` maps slot -> (plan tote, order or None)."""

    tasks: Sequence[PlannedTask]
    end: str = "pack-1"
    method: str = "cluster"
    totes: Mapping[int, tuple[str, Accepted | None]] | None = None
    after: Sequence[int] = ()


@dataclass(slots=True)
class Site:
    """The warehouse and shortcuts to fill it and put work on its floor."""

    database: Database
    clock: Any = field(default_factory=TestClock)
    orders: int = 0

    def build(self, stocked: dict[tuple[str, str], int]) -> None:
        """Layout, items, totes T-0001 …, people B-1 (lead) and B-2 to B-4, and stock."""
        with self.database.write() as session:
            layouts.save(session, self.clock, document=LAYOUT)
            for sku in SKUS:
                catalogue.put_item(session, sku=sku, name=f"Item {sku}", codes={f"400{sku}": 1})
            catalogue.put_cart_type(
                session,
                code="cart-4",
                name="Cart",
                slots=4,
                tote_weight_g=20_000,
                tote_volume_ml=40_000,
                max_weight_g=80_000,
                max_lines=50,
            )
            catalogue.put_totes(session, [f"T-{number:04}" for number in range(1, 41)])
            for number, role in ((1, "lead"), (2, "picker"), (3, "picker"), (4, "picker")):
                people.create(
                    session,
                    self.clock,
                    badge=f"B-{number}",
                    name=f"Person {number}",
                    role=role,
                    language="en",
                    pin=PIN,
                )
            for (location, sku), quantity in stocked.items():
                stock.receive(session, self.clock, location=location, sku=sku, quantity=quantity)

    def sign_in(self, badge: str = "B-2") -> SignedIn:
        """Sign a person in on a handheld."""
        with self.database.write() as session:
            token, _ = people.sign_in(session, self.clock, badge=badge, pin=PIN, client="handheld")
            return people.who(session, self.clock, token=token)

    def order(self, *lines: tuple[str, int], check: bool = True, **options: Any) -> Accepted:
        """Accept (and check) an order of (sku, quantity) lines."""
        self.orders += 1
        draft = OrderDraft(
            channel="web",
            external_id=f"E-{self.orders}",
            lines=tuple(LineDraft(None, sku, quantity) for sku, quantity in lines),
            **options,
        )
        with self.database.write() as session:
            accepted = orders.accept(session, self.clock, draft)
            if check:
                orders.check(session, self.clock, order_ids=[accepted.order_id])
        return accepted

    def wave(self, *accepted: Accepted) -> str:
        """Make a draft wave of orders; returns its id."""
        with self.database.write() as session:
            return waves.create(
                session,
                self.clock,
                name="Morning",
                order_ids=[order.order_id for order in accepted],
                cart_type="cart-4",
            ).id

    def plan(self, wave_id: str, tours: Sequence[PlannedTour]) -> str:
        """Request a plan, claim the run, store the given tours, finish; returns the plan's id."""
        with self.database.write() as session:
            run = waves.request_plan(session, self.clock, wave_id=wave_id, seconds=5, seed=1)
            claimed = runs.claim(session, self.clock, worker="w", lane="plan", run_id=run.id)
            assert claimed is not None
            plan = runs.store_plan(
                session,
                self.clock,
                run_id=run.id,
                lease=claimed.lease,
                document=self.document(session, tours),
                input_hash="0" * 64,
                solver="by hand",
            )
            runs.finish(session, self.clock, run_id=run.id, lease=claimed.lease)
            return plan.id

    def launch(
        self, *tours: PlannedTour, key: str = "k", also: Sequence[Accepted] = ()
    ) -> tuple[str, LaunchResult]:
        """Plan and launch a wave of the tours' orders (and ``also``); (wave id, result)."""
        taken = {task.order.order_id: task.order for tour in tours for task in tour.tasks}
        wave_id = self.wave(*taken.values(), *also)
        plan_id = self.plan(wave_id, tours)
        with self.database.write() as session:
            return wave_id, waves.launch(
                session, self.clock, wave_id=wave_id, plan_id=plan_id, key=key
            )

    def open_lines(self, accepted: Accepted) -> list[tuple[str, int]]:
        """(sku, units) of an order's lines that still have open units."""
        with self.database.read() as session:
            lines = orders.get(session, accepted.order_id).lines
            return [(line.sku, line.open) for line in lines if line.open]

    def document(self, session: Session, tours: Sequence[PlannedTour]) -> dict[str, Any]:
        """The plan document of tours written by hand."""
        lists = [self._list(session, number, tour) for number, tour in enumerate(tours)]
        length = sum(int(entry["length_mm"]) for entry in lists)
        return {
            "format": "wavepick-plan/1",
            "layout": "tiny",
            "method": tours[0].method if tours else "cluster",
            "seed": 1,
            "lists": lists,
            "totals": {
                "length_mm": length,
                "duration_ms": 1_000,
                "lists": len(lists),
                "stops": 1,
                "picks": 1,
                "units": 1,
                "baseline_mm": length,
                "bound_mm": None,
            },
            "termination": {"reason": "converged", "limit": ""},
            "unplanned": [],
        }

    def _list(self, session: Session, number: int, tour: PlannedTour) -> dict[str, Any]:
        totes: Mapping[int, tuple[str, Accepted | None]] = tour.totes or {
            task.slot: (f"p{number}-{task.slot}", task.order) for task in tour.tasks
        }
        stops: list[dict[str, Any]] = []
        for task in tour.tasks:
            order = orders.get(session, task.order.order_id)
            line = next(line for line in order.lines if line.sku == task.sku)
            if not stops or stops[-1]["location"] != task.location:
                stops.append({"location": task.location, "picks": [], "distance_mm": 1_000})
            stops[-1]["picks"].append(
                {
                    "order": order.id,
                    "line": line.id,
                    "sku": task.sku,
                    "qty": task.quantity,
                    "tote": totes[task.slot][0],
                }
            )
        return {
            "id": f"L{number}",
            "method": tour.method,
            "zone": None,
            "picker": None,
            "start": "start-1",
            "end": tour.end,
            "length_mm": 12_000,
            "duration_ms": 60_000,
            "totes": [
                {"id": tote, "slot": slot, "order": order.order_id if order else None}
                for slot, (tote, order) in sorted(totes.items())
            ],
            "stops": stops,
            "path": [[0, 0, 0], [0, 6_000, 0], [0, 0, 0]],
            "after": [f"L{before}" for before in tour.after],
        }

    def state_of(self, accepted: Accepted) -> str:
        """The state of an order now."""
        with self.database.read() as session:
            return orders.get(session, accepted.order_id).state

    def wave_state(self, wave_id: str) -> str:
        """The state of a wave now."""
        with self.database.read() as session:
            return session.get_one(Wave, wave_id).state

    def buckets(self, accepted: Accepted) -> dict[str, int]:
        """Units of an order by bucket, zeros left out."""
        names = (
            "open", "allocated", "in_list", "picked", "consolidated", "short_closed", "cancelled",
        )  # fmt: skip
        with self.database.read() as session:
            lines = orders.get(session, accepted.order_id).lines
            found = {name: sum(getattr(line, name) for line in lines) for name in names}
        return {name: units for name, units in found.items() if units}

    def on_hand(self, location: str, sku: str) -> tuple[int, int]:
        """(on hand, allocated) of an item in a location."""
        with self.database.read() as session:
            for row, _ in stock.balances(session, sku=sku, location=location):
                return row.on_hand, row.allocated
        return 0, 0
