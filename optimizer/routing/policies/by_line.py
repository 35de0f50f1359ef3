"""An order of stops for layouts without parallel aisles: straight line by straight line."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph, access_of, edge_numbers
from optimizer.layout.model import Edge, Node
from optimizer.layout.terminals import Terminals


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a location lies: its line, how far along, and where a one-way edge leads (+1, -1)."""

    line: Hashable
    along: float
    leads: int


class LineByLine:
    """Serpentine order over the straight lines of edges that hold picks.

    Edges on one straight line along x or y of a floor form a line, as an aisle does through
    several blocks; any other edge, and a node with locations, is a line of its own. Lines are
    taken floor by floor and from left to right (by the x, then the y of their first point), or
    the other way round where that begins nearer to the start. A line is walked in the direction of
    its one-way edges; without any, from the end whose pick is nearer to the picker, which gives
    the alternating directions of S-shape where aisles are parallel.

    Parameters
    ----------
    graph, terminals
        The layout's walking graph and the distances of its stops.
    """

    def __init__(self, graph: WalkingGraph, terminals: Terminals) -> None:
        self._terminals = terminals
        self._place: dict[LocationId, _Place] = {}
        self._corner: dict[Hashable, tuple[int, int, int]] = {}
        layout = graph.layout
        numbers = edge_numbers(layout.edges)
        nodes = {node.id: node for node in layout.nodes}
        for location in layout.locations:
            if location.node is not None:
                node = nodes[location.node]
                self._place[location.id] = _Place(node.id, 0.0, 0)
                self._corner[node.id] = (node.floor, node.x_mm, node.y_mm)
                continue
            access = access_of(location, layout.edges, numbers)
            edge = layout.edges[access.edge]
            a, b = nodes[edge.start], nodes[edge.end]
            share = access.offset_mm / edge.length_mm
            self._place[location.id] = place = _on_line(edge, a, b, share)
            corner = (min(a.floor, b.floor), min(a.x_mm, b.x_mm), min(a.y_mm, b.y_mm))
            self._corner[place.line] = min(corner, self._corner.get(place.line, corner))

    def order(self, wanted: set[LocationId], start: StationId) -> list[LocationId]:
        """Return the locations in walking order."""
        by_line: dict[Hashable, list[LocationId]] = {}
        for location in sorted(wanted):
            by_line.setdefault(self._place[location].line, []).append(location)
        for held in by_line.values():
            held.sort(key=lambda location: self._place[location].along)
        lines = sorted(by_line, key=self._corner.__getitem__)
        here = self._terminals.point(start)
        if self._nearest(here, by_line[lines[-1]]) < self._nearest(here, by_line[lines[0]]):
            lines.reverse()
        order: list[LocationId] = []
        for line in lines:
            held = by_line[line]
            leads = sum(self._place[location].leads for location in held)
            turned = self._walk(here, held[-1]) < self._walk(here, held[0])
            if leads < 0 or (leads == 0 and turned):
                held.reverse()
            order += held
            here = self._terminals.point(held[-1])
        return order

    def _nearest(self, here: int, held: list[LocationId]) -> float:
        return min(self._walk(here, held[0]), self._walk(here, held[-1]))

    def _walk(self, here: int, location: LocationId) -> float:
        length = self._terminals.length_mm(here, self._terminals.point(location))
        return float("inf") if length == UNREACHABLE else length


def _on_line(edge: Edge, a: Node, b: Node, share: float) -> _Place:
    """Return the place at a share of the edge from ``a`` to ``b``."""
    leads = 1 if edge.one_way else 0
    if a.floor == b.floor and a.x_mm == b.x_mm:
        low, high, line = a.y_mm, b.y_mm, (a.floor, "x", a.x_mm)
    elif a.floor == b.floor and a.y_mm == b.y_mm:
        low, high, line = a.x_mm, b.x_mm, (a.floor, "y", a.y_mm)
    else:
        return _Place((edge.start, edge.end), share, leads)
    return _Place(line, low + (high - low) * share, leads if high > low else -leads)
