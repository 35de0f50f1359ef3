"""Distances between the points at which tours stop, computed on first use and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import PlaceId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph


class Terminals:
    """The distinct access points of all locations and stations of a layout, numbered.

    Points are numbered in the order of the layout, locations first. A row of distances is computed
    when it is first needed; rows that nobody asks for take no memory.

    Parameters
    ----------
    graph
        The walking graph.
    """

    def __init__(self, graph: WalkingGraph) -> None:
        self._graph = graph
        places: list[PlaceId] = [location.id for location in graph.layout.locations]
        places.extend(station.id for station in graph.layout.stations)
        vertices = {place: graph.vertex(place) for place in places}
        numbers = {vertex: n for n, vertex in enumerate(dict.fromkeys(vertices.values()))}
        self._point = {place: numbers[vertex] for place, vertex in vertices.items()}
        self._vertices = np.array(list(numbers), dtype=np.int64)
        self._lengths = np.empty((len(numbers), len(numbers)), dtype=np.int64)
        self._filled = np.zeros(len(numbers), dtype=np.bool_)

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
        self._fill(index)
        return self._lengths[np.ix_(index, index)]

    def walked_mm(self, points: Sequence[int]) -> int:
        """Return the length of walking from point to point in the given order.

        Raises
        ------
        UnreachableError
            When no walk leads from a point to the next.
        """
        index = np.asarray(points, dtype=np.int64)
        self._fill(index[:-1])
        legs = self._lengths[index[:-1], index[1:]]
        if (legs == UNREACHABLE).any():
            leg = int(np.argmax(legs == UNREACHABLE))
            raise UnreachableError(self.name(points[leg]), self.name(points[leg + 1]))
        return int(legs.sum())

    def length_mm(self, origin: int, target: int) -> int:
        """Return the walk from a point to another, ``UNREACHABLE`` where there is none."""
        if not self._filled[origin]:
            self._fill(np.array([origin], dtype=np.int64))
        return int(self._lengths[origin, target])

    def name(self, point: int) -> PlaceId:
        """Return the first place of the layout that has a point."""
        return next(place for place, number in self._point.items() if number == point)

    def _fill(self, index: NDArray[np.int64]) -> None:
        if self._filled[index].all():
            return
        missing = np.unique(index[~self._filled[index]])
        rows = self._graph.distances_from(self._vertices[missing].tolist())
        self._lengths[missing] = rows[:, self._vertices]
        self._filled[missing] = True
