"""How long exact routes take: rows × aisles × picks. Run ``make bench``; no time is asserted.

*One by one* and *at once* are compiled loops over a thousand different sets of pick points, from
raw numbers in any order to lengths, so a round is a thousand routes. *Tour* includes the way from
location ids to stops in order and the walked line, as a planner pays it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.changes import (
    Batch,
    enter,
    length_with,
    length_without,
    new_batch,
    sweep,
)
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.lanes import Sizes
from optimizer.routing.parallel.laying import MANY_TOURS, ONE_TOUR, Bench, set_up_bench
from optimizer.routing.parallel.lengths import length_of, lengths_of
from optimizer.routing.policies.s_shape import SShapeRouter

START = StationId(PlaceId("start"))
PACK = StationId(PlaceId("pack-1"))
POSITIONS = 20
TOURS = 1_000

SIZES = pytest.mark.parametrize(("rows", "aisles"), [(2, 10), (3, 20), (4, 10), (4, 50)])
ENDS = pytest.mark.parametrize("end", [START, PACK], ids=["round", "open"])


@dataclass(frozen=True, slots=True)
class Sets:
    """Pick points of many tours, one behind the other."""

    picks: NDArray[np.int32]
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]


@lru_cache(maxsize=8)
def warehouse(rows: int, aisles: int) -> WalkingGraph:
    return WalkingGraph(generate_layout(aisles=aisles, blocks=rows - 1, positions=POSITIONS))


def pick_sets(graph: WalkingGraph, count: int, picks: int) -> list[list[LocationId]]:
    chance = random.Random(picks)
    places = [location.id for location in graph.layout.locations]
    return [chance.sample(places, picks) for _ in range(count)]


def sets_of(orders: list[NDArray[np.int32]]) -> Sets:
    begins = np.cumsum([0, *map(len, orders)], dtype=np.int64)
    return Sets(np.concatenate(orders), begins, np.zeros(len(orders), dtype=np.int64))


def prepared(router: ExactRouter, end: StationId) -> tuple[Course, Sizes]:
    found = router.course(START, end)
    assert found is not None
    return found[0], (0,) * found[0].row_mm.shape[1]


@kernel
def one_by_one(
    picks: NDArray[np.int32],
    begins: NDArray[np.int64],
    rows: Sizes,
    course: Course,
    bench: Bench,
    lengths: NDArray[np.int64],
) -> None:
    for tour in range(lengths.shape[0]):
        own = picks[begins[tour] : begins[tour + 1]]
        lengths[tour] = length_of(own, rows, course, bench)


@kernel
def entering(
    picks: NDArray[np.int32],
    begins: NDArray[np.int64],
    rows: Sizes,
    course: Course,
    batch: Batch,
    lengths: NDArray[np.int64],
) -> None:
    for tour in range(lengths.shape[0]):
        own = picks[begins[tour] : begins[tour + 1]]
        lengths[tour] = length_with(own, rows, course, batch)


@kernel
def leaving(
    picks: NDArray[np.int32],
    begins: NDArray[np.int64],
    rows: Sizes,
    course: Course,
    batch: Batch,
    lengths: NDArray[np.int64],
) -> None:
    for tour in range(lengths.shape[0]):
        own = picks[begins[tour] : begins[tour + 1]]
        lengths[tour] = length_without(own, rows, course, batch)


@SIZES
@pytest.mark.parametrize("picks", [10, 30, 60, 100])
@ENDS
@pytest.mark.parametrize("way", ["one by one", "at once"])
def test_thousand_lengths(
    benchmark: BenchmarkFixture, way: str, end: StationId, picks: int, rows: int, aisles: int
) -> None:
    graph = warehouse(rows, aisles)
    router = ExactRouter(graph.layout, graph)
    course, sizes = prepared(router, end)
    sets = sets_of([router.points(one) for one in pick_sets(graph, TOURS, picks)])
    bench = set_up_bench(course, ONE_TOUR if way == "one by one" else MANY_TOURS)
    run = one_by_one if way == "one by one" else lengths_of
    arguments = (sets.picks, sets.begins, sizes, course, bench, sets.lengths)
    run(*arguments)
    benchmark(run, *arguments)
    assert (sets.lengths > 0).all()


@SIZES
@pytest.mark.parametrize("lines", [1, 2, 3, 6])
@pytest.mark.parametrize("change", ["enters", "leaves", "anew"])
def test_thousand_changes_at_60_picks(
    benchmark: BenchmarkFixture, change: str, lines: int, rows: int, aisles: int
) -> None:
    """An order of some lines enters or leaves a batch of 60 picks; or all is found anew."""
    graph = warehouse(rows, aisles)
    router = ExactRouter(graph.layout, graph)
    course, sizes = prepared(router, START)
    inside = [router.points(one) for one in pick_sets(graph, 60 // lines, lines)]
    others = [router.points(one) for one in pick_sets(graph, TOURS + 60, lines)[60:]]
    if change == "anew":
        sets = sets_of([np.concatenate([*inside, order]) for order in others])
        bench = set_up_bench(course, ONE_TOUR)
        benchmark(one_by_one, sets.picks, sets.begins, sizes, course, bench, sets.lengths)
        return
    batch = new_batch(course)
    for order in inside:
        enter(order, course, batch)
    sweep(sizes, course, batch)
    run = entering if change == "enters" else leaving
    tried = others if change == "enters" else [inside[n % len(inside)] for n in range(TOURS)]
    sets = sets_of(tried)
    arguments = (sets.picks, sets.begins, sizes, course, batch, sets.lengths)
    run(*arguments)
    benchmark(run, *arguments)
    assert (sets.lengths > 0).all()


@SIZES
@pytest.mark.parametrize("picks", [10, 30, 100])
@ENDS
def test_tour(
    benchmark: BenchmarkFixture, end: StationId, picks: int, rows: int, aisles: int
) -> None:
    """A hundred tours a round."""
    graph = warehouse(rows, aisles)
    router = ExactRouter(graph.layout, graph)
    sets = pick_sets(graph, 100, picks)

    def tours() -> None:
        for wanted in sets:
            tour = router.route(wanted, start=START, end=end)
            assert tour.path

    benchmark(tours)


@pytest.mark.parametrize("picks", [10, 30, 100])
@pytest.mark.parametrize(("rows", "aisles"), [(2, 10), (3, 20)])
def test_s_shape_length(benchmark: BenchmarkFixture, rows: int, aisles: int, picks: int) -> None:
    graph = warehouse(rows, aisles)
    router = SShapeRouter(graph.layout, graph)
    wanted = pick_sets(graph, 1, picks)[0]
    length = benchmark(router.length_mm, wanted, start=START, end=PACK)
    assert length > 0
