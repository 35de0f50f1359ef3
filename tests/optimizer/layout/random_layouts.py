"""Random grids of parallel aisles: unequal, broken, with stations anywhere."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

from optimizer.ids import NodeId
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from tests.optimizer.layout.samples import location, station


@dataclass(frozen=True, slots=True)
class Shape:
    """What the random layouts of a test look like."""

    rows: tuple[int, ...] = (2, 3, 4)
    most_columns: int = 8
    unequal: bool = False
    """Every stretch gets a length of its own."""
    broken: bool = False
    """Some stretches without locations are missing."""


def random_grid(chance: random.Random, shape: Shape) -> Layout:
    """Return a grid with unequal blocks and aisle distances and four stations, ``s0`` to ``s3``.

    A station stands at a crossing or between two aisles, on any cross-aisle, on the walk or at
    the end of a short dead end. Locations also lie at the very ends of aisles.
    """
    n_columns, n_rows = chance.randint(1, shape.most_columns), chance.choice(shape.rows)
    xs = _steps(chance, n_columns, 100, 500)
    ys = _steps(chance, n_rows, 200, 1_200)
    nodes = [Node(_crossing(c, r), xs[c], ys[r]) for c in range(n_columns) for r in range(n_rows)]
    edges: list[Edge] = []
    held: list[Location] = []
    for c in range(n_columns):
        for r in range(n_rows - 1):
            ends = _crossing(c, r), _crossing(c, r + 1)
            length = ys[r + 1] - ys[r]
            edges.append(Edge(*ends, length))
            for number in range(chance.randint(0, 6)):
                offset = chance.choice([0, length, *range(0, length + 1, 50)])
                held.append(Location(location(f"{c}.{r}.{number}"), edge=ends, offset_mm=offset))
    stations = _stations(chance, nodes, edges, xs, ys)
    if shape.broken:
        edges = _without_some(chance, edges, held)
    if shape.unequal:
        edges = [
            replace(edge, length_mm=edge.length_mm + chance.randint(0, 300))
            if edge.length_mm >= 100
            else edge
            for edge in edges
        ]
    return Layout("random", tuple(nodes), tuple(edges), tuple(held), tuple(stations))


def _crossing(column: int, row: int) -> NodeId:
    return NodeId(f"{column}/{row}")


def _steps(chance: random.Random, count: int, least: int, most: int) -> list[int]:
    places = [0]
    for _ in range(count - 1):
        places.append(places[-1] + chance.randrange(least, most + 1, 100))
    return places


def _stations(
    chance: random.Random, nodes: list[Node], edges: list[Edge], xs: list[int], ys: list[int]
) -> list[Station]:
    """Add the cross-aisles to ``edges``, divided where stations stand; return the stations."""
    on_row: list[dict[int, NodeId]] = [
        {x: _crossing(c, r) for c, x in enumerate(xs)} for r in range(len(ys))
    ]
    stations = []
    for number in range(4):
        row = chance.choice([0, len(ys) - 1, chance.randrange(len(ys))])
        x = chance.choice(xs) if chance.random() < 0.5 else chance.randint(0, xs[-1])
        if x not in on_row[row]:
            on_row[row][x] = NodeId(f"row{number}")
            nodes.append(Node(on_row[row][x], x, ys[row]))
        node = on_row[row][x]
        if chance.random() < 0.5:
            stub = NodeId(f"stub{number}")
            nodes.append(Node(stub, x + 7, ys[row] - 13))
            edges.append(Edge(stub, node, 37))
            node = stub
        kind = StationKind.START if number < 2 else StationKind.PACK
        stations.append(Station(station(f"s{number}"), node, kind))
    for places in on_row:
        line = sorted(places.items())
        for (x, node), (next_x, next_node) in itertools.pairwise(line):
            edges.append(Edge(node, next_node, next_x - x))
    return stations


def _without_some(chance: random.Random, edges: list[Edge], held: list[Location]) -> list[Edge]:
    used = {place.edge for place in held}
    gone = chance.sample(edges, min(len(edges), chance.randint(1, 3)))
    return [edge for edge in edges if edge not in gone or (edge.start, edge.end) in used]
