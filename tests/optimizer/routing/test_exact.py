"""The programme over aisles against Held-Karp and by hand.

Held-Karp itself is tested against brute force in ``test_held_karp``.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from math import dist

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, NodeId
from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph, without_straight_points
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.router import tour_path, walked_mm
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import (
    PACK,
    START,
    location,
    locations,
    sample,
    station,
)


@pytest.fixture(scope="module")
def block() -> ExactRouter:
    return ExactRouter(sample("single-block"))


def test_one_pick_costs_the_way_there_and_the_way_on(block: ExactRouter) -> None:
    # 6 m into aisle 1 and back to the front, then 6 m to aisle 3: less than by the back,
    # 10 m through, 6 m across, 10 m down.
    tour = block.route(locations("A-01-03-L"), start=START, end=PACK)
    assert tour.length_mm == 6_000 + 6_000 + 6_000
    assert (tour.optimal, tour.bound_mm, tour.policy) == (True, 18_000, "exact")


def test_two_deep_picks_are_walked_through(block: ExactRouter) -> None:
    # Up aisle 1 (10 m), across the back (6 m), down aisle 3 (10 m) = 26 m. In and out of both
    # aisles would be 16 + 6 + 16 = 38 m.
    tour = block.route(locations("A-03-04-L", "A-01-04-R"), start=START, end=PACK)
    assert tour.length_mm == 26_000
    assert tour.stops == ("A-01-04-R", "A-03-04-L")


def test_round_trip_leaves_out_the_largest_gap(block: ExactRouter) -> None:
    # Aisle 1 and 3 are walked through: 10 + 10 m, the cross-aisles 6 + 6 m. Aisle 2 has picks 2 m
    # from either end: 4 + 4 m from both rows are less than 2 x 8 m from one.
    wanted = locations("A-01-02-L", "A-01-03-L", "A-03-02-L", "A-03-03-L", "A-02-01-L", "A-02-04-L")
    tour = block.route(wanted, start=START, end=START)
    assert tour.length_mm == 20_000 + 12_000 + 8_000


def test_both_sides_are_picked_in_one_pass(block: ExactRouter) -> None:
    tour = block.route(locations("A-02-02-R", "A-02-01-L", "A-02-02-L"), start=START, end=START)
    assert tour.length_mm == 2 * (3_000 + 4_000)
    # Merged stops keep the order of the layout: left before right.
    assert tour.stops == ("A-02-01-L", "A-02-02-L", "A-02-02-R")


def test_no_pick_is_the_walk_from_start_to_end(block: ExactRouter) -> None:
    tour = block.route([], start=START, end=PACK)
    assert (tour.stops, tour.length_mm, tour.optimal) == ((), 6_000, True)
    assert block.length_mm([], start=START, end=START) == 0


def test_naming_a_location_twice_or_in_another_order_changes_nothing(block: ExactRouter) -> None:
    names = locations("A-01-02-L", "A-02-03-R", "A-03-01-L")
    tour = block.route(names, start=START, end=PACK)
    assert block.route([*names[::-1], names[0]], start=START, end=PACK) == tour


SHAPES = {
    "regular": Shape(),
    "five rows": Shape(rows=(5,), most_columns=5),
    "unequal": Shape(unequal=True),
    "broken": Shape(broken=True),
    "unequal and broken": Shape(unequal=True, broken=True),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("seed", [1, 2])
def test_equal_to_held_karp_on_random_grids(name: str, seed: int, times: int) -> None:
    """Eighty instances per shape and seed: 800 in all, half of them with another end than start.

    ``--long 7`` compares 5,600.
    """
    chance = random.Random(f"{name} {seed}")
    compared = 0
    while compared < 80 * times:
        layout = random_grid(chance, SHAPES[name])
        structure = recognise_aisles(layout)
        if not layout.locations:
            continue
        assert isinstance(structure, ParallelAisles), structure
        graph = WalkingGraph(layout)
        exact = ExactRouter(layout, graph, aisles=structure)
        reference = GraphTourRouter(layout, graph)
        for _ in range(4):
            compared += _compare(chance, exact, reference, layout, graph)


def _compare(
    chance: random.Random,
    exact: ExactRouter,
    reference: GraphTourRouter,
    layout: Layout,
    graph: WalkingGraph,
) -> int:
    count = min(len(layout.locations), chance.randint(1, 9))
    wanted = [place.id for place in chance.sample(layout.locations, count)]
    start = chance.choice(layout.stations).id
    end = start if chance.random() < 0.5 else chance.choice(layout.stations).id
    try:
        best = reference.length_mm(wanted, start=start, end=end)
    except UnreachableError:
        with pytest.raises(UnreachableError):
            exact.route(wanted, start=start, end=end)
        return 0
    tour = exact.route(wanted, start=start, end=end)
    assert tour.optimal
    assert tour.length_mm == tour.bound_mm == best, (layout, wanted, start, end)
    assert exact.length_mm(wanted, start=start, end=end) == best
    assert sorted(tour.stops) == sorted(wanted)
    assert walked_mm(graph, tour.stops, start=start, end=end) == best
    assert exact.lengths_mm([wanted, wanted[:1]], start=start, end=end) == [
        best,
        exact.length_mm(wanted[:1], start=start, end=end),
    ]
    return 1


@pytest.mark.parametrize(
    ("blocks", "aisles", "picks"), [(1, 10, 60), (2, 12, 40), (3, 8, 50), (4, 5, 30)]
)
def test_never_beaten_by_local_search_on_larger_tours(blocks: int, aisles: int, picks: int) -> None:
    layout = generate_layout(aisles=aisles, blocks=blocks, positions=15)
    graph = WalkingGraph(layout)
    exact, search = ExactRouter(layout, graph), GraphTourRouter(layout, graph, kicks=20)
    chance = random.Random(blocks)
    for end in (START, PACK):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        tour = exact.route(wanted, start=START, end=end)
        assert tour.length_mm <= search.length_mm(wanted, start=START, end=end)
        assert walked_mm(graph, tour.stops, start=START, end=end) == tour.length_mm
        assert tour.length_mm == exact.length_mm(wanted, start=START, end=end)


@pytest.mark.parametrize("blocks", [1, 2, 3, 4])
def test_walked_line_turns_at_crossings_and_picks(blocks: int) -> None:
    """The line is as long as the tour, passes the stops in order, and has no point too many."""
    layout = generate_layout(aisles=5, blocks=blocks, positions=6)
    graph = WalkingGraph(layout)
    router = ExactRouter(layout, graph)
    chance = random.Random(blocks)
    for _ in range(20):
        wanted = [place.id for place in chance.sample(layout.locations, 12)]
        start, end = (chance.choice(layout.stations).id for _ in range(2))
        tour = router.route(wanted, start=start, end=end)
        path = tour_path(graph, tour, start=start, end=end)
        assert (path[0], path[-1]) == (graph.point(start), graph.point(end))
        assert sum(dist(a[:2], b[:2]) for a, b in pairwise(path)) == tour.length_mm
        assert path == without_straight_points(path)
        legs = pairwise(path)
        a, b = next(legs)
        for stop in tour.stops:
            point = graph.point(stop)
            while dist(a[:2], point[:2]) + dist(point[:2], b[:2]) > dist(a[:2], b[:2]):
                a, b = next(legs)


def test_many_positions_in_one_stretch() -> None:
    """More than 64 points need several words of bits per stretch."""
    layout = generate_layout(aisles=4, blocks=1, positions=150)
    graph = WalkingGraph(layout)
    router, reference = ExactRouter(layout, graph), GraphTourRouter(layout, graph)
    chance = random.Random(7)
    for _ in range(20):
        wanted = [place.id for place in chance.sample(layout.locations, 10)]
        tour = router.route(wanted, start=START, end=START)
        assert tour.length_mm == reference.length_mm(wanted, start=START, end=START)
        assert sorted(tour.stops) == sorted(wanted)
        assert router.length_mm(wanted, start=START, end=START) == tour.length_mm


def test_tours_too_long_for_the_generated_code_are_found_all_the_same() -> None:
    """Beyond 134 km the programme with 64-bit lengths takes over."""
    layout = generate_layout(
        aisles=4, blocks=2, positions=3, aisle_pitch_mm=40_000_000, position_pitch_mm=20_000_000
    )
    graph = WalkingGraph(layout)
    router, reference = ExactRouter(layout, graph), GraphTourRouter(layout, graph)
    chance = random.Random(5)
    for end in (START, PACK):
        wanted = [place.id for place in chance.sample(layout.locations, 8)]
        tour = router.route(wanted, start=START, end=end)
        assert tour.length_mm > 134_217_728
        assert tour.length_mm == reference.length_mm(wanted, start=START, end=end)
        assert router.length_mm(wanted, start=START, end=end) == tour.length_mm
        assert router.lengths_mm([wanted], start=START, end=end) == [tour.length_mm]


def test_many_lengths_at_once_equal_single_ones() -> None:
    """Numbers of tours that fill the lanes, and that do not; tours of every size, and none."""
    layout = generate_layout(aisles=7, blocks=2, positions=8)
    router = ExactRouter(layout)
    chance = random.Random(11)
    places = [place.id for place in layout.locations]
    for count in (0, 1, 8, 21):
        tours = [chance.sample(places, chance.randint(0, 40)) for _ in range(count)]
        for end in (START, PACK):
            single = [router.length_mm(tour, start=START, end=end) for tour in tours]
            assert router.lengths_mm(tours, start=START, end=end) == single


def test_more_picks_never_make_a_tour_shorter() -> None:
    """The pricing bound of column generation needs a route length that grows with its picks."""
    layout = generate_layout(aisles=6, blocks=2, positions=10)
    router = ExactRouter(layout)
    chance = random.Random(3)
    for _ in range(30):
        order = [place.id for place in chance.sample(layout.locations, 12)]
        lengths = [router.length_mm(order[:count], start=START, end=PACK) for count in range(1, 13)]
        assert lengths == sorted(lengths)


def test_layout_without_parallel_aisles_is_refused_with_the_reason() -> None:
    with pytest.raises(LayoutError, match='edge "a3"-"b3" is one-way'):
        ExactRouter(sample("irregular"))


def test_too_many_cross_aisles_are_refused() -> None:
    layout = generate_layout(aisles=2, blocks=6, positions=1)
    with pytest.raises(LayoutError, match="7 cross-aisles are more than 6"):
        ExactRouter(layout)


def test_six_rows_are_exact_for_round_trips_and_searched_for_open_ones() -> None:
    layout = generate_layout(aisles=3, blocks=5, positions=2)
    router, reference = ExactRouter(layout), GraphTourRouter(layout)
    wanted = [place.id for place in random.Random(4).sample(layout.locations, 8)]
    there_and_back = router.route(wanted, start=START, end=START)
    assert there_and_back.policy == "exact"
    assert there_and_back.length_mm == reference.length_mm(wanted, start=START, end=START)
    onwards = router.route(wanted, start=START, end=PACK)
    assert onwards.policy == "graph"
    assert onwards == reference.route(wanted, start=START, end=PACK)


def test_station_inside_an_aisle_is_served_by_the_graph_tour() -> None:
    layout = sample("single-block")
    edges = tuple(e for e in layout.edges if (e.start, e.end) != ("front-2", "back-2"))
    kept = tuple(p for p in layout.locations if p.edge != ("front-2", "back-2"))
    half = NodeId("half")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(half, 3_000, 5_000)),
        edges=(*edges, Edge(NodeId("front-2"), half, 5_000), Edge(half, NodeId("back-2"), 5_000)),
        locations=kept,
        stations=(*layout.stations, Station(station("desk"), half, StationKind.PACK)),
    )
    router = ExactRouter(more)
    tour = router.route(locations("A-01-01-L"), start=START, end=station("desk"))
    # 2 m in, 2 m out, 3 m across, 5 m up.
    assert (tour.length_mm, tour.policy) == (12_000, "graph")
    assert router.length_mm(locations("A-01-01-L"), start=START, end=station("desk")) == 12_000
    assert router.route(locations("A-01-01-L"), start=START, end=PACK).policy == "exact"


def test_two_stations_on_one_dead_end_need_not_enter_the_aisles() -> None:
    layout = generate_layout(aisles=1, positions=2)
    router, graph = ExactRouter(layout), WalkingGraph(layout)
    # With a single aisle all stations hang on one front line to the right of it.
    wall = station("wall")
    assert router.length_mm([], start=START, end=wall) == graph.length_mm(START, wall)
    wanted = [layout.locations[0].id]
    assert router.length_mm(wanted, start=START, end=wall) == (
        graph.length_mm(START, wanted[0]) + graph.length_mm(wanted[0], wall)
    )


@pytest.mark.parametrize("call", ["route", "length_mm"])
def test_unknown_places_are_refused(block: ExactRouter, call: str) -> None:
    find = getattr(block, call)
    with pytest.raises(LayoutError, match='no location "X"'):
        find(locations("X"), start=START, end=PACK)
    with pytest.raises(LayoutError, match='no station "X"'):
        find(locations("A-01-01-L"), start=station("X"), end=PACK)
    with pytest.raises(LayoutError, match='no station "X"'):
        find([], start=START, end=station("X"))


def test_place_without_a_walk_is_named() -> None:
    layout = sample("single-block")
    far = [Node(NodeId(name), x, y) for name, x, y in (("p", 50_000, 0), ("q", 50_000, 10_000))]
    island = replace(
        layout,
        nodes=(*layout.nodes, *far),
        edges=(*layout.edges, Edge(NodeId("p"), NodeId("q"), 10_000)),
        locations=(
            *layout.locations,
            Location(location("far"), edge=(NodeId("p"), NodeId("q")), offset_mm=5_000),
        ),
    )
    router = ExactRouter(island)
    wanted: list[LocationId] = locations("A-01-01-L", "far")
    for find in (router.route, router.length_mm):
        with pytest.raises(UnreachableError, match='"start" to "far"'):
            find(wanted, start=START, end=PACK)
