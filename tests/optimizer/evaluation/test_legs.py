"""Many legs at once, against the walking graph's own shortest paths, one by one."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.evaluation.legs import Legs
from optimizer.ids import PlaceId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Layout
from tests.optimizer.examples import line_layout, place
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import location, square


def one_by_one(graph: WalkingGraph, origin: PlaceId, target: PlaceId) -> int:
    try:
        return graph.length_mm(origin, target)
    except UnreachableError:
        return UNREACHABLE


def some_one_way(layout: Layout, chance: random.Random) -> Layout:
    edges = (
        replace(edge, one_way=True) if chance.random() < 0.3 else edge for edge in layout.edges
    )
    return replace(layout, edges=tuple(edges))


@pytest.mark.parametrize("kept_bytes", [0, 2_000, 64_000_000])
def test_legs_are_the_shortest_walks(kept_bytes: int) -> None:
    chance = random.Random(kept_bytes)
    n_unreachable = 0
    for _ in range(25):
        layout = some_one_way(random_grid(chance, Shape(unequal=True, broken=True)), chance)
        graph = WalkingGraph(layout)
        places: list[PlaceId] = [each.id for each in layout.locations]
        places += [each.id for each in layout.stations]
        legs = Legs(graph, kept_bytes=kept_bytes)
        for _ in range(3):
            origins = [chance.choice(places) for _ in range(40)]
            targets = [chance.choice(places) for _ in range(40)]
            expected = list(map(one_by_one, [graph] * 40, origins, targets))
            assert legs.lengths_mm(origins, targets).tolist() == expected
            n_unreachable += expected.count(UNREACHABLE)
    assert n_unreachable > 100


@pytest.mark.parametrize("kept_bytes", [0, 64_000_000])
def test_the_line_is_as_long_as_the_walk_and_runs_over_its_places(kept_bytes: int) -> None:
    chance = random.Random(2)
    n_unreachable = 0
    for _ in range(25):
        layout = some_one_way(random_grid(chance, Shape()), chance)
        # Without short dead ends to stations, which are longer than they are drawn.
        layout = replace(layout, stations=())
        graph = WalkingGraph(layout)
        places: list[PlaceId] = [each.id for each in layout.locations]
        legs = Legs(graph, kept_bytes=kept_bytes)
        for _ in range(10 if places else 0):
            walk = [chance.choice(places) for _ in range(5)]
            lengths = legs.walk_mm(walk)
            if UNREACHABLE in lengths:
                n_unreachable += 1
                with pytest.raises(UnreachableError):
                    legs.line(walk)
                continue
            line = legs.line(walk)
            assert sum(math.dist(a, b) for a, b in itertools.pairwise(line)) == sum(lengths)
            for origin, target, length in zip(walk, walk[1:], lengths, strict=False):
                ends = graph.point(origin), graph.point(target)
                drawn = legs.line((origin, target))
                assert (drawn[0], drawn[-1]) == ends
                assert sum(math.dist(a, b) for a, b in itertools.pairwise(drawn)) == length
    assert n_unreachable > 10


def test_the_line_turns_round_where_the_walker_does() -> None:
    legs = Legs(WalkingGraph(line_layout()))
    line = legs.line([place("A"), place("C"), place("B"), place("B")])
    assert line == ((2000, 0, 0), (13_000, 0, 0), (6000, 0, 0))


def test_a_one_way_edge_is_walked_round_to_get_back() -> None:
    # From the middle of a-b to itself nothing is walked; from b-c back to a-b it is 30 m round.
    legs = Legs(WalkingGraph(square(one_way=True)))
    walk = [location(name) for name in ("ab", "ab", "bc", "ab")]
    assert legs.walk_mm(walk) == [0, 10_000, 30_000]


def test_places_of_one_edge_are_walked_between_directly() -> None:
    legs = Legs(WalkingGraph(line_layout()))
    assert legs.walk_mm([place("A"), place("B"), place("A"), place("D")]) == [4000, 4000, 18_000]


def test_no_legs() -> None:
    legs = Legs(WalkingGraph(line_layout()))
    assert legs.walk_mm([place("A")]) == []


def test_an_unknown_place_is_named() -> None:
    legs = Legs(WalkingGraph(line_layout()))
    with pytest.raises(LayoutError, match='no location or station "Y"'):
        legs.walk_mm([place("A"), place("Y")])
