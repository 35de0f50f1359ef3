"""Where prices can be counted by parallel aisles, and where not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.ids import NodeId
from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Location, Node, Side, Station, StationKind
from optimizer.routing.parallel.transitions import Passage, transitions
from optimizer.routing.priced.grid import joined_transitions, number_points, why_not_exact
from optimizer.routing.priced.passages import JOINED, LEFT, NONE, RIGHT
from tests.optimizer.layout.samples import START, location, sample

A0, A1, A2 = (NodeId(f"a{row}") for row in range(3))
B0, B1, B2 = (NodeId(f"b{row}") for row in range(3))


def two_aisles(*held: Location, second: tuple[Edge, ...]) -> Layout:
    """Return aisle a with three cross-aisles at 0, 10 and 20 m, and aisle b as given."""
    used = {end for edge in second for end in (edge.start, edge.end)}
    nodes = [Node(name, 0, 10_000 * row) for row, name in enumerate((A0, A1, A2))]
    nodes += [
        Node(name, 5_000, 10_000 * row) for row, name in enumerate((B0, B1, B2)) if name in used
    ]
    edges = [Edge(A0, A1, 10_000), Edge(A1, A2, 10_000), *second]
    edges += [Edge(a, b, 5_000) for a, b in ((A0, B0), (A1, B1), (A2, B2)) if b in used]
    if B1 not in used:
        # Something must make the middle row a row: a stub to the other side.
        nodes.append(Node(NodeId("c1"), -5_000, 10_000))
        edges.append(Edge(NodeId("c1"), A1, 5_000))
        held = (*held, Location(location("stub"), node=NodeId("c1")))
    station = Station(START, A0, StationKind.START)
    return Layout("two", tuple(nodes), tuple(edges), held, (station,))


def reason(layout: Layout) -> str | None:
    aisles = recognise_aisles(layout)
    assert isinstance(aisles, ParallelAisles), aisles
    return why_not_exact(layout, aisles)


BOTH = (Edge(B0, B1, 10_000), Edge(B1, B2, 10_000))


def test_the_layouts_that_come_with_wavepick_are_exact() -> None:
    for name in ("single-block", "two-block", "demo"):
        assert reason(sample(name)) is None


def test_an_edge_past_a_cross_aisle_is_one_stretch_for_prices_but_two_in_the_grid() -> None:
    inside = Location(location("x"), edge=(B0, B2), offset_mm=3_000)
    assert reason(two_aisles(inside, second=(Edge(B0, B2, 20_000),))) == (
        'the edge of location "x" does not lead from crossing to crossing'
    )
    middle = replace(inside, offset_mm=10_000)
    assert reason(two_aisles(middle, second=(Edge(B0, B2, 20_000),))) == (
        'the edge of location "x" does not lead from crossing to crossing'
    )
    # At its ends and without locations it does no harm.
    end = replace(inside, offset_mm=20_000)
    assert reason(two_aisles(end, second=(Edge(B0, B2, 20_000),))) is None
    assert reason(two_aisles(replace(inside, edge=(B0, B1)), second=BOTH)) is None


def test_a_location_at_a_node_inside_an_aisle_is_refused() -> None:
    layout = two_aisles(Location(location("y"), edge=(A0, A1), offset_mm=1), second=BOTH)
    halves = (Edge(A1, NodeId("half"), 4_000), Edge(NodeId("half"), A2, 6_000))
    layout = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("half"), 0, 14_000)),
        edges=(*(edge for edge in layout.edges if edge.start != A1 or edge.end != A2), *halves),
        locations=(*layout.locations, Location(location("z"), node=NodeId("half"))),
    )
    assert reason(layout) == 'location "z" lies at a node inside an aisle'


def test_stairs_and_many_cross_aisles_are_refused() -> None:
    layout = two_aisles(Location(location("x"), edge=(A0, A1), offset_mm=1), second=BOTH)
    stairs = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("up"), -3_000, 0, floor=1)),
        edges=(*layout.edges, Edge(NodeId("up"), A0, 3_000)),
    )
    assert reason(stairs) == 'edge "up"-"a0" joins two floors'
    assert reason(generate_layout(aisles=2, blocks=6, positions=2)) == (
        "7 cross-aisles are more than 6"
    )


def test_points_have_the_side_seen_from_the_front() -> None:
    held = (
        Location(location("l"), edge=(A0, A1), offset_mm=2_000, side=Side.LEFT),
        Location(location("same"), edge=(A1, A0), offset_mm=8_000, side=Side.RIGHT),
        Location(location("r"), edge=(A1, A0), offset_mm=8_000, side=Side.LEFT),
        Location(location("free"), edge=(A0, A1), offset_mm=2_000),
        Location(location("end"), edge=(A0, A1), offset_mm=10_000, side=Side.LEFT),
    )
    layout = two_aisles(*held, second=BOTH)
    aisles = recognise_aisles(layout)
    assert isinstance(aisles, ParallelAisles)
    points = number_points(layout, aisles)
    side = {name: int(points.sides[point]) for name, point in points.number.items()}
    assert side == {"l": LEFT, "same": LEFT, "r": RIGHT, "free": NONE, "end": NONE}
    assert points.number[location("l")] == points.number[location("same")]
    assert points.grid.pick_along[points.number[location("r")]] == 2_000


@pytest.mark.parametrize("n_rows", [2, 3, 4])
@pytest.mark.parametrize("marks", [0, 2])
def test_walking_twice_is_left_out_nowhere(n_rows: int, marks: int) -> None:
    plain, joined = transitions(n_rows, marks), joined_transitions(n_rows, marks)
    done = plain.n_states - 1
    for gap in range(n_rows - 1):
        for state in range(done):
            run = slice(*joined.passage_begin[gap, state : state + 2])
            choices = joined.passage_choice[run].tolist()
            assert (Passage.TWICE in choices) != (JOINED in choices)
            if JOINED in choices:
                assert joined.passage_target[run][choices.index(JOINED)] == state
    changed = plain.passage_choice != joined.passage_choice
    assert set(joined.passage_choice[changed].tolist()) == {JOINED}
