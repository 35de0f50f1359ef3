"""Layouts drawn inexactly, and the distances that a recognised structure implies."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from optimizer.ids import NodeId, PlaceId
from optimizer.layout.aisles import ParallelAisles, Spot
from optimizer.layout.distances import UNREACHABLE
from optimizer.layout.model import Edge, Layout, Location, Node


def without_edges(layout: Layout, numbers: Sequence[int]) -> Layout:
    """Return a layout without some edges and what lies on them."""
    gone = {edge for n in numbers for edge in _names(layout.edges[n])}
    return replace(
        layout,
        edges=tuple(edge for n, edge in enumerate(layout.edges) if n not in numbers),
        locations=tuple(place for place in layout.locations if place.edge not in gone),
    )


def divided(layout: Layout, chance: random.Random, times: int) -> Layout:
    """Return a layout with more nodes of degree two, each at a random place of an edge."""
    for number in range(times):
        at = chance.randrange(len(layout.edges))
        edge = layout.edges[at]
        if edge.length_mm > 1:
            layout = _divided(layout, at, chance.randint(1, edge.length_mm - 1), f"div{number}")
    return layout


def _divided(layout: Layout, at: int, cut: int, name: str) -> Layout:
    edge = layout.edges[at]
    points = {node.id: node for node in layout.nodes}
    a, b, middle = points[edge.start], points[edge.end], NodeId(name)
    share = cut / edge.length_mm
    node = Node(
        middle,
        a.x_mm + round(share * (b.x_mm - a.x_mm)),
        a.y_mm + round(share * (b.y_mm - a.y_mm)),
    )
    halves = (
        Edge(edge.start, middle, cut, edge.one_way),
        Edge(middle, edge.end, edge.length_mm - cut, edge.one_way),
    )
    places = []
    for place in layout.locations:
        if place.edge in _names(edge):
            along = place.edge == (edge.start, edge.end)
            offset = place.offset_mm if along else edge.length_mm - place.offset_mm
            half, offset = (halves[0], offset) if offset <= cut else (halves[1], offset - cut)
            place = replace(place, edge=(half.start, half.end), offset_mm=offset)
        places.append(place)
    edges = (*layout.edges[:at], *halves, *layout.edges[at + 1 :])
    return replace(layout, nodes=(*layout.nodes, node), edges=edges, locations=tuple(places))


def _names(edge: Edge) -> tuple[tuple[NodeId, NodeId], tuple[NodeId, NodeId]]:
    return (edge.start, edge.end), (edge.end, edge.start)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a layout is drawn anew: nodes off by up to ``jitter_mm`` in x and in y, then turned."""

    jitter_mm: float = 0.0
    degrees: float = 0.0
    mirrored: bool = False


def redrawn(layout: Layout, chance: random.Random, drawing: Drawing) -> Layout:
    """Return a layout with new ids and order, edges named from either end, drawn as told."""
    cosine, sine = math.cos(math.radians(drawing.degrees)), math.sin(math.radians(drawing.degrees))
    names = {node.id: NodeId(f"{chance.getrandbits(64):x}") for node in layout.nodes}
    nodes = []
    for node in layout.nodes:
        x = node.x_mm + chance.uniform(-drawing.jitter_mm, drawing.jitter_mm)
        y = node.y_mm + chance.uniform(-drawing.jitter_mm, drawing.jitter_mm)
        x = -x if drawing.mirrored else x
        point = round(x * cosine - y * sine), round(x * sine + y * cosine)
        nodes.append(Node(names[node.id], *point))
    edges = []
    for edge in layout.edges:
        ends = names[edge.start], names[edge.end]
        if not edge.one_way and chance.random() < 0.5:
            ends = ends[1], ends[0]
        edges.append(Edge(*ends, edge.length_mm, edge.one_way))
    places = [_renamed(place, names) for place in layout.locations]
    stations = [replace(one, node=names[one.node]) for one in layout.stations]
    for part in (nodes, edges, places, stations):
        chance.shuffle(part)
    return replace(
        layout,
        nodes=tuple(nodes),
        edges=tuple(edges),
        locations=tuple(places),
        stations=tuple(stations),
    )


def _renamed(place: Location, names: dict[NodeId, NodeId]) -> Location:
    if place.edge is not None:
        return replace(place, edge=(names[place.edge[0]], names[place.edge[1]]))
    assert place.node is not None
    return replace(place, node=names[place.node])


Point = tuple[str, int, int, int]
"""Whether it lies on a column ("a") or a row ("c"), there (column, row), and millimetres on."""


def implied_distances(aisles: ParallelAisles, places: Sequence[PlaceId]) -> NDArray[np.int64]:
    """Return the distances between places by the structure alone, without its stubs.

    Shape (len(places), len(places)), int64, millimetres.
    """
    spots = [*aisles.locations.values(), *aisles.stations.values()]
    arcs = dict[tuple[Point, Point], int]()
    for kind, lengths, ways in (
        ("a", aisles.aisle_mm, aisles.one_way),
        ("c", aisles.cross_mm, aisles.cross_one_way),
    ):
        for (column, row), length in np.ndenumerate(lengths):
            inner = {_point(spot)[3] for spot in spots if _point(spot)[:3] == (kind, column, row)}
            if length < 0:
                assert inner <= {0}
                continue
            assert all(mm < length for mm in inner)
            beyond = (column, row + 1) if kind == "a" else (column + 1, row)
            line = [("a", column, row, 0), *((kind, column, row, mm) for mm in sorted(inner - {0}))]
            stops = [*((point, point[3]) for point in line), (("a", *beyond, 0), int(length))]
            for (point, at), (following, at_next) in itertools.pairwise(stops):
                if ways[column, row] >= 0:
                    arcs[point, following] = at_next - at
                if ways[column, row] <= 0:
                    arcs[following, point] = at_next - at
    places_at = [_point(_spot(aisles, place)) for place in places]
    number: dict[Point, int] = {}
    for point in (*(end for arc in arcs for end in arc), *places_at):
        number.setdefault(point, len(number))
    ends = np.array([(number[a], number[b]) for a, b in arcs], dtype=np.int64).reshape(-1, 2)
    mm = np.array(list(arcs.values()), dtype=np.float64)
    graph = csr_matrix((mm, (ends[:, 0], ends[:, 1])), shape=(len(number), len(number)))
    vertices = [number[point] for point in places_at]
    found = dijkstra(graph, indices=vertices)[:, vertices]
    return np.where(np.isfinite(found), found, UNREACHABLE).astype(np.int64)


def _spot(aisles: ParallelAisles, place: PlaceId) -> Spot:
    spots: dict[PlaceId, Spot] = dict[PlaceId, Spot](aisles.locations.items())
    return (spots | dict(aisles.stations.items()))[place]


def _point(spot: Spot) -> Point:
    if spot.across_mm:
        return ("c", spot.column, spot.row, spot.across_mm)
    return ("a", spot.column, spot.row, spot.along_mm)
