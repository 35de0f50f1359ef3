"""Random layouts, prices and tours for the tests of priced walks."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace

from optimizer.errors import UnreachableError
from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.model import Edge, Layout, Location, Node, Side, Station, StationKind
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import FORBIDDEN, Price, WalkPrices
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import location, station

SIDES = (None, Side.LEFT, Side.LEFT, Side.RIGHT, Side.RIGHT)


def random_prices(chance: random.Random) -> WalkPrices:
    """Return prices from nothing to more than most walks of the random layouts, and forbidden."""

    def price() -> Price:
        number = chance.randint(1, chance.choice([30, 300, 300, 3_000]))
        options: list[Price] = [0, number, number, FORBIDDEN]
        return chance.choice(options)

    return WalkPrices(
        crossing_mm=price(),
        level_mm=chance.choice([0, chance.randint(1, 100)]),
        u_turn_mm=price(),
        floor_change_mm=chance.choice([0, chance.randint(1, 300)]),
    )


def sided(chance: random.Random, held: Iterable[Location]) -> tuple[Location, ...]:
    """Return locations with random sides and levels, some named from the edge's other end."""
    return tuple(
        replace(one, side=chance.choice(SIDES), level=chance.choice([0, 0, 1, 4])) for one in held
    )


def sided_grid(chance: random.Random, shape: Shape) -> Layout:
    """Return a random grid of parallel aisles with sides and levels."""
    layout = random_grid(chance, shape)
    lengths = {(edge.start, edge.end): edge.length_mm for edge in layout.edges}
    held = []
    for one in sided(chance, layout.locations):
        if one.edge is not None and chance.random() < 0.3:
            turned = (one.edge[1], one.edge[0])
            length = lengths[one.edge]
            one = replace(one, edge=turned, offset_mm=length - min(one.offset_mm, length))
        held.append(one)
    return replace(layout, locations=tuple(held))


def random_graph(chance: random.Random) -> Layout:
    """Return any graph: one-way edges, two floors, parallel aisles of no kind, stops at nodes.

    A two-way ring keeps everything reachable.
    """
    n = chance.randint(3, 7)
    names = [NodeId(f"n{number}") for number in range(n)]
    nodes = tuple(
        Node(name, 10 * chance.randint(0, 40), 10 * chance.randint(0, 40), chance.choice([0, 0, 1]))
        for name in names
    )
    pairs = set(itertools.pairwise(names)) | {(names[-1], names[0])}
    ring = set(pairs)
    for _ in range(chance.randint(0, n)):
        a, b = chance.sample(names, 2)
        if (b, a) not in pairs:
            pairs.add((a, b))
    edges = tuple(
        Edge(a, b, chance.randint(20, 400), (a, b) not in ring and chance.random() < 0.4)
        for a, b in sorted(pairs)
    )
    held = []
    for number in range(12):
        if chance.random() < 0.1:
            held.append(Location(location(f"L{number}"), node=chance.choice(names)))
            continue
        edge = chance.choice(edges[: max(2, len(edges) // 2)])
        offset = chance.choice([0, edge.length_mm, 10, *range(0, edge.length_mm, 7)])
        held.append(Location(location(f"L{number}"), edge=(edge.start, edge.end), offset_mm=offset))
    stations = tuple(
        Station(station(f"s{number}"), chance.choice(names), StationKind.START)
        for number in range(2)
    )
    return Layout("graph", nodes, edges, sided(chance, held), stations)


def cheapest_of_all_orders(
    judge: PriceJudge, wanted: Iterable[LocationId], *, start: StationId, end: StationId
) -> int | None:
    """Return the cost of the cheapest order, ``None`` where no order can be walked."""
    found = []
    for order in itertools.permutations(wanted):
        try:
            found.append(judge.judge(order, start=start, end=end).cost_mm)
        except UnreachableError:
            continue
    return min(found, default=None)
