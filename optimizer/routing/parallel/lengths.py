"""Lengths of shortest tours, compiled: one by one, or many in the lanes of vectors.

A tour is laid out as two lists of columns (:mod:`optimizer.routing.parallel.laying`), from the
outside to the cut in the middle; both go through the generated code of
:mod:`optimizer.routing.parallel.lanes`, and the halves are joined. One tour uses two lanes of a
narrow vector; many tours are evaluated eight at a time, left halves and right halves in turn.

Where lengths of 134 km and more appear, and for more than four cross-aisles, use
:func:`optimizer.routing.parallel.programme.shortest_length`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, inlined_kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.lanes import (
    NEVER,
    Sizes,
    join_lanes,
    marked_passages,
    marked_step,
    plain_passages,
    plain_step,
)
from optimizer.routing.parallel.laying import (
    LEFT,
    MANY_TOURS,
    ONE_TOUR,
    Bench,
    block_length,
    clear_picks,
    fill_tour,
    fill_up,
    lay_picks,
)


@inlined_kernel
def mark_end(
    row: int,
    lane: int,
    n_lanes: int,
    mark: NDArray[np.int32],
    plain: NDArray[np.int32],
    marked: NDArray[np.int32],
) -> None:
    """Turn the plain lengths of a lane into marked ones: the walk ends at a row here."""
    for state in range(marked.shape[0] // n_lanes):
        marked[state * n_lanes + lane] = NEVER
    # The last plain state is *done*, which has no end of a walk.
    for state in range(plain.shape[0] // n_lanes - 1):
        at = mark[row, state] * n_lanes + lane
        marked[at] = min(marked[at], plain[state * n_lanes + lane])


@frugal_kernel
def run_lanes(
    counts: tuple[int, int],
    sizes: tuple[Sizes, Sizes],
    costs: NDArray[np.int32],
    ends: tuple[int, int],
    mark: NDArray[np.int32],
    plain: NDArray[np.int32],
    marked: NDArray[np.int32],
) -> None:
    """Take the halves in all lanes from the outside to the cut.

    Parameters
    ----------
    counts
        Columns up to the end of the walk, and behind it.
    sizes
        Rows, lanes.
    costs
        Filled for each lane.
    ends
        Row of the end of the walk in the first lane and in the others, -1 for a round trip.
    mark
        From :class:`~optimizer.routing.parallel.halves.HalfTables`.
    plain, marked
        Lengths per state and lane: ``plain`` is the result for a round trip, else ``marked``.
    """
    rows, lanes = sizes
    n_lanes = len(lanes)
    block = block_length(len(rows)) * n_lanes
    room = costs.shape[0] // (2 * block)
    plain[:] = NEVER
    plain[:n_lanes] = 0
    at = (room - counts[0]) * block
    for n in range(counts[0]):
        plain_passages(rows, lanes, plain, costs, at)
        if ends[0] < 0 or n < counts[0] - 1:
            plain_step(rows, lanes, plain, costs, at)
            at += block
    if ends[0] < 0:
        return
    for lane in range(n_lanes):
        mark_end(ends[min(lane, 1)], lane, n_lanes, mark, plain, marked)
    marked_step(rows, lanes, marked, costs, at)
    at = (2 * room - counts[1]) * block
    for _ in range(counts[1]):
        marked_passages(rows, lanes, marked, costs, at)
        marked_step(rows, lanes, marked, costs, at)
        at += block


@frugal_kernel
def length_of(picks: NDArray[np.int32], rows: Sizes, course: Course, bench: Bench) -> int:
    """Return the length of the shortest tour, or ``NEVER`` where there is none below it.

    Exact. Time O(columns * transitions), no memory is allocated.

    Parameters
    ----------
    picks
        Shape (n_picks,), int32: numbers of pick points, in any order, also repeated.
    rows
        :data:`~optimizer.routing.parallel.lanes.Sizes`: as long as there are cross-aisles.
    course
        At most ``MOST_ROWS`` cross-aisles. With no pick and start and end at one point, the
        length is 0.
    bench
        For :data:`ONE_TOUR`.
    """
    laid = lay_picks(picks, course, bench)
    left_out, left_in, right_out, right_in = fill_tour(laid, course, bench, 0, 4)
    n_rows = course.row_mm.shape[1]
    counts = max(left_out, right_out), max(left_in, right_in)
    fill_up((left_out, left_in), counts, n_rows, bench.left, 0, 4)
    fill_up((right_out, right_in), counts, n_rows, bench.right, 1, 4)
    clear_picks(picks, course, bench)
    open_walk = laid[LEFT] >= 0
    ends = (course.left_row, course.right_row) if open_walk else (-1, -1)
    run_lanes(counts, (rows, ONE_TOUR), bench.left, ends, bench.mark, bench.plain, bench.marked)
    joins = bench.marked_joins if open_walk else bench.plain_joins
    values = bench.marked if open_walk else bench.plain
    best = NEVER
    for join in range(joins.shape[0]):
        best = min(best, values[4 * joins[join, 0]] + values[4 * joins[join, 1] + 1])
    return best


@frugal_kernel
def lengths_of(
    picks: NDArray[np.int32],
    begins: NDArray[np.int64],
    rows: Sizes,
    course: Course,
    bench: Bench,
    lengths: NDArray[np.int64],
) -> None:
    """Fill the lengths of many shortest tours; see :func:`length_of`.

    Parameters
    ----------
    picks
        int32: numbers of pick points of all tours, one tour after the other.
    begins
        Shape (n_tours + 1,), int64: tour t has the picks ``begins[t]:begins[t + 1]``.
    rows
        :data:`~optimizer.routing.parallel.lanes.Sizes`: as long as there are cross-aisles.
    course
        The course of all tours.
    bench
        For :data:`MANY_TOURS`.
    lengths
        Shape (n_tours,), int64; filled.
    """
    n_tours = lengths.shape[0]
    n_lanes = len(MANY_TOURS)
    n_rows = course.row_mm.shape[1]
    counts = bench.counts
    for first in range(0, n_tours, n_lanes):
        most_out, most_in = 0, 0
        for lane in range(n_lanes):
            # The last tour fills lanes that would stay empty.
            tour = min(first + lane, n_tours - 1)
            own = picks[begins[tour] : begins[tour + 1]]
            laid = lay_picks(own, course, bench)
            filled = fill_tour(laid, course, bench, lane, n_lanes)
            clear_picks(own, course, bench)
            counts[lane, 0], counts[lane, 1], counts[lane, 2], counts[lane, 3] = filled
            most_out = max(most_out, filled[0], filled[2])
            most_in = max(most_in, filled[1], filled[3])
        most = most_out, most_in
        for lane in range(n_lanes):
            left, right = (counts[lane, 0], counts[lane, 1]), (counts[lane, 2], counts[lane, 3])
            fill_up(left, most, n_rows, bench.left, lane, n_lanes)
            fill_up(right, most, n_rows, bench.right, lane, n_lanes)
        join_halves(most, rows, course, bench)
        for lane in range(min(n_lanes, n_tours - first)):
            lengths[first + lane] = bench.best[lane]


@frugal_kernel
def join_halves(most: tuple[int, int], rows: Sizes, course: Course, bench: Bench) -> None:
    """Run left and right halves of many tours and fill ``bench.best``."""
    n_lanes = len(MANY_TOURS)
    open_walk = course.left_column >= 0
    left_row, right_row = (course.left_row, course.right_row) if open_walk else (-1, -1)
    n_plain, n_marked = bench.plain.shape[0] // 2, bench.marked.shape[0] // 2
    sizes = (rows, MANY_TOURS)
    plain, marked = bench.plain[:n_plain], bench.marked[:n_marked]
    run_lanes(most, sizes, bench.left, (left_row, left_row), bench.mark, plain, marked)
    plain, marked = bench.plain[n_plain:], bench.marked[n_marked:]
    run_lanes(most, sizes, bench.right, (right_row, right_row), bench.mark, plain, marked)
    values = bench.marked if open_walk else bench.plain
    half = n_marked if open_walk else n_plain
    joins = bench.marked_joins if open_walk else bench.plain_joins
    bench.best[:] = NEVER
    for join in range(joins.shape[0]):
        left, right = joins[join, 0] * n_lanes, joins[join, 1] * n_lanes
        join_lanes(MANY_TOURS, bench.best, values, left, values, half + right)
