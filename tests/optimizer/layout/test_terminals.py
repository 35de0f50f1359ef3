from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import NodeId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Edge, Location, Node
from optimizer.layout.terminals import Terminals
from tests.optimizer.layout.samples import START, location, locations, sample, square, station


def test_points_are_distinct_and_in_the_order_of_the_layout() -> None:
    terminals = Terminals(WalkingGraph(sample("single-block")))
    # Twelve positions with two sides each, then the stations at two corners.
    names = ("A-01-02-R", "A-01-01-L", "A-01-01-R")
    assert terminals.points(locations(*names)) == [0, 1]
    assert terminals.point(START) == 12
    assert terminals.point(station("pack-1")) == 13
    assert terminals.name(0) == "A-01-01-L"


def test_lengths_agree_with_the_graph_in_any_order_of_asking() -> None:
    graph = WalkingGraph(square(one_way=True))
    terminals = Terminals(graph)
    places = locations("cd", "ab", "bc")
    points = [terminals.point(place) for place in places]
    assert terminals.length_mm(points[0], points[1]) == graph.length_mm(places[0], places[1])
    assert terminals.matrix(points).tolist() == graph.matrix(places).tolist()
    # Once round with the arrows: cd to ab 20 m, ab to bc 10 m, bc to cd 10 m.
    assert terminals.walked_mm([*points, points[0]]) == 40_000


def test_missing_walk_is_told() -> None:
    layout = square()
    trap = NodeId("trap")
    caught = replace(
        layout,
        nodes=(*layout.nodes, Node(trap, -1, 0)),
        edges=(*layout.edges, Edge(NodeId("a"), trap, 1, True)),
        locations=(*layout.locations, Location(location("in"), node=trap)),
    )
    terminals = Terminals(WalkingGraph(caught))
    inside, start = terminals.point(location("in")), terminals.point(START)
    assert terminals.length_mm(start, inside) == 1
    assert terminals.length_mm(inside, start) == UNREACHABLE
    with pytest.raises(UnreachableError, match='"in" to "start"'):
        terminals.walked_mm([start, inside, start])


def test_unknown_places_are_refused() -> None:
    terminals = Terminals(WalkingGraph(square()))
    with pytest.raises(LayoutError, match='"nowhere"'):
        terminals.point(location("nowhere"))
    with pytest.raises(LayoutError, match='"nowhere"'):
        terminals.points(locations("ab", "nowhere"))


def test_little_memory_changes_no_answer() -> None:
    graph = WalkingGraph(sample("two-block"))
    roomy, narrow = Terminals(graph), Terminals(graph, kept_bytes=0)
    points = list(range(0, 40, 3))
    for end in range(2, len(points)):
        assert narrow.walked_mm(points[:end]) == roomy.walked_mm(points[:end])
        assert narrow.length_mm(points[0], points[end]) == roomy.length_mm(points[0], points[end])
    assert narrow.matrix(points).tolist() == roomy.matrix(points).tolist()
    assert roomy.matrix([]).shape == (0, 0)
