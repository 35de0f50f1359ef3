"""What all policies for parallel aisles have in common; dimensions as in the tests of each."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.distances import Point, WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Node
from optimizer.routing.exact import ExactRouter
from optimizer.routing.policies.registry import make_router
from optimizer.routing.router import Tour
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import PACK, START, locations, sample, station, with_edges
from tests.optimizer.routing.more_stations import with_station

LITERAL = ("s-shape", "return", "midpoint", "largest-gap", "combined", "aisle-by-aisle")


def without(layout: Layout, *pairs: tuple[str, str]) -> Layout:
    return replace(
        layout,
        edges=tuple(edge for edge in layout.edges if (edge.start, edge.end) not in pairs),
    )


def test_missing_cross_aisle_is_replaced_by_the_shortest_way() -> None:
    layout = without(sample("single-block"), ("back-1", "back-2"))
    tour = make_router("s-shape", layout).route(
        locations("A-01-02-L", "A-02-02-L"), start=START, end=START
    )
    # To the back of aisle 1, the way back and through aisle 2 to its back, and down aisle 2.
    assert tour.stops == ("A-01-02-L", "A-02-02-L")
    assert tour.length_mm == 10_000 + (10_000 + 3_000 + 10_000) + 10_000 + 3_000
    assert tour.path[:4] == ((0, 0, 0), (0, 10_000, 0), (0, 0, 0), (3_000, 0, 0))


def test_interrupted_first_aisle_is_not_followed_to_the_farthest_block() -> None:
    layout = sample("two-block")
    closed = ("N-01-0", "N-01-1")
    layout = replace(
        without(layout, closed),
        locations=tuple(place for place in layout.locations if place.edge != closed),
    )
    router = make_router("s-shape", layout)
    # Aisle 1 begins at the middle cross-aisle: 4 m to aisle 2, up 11 m, 4 m back, 2 m in and out.
    tour = router.route(locations("A-01-2-01-L"), start=START, end=START)
    assert tour.length_mm == 2 * (2_500 + 4_000 + 11_000 + 4_000 + 2_000)


def test_aisle_that_passes_the_middle_cross_aisle_has_two_sub_aisles_all_the_same() -> None:
    layout = sample("two-block")
    halves = ("N-01-0", "N-01-1"), ("N-01-1", "N-01-2")
    ends = NodeId("N-01-0"), NodeId("N-01-2")
    pick = replace(layout.locations[0], edge=ends, offset_mm=17_000)
    passing = replace(
        with_edges(without(layout, *halves, ("N-01-1", "N-02-1")), Edge(*ends, 22_000)),
        nodes=tuple(node for node in layout.nodes if node.id != "N-01-1"),
        locations=(pick, *(place for place in layout.locations if place.edge not in halves)),
    )
    wanted = [pick.id, *locations("A-02-2-01-L")]
    tour = make_router("s-shape", passing).route(wanted, start=START, end=START)
    # Up aisle 1, down aisle 2, home.
    assert tour.length_mm == 2_500 + 22_000 + 4_000 + 22_000 + 4_000 + 2_500
    tour = make_router("return", passing).route(wanted, start=START, end=START)
    # Half-way back in aisle 1 no cross-aisle leads on: 11 m to an end of it, 4 m, 11 m.
    way_out = 2_500 + 11_000 + 2 * 6_000
    assert tour.length_mm == way_out + 26_000 + 2 * 2_000 + 11_000 + 4_000 + 2_500
    assert tour.path[1:3] == ((0, 17_000, 0), (0, 11_000, 0))


@pytest.mark.parametrize("policy", LITERAL)
def test_turning_the_building_changes_no_walk(policy: str) -> None:
    layout = sample("two-block")
    turned = replace(
        layout,
        nodes=tuple(replace(node, x_mm=-node.y_mm, y_mm=node.x_mm) for node in layout.nodes),
    )
    wanted = locations("A-01-1-02-L", "A-02-2-05-L", "A-04-1-07-R", "A-04-2-01-L", "A-06-1-03-L")
    tour = make_router(policy, layout).route(wanted, start=START, end=PACK)
    other = make_router(policy, turned).route(wanted, start=START, end=PACK)
    assert (other.stops, other.length_mm) == (tour.stops, tour.length_mm)
    assert other.path == tuple((-y, x, floor) for x, y, floor in tour.path)


def test_pieces_of_an_interrupted_aisle_are_visited_in_turn() -> None:
    """Cross-aisles 5 m apart, position 1 at 2 m; block 2 of aisle 2 is missing."""
    layout = generate_layout(aisles=2, blocks=3, positions=2)
    closed = ("N-02-1", "N-02-2")
    layout = replace(
        without(layout, closed),
        locations=tuple(place for place in layout.locations if place.edge != closed),
    )
    router = make_router("aisle-by-aisle", layout)
    tour = router.route(locations("A-02-3-01-L", "A-02-1-01-L"), start=START, end=START)
    # Through block 1 of aisle 2, around by aisle 1, 2 m into block 3, home by aisle 1.
    assert tour.stops == ("A-02-1-01-L", "A-02-3-01-L")
    around = 4_000 + 5_000 + 4_000
    assert tour.length_mm == 2_500 + 4_000 + 5_000 + around + 2 * 2_000 + 4_000 + 10_000 + 2_500


def test_start_between_two_blocks_goes_to_the_farthest_block_from_there() -> None:
    layout, middle = with_station(sample("two-block"), "N-01-1")
    router = make_router("s-shape", layout)
    # Only block 2: from the middle cross-aisle 6 m in and out.
    tour = router.route(locations("A-01-2-05-L"), start=middle, end=middle)
    assert tour.length_mm == 2 * 6_000
    # A pick of aisle 1 in block 1 as well: first to the front, and up through block 1.
    tour = router.route(locations("A-01-2-05-L", "A-01-1-02-L"), start=middle, end=middle)
    assert tour.stops == ("A-01-1-02-L", "A-01-2-05-L")
    assert tour.length_mm == 11_000 + 11_000 + 2 * 6_000


def test_start_inside_an_aisle_counts_as_front_left() -> None:
    layout = sample("single-block")
    whole = ("front-2", "back-2")
    mid = NodeId("mid-2")
    halved = replace(
        without(layout, whole),
        nodes=(*layout.nodes, Node(mid, 3_000, 5_000)),
        locations=tuple(place for place in layout.locations if place.edge != whole),
    )
    halved = with_edges(
        halved, Edge(NodeId("front-2"), mid, 5_000), Edge(mid, NodeId("back-2"), 5_000)
    )
    halved, inside = with_station(halved, mid)
    tour = make_router("s-shape", halved).route(locations("A-01-02-L"), start=inside, end=inside)
    # 5 m to the front, 3 m to aisle 1, 4 m in and out, and back again.
    assert tour.length_mm == 8_000 + 2 * 4_000 + 8_000


@pytest.mark.parametrize("policy", LITERAL)
def test_location_without_a_walk_is_named(policy: str) -> None:
    layout = without(sample("single-block"), ("front-2", "front-3"), ("back-2", "back-3"))
    router = make_router(policy, layout)
    with pytest.raises(UnreachableError, match='from "start" to "A-03-01-L"'):
        router.length_mm(locations("A-01-01-L", "A-03-01-L"), start=START, end=START)


@pytest.mark.parametrize("policy", LITERAL)
def test_unknown_places_are_refused(policy: str) -> None:
    router = make_router(policy, sample("single-block"))
    with pytest.raises(LayoutError, match='no location or station "nowhere"'):
        router.route(locations("nowhere"), start=START, end=START)
    with pytest.raises(LayoutError, match='no location or station "dock"'):
        router.route(locations("A-01-01-L"), start=station("dock"), end=START)


@pytest.mark.parametrize("policy", LITERAL)
def test_tour_without_picks_is_the_way_to_the_end(policy: str) -> None:
    tour = make_router(policy, sample("single-block")).route([], start=START, end=PACK)
    assert (tour.length_mm, tour.optimal, tour.stops, tour.path) == (6_000, True, (), ())


@pytest.mark.parametrize("number", range(60))
def test_random_walks_keep_what_the_definitions_promise(number: int) -> None:
    chance = random.Random(number)
    shape = Shape(rows=(2, 3, 4, 5), unequal=number % 3 == 0, broken=number % 4 == 0)
    layout = random_grid(chance, shape)
    if not layout.locations:
        return
    graph = WalkingGraph(layout)
    exact = ExactRouter(layout, graph)
    routers = {policy: make_router(policy, layout, graph) for policy in LITERAL}
    for start, end in (("s0", "s0"), ("s0", "s2"), ("s1", "s3")):
        ends = Ends(station(start), station(end))
        picks = chance.randint(1, min(9, len(layout.locations)))
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        try:
            shortest = exact.length_mm(wanted, start=ends.start, end=ends.end)
        except UnreachableError:
            assert shape.broken
            continue
        lengths = {}
        for policy, router in routers.items():
            tour = router.route(wanted, start=ends.start, end=ends.end)
            require_a_walk_over_all_stops(graph, tour, wanted, ends)
            if not shape.unequal:
                assert tour.length_mm == drawn_mm(layout, tour, ends)
            assert tour.length_mm == router.length_mm(
                reversed(wanted), start=ends.start, end=ends.end
            )
            assert not tour.optimal or tour.length_mm == shortest
            lengths[policy] = tour.length_mm
        assert shortest <= min(lengths.values())
        assert lengths["combined"] <= min(lengths["s-shape"], lengths["return"])


def test_in_one_block_aisle_by_aisle_is_combined() -> None:
    layout = generate_layout(aisles=7, positions=8, blocks=1)
    graph = WalkingGraph(layout)
    combined = make_router("combined", layout, graph)
    aisle_by_aisle = make_router("aisle-by-aisle", layout, graph)
    chance = random.Random(3)
    for picks in (1, 2, 4, 8, 16) * 4:
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        assert combined.length_mm(wanted, start=START, end=PACK) == aisle_by_aisle.length_mm(
            wanted, start=START, end=PACK
        )


def test_in_one_block_largest_gap_is_at_most_midpoint() -> None:
    # From a corner and back to it; elsewhere the way home may depend on which picks come last.
    layout = generate_layout(aisles=7, positions=8, blocks=1)
    graph = WalkingGraph(layout)
    midpoint = make_router("midpoint", layout, graph)
    gap = make_router("largest-gap", layout, graph)
    chance = random.Random(5)
    for picks in (1, 2, 4, 8, 16, 30) * 4:
        wanted = [place.id for place in chance.sample(layout.locations, picks)]
        longest = midpoint.length_mm(wanted, start=START, end=START)
        assert gap.length_mm(wanted, start=START, end=START) <= longest


@dataclass(frozen=True, slots=True)
class Ends:
    start: StationId
    end: StationId


def require_a_walk_over_all_stops(
    graph: WalkingGraph, tour: Tour, wanted: list[LocationId], ends: Ends
) -> None:
    """Fail unless the path leads from start to end over all stops in their order."""
    assert sorted(tour.stops) == sorted(wanted)
    assert tour.path[0] == graph.point(ends.start)
    assert tour.path[-1] == graph.point(ends.end)
    left = list(itertools.pairwise(tour.path)) or [(tour.path[0], tour.path[0])]
    for stop in tour.stops:
        while not lies_between(graph.point(stop), *left[0]):
            left.pop(0)


def lies_between(point: Point, a: Point, b: Point) -> bool:
    return all(min(a[axis], b[axis]) <= point[axis] <= max(a[axis], b[axis]) for axis in (0, 1))


def drawn_mm(layout: Layout, tour: Tour, ends: Ends) -> int:
    """Return the length of the path; a dead end is 37 mm but drawn 7 mm across, 13 mm along."""
    nodes = {place.id: place.node for place in layout.stations}
    stubs = sum(nodes[end].startswith("stub") for end in (ends.start, ends.end))
    drawn = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(tour.path))
    return drawn + (37 - 7 - 13) * stubs
