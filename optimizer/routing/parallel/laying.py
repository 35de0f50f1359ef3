"""One tour laid out for the generated code: its columns and what they cost.

A tour becomes two lists of columns, from the outside to the cut in the middle, each column with the
costs of its passages and of the walk to the next. Costs of several halves lie beside each other, in
the lanes of vectors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, inlined_kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.halves import half_tables
from optimizer.routing.parallel.lanes import N_PASSAGES, NEVER, Sizes, trailing_zeros

ONE_TOUR: Sizes = (0,) * 4
"""Lanes for one tour: the left half, the right half, two unused (the narrowest vector there is)."""

MANY_TOURS: Sizes = (0,) * 8
"""Lanes for many tours; 16 were no faster, since a processor splits them in two."""

KEPT, LEFT, RIGHT = 0, 1, 2
"""Fields of what :func:`lay_picks` tells: kept columns, which of them hold the ends."""


class Bench(NamedTuple):
    """Working memory of one thread for one course (a named tuple for compiled functions).

    Parameters
    ----------
    masks
        Shape (n_words,), uint64: picks by stretch; between two tours equal to ``Course.always``.
    columns
        Shape (n_columns,), int64: the columns of a tour.
    left, right
        int32: costs of the columns of left and right halves, see :func:`fill_half`. One and the
        same array where both are lanes of one vector.
    plain, marked, best
        int32: lengths per state and lane, lengths per lane.
    plain_joins, marked_joins, mark
        See :class:`~optimizer.routing.parallel.halves.HalfTables`.
    """

    masks: NDArray[np.uint64]
    columns: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    plain: NDArray[np.int32]
    marked: NDArray[np.int32]
    best: NDArray[np.int32]
    counts: NDArray[np.int64]
    plain_joins: NDArray[np.int32]
    marked_joins: NDArray[np.int32]
    mark: NDArray[np.int32]


def set_up_bench(course: Course, lanes: Sizes) -> Bench:
    """Return working memory for tours of a course.

    Parameters
    ----------
    course
        The course.
    lanes
        :data:`ONE_TOUR` or :data:`MANY_TOURS`.
    """
    n_columns, n_rows = course.row_mm.shape
    n_lanes = len(lanes)
    tables = half_tables(n_rows)
    room = 2 * n_columns * block_length(n_rows) * n_lanes
    left = np.zeros(room, dtype=np.int32)
    halves = 1 if lanes == ONE_TOUR else 2
    return Bench(
        masks=course.always.copy(),
        columns=np.zeros(n_columns, dtype=np.int64),
        left=left,
        right=left if halves == 1 else np.zeros(room, dtype=np.int32),
        plain=np.zeros(halves * tables.plain.n_states * n_lanes, dtype=np.int32),
        marked=np.zeros(halves * tables.marked.n_states * n_lanes, dtype=np.int32),
        best=np.zeros(n_lanes, dtype=np.int32),
        counts=np.zeros((n_lanes, 4), dtype=np.int64),
        plain_joins=tables.plain_joins,
        marked_joins=tables.marked_joins,
        mark=tables.mark,
    )


@inlined_kernel
def block_length(n_rows: int) -> int:
    """Return how many costs a column has."""
    return N_PASSAGES * (n_rows - 1) + n_rows


@inlined_kernel
def lay_picks(picks: NDArray[np.int32], course: Course, bench: Bench) -> tuple[int, int, int]:
    """Set the bits of picks, and list the columns of their tour.

    Parameters
    ----------
    picks
        Shape (n_picks,), int32: numbers of pick points, in any order, also repeated.

    Returns
    -------
    tuple
        Number of columns; which of them hold the left and the right end (-1 for a round trip).
    """
    masks, columns = bench.masks, bench.columns
    for n in range(picks.shape[0]):
        pick = picks[n]
        masks[course.point_word[pick]] |= course.point_bit[pick]
    n_words = (course.row_mm.shape[1] - 1) * course.n_per_stretch
    n_columns = 0
    left, right = -1, -1
    word = 0
    for column in range(course.kept.shape[0]):
        found = np.uint64(0)
        for _ in range(n_words):
            found |= masks[word]
            word += 1
        if found != 0 or course.kept[column]:
            if column == course.left_column:
                left = n_columns
            elif column == course.right_column:
                right = n_columns
            columns[n_columns] = column
            n_columns += 1
    return n_columns, left, right


@inlined_kernel
def clear_picks(picks: NDArray[np.int32], course: Course, bench: Bench) -> None:
    """Take the bits of picks away again."""
    for n in range(picks.shape[0]):
        word = course.point_word[picks[n]]
        bench.masks[word] = course.always[word]


@inlined_kernel
def fill_stretch(
    stretch: int,
    course: Course,
    masks: NDArray[np.uint64],
    costs: NDArray[np.int32],
    at: int,
    n_lanes: int,
) -> None:
    """Fill the costs of the passages of one stretch into every ``n_lanes``-th place from ``at``."""
    length = course.aisle_mm[stretch]
    empty, front, back, gap = np.int32(0), np.int32(NEVER), np.int32(NEVER), np.int32(NEVER)
    first_word = stretch * course.n_per_stretch
    for word in range(first_word, first_word + course.n_per_stretch):
        rest = masks[word]
        while rest != 0:
            place = 64 * word + trailing_zeros(rest)
            rest &= rest - np.uint64(1)
            if empty == 0:
                empty, back = np.int32(NEVER), course.back_mm[place]
            else:
                gap = min(gap, front + course.back_mm[place])
            front = course.front_mm[place]
    costs[at] = empty
    costs[at + n_lanes] = length
    costs[at + 2 * n_lanes] = min(2 * length, NEVER)
    costs[at + 3 * n_lanes] = front
    costs[at + 4 * n_lanes] = back
    costs[at + 5 * n_lanes] = np.int32(min(gap, np.int32(NEVER)))


@inlined_kernel
def fill_half(
    course: Course,
    bench: Bench,
    part: tuple[int, int, int, int],
    costs: NDArray[np.int32],
    end: int,
    lane: int,
    n_lanes: int,
) -> None:
    """Fill the costs of consecutive columns of one half.

    Parameters
    ----------
    part
        Index in ``bench.columns`` of the first column, direction (+1, -1), number of columns, and
        index of the column beyond the last: the walk to it is counted; -1 for none.
    costs, end
        Where the costs go: the last column ends before block ``end``.
    lane, n_lanes
        The lane of this half, and how many there are.
    """
    first, direction, count, beyond = part
    n_rows = course.row_mm.shape[1]
    block = block_length(n_rows) * n_lanes
    at = (end - count) * block + lane
    for n in range(count):
        column = bench.columns[first + direction * n]
        for gap in range(n_rows - 1):
            stretch = column * (n_rows - 1) + gap
            fill_stretch(stretch, course, bench.masks, costs, at, n_lanes)
            at += N_PASSAGES * n_lanes
        after = column
        if n < count - 1:
            after = bench.columns[first + direction * (n + 1)]
        elif beyond >= 0:
            after = bench.columns[beyond]
        for row in range(n_rows):
            length = abs(course.row_mm[after, row] - course.row_mm[column, row])
            if course.row_breaks[after, row] != course.row_breaks[column, row]:
                length = NEVER
            costs[at] = min(length, NEVER)
            at += n_lanes


@frugal_kernel
def fill_nothing(
    n_rows: int, count: int, costs: NDArray[np.int32], end: int, lane: int, n_lanes: int
) -> None:
    """Fill the costs of ``count`` columns that change nothing, ending before block ``end``.

    Each lies where its neighbour lies and has no aisle: whatever state a half is in, it stays.
    """
    at = (end - count) * block_length(n_rows) * n_lanes + lane
    for _ in range(count):
        for _ in range(n_rows - 1):
            costs[at] = 0
            for passage in range(1, N_PASSAGES):
                costs[at + passage * n_lanes] = NEVER
            at += N_PASSAGES * n_lanes
        for _ in range(n_rows):
            costs[at] = 0
            at += n_lanes


@inlined_kernel
def fill_tour(
    laid: tuple[int, int, int], course: Course, bench: Bench, lane: int, n_lanes: int
) -> tuple[int, int, int, int]:
    """Fill the costs of both halves of a tour.

    The first half of ``bench.left`` and ``bench.right`` takes the columns up to the end of the
    walk, the second half those between the end and the cut.

    Parameters
    ----------
    laid
        From :func:`lay_picks`.
    lane
        Lane of the left half; the right half has the next one where both share an array.

    Returns
    -------
    tuple
        Columns of the left half up to its end and behind it, the same of the right half.
    """
    n, left_end, right_end = laid
    room = course.kept.shape[0]
    other = lane + 1 if n_lanes == len(ONE_TOUR) else lane
    if left_end < 0:
        left_out, left_in, right_out, right_in = (n + 1) // 2, 0, n // 2, 0
        beyond = left_out if right_out > 0 else -1
    else:
        between = right_end - left_end - 1
        left_out, left_in = left_end + 1, between // 2
        right_out, right_in = n - right_end, between - between // 2
        beyond = left_out
    last_left, last_right = left_out + left_in, n - right_out - 1
    parts = (
        (0, 1, left_out, beyond),
        (left_out, 1, left_in, last_left),
        (n - 1, -1, right_out, last_right if right_in > 0 else -1),
        (last_right, -1, right_in, -1),
    )
    # A loop, so that the code of a half is there once.
    for n_th in range(4):
        costs = bench.left if n_th < 2 else bench.right
        end = room * (1 + n_th % 2)
        in_lane = lane if n_th < 2 else other
        fill_half(course, bench, parts[n_th], costs, end, in_lane, n_lanes)
    return left_out, left_in, right_out, right_in


@frugal_kernel
def fill_up(
    found: tuple[int, int],
    wanted: tuple[int, int],
    n_rows: int,
    costs: NDArray[np.int32],
    lane: int,
    n_lanes: int,
) -> None:
    """Give a lane as many columns as the others, up to the end of the walk and behind it."""
    room = costs.shape[0] // (2 * block_length(n_rows) * n_lanes)
    end = room - found[0]
    fill_nothing(n_rows, wanted[0] - found[0], costs, end, lane, n_lanes)
    end = 2 * room - found[1]
    fill_nothing(n_rows, wanted[1] - found[1], costs, end, lane, n_lanes)
