"""One-way aisles against Held-Karp and by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import NodeId
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_directed_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Node, Station, StationKind
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.one_way import router as one_way
from optimizer.routing.one_way.router import OneWayRouter
from optimizer.routing.router import walked_mm
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import PACK, START, locations, sample, station
from tests.optimizer.routing.one_way_layouts import OneWay, one_way_grid


@pytest.fixture(scope="module")
def alternating() -> OneWayRouter:
    """Four aisles 4 m apart and 6 m deep, up, down, up, down; start 2.5 m before the first."""
    return OneWayRouter(generate_layout(aisles=4, positions=3, one_way=True))


def test_what_goes_up_comes_down_by_the_next_aisle(alternating: OneWayRouter) -> None:
    # 2.5 m, up aisle 1, 4 m across, down aisle 2, 4 m back, 2.5 m: no way back by aisle 1.
    tour = alternating.route(locations("A-01-1-01-L"), start=START, end=START)
    assert tour.length_mm == 2 * (2_500 + 6_000 + 4_000)
    assert (tour.optimal, tour.bound_mm, tour.policy) == (True, 25_000, "exact")


def test_picks_of_a_one_way_aisle_come_in_its_direction(alternating: OneWayRouter) -> None:
    wanted = locations("A-02-1-01-L", "A-02-1-03-R", "A-03-1-03-L", "A-03-1-01-R")
    tour = alternating.route(wanted, start=START, end=START)
    # Up aisle 3, down aisle 2: 8 m across each way, 6 m each.
    assert tour.stops == ("A-03-1-01-R", "A-03-1-03-L", "A-02-1-03-R", "A-02-1-01-L")
    assert tour.length_mm == 2 * (2_500 + 8_000 + 6_000)


def test_an_aisle_is_walked_as_often_as_others_need_it() -> None:
    # Aisles 1 and 2 lead up, only aisle 3 down: it is walked after each of them.
    layout = generate_layout(aisles=3, positions=3, one_way=True)
    edges = tuple(
        replace(edge, start=edge.end, end=edge.start)
        if {edge.start, edge.end} in ({"N-02-0", "N-02-1"}, {"N-03-0", "N-03-1"})
        else edge
        for edge in layout.edges
    )
    router = OneWayRouter(replace(layout, edges=edges))
    tour = router.route(locations("A-01-1-02-L", "A-02-1-02-L"), start=START, end=START)
    # Two times up and two times down are 24 m. Across: 8 m on the back from aisle 1 to 3, 4 m on
    # the front to aisle 2, 4 m on the back to aisle 3, 8 m on the front to the start.
    assert tour.length_mm == 2 * 2_500 + 24_000 + (8_000 + 4_000 + 4_000 + 8_000)
    assert tour.optimal


def test_no_pick_is_the_walk_from_start_to_end(alternating: OneWayRouter) -> None:
    tour = alternating.route([], start=START, end=START)
    assert (tour.stops, tour.length_mm, tour.optimal) == ((), 0, True)
    length = alternating.length_mm([], start=START, end=PACK)
    assert alternating.route([], start=START, end=PACK).length_mm == length


def test_naming_a_location_twice_or_in_another_order_changes_nothing(
    alternating: OneWayRouter,
) -> None:
    names = locations("A-01-1-02-L", "A-02-1-03-R", "A-03-1-01-L")
    tour = alternating.route(names, start=START, end=PACK)
    assert alternating.route([*names[::-1], names[0]], start=START, end=PACK) == tour


SHAPES = {
    "two rows": (Shape(rows=(2,)), OneWay(0.6)),
    "three rows": (Shape(rows=(3,)), OneWay(0.5)),
    "whole aisles": (Shape(rows=(2, 3)), OneWay(1.0, by_column=True)),
    "four rows": (Shape(rows=(4,), most_columns=5), OneWay(0.7, by_column=True)),
    "cross-aisles too": (Shape(rows=(2, 3)), OneWay(0.5, 0.3)),
    "unequal and broken": (Shape(rows=(2, 3), unequal=True, broken=True), OneWay(0.4)),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("seed", [1, 2])
def test_equal_to_held_karp_on_random_grids(name: str, seed: int) -> None:
    """Ninety instances per shape and seed: 1,080 in all, half with another end than start."""
    chance = random.Random(f"{name} {seed}")
    compared = proven = 0
    while compared < 90:
        layout = one_way_grid(chance, *SHAPES[name])
        structure = recognise_directed_aisles(layout)
        if not layout.locations or isinstance(structure, NotParallel):
            continue
        graph = WalkingGraph(layout)
        router = OneWayRouter(layout, graph, aisles=structure)
        reference = GraphTourRouter(layout, graph)
        for _ in range(4):
            found = _compared(chance, router, reference, graph)
            compared += found is not None
            proven += found == "exact"
    # A station at a one-way dead end is left to the graph tour, and so is a walk past the limit.
    assert proven >= 75


def _compared(
    chance: random.Random, router: OneWayRouter, reference: GraphTourRouter, graph: WalkingGraph
) -> str | None:
    """Compare one tour; return its policy, ``None`` where there is no walk."""
    layout = graph.layout
    count = min(len(layout.locations), chance.randint(1, 8))
    wanted = [place.id for place in chance.sample(layout.locations, count)]
    start = chance.choice(layout.stations).id
    end = start if chance.random() < 0.5 else chance.choice(layout.stations).id
    try:
        best = reference.length_mm(wanted, start=start, end=end)
    except UnreachableError:
        with pytest.raises(UnreachableError):
            router.route(wanted, start=start, end=end)
        return None
    tour = router.route(wanted, start=start, end=end)
    assert tour.optimal
    assert tour.length_mm == tour.bound_mm == best, (layout, wanted, start, end)
    assert router.length_mm(wanted, start=start, end=end) == best
    assert sorted(tour.stops) == sorted(wanted)
    assert walked_mm(graph, tour.stops, start=start, end=end) == best
    return tour.policy


@pytest.mark.parametrize("seed", range(6))
def test_equal_to_the_programme_for_aisles_walked_both_ways(seed: int) -> None:
    chance = random.Random(seed)
    compared = 0
    while compared < 10:
        layout = random_grid(chance, Shape(rows=(2, 3), unequal=seed % 2 == 0))
        if not layout.locations:
            continue
        graph = WalkingGraph(layout)
        wanted = [place.id for place in chance.sample(layout.locations, len(layout.locations) // 2)]
        router, exact = OneWayRouter(layout, graph), ExactRouter(layout, graph)
        for end in (station("s0"), station("s1")):
            tour = router.route(wanted, start=station("s0"), end=end)
            assert tour.length_mm == exact.length_mm(wanted, start=station("s0"), end=end)
            assert tour.optimal
        compared += 1


@pytest.mark.parametrize(("blocks", "aisles", "picks"), [(1, 20, 40), (2, 12, 30), (3, 6, 25)])
def test_never_beaten_by_local_search_on_larger_tours(blocks: int, aisles: int, picks: int) -> None:
    layout = generate_layout(aisles=aisles, blocks=blocks, positions=15, one_way=True)
    graph = WalkingGraph(layout)
    router, search = OneWayRouter(layout, graph), GraphTourRouter(layout, graph, kicks=20)
    chance = random.Random(blocks)
    for end in (START, PACK):
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        tour = router.route(wanted, start=START, end=end)
        assert tour.optimal
        assert tour.length_mm <= search.length_mm(wanted, start=START, end=end)
        assert walked_mm(graph, tour.stops, start=START, end=end) == tour.length_mm
        assert tour.length_mm == router.length_mm(wanted, start=START, end=end)


def one_way_down_only_in(column: int, *, aisles: int, blocks: int) -> Layout:
    """Return aisles that all lead up but one: every walk comes down by that one."""
    layout = generate_layout(aisles=aisles, blocks=blocks, positions=5, one_way=True)
    edges = []
    for edge in layout.edges:
        front, back = sorted((edge.start, edge.end))
        ends = (back, front) if front.startswith(f"N-{column:02d}-") else (front, back)
        edges.append(replace(edge, start=ends[0], end=ends[1]) if edge.one_way else edge)
    return replace(layout, edges=tuple(edges))


def test_the_limit_rises_until_the_walk_is_proven() -> None:
    layout = one_way_down_only_in(14, aisles=14, blocks=1)
    router, graph = OneWayRouter(layout), WalkingGraph(layout)
    # One pick in each of ten aisles: all ten lead to the last aisle, which is walked ten times.
    wanted = locations(*(f"A-{n:02d}-1-05-L" for n in range(1, 11)))
    tour = router.route(wanted, start=START, end=START)
    assert (tour.optimal, tour.policy) == (True, "exact")
    assert tour.length_mm == GraphTourRouter(layout, graph).length_mm(
        wanted, start=START, end=START
    )


def test_past_the_limit_a_tour_comes_with_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_way, "LIMITS", {3: (2,)})
    layout = one_way_down_only_in(5, aisles=12, blocks=2)
    router, graph = OneWayRouter(layout), WalkingGraph(layout)
    wanted = [place.id for place in random.Random(5).sample(layout.locations, 20)]
    tour = router.route(wanted, start=START, end=START)
    assert not tour.optimal
    assert tour.bound_mm is not None
    assert 0.99 * tour.length_mm < tour.bound_mm < tour.length_mm
    assert walked_mm(graph, tour.stops, start=START, end=START) == tour.length_mm
    assert router.length_mm(wanted, start=START, end=START) == tour.length_mm


def test_layout_without_parallel_aisles_is_refused_with_the_reason() -> None:
    with pytest.raises(LayoutError, match="no shortest tour by parallel aisles: edge"):
        OneWayRouter(sample("irregular"))


def test_too_many_cross_aisles_are_refused() -> None:
    layout = generate_layout(aisles=2, blocks=4, positions=1, one_way=True)
    with pytest.raises(LayoutError, match="5 cross-aisles are more than 4"):
        OneWayRouter(layout)


def test_station_at_a_one_way_dead_end_is_served_by_the_graph_tour() -> None:
    layout = generate_layout(aisles=2, positions=3, one_way=True)
    door = NodeId("door")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(door, 0, 8_000)),
        edges=(*layout.edges, Edge(NodeId("N-01-1"), door, 2_000, one_way=True)),
        stations=(*layout.stations, Station(station("door"), door, StationKind.PACK)),
    )
    structure = recognise_directed_aisles(more)
    assert isinstance(structure, ParallelAisles)
    assert structure.misplaced == {
        station("door"): 'edge "N-01-1"-"door" that leads there is one-way'
    }
    router = OneWayRouter(more)
    tour = router.route(locations("A-01-1-01-L"), start=START, end=station("door"))
    assert (tour.length_mm, tour.policy) == (2_500 + 6_000 + 2_000, "graph")
    assert router.length_mm(locations("A-01-1-01-L"), start=START, end=station("door")) == 10_500


def test_place_without_a_way_back_is_named() -> None:
    layout = generate_layout(aisles=2, positions=3, one_way=True)
    # Both aisles lead to the back.
    edges = tuple(
        replace(edge, start=edge.end, end=edge.start) if edge.start == "N-02-1" else edge
        for edge in layout.edges
    )
    router = OneWayRouter(replace(layout, edges=edges))
    for find in (router.route, router.length_mm):
        with pytest.raises(UnreachableError, match='"A-02-1-01-L" to "start"'):
            find(locations("A-02-1-01-L"), start=START, end=START)


@pytest.mark.parametrize("call", ["route", "length_mm"])
def test_unknown_places_are_refused(alternating: OneWayRouter, call: str) -> None:
    find = getattr(alternating, call)
    with pytest.raises(LayoutError, match='no location "X"'):
        find(locations("X"), start=START, end=PACK)
    with pytest.raises(LayoutError, match='no station "X"'):
        find(locations("A-01-1-01-L"), start=station("X"), end=PACK)
    with pytest.raises(LayoutError, match='no station "X"'):
        find([], start=START, end=station("X"))
