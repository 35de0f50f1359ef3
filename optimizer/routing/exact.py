"""Shortest tours in parallel-aisle layouts, proven optimal, in microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import MISSING, NotParallel, ParallelAisles, Spot, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.backtrack import walking_order
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.programme import BLOCKED, Grid, lay_stages, run_stages, shortest_length
from optimizer.routing.router import Tour
from optimizer.routing.transitions import Transitions, transitions

MOST_ROWS_ROUND_TRIP = 6
"""More cross-aisles than this need too many states for a round trip (7: 16,768 states)."""

MOST_ROWS_OPEN = 5
"""The same for a tour whose end is not its start (5: 2,664 states)."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Start and end of tours: their points of the grid, what leads there, the tables to use."""

    stations: NDArray[np.int64]
    stubs_mm: int
    tables: Transitions


class ExactRouter:
    """Router with shortest tours for layouts of parallel aisles.

    Start and end may stand anywhere at cross-aisles and may differ. Where a station stands
    elsewhere, or the layout has too many cross-aisles for an open tour, the tour is found by
    :class:`~optimizer.routing.graph_tour.GraphTourRouter`, and says so in its policy.

    Parameters
    ----------
    layout
        The layout.
    graph, aisles
        Its walking graph and its recognised structure, where the caller has them already.

    Raises
    ------
    LayoutError
        When the layout has no parallel-aisle structure; the message says why.

    References
    ----------
    See :mod:`optimizer.routing.transitions`.
    """

    policy = "exact"

    def __init__(
        self,
        layout: Layout,
        graph: WalkingGraph | None = None,
        *,
        aisles: ParallelAisles | None = None,
    ) -> None:
        structure = recognise_aisles(layout) if aisles is None else aisles
        if isinstance(structure, NotParallel):
            raise LayoutError(f"no shortest tour by parallel aisles: {structure.reason}")
        if structure.n_rows > MOST_ROWS_ROUND_TRIP:
            raise LayoutError(
                f"no shortest tour by parallel aisles: {structure.n_rows} cross-aisles are more "
                f"than {MOST_ROWS_ROUND_TRIP}"
            )
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._aisles = structure
        self._anywhere: GraphTourRouter | None = None
        self._number_points()
        self._ends: dict[tuple[StationId, StationId], _Ends | None] = {}

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        picks = self._picks(wanted)
        ends = self._between(start, end)
        if not len(picks):
            length = self._graph.length_mm(start, end)
            return Tour((), length, self.policy, True, length)
        if ends is None:
            return self._graph_router().route(wanted, start=start, end=end)
        stages, costs = lay_stages(picks, ends.stations, self._grid)
        chosen = np.full((len(stages), ends.tables.n_states), -1, dtype=np.int32)
        length, state = run_stages(stages, costs, ends.tables, chosen, True)
        if length >= BLOCKED:
            return self._graph_router().route(wanted, start=start, end=end)
        length += ends.stubs_mm
        order = walking_order(
            stages, costs, chosen, state, ends.tables, self._grid.pick_along[picks]
        )
        stops = tuple(
            location
            for point in picks[list(order)].tolist()
            for location in self._at_point[point]
            if location in wanted
        )
        return Tour(stops, length, self.policy, True, length)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        picks = self._picks(locations)
        ends = self._between(start, end)
        if not len(picks):
            return self._graph.length_mm(start, end)
        if ends is not None:
            length = shortest_length(picks, ends.stations, self._grid, ends.tables)
            if length < BLOCKED:
                return length + ends.stubs_mm
        # Where there is no walk, this names the place.
        at_points = [location for pick in picks.tolist() for location in self._at_point[pick]]
        return self._graph_router().length_mm(at_points, start=start, end=end)

    def _number_points(self) -> None:
        """Number the distinct spots of locations by column, row and walk along the aisle."""
        spots = self._aisles.locations
        points = sorted({(self._code(spot), spot.along_mm) for spot in spots.values()})
        number = {point: n for n, point in enumerate(points)}
        self._point = {
            location: number[self._code(spot), spot.along_mm] for location, spot in spots.items()
        }
        self._at_point: list[list[LocationId]] = [[] for _ in points]
        for location, point in self._point.items():
            self._at_point[point].append(location)
        position, breaks = row_positions(self._aisles)
        self._grid = Grid(
            pick_codes=np.array([code for code, _ in points], dtype=np.int64),
            pick_along=np.array([along for _, along in points], dtype=np.int64),
            aisle_mm=self._aisles.aisle_mm,
            row_position=position,
            row_breaks=breaks,
            regular=self._aisles.regular,
        )

    def _code(self, spot: Spot) -> int:
        return (spot.column * self._aisles.n_rows + spot.row) * 2 + (spot.along_mm > 0)

    def _picks(self, locations: Iterable[LocationId]) -> NDArray[np.int64]:
        point = self._point
        try:
            return np.array(sorted({point[location] for location in locations}), dtype=np.int64)
        except KeyError as unknown:
            raise LayoutError(f'no location "{unknown.args[0]}" in this layout') from None

    def _between(self, start: StationId, end: StationId) -> _Ends | None:
        """Return what the programme needs for two stations; ``None`` where it does not apply."""
        key = (start, end)
        if key not in self._ends:
            self._ends[key] = self._find_ends(start, end)
        return self._ends[key]

    def _find_ends(self, start: StationId, end: StationId) -> _Ends | None:
        for station in (start, end):
            if station not in self._aisles.stations and station not in self._aisles.misplaced:
                raise LayoutError(f'no station "{station}" in this layout')
        first, last = self._aisles.stations.get(start), self._aisles.stations.get(end)
        if first is None or last is None:
            return None
        stations = np.array(
            [(spot.column, spot.row, spot.across_mm) for spot in (first, last)], dtype=np.int64
        )
        open_walk = bool((stations[0] != stations[1]).any())
        n_rows = self._aisles.n_rows
        if n_rows > (MOST_ROWS_OPEN if open_walk else MOST_ROWS_ROUND_TRIP):
            return None
        tables = transitions(n_rows, 2 if open_walk else 0)
        return _Ends(stations, first.stub_mm + last.stub_mm, tables)

    def _graph_router(self) -> GraphTourRouter:
        if self._anywhere is None:
            self._anywhere = GraphTourRouter(self._graph.layout, self._graph)
        return self._anywhere


def row_positions(aisles: ParallelAisles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each column lies on each row, and the missing stretches to the left of it.

    Both have shape (n_columns, n_rows), int64; positions in millimetres count a missing stretch
    as 0.
    """
    position = np.zeros((aisles.n_columns, aisles.n_rows), dtype=np.int64)
    breaks = np.zeros_like(position)
    missing = aisles.cross_mm == MISSING
    np.cumsum(np.where(missing, 0, aisles.cross_mm), axis=0, out=position[1:])
    np.cumsum(missing, axis=0, out=breaks[1:])
    return position, breaks
