"""How far one walks through some points: what searches for batches call millions of times.

Three kinds. Where the layout is a grid of aisles, compiled code evaluates shortest tours in less
than a microsecond (:func:`grid_walk`). Where distances between points are known, it finds short
tours in 2 to 100 microseconds (:func:`matrix_walk`). Everything else, any router, is a Python
function called from compiled code (:func:`called_walk`). Searches keep the lengths they have seen,
so that a batch is measured once.

A :class:`Walk` makes working memory per thread; compiled code gets its ``spot``. All kinds are
called by address, so that searches are compiled once for all layouts and not, at ten seconds
each, for every number of cross-aisles and ends.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any, NamedTuple, Protocol

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

from optimizer.batching.grid_spot import NO_TOUR, GridSpot
from optimizer.batching.matrix_spot import MatrixTours
from optimizer.routing.held_karp import MOST_STOPS, held_karp
from optimizer.routing.local_search import iterated_local_search
from optimizer.routing.matrix_tours import EXACT_UP_TO
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.lanes import MOST_ROWS, NEVER

Points = NDArray[np.int32]

ANY_NUMBER = 1 << 40
"""More points than any tour has."""


class CalledSpot(NamedTuple):
    """One thread's function ``length(n, data)`` of the first ``n`` entries of ``points``."""

    address: int
    data: int
    points: Points


class Walk(Protocol):
    """Lengths of tours through points with a fixed start and end.

    ``shortest_up_to``: lengths through so many points are the shortest tour's, so that they never
    grow when a point is left out and bounds computed from them are valid; :data:`ANY_NUMBER` where
    all are, 0 where none is. ``step_mm`` divides every length.
    """

    @property
    def shortest_up_to(self) -> int: ...

    @property
    def step_mm(self) -> int: ...

    def spot(self, most_points: int) -> CalledSpot:
        """Return working memory for one thread; a tour has at most so many points."""
        ...

    def check(self) -> None:
        """Raise what a called function raised since the last check."""
        ...

    def length_mm(self, points: Points) -> int:
        """Return the length of one tour."""
        ...


@intrinsic
def call_at(_typing: object, _address: object, _count: object, _data: object) -> object:
    """Call the function int64(int64, int64) at an address."""

    def generate(
        _context: object, builder: ir.IRBuilder, _signature: object, args: object
    ) -> object:
        word = ir.IntType(64)
        kind = ir.FunctionType(word, [word, word]).as_pointer()
        function = builder.inttoptr(args[0], kind)  # type: ignore[index]
        return builder.call(function, [args[1], args[2]])  # type: ignore[index]

    return types.int64(types.int64, types.int64, types.int64), generate


def tour_length(n_points: int, spot: CalledSpot) -> int:
    """Return the length of the tour through the first entries of ``spot.points`` (compiled)."""
    raise NotImplementedError("only for compiled code")


@overload(tour_length)
def _tour_length(n_points: int, spot: Any) -> Callable[..., int]:  # noqa: ARG001
    def called(n_points: int, spot: Any) -> int:
        # numba hands over its typing context itself.
        return call_at(spot.address, n_points, spot.data)  # type: ignore[call-arg]

    return called


@dataclass(frozen=True, slots=True)
class GridWalk:
    """Exact tours over parallel aisles, the shortest over ``ways``: courses with their stubs."""

    ways: tuple[tuple[Course, int], ...]
    kept: list[GridSpot] = field(default_factory=list, compare=False)
    """What compiled code knows the addresses of."""

    shortest_up_to = ANY_NUMBER

    @property
    def step_mm(self) -> int:
        """Return a number that divides the length of every tour."""
        step = 0
        for course, stub_mm in self.ways:
            round_trip = course.left_column < 0
            row_mm = course.row_mm - course.row_mm[:1]
            for lengths in (course.front_mm, course.back_mm, course.aisle_mm, row_mm):
                known = np.abs(lengths[lengths < NEVER].astype(np.int64))
                step = gcd(step, int(np.gcd.reduce(known, initial=0)))
            # A round trip walks every row an even number of times, or rows in pairs.
            step = gcd(step, stub_mm if round_trip or stub_mm else 0)
        return max(step, 1)

    def spot(self, most_points: int) -> CalledSpot:
        """See :class:`Walk`."""
        spot = GridSpot(self.ways, most_points)
        self.kept.append(spot)
        return CalledSpot(spot.address, spot.data, spot.points)

    def cells(self) -> NDArray[np.int32]:
        """Return the stretch of aisle of every point, shape (n_points,), int32.

        Numbered aisle by aisle, up and down in turn: cells for searches.
        """
        course = self.ways[0][0]
        stretch = course.point_word // course.n_per_stretch
        n_gaps = course.row_mm.shape[1] - 1
        column, gap = stretch // n_gaps, stretch % n_gaps
        numbers = column * n_gaps + np.where(column % 2 == 0, gap, n_gaps - 1 - gap)
        return np.unique(numbers, return_inverse=True)[1].reshape(-1).astype(np.int32)

    def check(self) -> None:
        """Nothing is called."""

    def length_mm(self, points: Points) -> int:
        """Return the length of one tour, :data:`NO_TOUR` where there is none."""
        spot = GridSpot(self.ways, len(points))
        spot.points[: len(points)] = points
        return spot.length_mm(len(points))


@dataclass(frozen=True, slots=True, eq=False)
class MatrixWalk:
    """Short tours between points whose distances are known; deterministic.

    The shortest ones up to :data:`~optimizer.routing.matrix_tours.EXACT_UP_TO` different points;
    beyond, lengths are no bounds.
    """

    distances: NDArray[np.int64]
    start: int
    end: int
    kicks: int
    kept: list[MatrixTours] = field(default_factory=list)
    """What compiled code knows the addresses of."""

    shortest_up_to = EXACT_UP_TO
    step_mm = 1

    def spot(self, most_points: int) -> CalledSpot:
        """See :class:`Walk`."""
        tours = self._tours(most_points)
        self.kept.append(tours)
        return CalledSpot(tours.address, tours.data, tours.points)

    def check(self) -> None:
        """Nothing raises."""

    def length_mm(self, points: Points) -> int:
        """Return the length of one tour, as compiled code finds it."""
        tours = self._tours(len(points))
        tours.points[: len(points)] = points
        return tours.length_mm(len(points))

    def tour(self, points: Points, kicks: int) -> tuple[int, tuple[int, ...]]:
        """Return the length of a polished tour, and its different points in walking order.

        Exact up to :data:`~optimizer.routing.held_karp.MOST_STOPS` points.

        Parameters
        ----------
        points
            The points to be visited, possibly repeated.
        kicks
            Perturbations of the whole tour.
        """
        stops = np.unique(points)
        rows = np.concatenate(([self.start], stops, [self.end]))
        lengths = np.ascontiguousarray(self.distances[np.ix_(rows, rows)])
        if len(stops) == 0:
            return int(lengths[0, 1]), ()
        if len(stops) <= MOST_STOPS:
            length, order = held_karp(lengths)
        else:
            length, order = iterated_local_search(lengths, kicks, 1)
        return int(length), tuple(rows[order].tolist())

    def _tours(self, most_points: int) -> MatrixTours:
        return MatrixTours(
            self.distances,
            start=self.start,
            end=self.end,
            kicks=self.kicks,
            most_points=most_points,
        )


class CalledWalk:
    """Tours measured by a Python function.

    Parameters
    ----------
    length_mm
        Called with the numbers of the points, int32, possibly repeated; must be safe to be called
        from several threads.
    shortest_up_to, step_mm
        See :class:`Walk`.
    """

    def __init__(
        self, length_mm: Callable[[Points], int], *, shortest_up_to: int, step_mm: int = 1
    ) -> None:
        self._length_mm = length_mm
        self.shortest_up_to = shortest_up_to
        self.step_mm = step_mm
        self._kept: list[object] = []
        self._error: BaseException | None = None

    def spot(self, most_points: int) -> CalledSpot:
        """See :class:`Walk`."""
        points = np.zeros(max(most_points, 1), dtype=np.int32)

        def length(count: int, _data: int) -> int:
            # An exception cannot pass through compiled code: it waits for check().
            try:
                return self._length_mm(points[:count])
            except BaseException as error:  # noqa: BLE001
                self._error = error
                return NO_TOUR

        function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(length)
        self._kept.append(function)
        address = ctypes.cast(function, ctypes.c_void_p).value
        assert address is not None
        return CalledSpot(address, 0, points)

    def check(self) -> None:
        """See :class:`Walk`."""
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def length_mm(self, points: Points) -> int:
        """Return the length of one tour."""
        return self._length_mm(points)


def grid_walk(ways: Sequence[tuple[Course, int]]) -> GridWalk:
    """Return exact tours over parallel aisles, the shortest over several ways.

    Parameters
    ----------
    ways
        Courses of one layout, between different stations, each with the millimetres that it leaves
        out (stubs); see :meth:`optimizer.routing.exact.ExactRouter.course`.
    """
    if not ways or any(course.row_mm.shape[1] > MOST_ROWS for course, _ in ways):
        raise ValueError(f"needs at least one course, of at most {MOST_ROWS} cross-aisles")
    return GridWalk(tuple(ways))


def called_walk(
    length_mm: Callable[[Points], int], *, shortest_up_to: int = 0, step_mm: int = 1
) -> CalledWalk:
    """Return tours measured by a function; see :class:`CalledWalk`."""
    return CalledWalk(length_mm, shortest_up_to=shortest_up_to, step_mm=step_mm)


def matrix_walk(
    distances: NDArray[np.integer], *, start: int, end: int, kicks: int = 1
) -> MatrixWalk:
    """Return short tours between points whose distances are known.

    Parameters
    ----------
    distances
        Shape (n_points, n_points), shortest paths, any integer unit, not necessarily symmetric.
    start, end
        Points where tours start and end.
    kicks
        Perturbations per point of a tour. Without any, tours of 10 to 57 points in halls with
        racks were 0.7 % longer than the best known on average and took 15 microseconds; with 1,
        0.04 % and 75; with 2, 0.006 % and 130.
    """
    return MatrixWalk(np.ascontiguousarray(distances, dtype=np.int64), start, end, kicks)
