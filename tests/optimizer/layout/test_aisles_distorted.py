"""Recognition of layouts that are drawn inexactly, turned, divided or partly closed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np
import pytest

from optimizer.ids import NodeId
from optimizer.layout.aisles import (
    MISSING,
    NotParallel,
    ParallelAisles,
    Spot,
    recognise_aisles,
    recognise_directed_aisles,
)
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.routing.exact import ExactRouter
from optimizer.routing.graph_tour import GraphTourRouter
from tests.optimizer.layout.distorted import (
    Drawing,
    divided,
    implied_distances,
    redrawn,
    without_edges,
)
from tests.optimizer.layout.samples import location, sample, station


@dataclass(frozen=True, slots=True)
class Made:
    """A generated layout with what is to be recognised in it."""

    layout: Layout
    n_columns: int
    n_rows: int
    pitch_mm: int
    """The smallest distance of two aisles or two cross-aisles."""


def made(chance: random.Random, *, one_way: bool = False, aisles: int | None = None) -> Made:
    n_columns = aisles or chance.choice([1, 2, 3, 4, 5, 9])
    blocks = chance.randint(1, 4)
    across, pitch = chance.choice([1_500, 2_500, 4_000, 6_000]), chance.choice([500, 1_000])
    positions, width = chance.randint(1, 6), chance.choice([1_500, 3_000])
    layout = generate_layout(
        aisles=n_columns,
        positions=positions,
        blocks=blocks,
        levels=chance.choice([1, 2]),
        zones=chance.randint(1, n_columns),
        packs=chance.randint(1, 3),
        one_way=one_way and n_columns > 1,
        aisle_pitch_mm=across,
        position_pitch_mm=pitch,
        cross_aisle_mm=width,
    )
    # A single aisle has no cross-aisles between its blocks, only ends.
    n_rows = blocks + 1 if n_columns > 1 else 2
    return Made(layout, n_columns, n_rows, min(across, positions * pitch + width))


def drawing(chance: random.Random, jitter_mm: float, *, askew: float = 0.0) -> Drawing:
    degrees = chance.choice([0, 90, 180, 270]) + chance.uniform(-askew, askew)
    return Drawing(jitter_mm, degrees, chance.random() < 0.5)


def assert_distances_hold(layout: Layout, aisles: ParallelAisles, chance: random.Random) -> None:
    """Compare the distances of the structure with those of the graph."""
    places = [place.id for place in layout.locations]
    places = chance.sample(places, min(len(places), 30))
    assert set(aisles.locations) == {place.id for place in layout.locations}
    assert len(aisles.stations) + len(aisles.misplaced) == len(layout.stations)
    graph = WalkingGraph(layout)
    vertices = [graph.vertex(place) for place in places]
    assert np.array_equal(
        implied_distances(aisles, places), graph.distances_from(vertices)[:, vertices]
    )
    # A station is compared one by one: two on one dead end may be nearer to each other.
    for name, spot in aisles.stations.items():
        walk = graph.distances_from([graph.vertex(name)])[0, vertices]
        implied = implied_distances(aisles, [name, *places])[0, 1:]
        assert np.array_equal(walk, np.where(implied < 0, implied, implied + spot.stub_mm))


@pytest.mark.parametrize("seed", range(60))
def test_exact_drawing_is_recognised_in_any_position_order_and_division(seed: int) -> None:
    chance = random.Random(seed)
    one = made(chance, one_way=seed % 2 == 1)
    layout = divided(one.layout, chance, 6)
    layout = redrawn(layout, chance, drawing(chance, 0, askew=44 if seed % 3 == 0 else 0))
    aisles = recognise_directed_aisles(layout)
    assert isinstance(aisles, ParallelAisles), aisles
    assert (aisles.n_columns, aisles.n_rows) == (one.n_columns, one.n_rows)
    assert not aisles.misplaced
    assert aisles.directed == (seed % 2 == 1 and one.n_columns > 1)
    assert_distances_hold(layout, aisles, chance)


@pytest.mark.parametrize("seed", range(60))
def test_nodes_off_by_a_fifth_of_the_pitch_are_recognised(seed: int) -> None:
    chance = random.Random(1_000 + seed)
    one = made(chance, one_way=seed % 2 == 1)
    askew = 4 if seed % 3 == 0 else 0
    layout = redrawn(one.layout, chance, drawing(chance, 0.2 * one.pitch_mm, askew=askew))
    aisles = recognise_directed_aisles(layout)
    assert isinstance(aisles, ParallelAisles), aisles
    assert (aisles.n_columns, aisles.n_rows) == (one.n_columns, one.n_rows)
    assert not aisles.misplaced
    # Lengths are those of the edges, untouched by the drawing.
    assert aisles.regular == (not aisles.directed)
    assert_distances_hold(layout, aisles, chance)


@pytest.mark.parametrize("seed", range(60))
def test_closed_edges_leave_the_rest_recognised(seed: int) -> None:
    chance = random.Random(2_000 + seed)
    one = made(chance, one_way=seed % 2 == 1, aisles=chance.randint(2, 6))
    count = 1 if seed < 20 else chance.randint(2, len(one.layout.edges) // 4)
    layout = without_edges(one.layout, chance.sample(range(len(one.layout.edges)), count))
    jitter = 0.2 * one.pitch_mm if seed % 3 == 0 else 0
    layout = redrawn(divided(layout, chance, seed % 4), chance, drawing(chance, jitter))
    if not layout.locations:
        return
    aisles = recognise_directed_aisles(layout)
    assert isinstance(aisles, ParallelAisles), aisles
    assert_distances_hold(layout, aisles, chance)


@pytest.mark.parametrize("seed", range(25))
def test_exact_tours_of_distorted_layouts_equal_those_of_the_graph(seed: int) -> None:
    chance = random.Random(3_000 + seed)
    one = made(chance, aisles=chance.randint(2, 5))
    layout = without_edges(one.layout, [chance.randrange(len(one.layout.edges))])
    layout = redrawn(layout, chance, drawing(chance, 0.2 * one.pitch_mm))
    aisles = recognise_aisles(layout)
    assert isinstance(aisles, ParallelAisles), aisles
    graph = WalkingGraph(layout)
    exact, reference = ExactRouter(layout, graph, aisles=aisles), GraphTourRouter(layout, graph)
    stations = [station.id for station in layout.stations]
    wanted = chance.sample([place.id for place in layout.locations], 4)
    open_places = graph.reachable(start=stations[0], end=stations[1])
    wanted = [place for place in wanted if place in open_places]
    if stations[1] in aisles.misplaced or stations[0] in aisles.misplaced:
        return
    for end in stations[:2]:
        tour = exact.route(wanted, start=stations[0], end=end)
        assert tour.length_mm == reference.length_mm(wanted, start=stations[0], end=end)


def random_graph(chance: random.Random) -> Layout:
    """Return a few nodes on a coarse raster with mostly straight edges between them."""
    size = chance.randint(2, 4)
    nodes = [
        Node(NodeId(f"n{n}"), 1_000 * chance.randrange(size), 1_000 * chance.randrange(size))
        for n in range(chance.randint(2, 12))
    ]
    edges: list[Edge] = []
    for _ in range(chance.randint(1, 2 * len(nodes))):
        a, b = chance.sample(nodes, 2)
        straight = a.x_mm == b.x_mm or a.y_mm == b.y_mm
        known = any({a.id, b.id} == {edge.start, edge.end} for edge in edges)
        if (straight or chance.random() < 0.1) and not known:
            edges.append(Edge(a.id, b.id, chance.randint(1, 3_000), chance.random() < 0.1))
    places = []
    for number in range(chance.randint(1, 5) if edges else 0):
        edge = chance.choice(edges)
        ends, offset = (edge.start, edge.end), chance.randint(0, edge.length_mm)
        if chance.random() < 0.2:
            places.append(Location(location(f"L{number}"), node=edge.end))
        else:
            places.append(Location(location(f"L{number}"), edge=ends, offset_mm=offset))
    stations = (Station(station("S"), chance.choice(nodes).id, StationKind.START),)
    return Layout("random", tuple(nodes), tuple(edges), tuple(places), stations)


@pytest.mark.parametrize("seed", range(10))
def test_any_graph_is_refused_or_has_its_distances(seed: int) -> None:
    chance = random.Random(4_000 + seed)
    recognised = 0
    for _ in range(150):
        layout = random_graph(chance)
        aisles = recognise_directed_aisles(layout)
        if isinstance(aisles, ParallelAisles):
            assert_distances_hold(layout, aisles, chance)
            recognised += 1
        else:
            assert aisles.reason
    assert recognised >= 10


def test_a_closed_edge_leaves_rows_and_columns_whole() -> None:
    # Two blocks, aisles at 0, 4, 8 m: cross-aisles 4.5 m apart. The middle one loses a stretch.
    layout = generate_layout(aisles=3, blocks=2, positions=3, position_pitch_mm=500)
    gone = [
        n
        for n, edge in enumerate(layout.edges)
        if {edge.start, edge.end} == {"N-01-1", "N-02-1"} or edge.start == "N-03-0"
    ]
    aisles = recognise_aisles(without_edges(layout, gone))
    assert isinstance(aisles, ParallelAisles)
    assert aisles.aisle_mm.tolist() == [[4_500, 4_500], [4_500, 4_500], [MISSING, 4_500]]
    assert aisles.cross_mm[0].tolist() == [4_000, MISSING, 4_000]
    assert aisles.cross_mm[1, 1:].tolist() == [4_000, 4_000]
    # The first column runs over the middle row at the node there.
    assert aisles.crossings[0, 1] == "N-01-1"


def test_one_way_stretches_are_told_with_their_direction() -> None:
    layout = generate_layout(aisles=3, blocks=2, positions=3, one_way=True)
    assert recognise_aisles(layout) == NotParallel('edge "N-01-0"-"N-01-1" is one-way')
    aisles = recognise_directed_aisles(layout)
    assert isinstance(aisles, ParallelAisles)
    assert aisles.one_way.tolist() == [[1, 1], [-1, -1], [1, 1]]
    assert not aisles.cross_one_way.any()
    assert aisles.directed
    assert not aisles.regular
    # The second aisle is listed from its back; places still count from the front row.
    first = next(place for place in layout.locations if place.id == "A-02-1-01-L")
    assert first.offset_mm == 2_000
    assert aisles.locations[first.id] == Spot(1, 0, along_mm=2_000)


def test_one_way_cross_aisle_is_told_with_its_direction() -> None:
    layout = sample("two-block")
    edges = tuple(
        replace(edge, one_way=True) if {edge.start, edge.end} == {"N-01-2", "N-02-2"} else edge
        for edge in layout.edges
    )
    aisles = recognise_directed_aisles(replace(layout, edges=edges))
    assert isinstance(aisles, ParallelAisles)
    assert abs(aisles.cross_one_way).sum() == abs(aisles.cross_one_way[0, 2]) == 1


def with_halves(first: Edge, second: Edge, *, held: bool) -> Layout:
    """Return the single block with aisle 2 in two halves, with locations or without."""
    layout = sample("single-block")
    whole = ("front-2", "back-2")
    edges = tuple(edge for edge in layout.edges if (edge.start, edge.end) != whole)
    kept = tuple(place for place in layout.locations if place.edge != whole)
    place = Location(location("X"), edge=(second.start, second.end), offset_mm=1_000)
    return replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("half"), 3_000, 4_000)),
        edges=(*edges, first, second),
        locations=(*kept, place) if held else kept,
    )


FRONT, HALF, BACK = NodeId("front-2"), NodeId("half"), NodeId("back-2")


def test_a_stretch_that_is_one_way_in_part_counts_as_one_way_where_nothing_lies() -> None:
    halves = Edge(FRONT, HALF, 4_000, one_way=True), Edge(HALF, BACK, 6_000)
    aisles = recognise_directed_aisles(with_halves(*halves, held=False))
    assert isinstance(aisles, ParallelAisles)
    assert aisles.one_way.tolist() == [[0], [1], [0]]
    # Its two-way half could be walked to and back from: a structure without that would be wrong.
    assert recognise_directed_aisles(with_halves(*halves, held=True)) == NotParallel(
        'edge "front-2"-"half" is one-way, but the rest of its stretch is not'
    )


def test_a_stretch_that_is_one_way_against_itself_is_refused() -> None:
    halves = Edge(FRONT, HALF, 4_000, one_way=True), Edge(BACK, HALF, 6_000, one_way=True)
    assert recognise_directed_aisles(with_halves(*halves, held=False)) == NotParallel(
        'edge "front-2"-"half" is one-way against another edge of its stretch'
    )


def test_a_large_layout_has_its_structure() -> None:
    layout = generate_layout(aisles=50, blocks=4, positions=40)
    aisles = recognise_aisles(layout)
    assert isinstance(aisles, ParallelAisles)
    assert (aisles.n_columns, aisles.n_rows, len(aisles.locations)) == (50, 5, 16_000)
