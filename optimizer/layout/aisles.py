"""Recognises the parallel-aisle structure of a layout: columns (aisles) and rows (cross-aisles).

In such a layout shortest tours can be computed exactly (:mod:`optimizer.routing.exact`). What
counts is how the graph hangs together: lengths are taken from the edges; coordinates only tell
which edge runs along the aisles and which across, and may be turned or inexact. Stretches may be
missing (an L-shape, a closed edge, an aisle that ends blind). Several floors, oblique edges and
locations on cross-aisles are refused with a reason.

The steps: chains of edges (:mod:`~optimizer.layout.recognition_chains`), straight runs
(:mod:`~optimizer.layout.recognition_turns`), whole aisles and cross-aisles in order
(:mod:`~optimizer.layout.recognition_paths`), the checked grid
(:mod:`~optimizer.layout.recognition_grid`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.model import Edge, Layout
from optimizer.layout.recognition_chains import Core, DeadEnd, Obstacle
from optimizer.layout.recognition_grid import CrossingGrid, LaidRun, lay_grid
from optimizer.layout.recognition_turns import lay_plane, straight_runs

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
    one_way, cross_one_way
        Shapes of ``aisle_mm`` and ``cross_mm``, int8: 0 where a stretch is walked both ways, +1
        where only from row r to r + 1 (from column c to c + 1), -1 where only the other way.
    locations
        Spot of every location of the layout.
    stations
        Spot of every station that stands at a row, or hangs on one by a dead end.
    misplaced
        The other stations, with the reason.
    crossings
        The node at each crossing (column, row) where there is one.
    passed
        Where a line runs over a crossing without a node there: the edge, and the millimetres from
        its start.
    """

    aisle_mm: NDArray[np.int64]
    cross_mm: NDArray[np.int64]
    one_way: NDArray[np.int8]
    cross_one_way: NDArray[np.int8]
    locations: Mapping[LocationId, Spot]
    stations: Mapping[StationId, Spot]
    misplaced: Mapping[StationId, str]
    crossings: Mapping[tuple[int, int], NodeId] = field(default_factory=dict)
    passed: Mapping[tuple[int, int], tuple[Edge, int]] = field(default_factory=dict)

    @property
    def n_columns(self) -> int:
        """Number of columns: aisles, and nodes with locations between aisles."""
        return len(self.aisle_mm)

    @property
    def n_rows(self) -> int:
        """Number of rows: cross-aisles, and blind ends of aisles that need one."""
        return len(self.aisle_mm[0]) + 1

    @property
    def directed(self) -> bool:
        """Whether some stretch is walked one way only."""
        return bool(self.one_way.any() or self.cross_one_way.any())

    @property
    def regular(self) -> bool:
        """Whether nothing is missing, all aisles are alike and all cross-aisles are alike."""
        return bool(
            not self.directed
            and (self.aisle_mm > 0).all()
            and (self.cross_mm > 0).all()
            and (self.aisle_mm == self.aisle_mm[:1]).all()
            and (self.cross_mm == self.cross_mm[:, :1]).all()
        )


@dataclass(frozen=True, slots=True)
class NotParallel:
    """Why a layout is no grid of parallel aisles: the first obstacle, in words."""

    reason: str


def recognise_aisles(layout: Layout) -> ParallelAisles | NotParallel:
    """Return the parallel-aisle structure of a layout walked both ways, or why it has none.

    A layout with a one-way edge is refused: see :func:`recognise_directed_aisles`.

    Parameters
    ----------
    layout
        A layout whose references hold.

    Raises
    ------
    LayoutError
        When a reference of the layout is broken.
    """
    for edge in layout.edges:
        if edge.one_way:
            return NotParallel(f'edge "{edge.start}"-"{edge.end}" is one-way')
    return recognise_directed_aisles(layout)


def recognise_directed_aisles(layout: Layout) -> ParallelAisles | NotParallel:
    """Return the parallel-aisle structure of a layout, one-way stretches allowed, or why not.

    Parameters and errors as :func:`recognise_aisles`.
    """
    try:
        core = Core(layout)
        plane = lay_plane(core)
        grid = lay_grid(core, plane, straight_runs(core, plane, core.chains()))
        return _Assembly(core, grid).result()
    except Obstacle as obstacle:
        return NotParallel(str(obstacle))


@dataclass(frozen=True, slots=True)
class _Footing:
    """Where an edge or a node lies on a run: ``walked_mm`` from the run's low end.

    ``turned`` when an edge's own direction leads back to that end.
    """

    laid: LaidRun
    walked_mm: int
    turned: bool = False


class _Assembly:
    """Turns a checked grid into arrays, and places locations and stations."""

    def __init__(self, core: Core, grid: CrossingGrid) -> None:
        self.core, self.grid = core, grid
        self.edges: dict[int, _Footing] = {}
        self.nodes: dict[int, _Footing] = {}
        for laid in grid.runs:
            walked = 0
            for node, number in zip(laid.run.nodes, laid.run.edges, strict=False):
                turned = core.ends[number][0] != node
                self.nodes[node] = _Footing(laid, walked)
                self.edges[number] = _Footing(laid, walked, turned)
                walked += core.edge(number).length_mm

    def result(self) -> ParallelAisles:
        n_columns, n_rows = self.grid.n_columns, self.grid.n_rows
        aisle_mm = np.full((n_columns, n_rows - 1), MISSING, dtype=np.int64)
        cross_mm = np.full((n_rows, n_columns - 1), MISSING, dtype=np.int64)
        one_way = np.zeros(aisle_mm.shape, dtype=np.int8)
        cross_one_way = np.zeros(cross_mm.shape, dtype=np.int8)
        for laid in self.grid.runs:
            lengths, ways = (aisle_mm, one_way) if laid.run.along else (cross_mm, cross_one_way)
            gaps = slice(laid.line.first, laid.line.last)
            lengths[laid.track, gaps] = np.diff(laid.line.cuts)
            ways[laid.track, gaps] = self._way(laid)
        stations, misplaced = self._stations()
        crossings, passed = self._meetings()
        return ParallelAisles(
            aisle_mm=aisle_mm,
            cross_mm=cross_mm.T.copy(),
            one_way=one_way,
            cross_one_way=cross_one_way.T.copy(),
            locations=self._locations(),
            stations=stations,
            misplaced=misplaced,
            crossings=crossings,
            passed=passed,
        )

    def _way(self, laid: LaidRun) -> int:
        """Return in which direction a run is walked: 0 both, +1 only up, -1 only down."""
        ways = [self._edge_way(number) for number in laid.run.edges]
        one_way = [number for number, way in zip(laid.run.edges, ways, strict=True) if way]
        if not one_way:
            return 0
        name = self.core.name(one_way[0])
        if min(ways) < 0 < max(ways):
            raise Obstacle(f"{name} is one-way against another edge of its stretch")
        if 0 in ways and not self.core.held_edges.isdisjoint(laid.run.edges):
            raise Obstacle(f"{name} is one-way, but the rest of its stretch is not")
        if 0 in ways and not self.core.held_nodes.isdisjoint(laid.run.nodes[1:-1]):
            raise Obstacle(f"{name} is one-way, but the rest of its stretch is not")
        return max(ways, key=abs)

    def _edge_way(self, number: int) -> int:
        if not self.core.edge(number).one_way:
            return 0
        return -1 if self.edges[number].turned else 1

    def _meetings(
        self,
    ) -> tuple[dict[tuple[int, int], NodeId], dict[tuple[int, int], tuple[Edge, int]]]:
        """Return the nodes at crossings, and where lines run over the others."""
        nodes = self.core.layout.nodes
        crossings = {place: nodes[node].id for node, place in self.grid.crossings.items()}
        passed: dict[tuple[int, int], tuple[Edge, int]] = {}
        for laid in self.grid.runs:
            for stop in laid.line.passed:
                place = (laid.track, stop) if laid.run.along else (stop, laid.track)
                cut = laid.line.cuts[stop - laid.line.first]
                walks = [self.edges[number].walked_mm for number in laid.run.edges]
                at = bisect_right(walks, cut) - 1
                number, offset = laid.run.edges[at], cut - walks[at]
                if offset == 0:
                    crossings[place] = nodes[laid.run.nodes[at]].id
                    continue
                edge = self.core.edge(number)
                turned = self.edges[number].turned
                passed[place] = (edge, edge.length_mm - offset if turned else offset)
        return crossings, passed

    def _locations(self) -> dict[LocationId, Spot]:
        placed: dict[LocationId, Spot] = {}
        for location in self.core.layout.locations:
            access = self.core.access.get(location.id)
            if access is not None:
                footing = self.edges[access.edge]
                offset = access.offset_mm
                if footing.turned:
                    offset = self.core.edge(access.edge).length_mm - offset
                row, along = footing.laid.line.place(footing.walked_mm + offset)
                placed[location.id] = Spot(footing.laid.track, row, along)
            elif location.node is not None:
                placed[location.id] = self._at_node(location.id, self.core.node_of[location.node])
        return placed

    def _at_node(self, location: LocationId, node: int) -> Spot:
        if node in self.grid.crossings:
            return Spot(*self.grid.crossings[node])
        if node not in self.nodes:
            raise Obstacle(f'location "{location}" lies on a node beside the aisles')
        footing = self.nodes[node]
        row, along = footing.laid.line.place(footing.walked_mm)
        return Spot(footing.laid.track, row, along)

    def _stations(self) -> tuple[dict[StationId, Spot], dict[StationId, str]]:
        placed: dict[StationId, Spot] = {}
        misplaced: dict[StationId, str] = {}
        for station in self.core.layout.stations:
            spot = self._stand(self.core.root(self.core.node_of[station.node]))
            if isinstance(spot, str):
                misplaced[station.id] = spot
            else:
                placed[station.id] = spot
        return placed, misplaced

    def _stand(self, dead_end: DeadEnd | None) -> Spot | str:
        """Return where a station stands, or why it stands at no cross-aisle."""
        if dead_end is None:
            return "no walk leads to the aisles"
        if dead_end.one_way >= 0:
            return f"{self.core.name(dead_end.one_way)} that leads there is one-way"
        node, stub = dead_end.root, dead_end.length_mm
        if node in self.grid.crossings:
            return Spot(*self.grid.crossings[node], stub_mm=stub)
        if node not in self.nodes:
            return "no walk leads to the aisles"
        footing = self.nodes[node]
        if footing.laid.run.along:
            return "it stands inside an aisle"
        column, across = footing.laid.line.place(footing.walked_mm)
        return Spot(column, footing.laid.track, across_mm=across, stub_mm=stub)
