"""Distances between the points at which tours stop, computed on first use and kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import PlaceId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph


class Terminals:
    """The distinct access points of all locations and stations of a layout, numbered.

    Points are numbered in the order of the layout, locations first. A row of distances is computed
    when it is first needed, and kept.

    Parameters
    ----------
    graph
        The walking graph.
    kept_bytes
        Memory for kept rows; when it is used up, they are computed anew. The default holds all
        rows of a layout of 5,600 points.
    """

    def __init__(self, graph: WalkingGraph, *, kept_bytes: int = 256_000_000) -> None:
        self._graph = graph
        places: list[PlaceId] = [location.id for location in graph.layout.locations]
        places.extend(station.id for station in graph.layout.stations)
        vertices = {place: graph.vertex(place) for place in places}
        numbers = {vertex: n for n, vertex in enumerate(dict.fromkeys(vertices.values()))}
        self._point = {place: numbers[vertex] for place, vertex in vertices.items()}
        self._vertices = np.array(list(numbers), dtype=np.int64)
        self._rows: dict[int, NDArray[np.int64]] = {}
        self._most_rows = kept_bytes // (8 * max(len(numbers), 1))

    def point(self, place: PlaceId) -> int:
        """Return the number of the point of a place; :class:`LayoutError` for an unknown one."""
        try:
            return self._point[place]
        except KeyError:
            raise LayoutError(f'no location or station "{place}" in this layout') from None

    def points(self, places: Iterable[PlaceId]) -> list[int]:
        """Return the distinct points of places in ascending order; errors as :meth:`point`."""
        point = self._point
        try:
            return sorted({point[place] for place in places})
        except KeyError as unknown:
            raise LayoutError(
                f'no location or station "{unknown.args[0]}" in this layout'
            ) from None

    def matrix(self, points: Sequence[int]) -> NDArray[np.int64]:
        """Return the distances between points.

        Returns
        -------
        NDArray
            Shape (len(points), len(points)), int64, millimetres, ``UNREACHABLE`` where no walk
            leads; a copy.
        """
        index = np.asarray(points, dtype=np.int64)
        self._fill(points)
        lengths = np.empty((len(index), len(index)), dtype=np.int64)
        for number, point in enumerate(points):
            lengths[number] = self._rows[point][index]
        return lengths

    def walked_mm(self, points: Sequence[int]) -> int:
        """Return the length of walking from point to point in the given order.

        Raises
        ------
        UnreachableError
            When no walk leads from a point to the next.
        """
        self._fill(points[:-1])
        total = 0
        for origin, target in itertools.pairwise(points):
            leg = self._rows[origin].item(target)
            if leg == UNREACHABLE:
                raise UnreachableError(self.name(origin), self.name(target))
            total += leg
        return total

    def length_mm(self, origin: int, target: int) -> int:
        """Return the walk from a point to another, ``UNREACHABLE`` where there is none."""
        self._fill((origin,))
        return self._rows[origin].item(target)

    def name(self, point: int) -> PlaceId:
        """Return the first place of the layout that has a point."""
        return next(place for place, number in self._point.items() if number == point)

    def _fill(self, points: Sequence[int]) -> None:
        """See to it that the rows of all these points are there."""
        missing = [point for point in dict.fromkeys(points) if point not in self._rows]
        if not missing:
            return
        if len(self._rows) + len(missing) > self._most_rows:
            self._rows.clear()
            missing = list(dict.fromkeys(points))
        found = self._graph.distances_from(self._vertices[missing].tolist())
        for point, row in zip(missing, found, strict=True):
            self._rows[point] = row[self._vertices]
