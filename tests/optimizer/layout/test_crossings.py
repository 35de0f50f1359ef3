"""Walks over the nodes only, against the search over every access point.

``WalkingGraph.length_mm`` walks over all vertices, ``distances_from`` over the nodes: two ways to
the same length.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.ids import NodeId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node
from tests.optimizer.layout.random_layouts import Shape, random_grid
from tests.optimizer.layout.samples import location, square


def one_way_somewhere(chance: random.Random, layout: Layout) -> Layout:
    """Return the layout with a third of its edges one-way, half of these turned round."""
    edges = []
    for edge in layout.edges:
        if chance.random() < 1 / 3:
            ends = (edge.start, edge.end) if chance.random() < 0.5 else (edge.end, edge.start)
            edges.append(Edge(*ends, edge.length_mm, True))
        else:
            edges.append(edge)
    return replace(layout, edges=tuple(edges))


@pytest.mark.parametrize("seed", range(20))
def test_equal_to_the_search_over_all_vertices(seed: int) -> None:
    chance = random.Random(seed)
    shape = Shape(most_columns=4, unequal=seed % 2 == 0, broken=seed % 3 == 0)
    layout = one_way_somewhere(chance, random_grid(chance, shape))
    graph = WalkingGraph(layout)
    vertices = list(range(graph.n_vertices))
    found = graph.distances_from(vertices)
    for row, origin in enumerate(vertices):
        expected, _ = graph._tree(origin)
        assert found[row].tolist() == expected.tolist()


def test_two_edges_between_the_same_nodes_are_two_ways() -> None:
    # Side ab of the square once more, 25 m long, with a place 20 m along it.
    layout = square()
    a, b = NodeId("a"), NodeId("b")
    around = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("m"), 5_000, -5_000)),
        edges=(*layout.edges, Edge(a, NodeId("m"), 20_000), Edge(NodeId("m"), b, 5_000)),
        locations=(*layout.locations, Location(location("m"), node=NodeId("m"))),
    )
    graph = WalkingGraph(around)
    ab, m = graph.vertex(location("ab")), graph.vertex(location("m"))
    # From the middle of ab over b: 5 m + 5 m.
    assert graph.distances_from([ab])[0, m] == 10_000


def test_one_way_edge_is_not_walked_backwards_within_itself() -> None:
    layout = square(one_way=True)
    late = Location(location("late"), edge=(NodeId("a"), NodeId("b")), offset_mm=8_000)
    graph = WalkingGraph(replace(layout, locations=(*layout.locations, late)))
    ab, beyond = graph.vertex(location("ab")), graph.vertex(location("late"))
    walks = graph.distances_from([ab, beyond])
    # 3 m ahead; or once round without these 3 m.
    assert walks[0, beyond] == 3_000
    assert walks[1, ab] == 37_000


def test_dead_end_is_not_left() -> None:
    layout = square()
    trap = NodeId("trap")
    caught = replace(
        layout,
        nodes=(*layout.nodes, Node(trap, -10, 0)),
        edges=(*layout.edges, Edge(NodeId("a"), trap, 10, True)),
        locations=(
            *layout.locations,
            Location(location("in"), edge=(NodeId("a"), trap), offset_mm=4),
        ),
    )
    graph = WalkingGraph(caught)
    inside, ab = graph.vertex(location("in")), graph.vertex(location("ab"))
    walks = graph.distances_from([inside])[0]
    assert walks[graph.node_vertex(trap)] == 6
    assert walks[ab] == UNREACHABLE
    assert walks[inside] == 0
