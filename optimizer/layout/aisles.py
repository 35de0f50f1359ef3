"""Recognises the parallel-aisle structure of a layout: columns (aisles) and rows (cross-aisles).

In such a layout shortest tours can be computed exactly (:mod:`optimizer.routing.exact`). What
counts is how the graph hangs together: lengths are taken from the edges, coordinates only tell
which edge runs along and which across. Stretches may be missing (an L-shape, a closed edge, an
aisle that ends blind); one-way edges, several floors and oblique edges are refused with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.distances import access_of, edge_numbers
from optimizer.layout.line import Line, Stretch, lay_line
from optimizer.layout.model import Edge, Layout, Node

MISSING = -1
"""Stands for a stretch that cannot be walked."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something lies in the grid.

    At the crossing of ``column`` and ``row`` when both offsets are 0. ``along_mm`` leads from
    there towards the next row (a location in an aisle), ``across_mm`` towards the next column (a
    station between two aisles); at most one of them is positive. ``stub_mm`` is the walk from
    the station to its point of the grid and leads nowhere else.
    """

    column: int
    row: int
    along_mm: int = 0
    across_mm: int = 0
    stub_mm: int = 0


@dataclass(frozen=True, slots=True)
class ParallelAisles:
    """A layout read as columns and rows.

    Parameters
    ----------
    aisle_mm
        Shape (n_columns, n_rows - 1), int64, millimetres: the stretch of a column from row r to
        r + 1; ``MISSING`` where there is none.
    cross_mm
        Shape (n_columns - 1, n_rows), int64, millimetres: the stretch of a row from column c to
        c + 1; ``MISSING`` where there is none.
    locations
        Spot of every location of the layout.
    stations
        Spot of every station that stands at a row, or hangs on one by a dead end.
    misplaced
        The other stations, with the reason.
    crossings
        The node at each crossing (column, row) where there is one.
    """

    aisle_mm: NDArray[np.int64]
    cross_mm: NDArray[np.int64]
    locations: Mapping[LocationId, Spot]
    stations: Mapping[StationId, Spot]
    misplaced: Mapping[StationId, str]
    crossings: Mapping[tuple[int, int], NodeId] = field(default_factory=dict)

    @property
    def n_columns(self) -> int:
        """Number of columns: aisles, and nodes with locations between aisles."""
        return len(self.aisle_mm)

    @property
    def n_rows(self) -> int:
        """Number of rows: cross-aisles, and blind ends of aisles."""
        return len(self.aisle_mm[0]) + 1

    @property
    def regular(self) -> bool:
        """Whether nothing is missing, all aisles are alike and all cross-aisles are alike."""
        return bool(
            (self.aisle_mm > 0).all()
            and (self.cross_mm > 0).all()
            and (self.aisle_mm == self.aisle_mm[:1]).all()
            and (self.cross_mm == self.cross_mm[:, :1]).all()
        )


@dataclass(frozen=True, slots=True)
class NotParallel:
    """Why a layout is no grid of parallel aisles: the first obstacle, in words."""

    reason: str


class _Obstacle(Exception):
    """Carries the reason out of the depth of the recognition."""


def recognise_aisles(layout: Layout) -> ParallelAisles | NotParallel:
    """Return the parallel-aisle structure of a layout, or why it has none.

    Parameters
    ----------
    layout
        A layout whose references hold.

    Raises
    ------
    LayoutError
        When a reference of the layout is broken.
    """
    try:
        return _Recognition(layout).result()
    except _Obstacle as obstacle:
        return NotParallel(str(obstacle))


@dataclass(slots=True)
class _Pruned:
    """Nodes and edges without dead ends that hold no location."""

    nodes: set[NodeId]
    edges: set[int]
    gate: dict[NodeId, tuple[NodeId, int]] = field(default_factory=dict)
    """Next node towards the rest, and the length of that step."""

    def root(self, node: NodeId) -> tuple[NodeId, int]:
        """Return the node at which a dead end hangs, and the walk to it."""
        walked = 0
        while node in self.gate:
            node, step = self.gate[node]
            walked += step
        return node, walked


class _Recognition:
    """One run: cut dead ends, find the direction of aisles, lay lines, place things."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.points = {node.id: node for node in layout.nodes}
        self.numbers = edge_numbers(layout.edges)
        self.access = {
            location.id: access_of(location, layout.edges, self.numbers)
            for location in layout.locations
            if location.edge is not None
        }
        self.core = self._prune()
        self.along_y = True

    def result(self) -> ParallelAisles:
        self._refuse_what_no_grid_has()
        self.along_y = self._aisles_run_along_y()
        along, across = self._sort_edges()
        columns = self._columns(along)
        rows = self._rows(along, across)
        aisles = [
            self._lay([n for n in along if self._across(self._start(n)) == u], rows, "aisle")
            for u in columns
        ]
        crosses = [
            self._lay([n for n in across if self._along(self._start(n)) == v], columns, "row")
            for v in rows
        ]
        self._refuse_bridges(aisles, crosses, columns, rows)
        stations, misplaced = self._place_stations(columns, rows, crosses)
        return ParallelAisles(
            aisle_mm=np.array([line.lengths for line in aisles], dtype=np.int64).reshape(
                len(columns), len(rows) - 1
            ),
            cross_mm=np.array([line.lengths for line in crosses], dtype=np.int64)
            .reshape(len(rows), len(columns) - 1)
            .T.copy(),
            locations=self._place_locations(columns, rows, aisles),
            stations=stations,
            misplaced=misplaced,
            crossings=self._crossings(columns, rows),
        )

    def _prune(self) -> _Pruned:
        edges = self.layout.edges
        at: dict[NodeId, set[int]] = {node.id: set() for node in self.layout.nodes}
        for number, edge in enumerate(edges):
            at[edge.start].add(number)
            at[edge.end].add(number)
        held_nodes = {location.node for location in self.layout.locations}
        held_edges = {access.edge for access in self.access.values()}
        core = _Pruned(set(at), set(range(len(edges))))
        waiting = [node for node in at if len(at[node]) <= 1]
        while waiting:
            node = waiting.pop()
            if node not in core.nodes or node in held_nodes or at[node] & held_edges:
                continue
            core.nodes.discard(node)
            for number in at[node]:
                edge = edges[number]
                if edge.one_way:
                    raise _Obstacle(f"{_named(edge)} is one-way")
                other = edge.end if edge.start == node else edge.start
                core.gate[node] = (other, edge.length_mm)
                core.edges.discard(number)
                at[other].discard(number)
                if len(at[other]) <= 1:
                    waiting.append(other)
            at[node] = set()
        return core

    def _refuse_what_no_grid_has(self) -> None:
        for number in sorted(self.core.edges):
            edge = self.layout.edges[number]
            if edge.one_way:
                raise _Obstacle(f"{_named(edge)} is one-way")
            a, b = self.points[edge.start], self.points[edge.end]
            if a.floor != b.floor:
                raise _Obstacle(f"{_named(edge)} joins two floors")
            if (a.x_mm == b.x_mm) == (a.y_mm == b.y_mm):
                raise _Obstacle(f"{_named(edge)} runs neither along x nor along y")
        joined = {end for edge in self.layout.edges for end in (edge.start, edge.end)}
        for location in self.layout.locations:
            if location.node is not None and location.node not in joined:
                raise _Obstacle(f'location "{location.id}" lies on a node without edges')
        seen: dict[tuple[int, int, int], NodeId] = {}
        for node in self.layout.nodes:
            if node.id in self.core.nodes:
                other = seen.setdefault((node.x_mm, node.y_mm, node.floor), node.id)
                if other != node.id:
                    raise _Obstacle(f'nodes "{other}" and "{node.id}" lie at one point')
        if len({floor for _, _, floor in seen}) > 1:
            raise _Obstacle("the aisles lie on several floors")

    def _aisles_run_along_y(self) -> bool:
        """Return whether the edges with locations run along y; refuse both directions."""
        example: dict[bool, LocationId] = {}
        for location, access in self.access.items():
            edge = self.layout.edges[access.edge]
            along_y = self.points[edge.start].x_mm == self.points[edge.end].x_mm
            example.setdefault(along_y, location)
        if len(example) == 2:
            raise _Obstacle(
                f'locations lie on edges along y ("{example[True]}") and along x '
                f'("{example[False]}")'
            )
        return next(iter(example), True)

    def _along(self, node: Node) -> int:
        return node.y_mm if self.along_y else node.x_mm

    def _across(self, node: Node) -> int:
        return node.x_mm if self.along_y else node.y_mm

    def _start(self, number: int) -> Node:
        return self.points[self.layout.edges[number].start]

    def _sort_edges(self) -> tuple[list[int], list[int]]:
        """Return the numbers of the edges that run along the aisles, and across."""
        along: list[int] = []
        across: list[int] = []
        for number in sorted(self.core.edges):
            edge = self.layout.edges[number]
            a, b = self.points[edge.start], self.points[edge.end]
            (along if self._across(a) == self._across(b) else across).append(number)
        return along, across

    def _columns(self, along: Iterable[int]) -> list[int]:
        found = {self._across(self._start(number)) for number in along}
        for location in self.layout.locations:
            if location.node is not None:
                found.add(self._across(self.points[location.node]))
        if not found:
            raise _Obstacle("no aisle holds a location")
        return sorted(found)

    def _rows(self, along: Iterable[int], across: Iterable[int]) -> list[int]:
        """Return where cross-aisles run and where aisles end blind."""
        found = {self._along(self._start(number)) for number in across}
        ends: dict[NodeId, int] = {}
        for number in along:
            edge = self.layout.edges[number]
            for node in (edge.start, edge.end):
                ends[node] = ends.get(node, 0) + 1
        found |= {self._along(self.points[node]) for node, count in ends.items() if count == 1}
        if len(found) < 2:
            raise _Obstacle("there are fewer than two cross-aisles")
        return sorted(found)

    def _lay(self, edges: Iterable[int], stops: list[int], what: str) -> Line:
        along = (what == "aisle") == self.along_y
        stretches = []
        for number in edges:
            edge = self.layout.edges[number]
            a, b = self.points[edge.start], self.points[edge.end]
            low, high = (a.y_mm, b.y_mm) if along else (a.x_mm, b.x_mm)
            turned = low > high
            stretches.append(
                Stretch(
                    number, min(low, high), max(low, high), edge.length_mm, turned, _named(edge)
                )
            )
        line = lay_line(stretches, stops)
        if isinstance(line, str):
            raise _Obstacle(line)
        return line

    def _refuse_bridges(
        self, aisles: list[Line], crosses: list[Line], columns: list[int], rows: list[int]
    ) -> None:
        """Refuse an edge that passes over a crossing without a node there."""
        nodes = {
            (self._across(self.points[node]), self._along(self.points[node]))
            for node in self.core.nodes
        }
        for column, aisle in enumerate(aisles):
            for row, cross in enumerate(crosses):
                point = (columns[column], rows[row])
                over, under = row in aisle.passed, column in cross.passed
                if (over and under) or ((over or under) and point in nodes):
                    name = aisle.passed.get(row, cross.passed.get(column))
                    raise _Obstacle(f"{name} passes over a crossing without a node")

    def _crossings(self, columns: list[int], rows: list[int]) -> dict[tuple[int, int], NodeId]:
        column_of = {u: number for number, u in enumerate(columns)}
        row_of = {v: number for number, v in enumerate(rows)}
        places = (
            (column_of.get(self._across(node)), row_of.get(self._along(node)), node.id)
            for node in self.layout.nodes
            if node.id in self.core.nodes
        )
        return {
            (column, row): node
            for column, row, node in places
            if column is not None and row is not None
        }

    def _place_locations(
        self, columns: list[int], rows: list[int], aisles: list[Line]
    ) -> dict[LocationId, Spot]:
        column_of = {u: number for number, u in enumerate(columns)}
        row_of = {v: number for number, v in enumerate(rows)}
        placed: dict[LocationId, Spot] = {}
        for location in self.layout.locations:
            access = self.access.get(location.id)
            if access is not None:
                column = column_of[self._across(self._start(access.edge))]
                row, offset = aisles[column].place(access.edge, access.offset_mm)
                placed[location.id] = Spot(column, row, along_mm=offset)
                continue
            if location.node is None:
                continue
            node = self.points[location.node]
            column = column_of[self._across(node)]
            if self._along(node) in row_of:
                placed[location.id] = Spot(column, row_of[self._along(node)])
            else:
                place = aisles[column].place_at(self._along(node))
                if place is None:
                    raise _Obstacle(f'location "{location.id}" lies on a node beside the aisles')
                placed[location.id] = Spot(column, place[0], along_mm=place[1])
        return placed

    def _place_stations(
        self, columns: list[int], rows: list[int], crosses: list[Line]
    ) -> tuple[dict[StationId, Spot], dict[StationId, str]]:
        placed: dict[StationId, Spot] = {}
        misplaced: dict[StationId, str] = {}
        row_of = {v: number for number, v in enumerate(rows)}
        for station in self.layout.stations:
            gate, stub = self.core.root(station.node)
            node = self.points[gate]
            row = row_of.get(self._along(node))
            if gate not in self.core.nodes:
                misplaced[station.id] = "no walk leads to the aisles"
            elif row is None:
                misplaced[station.id] = "it stands inside an aisle"
            elif self._across(node) in columns:
                column = columns.index(self._across(node))
                placed[station.id] = Spot(column, row, stub_mm=stub)
            else:
                place = crosses[row].place_at(self._across(node))
                if place is None:
                    misplaced[station.id] = "it stands beside the aisles and cross-aisles"
                elif crosses[row].lengths[place[0]] == MISSING:
                    misplaced[station.id] = "its cross-aisle is interrupted"
                else:
                    placed[station.id] = Spot(place[0], row, across_mm=place[1], stub_mm=stub)
        return placed, misplaced


def _named(edge: Edge) -> str:
    return f'edge "{edge.start}"-"{edge.end}"'
