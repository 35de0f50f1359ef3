"""Walking distances, checked by hand on the single-block sample.

Its three aisles are 10 m long and 3 m apart; positions lie 2, 4, 6 and 8 m from the front.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import NodeId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph, without_straight_points
from optimizer.layout.model import Edge, Location, Node
from tests.optimizer.layout.samples import (
    PACK,
    START,
    location,
    locations,
    sample,
    square,
    with_edges,
)


@pytest.fixture(scope="module")
def block() -> WalkingGraph:
    return WalkingGraph(sample("single-block"))


def test_distance_takes_the_shorter_end_of_the_aisles(block: WalkingGraph) -> None:
    # Position 1 of aisle 1 to position 1 of aisle 2: 2 m to the front, 3 m across, 2 m in.
    assert block.length_mm(location("A-01-01-L"), location("A-02-01-L")) == 7_000
    # Position 4 to position 4: by the back, 2 + 3 + 2 m.
    assert block.length_mm(location("A-01-04-L"), location("A-02-04-L")) == 7_000
    # Position 2 to position 3: 4 + 3 + 6 by the front, 6 + 3 + 4 by the back.
    assert block.length_mm(location("A-01-02-L"), location("A-02-03-L")) == 13_000


def test_both_sides_of_an_aisle_share_one_access_point(block: WalkingGraph) -> None:
    left, right = location("A-01-03-L"), location("A-01-03-R")
    assert block.vertex(left) == block.vertex(right)
    assert block.length_mm(left, right) == 0
    assert block.path(left, right) == ((0, 6_000, 0),)


def test_matrix_has_the_order_of_its_places(block: WalkingGraph) -> None:
    places = [*locations("A-03-01-L", "A-01-01-R"), START]
    lengths = block.matrix(places)
    assert lengths.dtype == np.int64
    # Aisle 3 to aisle 1: 2 + 6 + 2 m. To the start at the front of aisle 1: 2 + 6 m and 2 m.
    assert lengths.tolist() == [[0, 10_000, 8_000], [10_000, 0, 2_000], [8_000, 2_000, 0]]


def test_matrix_with_targets_and_repeated_places(block: WalkingGraph) -> None:
    lengths = block.matrix([START, START], targets=locations("A-01-01-L"))
    assert lengths.tolist() == [[2_000], [2_000]]


def test_matrix_of_nothing_is_empty(block: WalkingGraph) -> None:
    assert block.matrix([]).shape == (0, 0)


def test_path_has_corners_only(block: WalkingGraph) -> None:
    assert block.path(location("A-01-01-L"), location("A-03-02-L")) == (
        (0, 2_000, 0),
        (0, 0, 0),
        (6_000, 0, 0),
        (6_000, 4_000, 0),
    )


def test_one_way_edges_make_distances_asymmetric() -> None:
    graph = WalkingGraph(square(one_way=True))
    # With the arrows 10 m from ab to bc; against them three quarters of the way round.
    assert graph.length_mm(location("ab"), location("bc")) == 10_000
    assert graph.length_mm(location("bc"), location("ab")) == 30_000
    rows = graph.distances_from([graph.vertex(location("ab"))])
    columns = graph.distances_to([graph.vertex(location("ab"))])
    assert rows[0, graph.vertex(location("bc"))] == 10_000
    assert columns[0, graph.vertex(location("bc"))] == 30_000


def test_location_named_against_the_edge_counts_from_the_other_end() -> None:
    layout = square()
    turned = Location(location("x"), edge=(NodeId("b"), NodeId("a")), offset_mm=1_000)
    graph = WalkingGraph(replace(layout, locations=(*layout.locations, turned)))
    assert graph.point(location("x")) == (9_000, 0, 0)


def test_location_at_the_end_of_its_edge_is_at_the_node() -> None:
    layout = square()
    ends = tuple(
        Location(location(name), edge=(NodeId("a"), NodeId("b")), offset_mm=offset)
        for name, offset in (("first", 0), ("last", 10_000))
    )
    graph = WalkingGraph(replace(layout, locations=ends))
    assert graph.n_vertices == 4
    assert graph.vertex(location("first")) == graph.node_vertex(NodeId("a"))
    assert graph.vertex(location("last")) == graph.node_vertex(NodeId("b"))


def test_walk_longer_than_the_straight_line_keeps_its_points_on_the_line() -> None:
    layout = square()
    longer = tuple(replace(edge, length_mm=20_000) for edge in layout.edges)
    graph = WalkingGraph(replace(layout, edges=longer))
    assert graph.point(location("ab")) == (2_500, 0, 0)
    assert graph.length_mm(START, location("ab")) == 5_000


def test_no_walk_is_told_by_name() -> None:
    layout = square()
    island = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("island"), 50_000, 0)),
        locations=(*layout.locations, Location(location("far"), node=NodeId("island"))),
    )
    graph = WalkingGraph(island)
    with pytest.raises(UnreachableError, match='no walk leads from "start" to "far"'):
        graph.length_mm(START, location("far"))
    with pytest.raises(UnreachableError, match='"far"'):
        graph.matrix([START, location("far")])
    with pytest.raises(UnreachableError):
        graph.path(START, location("far"))
    row = graph.distances_from([graph.vertex(START)])
    assert row[0, graph.vertex(location("far"))] == UNREACHABLE


def test_reachable_wants_a_way_there_and_a_way_on() -> None:
    layout = square()
    trap, well = NodeId("trap"), NodeId("well")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(trap, -5_000, 0), Node(well, 0, -5_000)),
        locations=(
            *layout.locations,
            Location(location("in"), node=trap),
            Location(location("out"), node=well),
        ),
    )
    graph = WalkingGraph(
        with_edges(more, Edge(NodeId("a"), trap, 5_000, True), Edge(well, NodeId("a"), 5_000, True))
    )
    assert graph.reachable(start=START, end=PACK) == frozenset(locations("ab", "bc", "cd", "da"))


def test_shorter_of_two_edges_between_two_nodes_counts() -> None:
    graph = WalkingGraph(with_edges(square(), Edge(NodeId("a"), NodeId("c"), 15_000)))
    assert graph.length_mm(START, location("cd")) == 15_000
    both = with_edges(
        square(),
        Edge(NodeId("a"), NodeId("c"), 15_000),
        Edge(NodeId("c"), NodeId("a"), 14_500),
    )
    assert WalkingGraph(both).length_mm(START, location("cd")) == 15_000
    assert WalkingGraph(both).length_mm(location("cd"), START) == 15_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"locations": (Location(location("x"), node=NodeId("nowhere")),)},
            'location "x": no node "nowhere"',
        ),
        (
            {"locations": (Location(location("x"), edge=(NodeId("a"), NodeId("c"))),)},
            'location "x": no edge',
        ),
        (
            {
                "locations": (
                    Location(location("x"), edge=(NodeId("a"), NodeId("b")), offset_mm=10_001),
                )
            },
            "offset_mm 10001 lies outside its edge of 10000 mm",
        ),
        ({"edges": (Edge(NodeId("a"), NodeId("q"), 5),), "locations": ()}, 'no node "q"'),
        (
            {
                "locations": (
                    Location(location("x"), node=NodeId("a")),
                    Location(location("x"), node=NodeId("b")),
                )
            },
            'two places have the id "x"',
        ),
    ],
)
def test_broken_references_are_refused(change: dict[str, tuple[object, ...]], message: str) -> None:
    broken = replace(square(), **change)  # type: ignore[arg-type]
    with pytest.raises(LayoutError, match=message):
        WalkingGraph(broken)


def test_unknown_place_is_refused(block: WalkingGraph) -> None:
    with pytest.raises(LayoutError, match='no location or station "Z"'):
        block.length_mm(START, location("Z"))


def test_more_sources_than_are_kept_give_the_same_answers() -> None:
    graph = WalkingGraph(sample("demo"))
    places = [place.id for place in graph.layout.locations[::2]]
    first = [graph.length_mm(place, START) for place in places]
    for place in places:
        graph.path(place, PACK)
    assert [graph.length_mm(place, START) for place in places] == first
    assert first == graph.matrix(places, targets=[START])[:, 0].tolist()


def test_turning_points_are_kept_and_straight_ones_dropped() -> None:
    line = [(0, 0, 0), (0, 5, 0), (0, 5, 0), (0, 9, 0), (0, 3, 0), (4, 3, 0), (4, 3, 1)]
    assert without_straight_points(line) == (
        (0, 0, 0),
        (0, 9, 0),
        (0, 3, 0),
        (4, 3, 0),
        (4, 3, 1),
    )
