from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import NodeId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Location, Node
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.router import walked_mm
from optimizer.stopping import MaxIterations, never
from tests.optimizer.layout.samples import (
    PACK,
    START,
    location,
    locations,
    sample,
    square,
    station,
)


def test_one_way_round_walk_is_taken_in_its_direction() -> None:
    router = GraphTourRouter(square(one_way=True))
    tour = router.route(locations("da", "bc", "ab"), start=START, end=PACK)
    assert tour.stops == ("ab", "bc", "da")
    assert (tour.length_mm, tour.optimal, tour.bound_mm) == (40_000, True, 40_000)


@pytest.mark.parametrize("name", ["irregular", "single-block"])
def test_few_stops_are_optimal(name: str) -> None:
    layout = sample(name)
    graph = WalkingGraph(layout)
    router = GraphTourRouter(layout, graph)
    chance = random.Random(2)
    for _ in range(15):
        wanted = [place.id for place in chance.sample(layout.locations, 5)]
        tour = router.route(wanted, start=START, end=PACK)
        assert tour.optimal
        assert tour.length_mm == min(
            walked_mm(graph, order, start=START, end=PACK)
            for order in itertools.permutations(wanted)
        )


@pytest.mark.parametrize("picks", [13, 40])
def test_many_stops_are_visited_once_and_walked_as_long_as_told(picks: int) -> None:
    layout = sample("irregular")
    graph = WalkingGraph(layout)
    wanted = [place.id for place in random.Random(picks).sample(layout.locations, picks)]
    tour = GraphTourRouter(layout, graph).route(wanted, start=START, end=PACK)
    assert sorted(tour.stops) == sorted(wanted)
    assert walked_mm(graph, tour.stops, start=START, end=PACK) == tour.length_mm
    assert tour.bound_mm is not None
    assert tour.bound_mm <= tour.length_mm
    assert tour.optimal == (tour.bound_mm == tour.length_mm)


def test_searched_tours_are_bounded_only_where_asked() -> None:
    layout = sample("irregular")
    wanted = [place.id for place in random.Random(3).sample(layout.locations, 20)]
    bounded = GraphTourRouter(layout).route(wanted, start=START, end=PACK)
    free = GraphTourRouter(layout, bound_iterations=0).route(wanted, start=START, end=PACK)
    assert free.bound_mm is None
    assert not free.optimal
    assert free.stops == bounded.stops


def test_tour_that_meets_its_bound_is_optimal() -> None:
    # All 16 stops lie on the way along one aisle and back.
    layout = generate_layout(aisles=1, positions=16)
    tour = GraphTourRouter(layout).route(
        [place.id for place in layout.locations], start=START, end=START
    )
    assert tour.optimal
    # 2.5 m to the aisle, and to the 16th position 1.5 m + 15.5 m: 2 * 19.5 m.
    assert tour.length_mm == tour.bound_mm == 39_000


def test_tour_until_a_stop_is_at_least_the_first_descent() -> None:
    layout = generate_layout(aisles=6, positions=10, blocks=2, one_way=True)
    graph = WalkingGraph(layout)
    wanted = [place.id for place in random.Random(1).sample(layout.locations, 40)]
    first = GraphTourRouter(layout, graph, kicks=0).length_mm(wanted, start=START, end=PACK)
    router = GraphTourRouter(layout, graph)
    lengths = []
    for looks in (0, 1, 20):
        stop = MaxIterations(looks)
        tour = router.route_until(wanted, start=START, end=PACK, stop=stop)
        assert walked_mm(graph, tour.stops, start=START, end=PACK) == tour.length_mm
        assert tour.bound_mm is None or tour.bound_mm <= tour.length_mm
        assert stop.asked == looks + 1 or tour.optimal
        lengths.append(tour.length_mm)
    assert lengths[0] == first
    assert lengths == sorted(lengths, reverse=True)


def test_tour_until_a_stop_ends_by_itself_once_proven() -> None:
    layout = generate_layout(aisles=1, positions=16)
    everything = [place.id for place in layout.locations]
    router = GraphTourRouter(layout)
    tour = router.route_until(everything, start=START, end=START, stop=never)
    assert (tour.length_mm, tour.optimal) == (39_000, True)
    few = router.route_until(everything[:4], start=START, end=START, stop=never)
    assert few.optimal


def test_same_set_gives_the_same_tour_whatever_the_order() -> None:
    layout = generate_layout(aisles=6, positions=10, blocks=2, one_way=True)
    wanted = [place.id for place in random.Random(1).sample(layout.locations, 30)]
    first = GraphTourRouter(layout).route(wanted, start=START, end=PACK)
    other = GraphTourRouter(layout)
    assert other.length_mm(wanted[::-1], start=START, end=PACK) == first.length_mm
    assert other.route([*sorted(wanted), wanted[3]], start=START, end=PACK) == first


def test_locations_at_one_access_point_are_one_stop() -> None:
    router = GraphTourRouter(sample("single-block"), exact_up_to=2)
    wanted = locations("A-01-02-R", "A-03-01-R", "A-01-02-L", "A-03-01-L")
    tour = router.route(wanted, start=START, end=PACK)
    assert tour.optimal
    assert tour.stops == ("A-01-02-L", "A-01-02-R", "A-03-01-L", "A-03-01-R")


def test_no_stop_is_the_walk_to_the_end() -> None:
    router = GraphTourRouter(sample("single-block"))
    assert router.length_mm([], start=START, end=PACK) == 6_000
    assert router.route([], start=START, end=PACK).stops == ()


def test_missing_walks_are_named() -> None:
    layout = square()
    trap, well = NodeId("trap"), NodeId("well")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(trap, -5_000, 0), Node(well, 0, -5_000)),
        edges=(
            *layout.edges,
            Edge(NodeId("a"), trap, 5_000, True),
            Edge(well, NodeId("a"), 5_000, True),
        ),
        locations=(
            *layout.locations,
            Location(location("in"), node=trap),
            Location(location("out"), node=well),
        ),
    )
    router = GraphTourRouter(more)
    with pytest.raises(UnreachableError, match='"in" to "pack-1"'):
        router.length_mm(locations("ab", "in"), start=START, end=PACK)
    with pytest.raises(UnreachableError, match='"start" to "out"'):
        router.route(locations("out"), start=START, end=PACK)


def test_two_places_of_which_neither_leads_to_the_other_are_named() -> None:
    # From a, one-way branches lead over p and over q to z: each alone can be visited.
    a, p, q, z = (NodeId(name) for name in "apqz")
    layout = replace(
        square(),
        nodes=(Node(a, 0, 0), Node(p, 1, 1), Node(q, 1, -1), Node(z, 2, 0)),
        edges=tuple(Edge(x, y, 5, True) for x, y in ((a, p), (a, q), (p, z), (q, z))),
        locations=(Location(location("P"), node=p), Location(location("Q"), node=q)),
        stations=(
            square().stations[0],
            replace(square().stations[1], node=z),
        ),
    )
    router = GraphTourRouter(layout)
    assert router.length_mm(locations("P"), start=START, end=PACK) == 10
    with pytest.raises(UnreachableError, match='"Q" to "P"'):
        router.length_mm(locations("P", "Q"), start=START, end=PACK)
    searching = GraphTourRouter(layout, exact_up_to=0)
    with pytest.raises(UnreachableError, match='"Q" to "P"'):
        searching.route_until(locations("P", "Q"), start=START, end=PACK, stop=MaxIterations(2))


def test_unknown_places_and_parameters_are_refused() -> None:
    layout = sample("single-block")
    router = GraphTourRouter(layout)
    with pytest.raises(LayoutError, match='"X"'):
        router.route(locations("X"), start=START, end=PACK)
    with pytest.raises(LayoutError, match='"X"'):
        router.length_mm([], start=station("X"), end=PACK)
    with pytest.raises(ValueError, match="exact_up_to must be 0 to 12"):
        GraphTourRouter(layout, exact_up_to=13)
    with pytest.raises(ValueError, match="must not be negative"):
        GraphTourRouter(layout, kicks=-1)
