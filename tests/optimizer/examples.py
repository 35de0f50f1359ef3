"""Layouts and problems small enough to check by hand, and seeded random ones."""

from __future__ import annotations

import random
from dataclasses import replace

from optimizer.ids import (
    LineId,
    ListId,
    LocationId,
    NodeId,
    OrderId,
    PlaceId,
    Sku,
    StationId,
    ToteId,
    ZoneId,
)
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import (
    Edge,
    Layout,
    Location,
    Node,
    Station,
    StationKind,
    Zone,
)
from optimizer.plan import (
    Pick,
    PickList,
    Plan,
    Stop,
    Termination,
    TerminationReason,
    Totals,
    Tote,
)
from optimizer.problem import CartType, Item, Method, Order, OrderLine, Problem, Stock
from optimizer.time_model import TimeModel

START = StationId(PlaceId("start"))
PACK = StationId(PlaceId("pack"))
WALL = StationId(PlaceId("wall"))
HANDOVER = StationId(PlaceId("hand-Z2"))
CART = CartType(
    "cart", slots=2, tote_weight_g=1000, tote_volume_ml=1000, max_weight_g=1500, max_lines=4
)


def place(name: str) -> LocationId:
    """Return a location id."""
    return LocationId(PlaceId(name))


def line_layout() -> Layout:
    """One straight walk of 20 m.

    ::

        x in m   0        2     6     10        13    20
        places   start    A     B     hand-Z2   C     D
                 pack                                 wall
        zone              Z1    Z1              Z2    Z2

    and an island at 50 m with location X, to which no walk leads.
    """
    n0, n1, n2, n9 = (NodeId(name) for name in ("n0", "n1", "n2", "n9"))
    z1, z2 = ZoneId("Z1"), ZoneId("Z2")
    return Layout(
        "line",
        (Node(n0, 0, 0), Node(n1, 10_000, 0), Node(n2, 20_000, 0), Node(n9, 50_000, 0)),
        (Edge(n0, n1, 10_000), Edge(n1, n2, 10_000)),
        (
            Location(place("A"), edge=(n0, n1), offset_mm=2000, zone=z1),
            Location(place("B"), edge=(n0, n1), offset_mm=6000, zone=z1),
            Location(place("C"), edge=(n1, n2), offset_mm=3000, zone=z2),
            Location(place("D"), node=n2, zone=z2),
            Location(place("X"), node=n9),
        ),
        (
            Station(START, n0, StationKind.START),
            Station(PACK, n0, StationKind.PACK),
            Station(WALL, n2, StationKind.WALL),
            Station(HANDOVER, n1, StationKind.HANDOVER, z2),
        ),
        (Zone(z1, "near"), Zone(z2, "far")),
    )


def order(name: str, *wanted: tuple[str, int], priority: int = 2) -> Order:
    """Return an order; lines are called ``<order>-1`` … and ask for (sku, quantity)."""
    return Order(
        OrderId(name),
        tuple(
            OrderLine(LineId(f"{name}-{number}"), Sku(sku), quantity)
            for number, (sku, quantity) in enumerate(wanted, start=1)
        ),
        priority,
    )


def item(sku: str, weight_g: int = 100, volume_ml: int = 100) -> Item:
    """Return an item."""
    return Item(Sku(sku), weight_g, volume_ml)


def stock(location: str, sku: str, quantity: int = 100) -> Stock:
    """Return stock."""
    return Stock(place(location), Sku(sku), quantity)


def line_problem(*orders: Order, cart: CartType = CART, wall_slots: int = 4) -> Problem:
    """Return a problem on :func:`line_layout`: items a, b, c, d lie in A, B, C, D."""
    return Problem(
        line_layout(),
        orders,
        tuple(item(sku) for sku in "abcd"),
        tuple(stock(sku.upper(), sku) for sku in "abcd"),
        cart,
        START,
        (PACK,),
        WALL,
        wall_slots,
    )


def pick(order_line: str, sku: str, quantity: int = 1, tote: str = "T1") -> Pick:
    """Return a pick for line ``<order>-<number>``."""
    return Pick(
        OrderId(order_line.rsplit("-", 1)[0]),
        LineId(order_line),
        Sku(sku),
        quantity,
        ToteId(tote),
    )


def stop(location: str, *picks: Pick) -> Stop:
    """Return a stop."""
    return Stop(place(location), picks)


def tote(name: str, slot: int = 0, order_id: str | None = None) -> Tote:
    """Return a tote."""
    return Tote(ToteId(name), slot, None if order_id is None else OrderId(order_id))


def list_id(name: str) -> ListId:
    """Return a list id."""
    return ListId(name)


def with_duration(pick_list: PickList) -> PickList:
    """Return a list with the duration of the default time model."""
    return replace(pick_list, duration_ms=TimeModel().duration_ms(pick_list))


def plan_of(method: Method, *lists: PickList) -> Plan:
    """Return a plan whose totals are right."""
    picks = [each for one in lists for visit in one.stops for each in visit.picks]
    length_mm = sum(one.length_mm for one in lists)
    return Plan(
        method,
        lists,
        (),
        Totals(
            length_mm=length_mm,
            duration_ms=sum(one.duration_ms for one in lists),
            lists=len(lists),
            stops=sum(len(one.stops) for one in lists),
            picks=len(picks),
            units=sum(each.quantity for each in picks),
            baseline_mm=length_mm,
        ),
        Termination(TerminationReason.CONVERGED),
        seed=1,
    )


def random_problem(
    seed: int,
    *,
    orders: int = 12,
    most_lines: int = 4,
    aisles: int = 4,
    positions: int = 6,
    blocks: int = 2,
    zones: int = 2,
    cart: CartType | None = None,
    wall_slots: int = 5,
) -> Problem:
    """Return a seeded problem: scattered and scarce stock, big and small units, urgent orders."""
    rng = random.Random(seed)
    layout = generate_layout(
        name=f"random-{seed}", aisles=aisles, positions=positions, blocks=blocks, zones=zones
    )
    locations = [location.id for location in layout.locations]
    skus = [Sku(f"S{number}") for number in range(len(locations) // 2)]
    held: dict[tuple[LocationId, Sku], int] = {}
    for sku in skus:
        for location in rng.sample(locations, rng.randint(1, 3)):
            held[location, sku] = rng.randint(1, 6)
    stations = {station.kind: station.id for station in layout.stations}
    made = []
    for number in range(orders):
        wanted = [(sku, rng.randint(1, 5)) for sku in rng.sample(skus, rng.randint(1, most_lines))]
        made.append(order(f"O{number}", *wanted, priority=rng.randint(0, 3)))
    return Problem(
        layout,
        tuple(made),
        tuple(Item(sku, rng.randint(0, 900), rng.randint(0, 900)) for sku in skus),
        tuple(Stock(location, sku, units) for (location, sku), units in held.items()),
        cart or CartType("cart", 3, 2500, 2500, 6000, 8),
        stations[StationKind.START],
        tuple(s.id for s in layout.stations if s.kind is StationKind.PACK),
        stations[StationKind.WALL],
        wall_slots,
    )
