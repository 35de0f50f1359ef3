from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from optimizer.ids import NodeId
from optimizer.layout.aisles import (
    MISSING,
    NotParallel,
    ParallelAisles,
    Spot,
    recognise_aisles,
)
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from tests.optimizer.layout.samples import PACK, START, location, sample, square, station


def recognised(layout: Layout) -> ParallelAisles:
    structure = recognise_aisles(layout)
    assert isinstance(structure, ParallelAisles), structure
    return structure


def refused(layout: Layout) -> str:
    structure = recognise_aisles(layout)
    assert isinstance(structure, NotParallel)
    return structure.reason


def without(layout: Layout, *pairs: tuple[str, str]) -> Layout:
    """Return a layout without some edges and what lies on them."""
    return replace(
        layout,
        edges=tuple(edge for edge in layout.edges if (edge.start, edge.end) not in pairs),
        locations=tuple(place for place in layout.locations if place.edge not in pairs),
    )


def test_single_block_is_read_off_its_drawing() -> None:
    aisles = recognised(sample("single-block"))
    assert aisles.aisle_mm.tolist() == [[10_000]] * 3
    assert aisles.cross_mm.tolist() == [[3_000, 3_000]] * 2
    assert aisles.regular
    assert aisles.locations[location("A-02-03-L")] == Spot(column=1, row=0, along_mm=6_000)
    assert aisles.stations == {START: Spot(0, 0), PACK: Spot(2, 0)}
    assert not aisles.misplaced
    assert len(aisles.crossings) == 6
    assert aisles.crossings[1, 0] == NodeId("front-2")
    assert aisles.crossings[2, 1] == NodeId("back-3")


@pytest.mark.parametrize("aisles", [1, 2, 5])
@pytest.mark.parametrize("blocks", [1, 2, 4])
@pytest.mark.parametrize("levels", [1, 2])
def test_every_generated_layout_is_recognised(aisles: int, blocks: int, levels: int) -> None:
    layout = generate_layout(
        aisles=aisles, positions=3, blocks=blocks, levels=levels, zones=1, packs=3
    )
    structure = recognised(layout)
    # A single aisle has no cross-aisles between its blocks, only ends.
    assert structure.n_columns == aisles
    assert structure.n_rows == (blocks + 1 if aisles > 1 else 2)
    assert structure.regular
    assert len(structure.locations) == len(layout.locations)
    assert len(structure.stations) == len(layout.stations)
    # Stations hang 2.5 m in front of the front cross-aisle, where there is one.
    assert all(spot.row == 0 for spot in structure.stations.values())
    assert all(spot.stub_mm >= 2_500 for spot in structure.stations.values())


def test_aisles_along_x_are_recognised_too() -> None:
    layout = sample("two-block")
    turned = replace(
        layout, nodes=tuple(replace(n, x_mm=n.y_mm, y_mm=-n.x_mm) for n in layout.nodes)
    )
    structure = recognised(turned)
    upright = recognised(layout)
    assert structure.aisle_mm.tolist() == upright.aisle_mm[::-1].tolist()
    assert structure.cross_mm.tolist() == upright.cross_mm[::-1].tolist()


def test_edges_named_against_the_aisle_count_from_the_other_end() -> None:
    layout = sample("single-block")
    turned = replace(
        layout,
        edges=tuple(replace(edge, start=edge.end, end=edge.start) for edge in layout.edges),
    )
    assert recognised(turned).locations == recognised(layout).locations


def test_missing_stretches_are_allowed_and_make_it_irregular() -> None:
    aisles = recognised(
        without(sample("single-block"), ("front-2", "back-2"), ("back-1", "back-2"))
    )
    # Aisle 2 has gone as a column; the back cross-aisle now only joins 2 and 3, a dead end.
    assert aisles.n_columns == 2
    assert aisles.aisle_mm.tolist() == [[10_000]] * 2
    assert aisles.cross_mm.tolist() == [[6_000, MISSING]]
    assert not aisles.regular


def blind_aisle(*, bridged: bool) -> Layout:
    """Return the single block with the last but one aisle ending 1.5 m before the back."""
    layout = sample("single-block")
    nodes = tuple(
        replace(node, y_mm=8_500) if node.id == "back-2" else node for node in layout.nodes
    )
    edges = [
        replace(edge, length_mm=8_500) if edge.end == "back-2" and "front" in edge.start else edge
        for edge in layout.edges
        if {edge.start, edge.end} not in ({"back-1", "back-2"}, {"back-2", "back-3"})
    ]
    if bridged:
        edges.append(Edge(NodeId("back-1"), NodeId("back-3"), 6_000))
    return replace(layout, nodes=nodes, edges=tuple(edges))


def test_blind_end_of_an_aisle_takes_the_place_on_the_cross_aisle_it_does_not_reach() -> None:
    aisles = recognised(blind_aisle(bridged=False))
    assert aisles.n_rows == 2
    assert aisles.aisle_mm.tolist() == [[10_000], [8_500], [10_000]]
    assert aisles.cross_mm.tolist() == [[3_000, MISSING], [3_000, MISSING]]


def test_blind_end_below_a_cross_aisle_becomes_a_row() -> None:
    aisles = recognised(blind_aisle(bridged=True))
    assert aisles.n_rows == 3
    assert aisles.aisle_mm.tolist() == [[8_500, 1_500], [8_500, MISSING], [8_500, 1_500]]
    assert aisles.cross_mm.tolist() == [[3_000, MISSING, 3_000], [3_000, MISSING, 3_000]]
    # The outer aisles and the back cross-aisle run over crossings without a node.
    assert {place: offset for place, (_, offset) in aisles.passed.items()} == {
        (0, 1): 8_500,
        (2, 1): 8_500,
        (1, 2): 3_000,
    }


def test_aisles_of_any_length_on_one_cross_aisle_need_two_rows() -> None:
    # A comb: 5, 7 and 9 m deep.
    depth = {"1": 5_000, "2": 7_000, "3": 9_000}
    layout = sample("single-block")
    nodes = tuple(
        replace(node, y_mm=depth[node.id[-1]]) if node.y_mm else node for node in layout.nodes
    )
    edges = tuple(
        replace(edge, length_mm=depth[edge.end[-1]]) if "back" in edge.end else edge
        for edge in layout.edges
        if not edge.start.startswith("back")
    )
    kept = tuple(place for place in layout.locations if place.offset_mm <= 5_000)
    aisles = recognised(replace(layout, nodes=nodes, edges=edges, locations=kept))
    assert aisles.aisle_mm.tolist() == [[5_000], [7_000], [9_000]]
    assert aisles.cross_mm.tolist() == [[3_000, MISSING], [3_000, MISSING]]


def test_station_between_two_aisles_is_placed_on_its_cross_aisle() -> None:
    layout = sample("single-block")
    edges = tuple(e for e in layout.edges if (e.start, e.end) != ("back-1", "back-2"))
    middle, out = NodeId("middle"), NodeId("out")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(middle, 1_000, 10_000), Node(out, 1_000, 12_000)),
        edges=(
            *edges,
            Edge(NodeId("back-2"), middle, 2_100),
            Edge(middle, NodeId("back-1"), 1_100),
            Edge(out, middle, 2_000),
        ),
        stations=(
            *layout.stations,
            Station(station("wall"), middle, StationKind.WALL),
            Station(station("dock"), out, StationKind.PACK),
        ),
    )
    aisles = recognised(more)
    # Lengths count, not coordinates: 1.1 m from the first aisle.
    assert aisles.stations[station("wall")] == Spot(0, 1, across_mm=1_100)
    assert aisles.stations[station("dock")] == Spot(0, 1, across_mm=1_100, stub_mm=2_000)
    assert aisles.cross_mm.tolist() == [[3_000, 3_200], [3_000, 3_000]]
    assert not aisles.regular


def test_station_inside_an_aisle_is_told_as_misplaced() -> None:
    layout = sample("single-block")
    edges = tuple(e for e in layout.edges if (e.start, e.end) != ("front-2", "back-2"))
    kept = tuple(p for p in layout.locations if p.edge != ("front-2", "back-2"))
    half = NodeId("half")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(half, 3_000, 5_000)),
        edges=(*edges, Edge(NodeId("front-2"), half, 5_000), Edge(half, NodeId("back-2"), 5_000)),
        locations=(
            *kept,
            Location(location("low"), edge=(NodeId("front-2"), half), offset_mm=1_000),
            Location(location("high"), edge=(NodeId("back-2"), half), offset_mm=1_000),
            Location(location("half"), node=half),
        ),
        stations=(*layout.stations, Station(station("desk"), half, StationKind.PACK)),
    )
    aisles = recognised(more)
    assert aisles.misplaced == {station("desk"): "it stands inside an aisle"}
    assert aisles.locations[location("low")] == Spot(1, 0, along_mm=1_000)
    assert aisles.locations[location("high")] == Spot(1, 0, along_mm=9_000)
    assert aisles.locations[location("half")] == Spot(1, 0, along_mm=5_000)


def test_locations_at_crossings_and_between_aisles_are_placed() -> None:
    layout = sample("single-block")
    edges = tuple(e for e in layout.edges if (e.start, e.end) != ("front-1", "front-2"))
    shelf = NodeId("shelf")
    more = replace(
        layout,
        nodes=(*layout.nodes, Node(shelf, 1_000, 0)),
        edges=(
            *edges,
            Edge(NodeId("front-1"), shelf, 1_000),
            Edge(shelf, NodeId("front-2"), 2_000),
        ),
        locations=(
            *layout.locations,
            Location(location("end"), edge=(NodeId("front-1"), NodeId("back-1")), offset_mm=10_000),
            Location(location("corner"), node=NodeId("back-3")),
            Location(location("shelf"), node=shelf),
        ),
    )
    aisles = recognised(more)
    assert aisles.n_columns == 4
    assert aisles.aisle_mm[1].tolist() == [MISSING]
    assert aisles.locations[location("end")] == Spot(0, 1)
    assert aisles.locations[location("corner")] == Spot(3, 1)
    assert aisles.locations[location("shelf")] == Spot(1, 0)
    # The back cross-aisle runs past the shelf's column without stopping.
    assert aisles.cross_mm[:2].tolist() == [[1_000, 1_000], [2_000, 2_000]]


@pytest.mark.parametrize("one_way", [False, True])
def test_locations_on_both_directions_are_refused(one_way: bool) -> None:
    reason = refused(square(one_way=one_way))
    expected = 'edge "a"-"b" is one-way' if one_way else "locations lie on edges along"
    assert reason.startswith(expected)


def test_reasons_name_the_obstacle() -> None:
    assert refused(sample("irregular")) == 'edge "a3"-"b3" is one-way'
    layout = sample("single-block")
    # 9 m aside on 10 m: 42 degrees.
    moved = {NodeId("back-2"): 9_000}
    oblique = tuple(replace(n, x_mm=n.x_mm + moved.get(n.id, 0)) for n in layout.nodes)
    assert refused(replace(layout, nodes=oblique)) == (
        'edge "front-2"-"back-2" runs neither along the aisles nor across them'
    )
    upstairs = tuple(
        replace(n, floor=1) if n.id in {"front-3", "back-3"} else n for n in layout.nodes
    )
    assert "joins two floors" in refused(replace(layout, nodes=upstairs))
    doubled = (*layout.edges, Edge(NodeId("front-1"), NodeId("back-1"), 12_000))
    assert "overlaps another edge" in refused(replace(layout, edges=doubled))


def test_one_way_path_to_a_station_is_refused() -> None:
    layout = sample("single-block")
    exit_only = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("exit"), 0, -1_000)),
        edges=(*layout.edges, Edge(NodeId("front-1"), NodeId("exit"), 1_000, True)),
    )
    assert refused(exit_only) == 'edge "front-1"-"exit" is one-way'


def test_an_edge_that_bridges_a_crossing_is_refused() -> None:
    # The second cross-aisle passes over aisle 2 without a node there.
    layout = sample("two-block")
    gone = ({"N-01-1", "N-02-1"}, {"N-02-1", "N-03-1"})
    kept = tuple(edge for edge in layout.edges if {edge.start, edge.end} not in gone)
    bridge = Edge(NodeId("N-01-1"), NodeId("N-03-1"), 8_000)
    bridged = replace(layout, edges=(*kept, bridge))
    assert refused(bridged) == 'edge "N-01-1"-"N-03-1" passes over a crossing without a node'


def test_layout_without_locations_or_edges_is_refused_not_raised() -> None:
    empty = Layout("empty", (), (), (), ())
    assert refused(empty) == "no aisle holds a location"
    one = Layout(
        "one", (Node(NodeId("a"), 0, 0),), (), (Location(location("x"), node=NodeId("a")),), ()
    )
    assert refused(one) == 'location "x" lies on a node without edges'


def test_a_location_on_an_island_beside_the_aisles_is_refused_not_raised() -> None:
    # An island with a location at a height that no cross-aisle has.
    layout = sample("single-block")
    island = replace(
        layout,
        nodes=(
            *layout.nodes,
            Node(NodeId("island"), 90_000, 90_000),
            Node(NodeId("shore"), 91_000, 90_000),
        ),
        edges=(*layout.edges, Edge(NodeId("island"), NodeId("shore"), 1_000)),
        locations=(*layout.locations, Location(location("FAR"), node=NodeId("island"))),
    )
    found = recognise_aisles(island)
    assert isinstance(found, NotParallel)
    assert found.reason == 'location "FAR" lies on a node beside the aisles'


@pytest.mark.parametrize("seed", range(40))
def test_layouts_with_edges_missing_or_added_are_read_or_refused(seed: int) -> None:
    random = Random(seed)
    layout = generate_layout(aisles=4, positions=3, blocks=2, seed=seed)
    edges = list(layout.edges)
    for _ in range(random.randint(1, 4)):
        edges.pop(random.randrange(len(edges)))
    used = {frozenset(each.edge) for each in layout.locations if each.edge is not None}
    known = {frozenset((edge.start, edge.end)) for edge in edges}
    kept = tuple(
        each
        for each in layout.locations
        if each.edge is None or frozenset(each.edge) in used & known
    )
    a, b = random.sample([node.id for node in layout.nodes], 2)
    if frozenset((a, b)) not in known:
        edges.append(Edge(a, b, 100_000))
    recognise_aisles(replace(layout, edges=tuple(edges), locations=kept))
