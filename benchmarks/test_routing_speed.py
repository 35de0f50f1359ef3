"""How long a route takes: rows × aisles × picks. Run ``make bench``; nothing is asserted on time.

Times include the way from location ids to arrays, as the planner pays it. Every round takes the
next of fifty fixed random sets of picks.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from functools import lru_cache

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.s_shape import SShapeRouter

START = StationId(PlaceId("start"))
PACK = StationId(PlaceId("pack-1"))
POSITIONS = 20
SETS = 50


@lru_cache(maxsize=8)
def warehouse(rows: int, aisles: int) -> WalkingGraph:
    return WalkingGraph(generate_layout(aisles=aisles, blocks=rows - 1, positions=POSITIONS))


def pick_sets(graph: WalkingGraph, picks: int) -> Iterator[list[LocationId]]:
    """Yield the same sets of picks again and again."""
    chance = random.Random(picks)
    places = [location.id for location in graph.layout.locations]
    return itertools.cycle([chance.sample(places, picks) for _ in range(SETS)])


@pytest.mark.parametrize("end", [START, PACK], ids=["round", "open"])
@pytest.mark.parametrize("picks", [10, 30, 100])
@pytest.mark.parametrize(
    ("rows", "aisles"), [(2, 10), (3, 20), (4, 10), (4, 50), (5, 20)], ids=lambda n: str(n)
)
def test_exact_length(
    benchmark: BenchmarkFixture, rows: int, aisles: int, picks: int, end: StationId
) -> None:
    graph = warehouse(rows, aisles)
    router = ExactRouter(graph.layout, graph)
    sets = pick_sets(graph, picks)
    router.length_mm(next(sets), start=START, end=end)
    length = benchmark(lambda: router.length_mm(next(sets), start=START, end=end))
    assert length > 0


@pytest.mark.parametrize("picks", [10, 30, 100])
@pytest.mark.parametrize(("rows", "aisles"), [(2, 10), (3, 20), (4, 10)], ids=lambda n: str(n))
def test_exact_tour(benchmark: BenchmarkFixture, rows: int, aisles: int, picks: int) -> None:
    graph = warehouse(rows, aisles)
    router = ExactRouter(graph.layout, graph)
    sets = pick_sets(graph, picks)
    router.route(next(sets), start=START, end=PACK)
    tour = benchmark(lambda: router.route(next(sets), start=START, end=PACK))
    assert tour.optimal


@pytest.mark.parametrize("picks", [10, 30, 100])
@pytest.mark.parametrize(("rows", "aisles"), [(2, 10), (3, 20)], ids=lambda n: str(n))
def test_s_shape_length(benchmark: BenchmarkFixture, rows: int, aisles: int, picks: int) -> None:
    graph = warehouse(rows, aisles)
    router = SShapeRouter(graph.layout, graph)
    sets = pick_sets(graph, picks)
    # The distances of a stop are measured once; what counts is the call after that.
    for _ in range(SETS):
        router.length_mm(next(sets), start=START, end=PACK)
    length = benchmark(lambda: router.length_mm(next(sets), start=START, end=PACK))
    assert length > 0


@pytest.mark.parametrize("kicks", [0, 100])
@pytest.mark.parametrize("picks", [10, 30, 100])
def test_graph_tour(benchmark: BenchmarkFixture, picks: int, kicks: int) -> None:
    """A new router per round, so that no kept tour answers; distances are measured outside."""
    graph = warehouse(3, 20)
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


@pytest.mark.parametrize("aisles", [10, 50])
def test_walking_graph(benchmark: BenchmarkFixture, aisles: int) -> None:
    layout = warehouse(4, aisles).layout
    assert benchmark(lambda: WalkingGraph(layout)).n_vertices > 0


@pytest.mark.parametrize("sources", [1, 31])
def test_distances(benchmark: BenchmarkFixture, sources: int) -> None:
    graph = warehouse(4, 50)
    vertices = list(range(0, graph.n_vertices, graph.n_vertices // sources))[:sources]
    assert benchmark(lambda: graph.distances_from(vertices)).shape[0] == sources
