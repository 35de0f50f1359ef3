"""Scattered storage on any graph: the heuristic and its bound against brute force."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from optimizer.errors import ProblemError, UnreachableError
from optimizer.ids import NodeId, Sku
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.scattered.choice import Choice, Supply
from optimizer.routing.scattered.group_path import group_path
from optimizer.routing.scattered.router import ScatteredRouter
from tests.optimizer.layout.samples import PACK, START, location, square
from tests.optimizer.routing.scattered_brute import random_choices, shortest_of_all


def random_web(chance: random.Random) -> Layout:
    """Return nodes in a plane joined by a ring and some chords, all oblique."""
    count = chance.randint(5, 9)
    nodes = tuple(
        Node(NodeId(str(n)), chance.randint(0, 9_000), chance.randint(0, 9_000))
        for n in range(count)
    )
    pairs = [(n, (n + 1) % count) for n in range(count)]
    pairs += [
        pair
        for pair in itertools.combinations(range(count), 2)
        if pair not in pairs and pair[::-1] not in pairs and chance.random() < 0.2
    ]
    edges = []
    for a, b in pairs:
        straight = np.hypot(nodes[a].x_mm - nodes[b].x_mm, nodes[a].y_mm - nodes[b].y_mm)
        edges.append(Edge(nodes[a].id, nodes[b].id, int(straight) + chance.randint(1, 500)))
    held = tuple(
        Location(
            location(f"place-{n}"),
            edge=(edge.start, edge.end),
            offset_mm=chance.randint(0, edge.length_mm),
        )
        for n, edge in enumerate(chance.choices(edges, k=12))
    )
    stations = (
        Station(START, nodes[0].id, StationKind.START),
        Station(PACK, nodes[2].id, StationKind.PACK),
    )
    return Layout("web", nodes, tuple(edges), held, stations)


@pytest.mark.parametrize("most_pieces", [1, 3])
def test_bound_and_heuristic_enclose_the_optimum(most_pieces: int) -> None:
    chance = random.Random(5 + most_pieces)
    excess = []
    for _ in range(60):
        layout = random_web(chance)
        graph = WalkingGraph(layout)
        places = [place.id for place in layout.locations]
        choices = random_choices(chance, places, most_items=4, most_pieces=most_pieces)
        best = shortest_of_all(choices, GraphTourRouter(layout, graph), start=START, end=PACK)
        found = ScatteredRouter(layout, graph).route(choices, start=START, end=PACK)
        assert found.bound_mm <= best <= found.tour.length_mm
        assert found.proven == (found.bound_mm == found.tour.length_mm)
        if all(s.pieces >= choice.needed for choice in choices for s in choice.supplies):
            assert found.bound_mm == best
        excess.append(found.tour.length_mm / max(best, 1) - 1)
    # A heuristic: 117 of these 120 are shortest, the worst is 17 % off.
    assert np.mean(excess) < 0.01


def test_one_way_round_is_taken_in_its_direction() -> None:
    # 5 m to "ab", the whole round of 40 m back to a; "da" lies on the same round.
    choices = (
        Choice(Sku("x"), 1, (Supply(location("ab"), 1), Supply(location("cd"), 1))),
        Choice(Sku("y"), 1, (Supply(location("da"), 1),)),
    )
    found = ScatteredRouter(square(one_way=True)).route(choices, start=START, end=PACK)
    assert (found.tour.length_mm, found.bound_mm, found.proven) == (40_000, 40_000, True)


def test_locations_out_of_reach_do_not_count() -> None:
    layout = square()
    island = (Node(NodeId("i"), 50_000, 0), Node(NodeId("j"), 60_000, 0))
    split = Layout(
        "split",
        (*layout.nodes, *island),
        (*layout.edges, Edge(NodeId("i"), NodeId("j"), 10_000)),
        (*layout.locations, Location(location("far"), node=NodeId("i"))),
        layout.stations,
    )
    router = ScatteredRouter(split)
    near = Choice(Sku("x"), 1, (Supply(location("far"), 9), Supply(location("ab"), 1)))
    assert router.route((near,), start=START, end=START).tour.stops == ("ab",)
    more = Choice(Sku("x"), 2, (Supply(location("far"), 9), Supply(location("ab"), 1)))
    with pytest.raises(ProblemError, match='item "x": 2 pieces are needed, its locations within'):
        router.route((more,), start=START, end=START)


def test_no_walk_between_stations_is_refused() -> None:
    layout = square()
    split = Layout(
        "split",
        (*layout.nodes, Node(NodeId("i"), 50_000, 0), Node(NodeId("j"), 60_000, 0)),
        (*layout.edges, Edge(NodeId("i"), NodeId("j"), 10_000)),
        layout.locations,
        (layout.stations[0], Station(PACK, NodeId("i"), StationKind.PACK)),
    )
    with pytest.raises(UnreachableError):
        ScatteredRouter(split).route((), start=START, end=PACK)


def test_group_path_equals_brute_force() -> None:
    chance = np.random.default_rng(3)
    for _ in range(100):
        n, n_groups = int(chance.integers(1, 6)), int(chance.integers(1, 4))
        points = chance.integers(0, 100, size=(n + 2, 2))
        lengths = np.abs(points[:, None] - points[None]).sum(axis=2)
        groups = chance.integers(1, 1 << n_groups, size=n)
        groups[0] = (1 << n_groups) - 1
        best = min(
            sum(lengths[a, b] for a, b in itertools.pairwise([0, *order, n + 1]))
            for size in range(1, n + 1)
            for order in itertools.permutations(range(1, n + 1), size)
            if np.bitwise_or.reduce(groups[np.array(order) - 1]) == (1 << n_groups) - 1
        )
        assert group_path(lengths, groups, n_groups) == best
