from __future__ import annotations

import random

import pytest

import layouts
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.policies.in_order import InOrder
from optimizer.routing.policies.s_shape import SShapeRouter
from optimizer.routing.router import walked_mm
from tests.optimizer.layout.samples import PACK, START, locations, sample


def test_order_is_the_policys_and_the_walk_the_shortest() -> None:
    layout = sample("single-block")
    graph = WalkingGraph(layout)
    policy = SShapeRouter(layout, graph)
    router = InOrder(policy, graph)
    wanted = locations("A-01-01-L", "A-02-01-L")
    # By the front 2 + 2 + 3 + 2 + 2 + 3 m, where S-shape walks 26 m through both aisles.
    tour = router.route(wanted, start=START, end=START)
    assert tour.length_mm == router.length_mm(wanted, start=START, end=START) == 14_000
    assert tour.stops == policy.route(wanted, start=START, end=START).stops
    assert (tour.policy, tour.optimal, tour.bound_mm, tour.path) == ("s-shape", False, None, ())


def test_single_stop_is_walked_the_shortest_way() -> None:
    layout = sample("single-block")
    router = InOrder(SShapeRouter(layout), WalkingGraph(layout))
    tour = router.route(locations("A-03-01-L"), start=START, end=PACK)
    assert (tour.optimal, tour.bound_mm) == (True, 6_000 + 4_000)
    assert router.length_mm([], start=START, end=PACK) == 6_000


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_walk_is_never_longer_than_the_policys(name: str) -> None:
    layout = sample(name)
    graph = WalkingGraph(layout)
    policy = SShapeRouter(layout, graph)
    router = InOrder(policy, graph)
    chance = random.Random(11)
    for picks in (2, 5, 15):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        tour = router.route(wanted, start=START, end=PACK)
        assert tour.length_mm == walked_mm(graph, tour.stops, start=START, end=PACK)
        assert tour.length_mm <= policy.length_mm(wanted, start=START, end=PACK)
