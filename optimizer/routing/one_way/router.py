"""Shortest tours in layouts of parallel aisles some of which are one-way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import (
    NotParallel,
    ParallelAisles,
    Spot,
    recognise_directed_aisles,
)
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.one_way.frame import Frame, lay_frame
from optimizer.routing.one_way.programme import BLOCKED
from optimizer.routing.one_way.run import Found, Point, shortest_walk
from optimizer.routing.router import Tour, walked_mm

LIMITS = {2: (3, 6, 12, 24), 3: (2, 4, 6), 4: (2,)}
"""Limits of the surplus tried one after the other, by number of rows, until a walk is proven.

Alternating aisles rarely need more than the first, many aisles that share one way back do. Four
rows have 5,722 states at limit 2 (two seconds to generate) and would have 14,980 at 3.
"""

MOST_ROWS = max(LIMITS)
"""More cross-aisles than this need too many states."""


class OneWayRouter:
    """Router with shortest tours for parallel aisles that may be one-way, up to 4 cross-aisles.

    Aisles and cross-aisles may be one-way, missing and of any length. Start and end may stand
    anywhere at cross-aisles and may differ. Where a station stands elsewhere, the tour is found by
    :class:`~optimizer.routing.graph_tour.GraphTourRouter`, and says so in its policy. A tour is
    optimal where the relaxed programme of one of the :data:`LIMITS` proves it; else it is the
    better of the walk up to the highest limit and a searched one, with the lower bound.

    Parameters
    ----------
    layout
        The layout.
    graph, aisles
        Its walking graph and its recognised structure, where the caller has them already.

    Raises
    ------
    LayoutError
        When the layout has no parallel-aisle structure, or too many cross-aisles.

    References
    ----------
    See :mod:`optimizer.routing.one_way.states`.
    """

    policy = "exact"

    def __init__(
        self,
        layout: Layout,
        graph: WalkingGraph | None = None,
        *,
        aisles: ParallelAisles | None = None,
    ) -> None:
        structure = recognise_directed_aisles(layout) if aisles is None else aisles
        if isinstance(structure, NotParallel):
            raise LayoutError(f"no shortest tour by parallel aisles: {structure.reason}")
        if structure.n_rows > MOST_ROWS:
            raise LayoutError(
                f"no shortest tour by one-way aisles: {structure.n_rows} cross-aisles are more "
                f"than {MOST_ROWS}"
            )
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._aisles = structure
        self._anywhere: GraphTourRouter | None = None
        self._frames: dict[tuple[StationId, StationId, int], Frame | None] = {}
        self._at_point: dict[Point, list[LocationId]] = {}
        for location, spot in structure.locations.items():
            self._at_point.setdefault(_point(spot), []).append(location)

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        points = self._points(wanted)
        self._refuse_unknown(start, end)
        if not points:
            length = self._graph.length_mm(start, end)
            return Tour((), length, self.policy, True, length)
        found = self._solve(points, start, end, traced=True)
        if found is None:
            return self._graph_router().route(wanted, start=start, end=end)
        if found.length_mm == found.bound_mm:
            stops = self._stops(found, points, wanted)
            return Tour(stops, found.length_mm, self.policy, True, found.bound_mm)
        return self._unproven(found, points, wanted, (start, end))

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        wanted = set(locations)
        points = self._points(wanted)
        self._refuse_unknown(start, end)
        if not points:
            return self._graph.length_mm(start, end)
        found = self._solve(points, start, end, traced=False)
        if found is None:
            # Where there is no walk, this names the place.
            return self._graph_router().length_mm(wanted, start=start, end=end)
        if found.length_mm == found.bound_mm:
            return found.length_mm
        return self.route(wanted, start=start, end=end).length_mm

    def _stops(
        self, found: Found, points: Sequence[Point], wanted: set[LocationId]
    ) -> tuple[LocationId, ...]:
        return tuple(
            location
            for number in found.order
            for location in self._at_point[points[number]]
            if location in wanted
        )

    def _unproven(
        self,
        found: Found,
        points: Sequence[Point],
        wanted: set[LocationId],
        ends: tuple[StationId, StationId],
    ) -> Tour:
        """Return the better of a walk below the limit and a searched tour, with the bound."""
        start, end = ends
        stops = self._stops(found, points, wanted)
        length = walked_mm(self._graph, stops, start=start, end=end)
        searched = self._graph_router().route(wanted, start=start, end=end)
        if searched.length_mm < length:
            proven = searched.optimal or searched.length_mm == found.bound_mm
            bound = searched.length_mm if proven else found.bound_mm
            return replace(searched, optimal=proven, bound_mm=bound)
        proven = searched.optimal or length == found.bound_mm
        return Tour(stops, length, self.policy, proven, length if proven else found.bound_mm)

    def _points(self, wanted: set[LocationId]) -> list[Point]:
        spots = self._aisles.locations
        try:
            return sorted({_point(spots[location]) for location in wanted})
        except KeyError as unknown:
            raise LayoutError(f'no location "{unknown.args[0]}" in this layout') from None

    def _refuse_unknown(self, *stations: StationId) -> None:
        for station in stations:
            if station not in self._aisles.stations and station not in self._aisles.misplaced:
                raise LayoutError(f'no station "{station}" in this layout')

    def _graph_router(self) -> GraphTourRouter:
        if self._anywhere is None:
            self._anywhere = GraphTourRouter(self._graph.layout, self._graph)
        return self._anywhere

    def _solve(
        self, points: Sequence[Point], start: StationId, end: StationId, *, traced: bool
    ) -> Found | None:
        """Return the shortest walk; ``None`` where the programme does not apply or finds none.

        Limit after limit, until the relaxed programme needs no state at its limit.
        """
        best: Found | None = None
        for limit in LIMITS[self._aisles.n_rows]:
            frame = self._frame(start, end, limit)
            if frame is None:
                return None
            found = shortest_walk(frame, points, traced)
            if found is None:
                return None
            best = _better(best, found)
            if best.length_mm == best.bound_mm:
                break
        return best if best is None or best.length_mm < BLOCKED else None

    def _frame(self, start: StationId, end: StationId, limit: int) -> Frame | None:
        key = (start, end, limit)
        if key not in self._frames:
            first, last = self._aisles.stations.get(start), self._aisles.stations.get(end)
            self._frames[key] = (
                None
                if first is None or last is None
                else lay_frame(self._aisles, first, last, limit)
            )
        return self._frames[key]


def _point(spot: Spot) -> Point:
    return spot.column, spot.row, spot.along_mm


def _better(one: Found | None, other: Found) -> Found:
    if one is None:
        return other
    shorter = one if one.length_mm <= other.length_mm else other
    return replace(shorter, bound_mm=max(one.bound_mm, other.bound_mm))
