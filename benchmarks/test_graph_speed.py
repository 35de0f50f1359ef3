"""How long layouts of any shape take: tours, bounds, walking graphs, distances.

Run ``make bench``; nothing is asserted on time. Every round takes the next of fifty fixed random
sets of picks; aisles lead alternately to the back and to the front.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.local_search import iterated_local_search
from optimizer.routing.lower_bound import path_lower_bound

START = StationId(PlaceId("start"))
PACK = StationId(PlaceId("pack-1"))
SETS = 50


@lru_cache(maxsize=8)
def warehouse(aisles: int) -> WalkingGraph:
    """Return three blocks of one-way aisles; 40 aisles have about 2,500 nodes and access points."""
    return WalkingGraph(generate_layout(aisles=aisles, blocks=3, positions=20, one_way=True))


def pick_sets(graph: WalkingGraph, picks: int) -> Iterator[list[LocationId]]:
    """Yield the same sets of picks again and again."""
    chance = random.Random(picks)
    places = [location.id for location in graph.layout.locations]
    return itertools.cycle([chance.sample(places, picks) for _ in range(SETS)])


def matrices(picks: int) -> Iterator[NDArray[np.int64]]:
    """Yield the matrices of the same sets of picks again and again."""
    graph = warehouse(40)
    sets = pick_sets(graph, picks)
    return itertools.cycle([graph.matrix([START, *next(sets), PACK]) for _ in range(SETS)])


@pytest.mark.parametrize("kicks", [0, 500])
@pytest.mark.parametrize("picks", [10, 30, 100])
def test_graph_tour(benchmark: BenchmarkFixture, picks: int, kicks: int) -> None:
    """A new router per round, so that no kept tour answers; distances are measured outside."""
    graph = warehouse(40)
    sets = pick_sets(graph, picks)

    def fresh() -> tuple[tuple[GraphTourRouter, list[LocationId]], dict[str, object]]:
        router = GraphTourRouter(graph.layout, graph, kicks=kicks)
        wanted = next(sets)
        # One stop per call fills the rows of distances without solving the tour.
        for location in wanted:
            router.length_mm([location], start=START, end=PACK)
        return (router, wanted), {}

    def solve(router: GraphTourRouter, wanted: list[LocationId]) -> int:
        return router.length_mm(wanted, start=START, end=PACK)

    length = benchmark.pedantic(solve, setup=fresh, rounds=20)  # type: ignore[no-untyped-call]
    assert length > 0


@pytest.mark.parametrize("kicks", [0, 1_000])
@pytest.mark.parametrize("picks", [30, 60, 100])
def test_local_search(benchmark: BenchmarkFixture, picks: int, kicks: int) -> None:
    sets = matrices(picks)
    iterated_local_search(next(sets), kicks, 1)
    assert benchmark(lambda: iterated_local_search(next(sets), kicks, 1))[0] > 0


@pytest.mark.parametrize("picks", [30, 60, 100])
def test_lower_bound(benchmark: BenchmarkFixture, picks: int) -> None:
    found = [
        (lengths, iterated_local_search(lengths, 500, 1)[0])
        for lengths in itertools.islice(matrices(picks), SETS)
    ]
    path_lower_bound(*found[0], 1)
    sets = itertools.cycle(found)
    assert benchmark(lambda: path_lower_bound(*next(sets), 200)) > 0


@pytest.mark.parametrize("aisles", [10, 50])
def test_walking_graph(benchmark: BenchmarkFixture, aisles: int) -> None:
    layout = warehouse(aisles).layout
    assert benchmark(lambda: WalkingGraph(layout)).n_vertices > 0


@pytest.mark.parametrize("sources", [1, 31])
def test_distances(benchmark: BenchmarkFixture, sources: int) -> None:
    graph = warehouse(40)
    vertices = list(range(0, graph.n_vertices, graph.n_vertices // sources))[:sources]
    assert benchmark(lambda: graph.distances_from(vertices)).shape[0] == sources
