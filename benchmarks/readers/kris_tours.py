"""Shortest tours of ``ibsrp``: over aisles where the graph has them, else over the file's paths."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import InstanceError
from benchmarks.readers.kris import DueInstance
from benchmarks.readers.kris_layout import END, START, exact_router, location_id
from optimizer.routing.exact import ExactRouter
from optimizer.routing.held_karp import MOST_STOPS, held_karp
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.laying import MANY_TOURS, set_up_bench
from optimizer.routing.parallel.lengths import lengths_of


class Tours(Protocol):
    """Shortest tours from depot to depot through locations of the file; exact."""

    def lengths(self, locations: NDArray[np.int32], begins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return lengths; tour t visits ``locations[begins[t]:begins[t + 1]]``, at least one."""
        ...

    def stops(self, locations: Sequence[int]) -> list[int]:
        """Return locations, distinct and at least one, in walking order."""
        ...


def shortest_tours(instance: DueInstance) -> Tours:
    """Return the shortest tours of an instance.

    Raises
    ------
    InstanceError
        When its graph is no grid of aisles, and a batch may have too many stops for trying all
        sequences.
    """
    router = exact_router(instance)
    found = None if router is None else router.course(START, END)
    if router is not None and found is not None:
        return _GridTours(instance, router, *found)
    if instance.capacity > MOST_STOPS:
        raise InstanceError(
            f"{instance.name}: its graph is no grid of aisles, and {instance.capacity} stops are "
            f"more than {MOST_STOPS}"
        )
    return _MatrixTours(instance)


class _GridTours:
    """Tours by the programme over aisles."""

    def __init__(
        self, instance: DueInstance, router: ExactRouter, course: Course, stubs: int
    ) -> None:
        self._router, self._course, self._stubs = router, course, stubs
        self._rows = (0,) * course.row_mm.shape[1]
        self._bench = set_up_bench(course, MANY_TOURS)
        self._point = np.full(len(instance.places), -1, dtype=np.int32)
        for place in {place for order in instance.orders for place in order.locations}:
            [self._point[place]] = router.points([location_id(place)])

    def lengths(self, locations: NDArray[np.int32], begins: NDArray[np.int64]) -> NDArray[np.int64]:
        lengths = np.empty(len(begins) - 1, dtype=np.int64)
        picks = self._point[locations]
        lengths_of(picks, begins, self._rows, self._course, self._bench, lengths)
        return lengths + self._stubs

    def stops(self, locations: Sequence[int]) -> list[int]:
        named = {location_id(place): place for place in locations}
        return [named[stop] for stop in self._router.route(named, start=START, end=END).stops]


class _MatrixTours:
    """Tours by the dynamic programme over subsets, over the file's shortest paths."""

    def __init__(self, instance: DueInstance) -> None:
        self._instance = instance

    def lengths(self, locations: NDArray[np.int32], begins: NDArray[np.int64]) -> NDArray[np.int64]:
        tours = itertools.pairwise(begins.tolist())
        return np.array([held_karp(self._among(locations[a:b]))[0] for a, b in tours], np.int64)

    def stops(self, locations: Sequence[int]) -> list[int]:
        _, order = held_karp(self._among(locations))
        return [locations[row - 1] for row in order.tolist()]

    def _among(self, locations: Sequence[int] | NDArray[np.int32]) -> NDArray[np.int64]:
        rows = [self._instance.start, *locations, self._instance.end]
        among: NDArray[np.int64] = self._instance.distances[np.ix_(rows, rows)]
        return among
