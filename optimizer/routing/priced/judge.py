"""The judge of priced walks: the cheapest walk over stops in a given order, without any solver.

It knows the definitions of :mod:`optimizer.routing.priced.prices` and nothing of how tours are
found. A walk is built stop by stop. After a stop inside an edge all that matters for the rest is
the *heading* with which the picker arrived and the *side* of the last stop of this visit that has
one; for each such state the cheapest walk so far is kept.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from optimizer.errors import UnreachableError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.distances import (
    Point,
    WalkingGraph,
    access_of,
    edge_numbers,
    without_straight_points,
)
from optimizer.layout.model import Edge, Location, Side
from optimizer.routing.priced.prices import PricedWalk, WalkPrices

FORTH, BACK, NO_HEADING = 1, -1, 0
"""Headings inside an edge: from its first node to its second, the other way, at a node."""


class _Sum(NamedTuple):
    """What a part of a walk costs; compared from left to right, added field by field."""

    cost_mm: int = 0
    length_mm: int = 0
    u_turns: int = 0
    crossings: int = 0
    floors: int = 0

    def plus(self, other: _Sum) -> _Sum:
        return _Sum(
            self.cost_mm + other.cost_mm,
            self.length_mm + other.length_mm,
            self.u_turns + other.u_turns,
            self.crossings + other.crossings,
            self.floors + other.floors,
        )


class _State(NamedTuple):
    """Heading at a stop, and side (``None``: no side yet) of the last stop with one."""

    heading: int = NO_HEADING
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a place is reached: at a node, or inside an edge; the side as the edge sees it."""

    id: PlaceId
    level: int = 0
    node: NodeId | None = None
    edge: int = -1
    offset_mm: int = 0
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class _Walked:
    """The cheapest walk to a state: its sum, the state before it, the nodes between both stops."""

    sum: _Sum
    before: _State
    nodes: tuple[NodeId, ...] = ()


_Layer = dict[_State, _Walked]

_Ways = dict[NodeId, tuple[_Sum, tuple[NodeId, ...]]]
"""Per node: the cheapest walk there, and the nodes it leads over, both ends included."""

_KEPT_WALKS = 1 << 14


class PriceJudge:
    """Judges walks over stops in a given order.

    Parameters
    ----------
    graph
        The walking graph; of it only the layout and the points of places are used.
    prices
        What is paid for; the limit of length is not its business.
    """

    def __init__(self, graph: WalkingGraph, prices: WalkPrices) -> None:
        self._graph = graph
        self._prices = prices
        layout = graph.layout
        self._edges = layout.edges
        self._floor = {node.id: node.floor for node in layout.nodes}
        self._point: dict[NodeId, Point] = {
            node.id: (node.x_mm, node.y_mm, node.floor) for node in layout.nodes
        }
        self._ways = self._ways_between_nodes()
        self._kept: dict[tuple[NodeId, ...], _Ways] = {}
        numbers = edge_numbers(layout.edges)
        self._places: dict[PlaceId, _Place] = {
            station.id: _Place(station.id, node=station.node) for station in layout.stations
        }
        for location in layout.locations:
            self._places[location.id] = _place(location, layout.edges, numbers)

    def judge(self, stops: Sequence[LocationId], *, start: StationId, end: StationId) -> PricedWalk:
        """Return the cheapest walk from ``start`` over the stops, in their order, to ``end``.

        Of equally cheap walks one of the shortest. Takes about a millisecond for ten stops.

        Raises
        ------
        LayoutError
            When the layout has no such place.
        UnreachableError
            When no walk that the prices allow leads from a stop to the next.
        """
        for name in (start, *stops, end):
            self._graph.vertex(name)
        places = [self._places[name] for name in (start, *stops, end)]
        layers: list[_Layer] = [{_State(): _Walked(_Sum(), _State())}]
        for origin, target in itertools.pairwise(places):
            layers.append(self._leg(layers[-1], origin, target))
        last = min(layers[-1], key=lambda state: layers[-1][state].sum)
        total = layers[-1][last].sum
        levels = sum(place.level for place in places)
        walk = PricedWalk(
            length_mm=total.length_mm,
            crossings=total.crossings,
            levels=levels,
            u_turns=total.u_turns,
            floor_changes=total.floors,
            cost_mm=total.cost_mm + levels * self._prices.level_mm,
        )
        return replace(walk, path=self._path(layers, places, last))

    def _ways_between_nodes(self) -> dict[NodeId, list[tuple[NodeId, _Sum]]]:
        ways: dict[NodeId, list[tuple[NodeId, _Sum]]] = {node: [] for node in self._floor}
        for number, edge in enumerate(self._edges):
            for tail, head in ((edge.start, edge.end), (edge.end, edge.start)):
                ends = (0, edge.length_mm) if tail == edge.start else (edge.length_mm, 0)
                move = self._move(number, *ends)
                if move is not None:
                    ways[tail].append((head, move))
        return ways

    def _move(self, number: int, origin_mm: int, target_mm: int) -> _Sum | None:
        """Return the price of walking inside an edge from offset to offset, if allowed."""
        edge = self._edges[number]
        if edge.one_way and target_mm < origin_mm:
            return None
        floors = abs(self._floor_at(edge, origin_mm) - self._floor_at(edge, target_mm))
        per_floor = self._prices.of_floors
        if floors and per_floor is None:
            return None
        length = abs(target_mm - origin_mm)
        return _Sum(length + floors * (per_floor or 0), length, floors=floors)

    def _floor_at(self, edge: Edge, offset_mm: int) -> int:
        nearer = edge.start if 2 * offset_mm <= edge.length_mm else edge.end
        return self._floor[nearer]

    def _leg(self, layer: _Layer, origin: _Place, target: _Place) -> _Layer:
        """Return the cheapest walks to the states at a stop from those at the stop before."""
        found: _Layer = {}

        def offer(state: _State, walked: _Walked) -> None:
            known = found.get(state)
            if known is None or walked.sum < known.sum:
                found[state] = walked

        for before, walked in layer.items():
            if target.node is None and target.edge == origin.edge:
                inside = self._inside(before, origin, target)
                if inside is not None:
                    state, cost = inside
                    offer(state, _Walked(walked.sum.plus(cost), before))
            exits = list(self._exits(before, origin))
            entries = list(self._entries(target))
            for gate, leaving in exits:
                ways = self._cheapest(gate, [node for node, _, _ in entries])
                for node, heading, arriving in entries:
                    if node in ways:
                        between, nodes = ways[node]
                        total = walked.sum.plus(leaving).plus(between).plus(arriving)
                        offer(_State(heading, target.side), _Walked(total, before, nodes))
        if not found:
            raise UnreachableError(origin.id, target.id)
        return found

    def _inside(self, before: _State, origin: _Place, target: _Place) -> tuple[_State, _Sum] | None:
        """Return state and price of walking on inside the edge; ``None`` where forbidden."""
        move = self._move(target.edge, origin.offset_mm, target.offset_mm)
        step = target.offset_mm - origin.offset_mm
        heading = before.heading if step == 0 else FORTH if step > 0 else BACK
        turning = self._turning(before.heading, heading)
        if move is None or turning is None:
            return None
        total = move.plus(turning)
        if before.side is not None and target.side not in (None, before.side):
            price = self._prices.of_crossing
            if price is None:
                return None
            total = total.plus(_Sum(price, crossings=1))
        return _State(heading, target.side or before.side), total

    def _turning(self, before: int, heading: int) -> _Sum | None:
        if before == heading:
            return _Sum()
        price = self._prices.of_turning
        return None if price is None else _Sum(price, u_turns=1)

    def _exits(self, state: _State, origin: _Place) -> Iterator[tuple[NodeId, _Sum]]:
        """Yield the nodes to which a stop can be left, with the price of getting there."""
        if origin.node is not None:
            yield origin.node, _Sum()
            return
        edge = self._edges[origin.edge]
        for node, heading, offset in ((edge.end, FORTH, edge.length_mm), (edge.start, BACK, 0)):
            move = self._move(origin.edge, origin.offset_mm, offset)
            turning = self._turning(state.heading, heading)
            if move is not None and turning is not None:
                yield node, move.plus(turning)

    def _entries(self, target: _Place) -> Iterator[tuple[NodeId, int, _Sum]]:
        """Yield the nodes from which a stop can be reached: heading there, and price."""
        if target.node is not None:
            yield target.node, NO_HEADING, _Sum()
            return
        edge = self._edges[target.edge]
        for node, heading, offset in ((edge.start, FORTH, 0), (edge.end, BACK, edge.length_mm)):
            move = self._move(target.edge, offset, target.offset_mm)
            if move is not None:
                yield node, heading, move

    def _cheapest(self, source: NodeId, targets: Sequence[NodeId]) -> _Ways:
        """Return the cheapest walk between nodes to each target it can reach (Dijkstra 1959)."""
        key = (source, *targets)
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= _KEPT_WALKS:
                self._kept.clear()
            known = self._kept[key] = self._search(source, targets)
        return known

    def _search(self, source: NodeId, targets: Sequence[NodeId]) -> _Ways:
        waiting: list[tuple[_Sum, NodeId]] = [(_Sum(), source)]
        best: dict[NodeId, _Sum] = {source: _Sum()}
        came_from: dict[NodeId, NodeId] = {}
        settled: set[NodeId] = set()
        missing = set(targets)
        while waiting and missing:
            walked, node = heapq.heappop(waiting)
            if node in settled:
                continue
            settled.add(node)
            missing.discard(node)
            for head, move in self._ways[node]:
                total = walked.plus(move)
                if head not in best or total < best[head]:
                    best[head] = total
                    came_from[head] = node
                    heapq.heappush(waiting, (total, head))
        found = {}
        for target in targets:
            if target in settled:
                nodes = [target]
                while nodes[-1] != source:
                    nodes.append(came_from[nodes[-1]])
                found[target] = (best[target], tuple(reversed(nodes)))
        return found

    def _path(
        self, layers: list[_Layer], places: Sequence[_Place], state: _State
    ) -> tuple[Point, ...]:
        points = [self._graph.point(places[-1].id)]
        for number in range(len(places) - 1, 0, -1):
            walked = layers[number][state]
            points.extend(self._point[node] for node in reversed(walked.nodes))
            points.append(self._graph.point(places[number - 1].id))
            state = walked.before
        return without_straight_points(points[::-1])


def _place(
    location: Location, edges: Sequence[Edge], numbers: dict[tuple[NodeId, NodeId], int]
) -> _Place:
    if location.node is not None:
        return _Place(location.id, location.level, node=location.node)
    access = access_of(location, edges, numbers)
    edge = edges[access.edge]
    if access.offset_mm in (0, edge.length_mm):
        node = edge.start if access.offset_mm == 0 else edge.end
        return _Place(location.id, location.level, node=node)
    side = location.side
    if side is not None and location.edge != (edge.start, edge.end):
        side = Side.RIGHT if side is Side.LEFT else Side.LEFT
    return _Place(
        location.id, location.level, edge=access.edge, offset_mm=access.offset_mm, side=side
    )
