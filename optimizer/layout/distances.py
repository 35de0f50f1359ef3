"""Walking distances and walked lines between the places of a layout, exact to the millimetre.

Locations on an edge get an access point that splits the edge; locations at the same offset share
it. Shortest paths run from the asked places only, never between all pairs: on 2,500 points one
source costs about 0.05 ms, among others.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.crossings import Crossings, Stretch, make_crossings
from optimizer.layout.model import Edge, Layout, Location

Point = tuple[int, int, int]
"""(x_mm, y_mm, floor)."""

UNREACHABLE = -1
"""Stands for "no walk" in the rows of :meth:`WalkingGraph.distances_from`."""

_KEPT_BYTES = 64_000_000
"""Memory for kept shortest-path trees: all of a layout of 2,000 points, 260 of 20,000."""

_TREE_BYTES = 12
"""Per vertex: an int64 length and an int32 predecessor."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a location is reached: ``offset_mm`` from the start of edge number ``edge``."""

    edge: int
    offset_mm: int


def edge_numbers(edges: Sequence[Edge]) -> dict[tuple[NodeId, NodeId], int]:
    """Return which edge a pair of nodes names, in both directions.

    Of several edges between two nodes the first one in the pair's own direction counts; a pair
    names an edge of the opposite direction only where there is none of its own.
    """
    numbers: dict[tuple[NodeId, NodeId], int] = {}
    for number, edge in enumerate(edges):
        numbers.setdefault((edge.start, edge.end), number)
    for number, edge in enumerate(edges):
        numbers.setdefault((edge.end, edge.start), number)
    return numbers


def access_of(
    location: Location, edges: Sequence[Edge], numbers: dict[tuple[NodeId, NodeId], int]
) -> Access:
    """Return the access of a location that lies on an edge.

    Raises
    ------
    LayoutError
        When the pair of nodes names no edge, or the offset lies beyond the edge.
    """
    pair = location.edge
    number = None if pair is None else numbers.get(pair)
    if pair is None or number is None:
        raise LayoutError(f'location "{location.id}": no edge {pair!r}')
    edge = edges[number]
    if not 0 <= location.offset_mm <= edge.length_mm:
        raise LayoutError(
            f'location "{location.id}": offset_mm {location.offset_mm} lies outside its edge of '
            f"{edge.length_mm} mm"
        )
    turned = (edge.start, edge.end) != pair
    return Access(number, edge.length_mm - location.offset_mm if turned else location.offset_mm)


class WalkingGraph:
    """The walking graph of a layout with its access points, ready for shortest paths.

    Vertices are numbered: first the nodes of the layout in their order, then the access points
    inside edges. Distances are integers in millimetres and, with one-way edges, not symmetric.

    Raises
    ------
    LayoutError
        When an edge, location or station refers to something that does not exist, or two places
        have the same id.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._nodes = {node.id: number for number, node in enumerate(layout.nodes)}
        self._points: list[Point] = [(node.x_mm, node.y_mm, node.floor) for node in layout.nodes]
        self._places: dict[PlaceId, int] = {}
        interior = self._place_locations()
        for station in layout.stations:
            self._name(station.id, self._node(station.node, f'station "{station.id}"'))
        self._arcs = self._build_arcs(interior)
        self._crossings = self._make_crossings(interior)
        self._kept: OrderedDict[int, tuple[NDArray[np.int64], NDArray[np.int32]]] = OrderedDict()

    @property
    def n_vertices(self) -> int:
        """Number of nodes and access points."""
        return len(self._points)

    def vertex(self, place: PlaceId) -> int:
        """Return the vertex number of a location or station.

        Raises
        ------
        LayoutError
            When the layout has no such place.
        """
        try:
            return self._places[place]
        except KeyError:
            raise LayoutError(f'no location or station "{place}" in this layout') from None

    def node_vertex(self, node: NodeId) -> int:
        """Return the vertex number of a node."""
        return self._node(node, "asked")

    def point(self, place: PlaceId) -> Point:
        """Return where one stands to reach a place."""
        return self._points[self.vertex(place)]

    def distances_from(self, vertices: Sequence[int]) -> NDArray[np.int64]:
        """Return the distances from some vertices to all vertices.

        Returns
        -------
        NDArray
            Shape (len(vertices), n_vertices), int64, millimetres; ``UNREACHABLE`` where no walk
            leads.
        """
        if not len(vertices):
            return np.zeros((0, self.n_vertices), dtype=np.int64)
        return _as_millimetres(self._crossings.distances_from(vertices))

    def distances_to(self, vertices: Sequence[int]) -> NDArray[np.int64]:
        """Return the distances from all vertices to some; shape as :meth:`distances_from`."""
        if not len(vertices):
            return np.zeros((0, self.n_vertices), dtype=np.int64)
        backwards = self._arcs.T.tocsr()
        return _as_millimetres(dijkstra(backwards, directed=True, indices=list(vertices)))

    def matrix(
        self, places: Sequence[PlaceId], *, targets: Sequence[PlaceId] | None = None
    ) -> NDArray[np.int64]:
        """Return the distances from each of ``places`` to each of ``targets`` (default: places).

        Returns
        -------
        NDArray
            Shape (len(places), len(targets)), int64, millimetres, not necessarily symmetric.

        Raises
        ------
        LayoutError
            When a place does not exist.
        UnreachableError
            When no walk leads from one of the places to one of the targets.
        """
        wanted = places if targets is None else targets
        origins = [self.vertex(place) for place in places]
        columns = [self.vertex(place) for place in wanted]
        sources, inverse = np.unique(np.asarray(origins, dtype=np.int64), return_inverse=True)
        result = self.distances_from(sources.tolist())[inverse][:, columns]
        missing = np.argwhere(result == UNREACHABLE)
        if len(missing):
            row, column = missing[0]
            raise UnreachableError(places[row], wanted[column])
        return result

    def length_mm(self, origin: PlaceId, target: PlaceId) -> int:
        """Return the length of the shortest walk; errors as :meth:`matrix`."""
        lengths, _ = self._tree(self.vertex(origin))
        length = int(lengths[self.vertex(target)])
        if length == UNREACHABLE:
            raise UnreachableError(origin, target)
        return length

    def path(self, origin: PlaceId, target: PlaceId) -> tuple[Point, ...]:
        """Return the corner points of a shortest walk, both ends included.

        One point when both places have the same access point; errors as :meth:`matrix`.
        """
        source, vertex = self.vertex(origin), self.vertex(target)
        lengths, before = self._tree(source)
        if lengths[vertex] == UNREACHABLE:
            raise UnreachableError(origin, target)
        n_nodes = len(self._nodes)
        walk = [vertex]
        while vertex != source:
            vertex = int(before[vertex])
            # Access points passed by lie inside a straight edge: no corner.
            if vertex < n_nodes or vertex == source:
                walk.append(vertex)
        return without_straight_points([self._points[vertex] for vertex in reversed(walk)])

    def reachable(self, *, start: StationId, end: StationId) -> frozenset[LocationId]:
        """Return the locations to which a walk leads from ``start`` and on to ``end``."""
        from_start = self.distances_from([self.vertex(start)])[0]
        to_end = self.distances_to([self.vertex(end)])[0]
        open_vertices = (from_start != UNREACHABLE) & (to_end != UNREACHABLE)
        return frozenset(
            location.id
            for location in self.layout.locations
            if open_vertices[self._places[location.id]]
        )

    def _tree(self, source: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return lengths and predecessors from one vertex; the last few hundred are kept."""
        known = self._kept.get(source)
        if known is not None:
            self._kept.move_to_end(source)
            return known
        lengths, before = dijkstra(
            self._arcs, directed=True, indices=[source], return_predecessors=True
        )
        tree = (_as_millimetres(lengths)[0], before[0])
        self._kept[source] = tree
        if len(self._kept) * self.n_vertices * _TREE_BYTES > _KEPT_BYTES:
            self._kept.popitem(last=False)
        return tree

    def _node(self, node: NodeId, culprit: str) -> int:
        try:
            return self._nodes[node]
        except KeyError:
            raise LayoutError(f'{culprit}: no node "{node}" in this layout') from None

    def _name(self, place: PlaceId, vertex: int) -> None:
        if place in self._places:
            raise LayoutError(f'two places have the id "{place}"')
        self._places[place] = vertex

    def _place_locations(self) -> list[dict[int, int]]:
        """Name the locations; return per edge its inner access points: offset -> vertex."""
        edges = self.layout.edges
        numbers = edge_numbers(edges)
        interior: list[dict[int, int]] = [{} for _ in edges]
        for location in self.layout.locations:
            if location.node is not None:
                vertex = self._node(location.node, f'location "{location.id}"')
            else:
                access = access_of(location, edges, numbers)
                vertex = self._split(access, interior[access.edge])
            self._name(location.id, vertex)
        return interior

    def _split(self, access: Access, inner: dict[int, int]) -> int:
        edge = self.layout.edges[access.edge]
        start = self._node(edge.start, f'edge "{edge.start}"-"{edge.end}"')
        end = self._node(edge.end, f'edge "{edge.start}"-"{edge.end}"')
        if access.offset_mm == 0:
            return start
        if access.offset_mm == edge.length_mm:
            return end
        vertex = inner.get(access.offset_mm)
        if vertex is None:
            vertex = inner[access.offset_mm] = len(self._points)
            self._points.append(
                _between(self._points[start], self._points[end], access.offset_mm, edge.length_mm)
            )
        return vertex

    def _make_crossings(self, interior: list[dict[int, int]]) -> Crossings:
        stretches = [
            Stretch(
                self._nodes[edge.start],
                self._nodes[edge.end],
                edge.length_mm,
                edge.one_way,
                tuple(inner.items()),
            )
            for edge, inner in zip(self.layout.edges, interior, strict=True)
        ]
        return make_crossings(self.n_vertices, len(self._nodes), stretches)

    def _build_arcs(self, interior: list[dict[int, int]]) -> csr_matrix:
        shortest: dict[tuple[int, int], int] = {}
        for edge, inner in zip(self.layout.edges, interior, strict=True):
            culprit = f'edge "{edge.start}"-"{edge.end}"'
            cuts = [(0, self._node(edge.start, culprit)), *sorted(inner.items())]
            cuts.append((edge.length_mm, self._node(edge.end, culprit)))
            for (offset, tail), (next_offset, head) in itertools.pairwise(cuts):
                length = next_offset - offset
                arcs = [(tail, head)] if edge.one_way else [(tail, head), (head, tail)]
                for arc in arcs:
                    shortest[arc] = min(shortest.get(arc, length), length)
        tails = np.fromiter((tail for tail, _ in shortest), dtype=np.int64, count=len(shortest))
        heads = np.fromiter((head for _, head in shortest), dtype=np.int64, count=len(shortest))
        # Integers below 2**53 are exact as floats, and so are their sums and minima.
        lengths = np.fromiter(shortest.values(), dtype=np.float64, count=len(shortest))
        n = self.n_vertices
        return csr_matrix((lengths, (tails, heads)), shape=(n, n))


def without_straight_points(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return a walked line without repeated points and points passed straight through."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) >= 2 and _straight(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _straight(a: Point, b: Point, c: Point) -> bool:
    """Return whether one walks straight on at ``b``, on one floor."""
    if not a[2] == b[2] == c[2]:
        return False
    first, second = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    cross = first[0] * second[1] - first[1] * second[0]
    return cross == 0 and first[0] * second[0] + first[1] * second[1] > 0


def _between(a: Point, b: Point, offset_mm: int, length_mm: int) -> Point:
    """Return the point at a share of the line; on stairs the nearer floor is shown."""
    x = a[0] + round((b[0] - a[0]) * offset_mm / length_mm)
    y = a[1] + round((b[1] - a[1]) * offset_mm / length_mm)
    return (x, y, a[2] if 2 * offset_mm <= length_mm else b[2])


def _as_millimetres(lengths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return float lengths as int64, ``UNREACHABLE`` for infinity; overwrites its argument."""
    lengths[np.isinf(lengths)] = UNREACHABLE
    return lengths.astype(np.int64)
