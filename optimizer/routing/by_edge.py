"""An order of stops for layouts without parallel aisles: aisle edge by aisle edge."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph, access_of, edge_numbers
from optimizer.layout.terminals import Terminals


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a location lies: its edge (or its own node, below zero) and the offset on it."""

    edge: int
    offset_mm: int


class EdgeByEdge:
    """Serpentine order over the edges that hold picks.

    Edges are taken floor by floor and from left to right (by the x, then the y of their middle),
    from the end of that line that is nearer to the start. One-way edges are walked in their
    direction; others from the end whose pick is nearer to where the picker stands, which gives
    the alternating directions of S-shape where aisles are parallel.

    Parameters
    ----------
    graph, terminals
        The layout's walking graph and the distances of its stops.
    """

    def __init__(self, graph: WalkingGraph, terminals: Terminals) -> None:
        self._graph = graph
        self._terminals = terminals
        layout = graph.layout
        numbers = edge_numbers(layout.edges)
        self._one_way = [edge.one_way for edge in layout.edges]
        self._place: dict[LocationId, _Place] = {}
        self._middle: dict[int, tuple[int, int, int]] = {}
        points = {node.id: (node.floor, node.x_mm, node.y_mm) for node in layout.nodes}
        for number, edge in enumerate(layout.edges):
            a, b = points[edge.start], points[edge.end]
            self._middle[number] = (min(a[0], b[0]), a[1] + b[1], a[2] + b[2])
        for number, location in enumerate(layout.locations):
            if location.node is None:
                access = access_of(location, layout.edges, numbers)
                self._place[location.id] = _Place(access.edge, access.offset_mm)
            else:
                floor, x, y = points[location.node]
                self._place[location.id] = _Place(-1 - number, 0)
                self._middle[-1 - number] = (floor, 2 * x, 2 * y)

    def order(self, wanted: set[LocationId], start: StationId) -> list[LocationId]:
        """Return the locations in walking order."""
        by_edge: dict[int, list[LocationId]] = {}
        for location in sorted(wanted):
            by_edge.setdefault(self._place[location].edge, []).append(location)
        for held in by_edge.values():
            held.sort(key=lambda location: self._place[location].offset_mm)
        edges = sorted(by_edge, key=self._middle.__getitem__)
        here = self._terminals.point(start)
        if self._walk(here, by_edge[edges[-1]][0]) < self._walk(here, by_edge[edges[0]][0]):
            edges.reverse()
        order: list[LocationId] = []
        for edge in edges:
            held = by_edge[edge]
            turned = self._walk(here, held[-1]) < self._walk(here, held[0])
            if turned and not (edge >= 0 and self._one_way[edge]):
                held.reverse()
            order += held
            here = self._terminals.point(held[-1])
        return order

    def _walk(self, here: int, location: LocationId) -> float:
        length = self._terminals.length_mm(here, self._terminals.point(location))
        return float("inf") if length == UNREACHABLE else length
