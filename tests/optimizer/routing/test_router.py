from __future__ import annotations

import itertools
import random

import pytest

import layouts
from optimizer.errors import LayoutError
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.best import best_router
from optimizer.routing.policies.registry import POLICIES, make_router
from optimizer.routing.router import tour_path, walked_mm
from optimizer.routing.warm_up import warm_up
from server.cli.route_search import POLICY_NAMES
from tests.optimizer.layout.samples import PACK, START, locations, sample


def test_best_router_is_exact_where_aisles_are_parallel() -> None:
    assert best_router(sample("demo")).policy == "exact"
    assert best_router(sample("irregular")).policy == "graph"
    assert best_router(generate_layout(aisles=2, positions=1, blocks=6)).policy == "graph"


@pytest.mark.parametrize("name", layouts.SAMPLES)
@pytest.mark.parametrize("policy", POLICIES)
def test_walked_line_is_as_long_as_the_tour(name: str, policy: str) -> None:
    layout = sample(name)
    graph = WalkingGraph(layout)
    try:
        router = make_router(policy, layout, graph)
    except LayoutError:
        assert name == "irregular"
        return
    chance = random.Random(4)
    for picks in (0, 1, 9):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        tour = router.route(wanted, start=START, end=PACK)
        assert tour.length_mm == router.length_mm(wanted, start=START, end=PACK)
        walked = walked_mm(graph, tour.stops, start=START, end=PACK)
        assert tour.length_mm >= walked if tour.path else tour.length_mm == walked
        path = tour_path(graph, tour, start=START, end=PACK)
        assert path[0] == graph.point(START)
        assert path[-1] == graph.point(PACK)
        for stop in tour.stops:
            assert _on_line(graph.point(stop), path)
        if name != "irregular":
            # Every edge of these layouts is as long as its straight line.
            assert tour.length_mm == sum(
                abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in itertools.pairwise(path)
            )


def _on_line(point: tuple[int, int, int], path: tuple[tuple[int, int, int], ...]) -> bool:
    ends = itertools.pairwise(path)
    return point in path or any(
        a[2] == b[2] == point[2]
        and min(a[0], b[0]) <= point[0] <= max(a[0], b[0])
        and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
        for a, b in ends
    )


def test_path_of_a_dead_end_folds_back() -> None:
    layout = sample("single-block")
    graph = WalkingGraph(layout)
    tour = best_router(layout, graph).route(locations("A-01-03-L"), start=START, end=START)
    assert tour_path(graph, tour, start=START, end=START) == ((0, 0, 0), (0, 6_000, 0), (0, 0, 0))


def test_no_policy_beats_the_exact_one() -> None:
    layout = sample("demo")
    graph = WalkingGraph(layout)
    routers = {policy: make_router(policy, layout, graph) for policy in POLICIES}
    chance = random.Random(6)
    for picks in (3, 10, 25):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        best = routers["exact"].length_mm(wanted, start=START, end=PACK)
        for router in routers.values():
            assert router.length_mm(wanted, start=START, end=PACK) >= best


def test_single_stop_is_optimal_in_every_policy() -> None:
    layout = sample("two-block")
    for policy in POLICIES:
        tour = make_router(policy, layout).route(locations("A-03-2-02-R"), start=START, end=PACK)
        assert tour.optimal
        assert tour.bound_mm == tour.length_mm


def test_unknown_policy_is_refused() -> None:
    with pytest.raises(LayoutError, match='unknown policy "zigzag"; known: best, exact, graph'):
        make_router("zigzag", sample("single-block"))


def test_command_line_offers_the_policies_there_are() -> None:
    assert tuple(POLICIES) == POLICY_NAMES


def test_warm_up_finds_tours_with_every_kernel() -> None:
    assert warm_up() > 0
