"""Where the corners of tours through a grid of aisles lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import ParallelAisles, Spot
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.tours import Drawing


class Corners:
    """Points of crossings, picks and stations of one layout.

    Parameters
    ----------
    aisles, graph
        The recognised structure and the walking graph of the layout.
    """

    def __init__(self, aisles: ParallelAisles, graph: WalkingGraph) -> None:
        self._aisles = aisles
        self._graph = graph
        self._nodes = {node.id: node for node in graph.layout.nodes}
        self._crossings = self._find_crossings()
        self._edges_straight = self._all_edges_straight()
        first = next(iter(aisles.crossings.values()), None)
        self.floor = 0 if first is None else self._nodes[first].floor

    def straight(self, station: StationId) -> bool:
        """Return whether tours from or to a station turn at crossings and picks only."""
        if not self._edges_straight:
            return False
        spot = self._aisles.stations[station]
        x, y, _ = self._graph.point(station)
        gate_x, gate_y = self._gate(spot)
        walked = abs(x - gate_x) + abs(y - gate_y)
        return walked == spot.stub_mm and (x == gate_x or y == gate_y)

    def drawing(
        self, course: Course, places: Sequence[LocationId], ends: tuple[StationId, StationId]
    ) -> Drawing:
        """Return where the picks and crossings of a course lie, and room for a tour.

        Parameters
        ----------
        course
            The course.
        places
            One location of each pick point.
        ends
            Start and end.
        """
        n_columns, n_rows = course.row_mm.shape
        crossings = self._crossings[course.base].copy()
        for station in ends:
            spot = self._aisles.stations[station]
            if spot.across_mm > 0:
                beside = (course.base == spot.column).nonzero()[0]
                for column in beside[1:]:
                    place = course.row_mm[beside[0], spot.row] + spot.across_mm
                    if course.row_mm[column, spot.row] == place:
                        crossings[column, spot.row] = self._gate(spot)
        return Drawing(
            crossing_at=crossings,
            point_xy=np.array(
                [self._graph.point(place)[:2] for place in places], dtype=np.int64
            ).reshape(-1, 2),
            ends=np.array([self._graph.point(station)[:2] for station in ends], dtype=np.int64),
            order=np.zeros(len(places), dtype=np.int32),
            # Each edge is walked at most twice, and each stretch has two excursions at most.
            path=np.zeros((8 * n_columns * n_rows + 8, 2), dtype=np.int64),
        )

    def _find_crossings(self) -> NDArray[np.int64]:
        """Return x and y of all crossings, shape (n_columns, n_rows, 2); 0 where there is none."""
        xy = np.zeros((self._aisles.n_columns, self._aisles.n_rows, 2), dtype=np.int64)
        for (column, row), node in self._aisles.crossings.items():
            xy[column, row] = self._nodes[node].x_mm, self._nodes[node].y_mm
        for (column, row), (edge, offset_mm) in self._aisles.passed.items():
            start, end = self._nodes[edge.start], self._nodes[edge.end]
            xy[column, row] = (
                start.x_mm + round((end.x_mm - start.x_mm) * offset_mm / edge.length_mm),
                start.y_mm + round((end.y_mm - start.y_mm) * offset_mm / edge.length_mm),
            )
        return xy

    def _all_edges_straight(self) -> bool:
        for edge in self._graph.layout.edges:
            a, b = self._nodes[edge.start], self._nodes[edge.end]
            along_x, along_y = abs(a.x_mm - b.x_mm), abs(a.y_mm - b.y_mm)
            if along_x + along_y != edge.length_mm or (along_x and along_y):
                return False
        return True

    def _gate(self, spot: Spot) -> tuple[int, int]:
        """Return the point of the grid at which a station stands or hangs."""
        x, y = self._crossings[spot.column, spot.row].tolist()
        if spot.across_mm > 0:
            next_x, next_y = self._crossings[spot.column + 1, spot.row].tolist()
            length = int(self._aisles.cross_mm[spot.column, spot.row])
            x += round((next_x - x) * spot.across_mm / length)
            y += round((next_y - y) * spot.across_mm / length)
        return x, y
