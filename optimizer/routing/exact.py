"""Shortest tours in parallel-aisle layouts, proven optimal, in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import MISSING, NotParallel, ParallelAisles, Spot, recognise_aisles
from optimizer.layout.distances import Point, WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.parallel.backtrack import walking_order
from optimizer.routing.parallel.corners import Corners
from optimizer.routing.parallel.course import Course, lay_course
from optimizer.routing.parallel.lanes import MOST_ROWS, NEVER, Sizes
from optimizer.routing.parallel.laying import MANY_TOURS, ONE_TOUR, Bench, set_up_bench
from optimizer.routing.parallel.lengths import length_of, lengths_of
from optimizer.routing.parallel.programme import (
    BLOCKED,
    Grid,
    lay_stages,
    run_stages,
    shortest_length,
)
from optimizer.routing.parallel.tours import Drawing, write_tour
from optimizer.routing.parallel.traces import Paper, lay_tour, run_traced, set_up_paper, trace_tour
from optimizer.routing.parallel.transitions import Transitions, transitions
from optimizer.routing.router import Tour

_Found = tuple[int, list[int], tuple[Point, ...]]
"""Length without stubs, pick points in walking order, corners of the walked line if known."""

MOST_ROWS_ROUND_TRIP = 6
"""More cross-aisles than this need too many states for a round trip (7: 16,768 states)."""

MOST_ROWS_OPEN = 5
"""The same for a tour whose end is not its start (5: 2,664 states)."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Course and working memory of tours between two stations."""

    rows: Sizes
    course: Course
    one: Bench
    many: Bench
    paper: Paper
    drawing: Drawing
    drawn: bool
    """Whether the walked line can be told from the corners."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Start and end of tours: their points of the grid, and what leads there."""

    stations: NDArray[np.int64]
    stubs_mm: int
    open_walk: bool
    compiled: _Compiled | None

    def tables(self, n_rows: int) -> Transitions | None:
        """Return the tables for programmes without generated code; ``None`` if too large."""
        if n_rows > (MOST_ROWS_OPEN if self.open_walk else MOST_ROWS_ROUND_TRIP):
            return None
        return transitions(n_rows, 2 if self.open_walk else 0)


class ExactRouter:
    """Router with shortest tours for layouts of parallel aisles.

    Start and end may stand anywhere at cross-aisles and may differ. Where a station stands
    elsewhere, or the layout has too many cross-aisles for an open tour, the tour is found by
    :class:`~optimizer.routing.graph_tour.GraphTourRouter`, and says so in its policy.

    A router has working memory of its own: one thread at a time may use it.

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
    See :mod:`optimizer.routing.parallel.transitions` and :mod:`optimizer.routing.parallel.halves`.
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
        if structure.directed:
            raise LayoutError("no shortest tour by two-way aisles: some are one-way")
        if structure.n_rows > MOST_ROWS_ROUND_TRIP:
            raise LayoutError(
                f"no shortest tour by parallel aisles: {structure.n_rows} cross-aisles are more "
                f"than {MOST_ROWS_ROUND_TRIP}"
            )
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._aisles = structure
        self._anywhere: GraphTourRouter | None = None
        self._number_points()
        self._corners = Corners(structure, self._graph)
        self._ends: dict[tuple[StationId, StationId], _Ends | None] = {}

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        picks = self.points(wanted)
        ends = self._between(start, end)
        if not len(picks):
            length = self._graph.length_mm(start, end)
            return Tour((), length, self.policy, True, length)
        found = None
        if ends is not None:
            if ends.compiled is not None:
                found = self._compiled_tour(picks, ends.compiled)
            if found is None:
                found = self._programme_tour(picks, ends)
        if ends is None or found is None:
            return self._graph_router().route(wanted, start=start, end=end)
        length, order, path = found
        length += ends.stubs_mm
        at_point = self._at_point
        stops = tuple(
            location for point in order for location in at_point[point] if location in wanted
        )
        if len(stops) != len(wanted):
            raise RuntimeError(f"a tour of {length} mm has {len(stops)} of {len(wanted)} stops")
        return Tour(stops, length, self.policy, True, length, path)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        picks = self.points(locations)
        ends = self._between(start, end)
        if not len(picks):
            return self._graph.length_mm(start, end)
        if ends is not None:
            if ends.compiled is not None:
                length = length_of(
                    picks, ends.compiled.rows, ends.compiled.course, ends.compiled.one
                )
                if length < NEVER:
                    return length + ends.stubs_mm
            tables = ends.tables(self._aisles.n_rows)
            if tables is not None:
                length = shortest_length(
                    np.sort(picks).astype(np.int64), ends.stations, self._grid, tables
                )
                if length < BLOCKED:
                    return length + ends.stubs_mm
        # Where there is no walk, this names the place.
        at_points = [location for pick in picks.tolist() for location in self._at_point[pick]]
        return self._graph_router().length_mm(at_points, start=start, end=end)

    def lengths_mm(
        self, tours: Sequence[Iterable[LocationId]], *, start: StationId, end: StationId
    ) -> list[int]:
        """Return the lengths of many tours, each as :meth:`length_mm` does, in less time."""
        ends = self._between(start, end)
        if ends is None or ends.compiled is None or not tours:
            return [self.length_mm(tour, start=start, end=end) for tour in tours]
        picks = [self.points(tour) for tour in tours]
        begins = np.cumsum([0, *map(len, picks)], dtype=np.int64)
        lengths = np.empty(len(tours), dtype=np.int64)
        compiled = ends.compiled
        lengths_of(
            np.concatenate(picks), begins, compiled.rows, compiled.course, compiled.many, lengths
        )
        # An empty tour need not enter the aisles; one of NEVER may be longer, or have no walk.
        return [
            int(length) + ends.stubs_mm
            if length < NEVER and len(picks[n])
            else self.length_mm(tours[n], start=start, end=end)
            for n, length in enumerate(lengths)
        ]

    def points(self, locations: Iterable[LocationId]) -> NDArray[np.int32]:
        """Return the numbers of the distinct pick points of locations, for compiled functions.

        Returns
        -------
        NDArray
            Shape (n_picks,), int32, in no particular order.

        Raises
        ------
        LayoutError
            For a location that the layout does not have.
        """
        point = self._point
        try:
            return np.array(list({point[location] for location in locations}), dtype=np.int32)
        except KeyError as unknown:
            raise LayoutError(f'no location "{unknown.args[0]}" in this layout') from None

    def course(self, start: StationId, end: StationId) -> tuple[Course, int] | None:
        """Return what :mod:`optimizer.routing.parallel.lengths` needs for tours between two
        stations.

        Returns
        -------
        tuple or None
            The course, and the millimetres from and to the stations that its lengths leave out;
            ``None`` where such tours need another way.
        """
        ends = self._between(start, end)
        if ends is None or ends.compiled is None:
            return None
        return ends.compiled.course, ends.stubs_mm

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
        self._spots = [spots[locations[0]] for locations in self._at_point]
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

    def _between(self, start: StationId, end: StationId) -> _Ends | None:
        """Return what tours between two stations need; ``None`` where aisles do not help."""
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
        compiled = None
        if self._aisles.n_rows <= MOST_ROWS:
            compiled = self._compile(start, end, first, last)
        return _Ends(stations, first.stub_mm + last.stub_mm, open_walk, compiled)

    def _compile(self, start: StationId, end: StationId, first: Spot, last: Spot) -> _Compiled:
        course = lay_course(self._aisles, self._spots, start=first, end=last)
        places = [locations[0] for locations in self._at_point]
        drawing = self._corners.drawing(course, places, (start, end))
        return _Compiled(
            rows=(0,) * self._aisles.n_rows,
            course=course,
            one=set_up_bench(course, ONE_TOUR),
            many=set_up_bench(course, MANY_TOURS),
            paper=set_up_paper(course),
            drawing=drawing,
            drawn=self._corners.straight(start) and self._corners.straight(end),
        )

    def _compiled_tour(self, picks: NDArray[np.int32], ends: _Compiled) -> _Found | None:
        course, bench, paper, drawing = ends.course, ends.one, ends.paper, ends.drawing
        n, own = lay_tour(picks, course, bench)
        run_traced(ends.rows, (max(own[0], own[2]), max(own[1], own[3])), course, bench, paper)
        length = trace_tour(n, own, course, bench, paper)
        n_order, n_path = write_tour(n, length, picks, course, bench, paper, drawing)
        if length >= NEVER:
            return None
        order = drawing.order[:n_order].tolist()
        if not ends.drawn:
            return length, order, ()
        floor = self._corners.floor
        path = tuple([(x, y, floor) for x, y in drawing.path[:n_path].tolist()])
        return length, order, path

    def _programme_tour(self, picks: NDArray[np.int32], ends: _Ends) -> _Found | None:
        tables = ends.tables(self._aisles.n_rows)
        if tables is None:
            return None
        in_order = np.sort(picks).astype(np.int64)
        stages, costs = lay_stages(in_order, ends.stations, self._grid)
        chosen = np.full((len(stages), tables.n_states), -1, dtype=np.int32)
        length, state = run_stages(stages, costs, tables, chosen, True)
        if length >= BLOCKED:
            return None
        order = walking_order(stages, costs, chosen, state, tables, self._grid.pick_along[in_order])
        return length, in_order[list(order)].tolist(), ()

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
