from __future__ import annotations

from dataclasses import replace

from optimizer.ids import NodeId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node
from optimizer.layout.terminals import Terminals
from optimizer.routing.policies.by_line import LineByLine
from tests.optimizer.layout.samples import PACK, START, location, locations, sample, square


def order(layout: Layout, *names: str, from_pack: bool = False) -> list[str]:
    graph = WalkingGraph(layout)
    lines = LineByLine(graph, Terminals(graph))
    return list(lines.order(set(locations(*names)), PACK if from_pack else START))


def test_aisles_are_taken_in_turn_from_the_side_of_the_start() -> None:
    layout = sample("single-block")
    names = ("A-02-01-L", "A-01-03-L", "A-03-02-L", "A-02-04-L", "A-01-04-L")
    assert order(layout, *names) == [
        "A-01-03-L",
        "A-01-04-L",
        "A-02-04-L",
        "A-02-01-L",
        "A-03-02-L",
    ]
    assert order(layout, *names, from_pack=True)[0] == "A-03-02-L"


def test_one_line_reaches_through_several_blocks() -> None:
    names = ("A-01-2-05-L", "A-02-1-05-R", "A-01-1-02-L", "A-02-2-08-R")
    assert order(sample("two-block"), *names) == [
        "A-01-1-02-L",
        "A-01-2-05-L",
        "A-02-2-08-R",
        "A-02-1-05-R",
    ]


def test_upper_floors_come_after_the_lower_ones() -> None:
    names = ("M-11-04-L", "G-11-01-L", "M-21-04-L", "G-61-01-R")
    assert order(sample("irregular"), *names)[:2] == ["G-11-01-L", "G-61-01-R"]


def test_oblique_edges_and_nodes_are_lines_of_their_own() -> None:
    layout = square()
    middle = NodeId("middle")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(middle, 4_000, 6_000)),
        edges=(*layout.edges, Edge(NodeId("a"), middle, 7_300)),
        locations=(
            *layout.locations,
            Location(location("half"), edge=(NodeId("a"), middle), offset_mm=1_000),
            Location(location("m"), node=middle),
        ),
    )
    found = order(more, "half", "m", "bc", "da")
    assert sorted(found) == ["bc", "da", "half", "m"]
    assert found[-1] == "bc"


def test_mixed_arrows_follow_the_majority_of_the_picks() -> None:
    # Both stretches of one line are one-way towards each other.
    nodes = (Node(NodeId("a"), 0, 0), Node(NodeId("b"), 0, 10), Node(NodeId("c"), 0, 20))
    edges = (Edge(NodeId("a"), NodeId("b"), 10, True), Edge(NodeId("c"), NodeId("b"), 10, True))
    held = (
        Location(location("p"), edge=(NodeId("a"), NodeId("b")), offset_mm=5),
        Location(location("q"), edge=(NodeId("c"), NodeId("b")), offset_mm=5),
        Location(location("r"), edge=(NodeId("c"), NodeId("b")), offset_mm=2),
    )
    layout = Layout("line", nodes, edges, held, square().stations)
    assert order(layout, "p", "q", "r") == ["r", "q", "p"]
