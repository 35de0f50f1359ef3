"""Lengths of tours through some of many points whose distances are known, compiled.

For searches that measure millions of different sets of 5 to 60 points: no memory is allocated, and
the length depends on the set only, neither on the sequence of its points nor on earlier calls.
Few points are solved exactly; more of them by insertion, a local search and some kicks.

References
----------
Held, M., Karp, R. M. (1962): A dynamic programming approach to sequencing problems. Journal of
the Society for Industrial and Applied Mathematics 10(1), 196-210. DOI 10.1137/0110015.
Rosenkrantz, D. J., Stearns, R. E., Lewis, P. M. (1977): An analysis of several heuristics for the
traveling salesman problem. SIAM Journal on Computing 6(3), 563-581. DOI 10.1137/0206041 (farthest
insertion). Local search and kicks: see :mod:`optimizer.routing.local_search`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel
from optimizer.routing.local_search import (
    BACK,
    FORTH,
    MOVE_FIELDS,
    NEAREST,
    PATH,
    WALK_ROWS,
    copy,
    descend,
    double_bridge,
    fill_nearest,
    queue_all,
)

EXACT_UP_TO = 9
"""Points up to which the subsets are enumerated: 8 take 7 microseconds, 9 take 16, and 10 would
take longer than the local search."""

START, END, KICKS = 0, 1, 2
"""Fields of ``MatrixSpot.settings``."""

FAR = np.int64(1) << np.int64(60)


class MatrixSpot(NamedTuple):
    """One thread's distances and working memory for tours through up to m points.

    ``points`` (m,) int32: those of the tour that is asked for, repeated ones too. ``distances``
    (n, n) int64, not necessarily symmetric. ``settings``: START, END, KICKS. ``stamps`` (n + 1,):
    which points were seen in which call, and the number of calls. The rest belongs to one call:
    ``stops`` (m,) its distinct points; ``lengths``, ``backwards``, ``after``, ``before``, ``walk``,
    ``path`` as in :mod:`optimizer.routing.local_search`, flat, since their shapes change from call
    to call; ``move``; ``state`` of the pseudo-random sequence; ``table`` of the subsets.
    """

    points: NDArray[np.int32]
    distances: NDArray[np.int64]
    settings: NDArray[np.int64]
    stamps: NDArray[np.int64]
    stops: NDArray[np.int64]
    lengths: NDArray[np.int64]
    backwards: NDArray[np.int64]
    after: NDArray[np.int64]
    before: NDArray[np.int64]
    walk: NDArray[np.int64]
    path: NDArray[np.int64]
    move: NDArray[np.int64]
    state: NDArray[np.uint64]
    table: NDArray[np.int64]


def set_up_spot(
    distances: NDArray[np.int64], *, start: int, end: int, kicks: int, most_points: int
) -> MatrixSpot:
    """Return distances with working memory for one thread.

    Parameters
    ----------
    distances
        Shape (n, n), int64, C order; not copied.
    start, end
        Points where tours start and end.
    kicks
        Perturbations per point of a tour that is not solved exactly.
    most_points
        Points of a tour at most, repeated ones too.
    """
    most = max(most_points, 1)
    rows = min(most, len(distances)) + 2
    return MatrixSpot(
        points=np.zeros(most, dtype=np.int32),
        distances=distances,
        settings=np.array([start, end, kicks], dtype=np.int64),
        stamps=np.zeros(len(distances) + 1, dtype=np.int64),
        stops=np.zeros(rows, dtype=np.int64),
        lengths=np.zeros(rows * rows, dtype=np.int64),
        backwards=np.zeros(rows * rows, dtype=np.int64),
        after=np.zeros(rows * NEAREST, dtype=np.int64),
        before=np.zeros(rows * NEAREST, dtype=np.int64),
        walk=np.zeros(WALK_ROWS * rows, dtype=np.int64),
        path=np.zeros(rows, dtype=np.int64),
        move=np.zeros(MOVE_FIELDS, dtype=np.int64),
        state=np.zeros(1, dtype=np.uint64),
        table=np.zeros(EXACT_UP_TO << EXACT_UP_TO, dtype=np.int64),
    )


@frugal_kernel
def matrix_tour_length(n_points: int, spot: MatrixSpot) -> int:
    """Return the length of a short tour through the first entries of ``spot.points``.

    The shortest one up to :data:`EXACT_UP_TO` different points.
    """
    n = list_stops(n_points, spot)
    start, end = spot.settings[START], spot.settings[END]
    if n == 0:
        return int(spot.distances[start, end])
    if n == 1:
        stop = spot.stops[0]
        return int(spot.distances[start, stop] + spot.distances[stop, end])
    lengths = spot.lengths[: (n + 2) * (n + 2)].reshape((n + 2, n + 2))
    fill_lengths(n, lengths, spot)
    if n <= EXACT_UP_TO:
        return shortest_length(lengths, spot.table[: n << n].reshape((1 << n, n)))
    return searched_length(lengths, spot)


@frugal_kernel
def list_stops(n_points: int, spot: MatrixSpot) -> int:
    """Fill ``spot.stops`` with the different points, ascending; return their number."""
    stops, stamps = spot.stops, spot.stamps
    last = stamps.shape[0] - 1
    stamps[last] += 1
    call = stamps[last]
    n = 0
    for at in range(n_points):
        point = spot.points[at]
        if stamps[point] == call:
            continue
        stamps[point] = call
        place = n
        while place > 0 and stops[place - 1] > point:
            stops[place] = stops[place - 1]
            place -= 1
        stops[place] = point
        n += 1
    return n


@frugal_kernel
def fill_lengths(n: int, lengths: NDArray[np.int64], spot: MatrixSpot) -> None:
    """Fill the distances between start, the first ``n`` stops and end, in this sequence."""
    for row in range(n + 2):
        origin = spot.settings[START]
        if row > n:
            origin = spot.settings[END]
        elif row > 0:
            origin = spot.stops[row - 1]
        distances = spot.distances[origin]
        lengths[row, 0] = distances[spot.settings[START]]
        for other in range(n):
            lengths[row, other + 1] = distances[spot.stops[other]]
        lengths[row, n + 1] = distances[spot.settings[END]]


@frugal_kernel
def shortest_length(lengths: NDArray[np.int64], table: NDArray[np.int64]) -> int:
    """Return the length of the shortest path from row 0 over all inner rows to the last row.

    Exact, by dynamic programming over subsets; time O(2**n * n**2).

    Parameters
    ----------
    lengths
        Shape (n + 2, n + 2), n >= 1.
    table
        Shape (2**n, n), working memory: the shortest path to a row through a set of rows.
    """
    n = lengths.shape[0] - 2
    for last in range(n):
        table[1 << last, last] = lengths[0, last + 1]
    for visited in range(3, 1 << n):
        if visited & (visited - 1) == 0:
            continue
        for last in range(n):
            if visited >> last & 1 == 0:
                continue
            earlier = visited ^ (1 << last)
            shortest = FAR
            for previous in range(n):
                if earlier >> previous & 1:
                    length = table[earlier, previous] + lengths[previous + 1, last + 1]
                    shortest = min(shortest, length)
            table[visited, last] = shortest
    shortest = FAR
    for last in range(n):
        shortest = min(shortest, table[(1 << n) - 1, last] + lengths[last + 1, n + 1])
    return int(shortest)


@frugal_kernel
def searched_length(lengths: NDArray[np.int64], spot: MatrixSpot) -> int:
    """Return the length of a short path from row 0 over all inner rows to the last row.

    Of 8, 12 and 50, measured at 10 to 57 points, 50 is by far the best window of kicks here, too.
    """
    n_rows = lengths.shape[0]
    n = n_rows - 2
    near = min(NEAREST, n)
    after = spot.after[: n_rows * near].reshape((n_rows, near))
    before = spot.before[: n_rows * near].reshape((n_rows, near))
    backwards = spot.backwards[: n_rows * n_rows].reshape((n_rows, n_rows))
    for row in range(n_rows):
        for other in range(n_rows):
            backwards[other, row] = lengths[row, other]
        for rank in range(near):
            after[row, rank] = before[row, rank] = -1
    fill_nearest(lengths, backwards, after, before)
    walk = spot.walk[: WALK_ROWS * n_rows].reshape((WALK_ROWS, n_rows))
    insert_farthest(lengths, walk)
    walk[FORTH, 0] = walk[BACK, 0] = 0
    best = descend(lengths, walk, after, before, queue_all(walk), spot.move)
    copy(walk[PATH], 0, spot.path, 0, n_rows)
    spot.state[0] = np.uint64(1)
    for _ in range(spot.settings[KICKS] * n):
        queued = double_bridge(walk, spot.state)
        length = descend(lengths, walk, after, before, queued, spot.move)
        best = min(best, length)
        if length <= best + best // (2 * n):
            copy(walk[PATH], 0, spot.path, 0, n_rows)
        else:
            copy(spot.path, 0, walk[PATH], 0, n_rows)
    return best


@frugal_kernel
def insert_farthest(lengths: NDArray[np.int64], walk: NDArray[np.int64]) -> None:
    """Fill ``walk[PATH]``: the row farthest from the path comes next, where it adds least."""
    n_rows = lengths.shape[0]
    path, away = walk[PATH], walk[1]
    path[0], path[1] = 0, n_rows - 1
    for row in range(1, n_rows - 1):
        away[row] = min(lengths[0, row], lengths[row, n_rows - 1])
    for count in range(2, n_rows):
        row = 1
        for other in range(2, n_rows - 1):
            if away[other] > away[row]:
                row = other
        least, place = FAR, 1
        for at in range(1, count):
            origin, target = path[at - 1], path[at]
            added = lengths[origin, row] + lengths[row, target] - lengths[origin, target]
            if added < least:
                least, place = added, at
        for at in range(count, place, -1):
            path[at] = path[at - 1]
        path[place] = row
        away[row] = -1
        for other in range(1, n_rows - 1):
            if lengths[row, other] < away[other]:
                away[other] = lengths[row, other]
