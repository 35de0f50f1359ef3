"""How long a tour becomes when one order enters or leaves its batch, without starting anew.

For a batch the lengths of both halves are kept at every column: of all that lies to the left of it,
and of all that lies to the right. An order changes the columns that hold its picks; what lies
outside of them stays. So only the columns from its first to its last are walked again, from both
sides to a cut between them.

Keeping a batch costs about two tours; asking what a change would do costs the share of columns
between the order's first and last pick, half of it because two lanes share the work.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, inlined_kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.halves import half_tables
from optimizer.routing.parallel.lanes import (
    N_PASSAGES,
    NEVER,
    Sizes,
    marked_passages,
    marked_step,
    plain_passages,
    plain_step,
)
from optimizer.routing.parallel.laying import ONE_TOUR, block_length, fill_nothing, fill_stretch
from optimizer.routing.parallel.lengths import mark_end


class Batch(NamedTuple):
    """The picks of a batch and its halves at every column (a named tuple for compiled functions).

    Parameters
    ----------
    masks
        Shape (n_words,), uint64: picks by stretch.
    column_of
        Shape (n_points,), int32: the column of the course of each pick point.
    held
        Shape (n_points,), int16: how many orders of the batch visit a pick point.
    columns
        Shape (n_columns,), int64: the columns of its tour.
    before
        Shape (n_columns + 1,), int64: how many of them lie to the left of each of the course's.
    costs
        Shape (n_columns, 6 * (n_rows - 1)), int32: passages of each column of the course.
    left, right
        Shape (n_columns, n_states), int32: lengths per state when the aisle of each of the tour's
        columns has been walked, coming from the left, from the right; marked states from the end
        of the walk on.
    middle
        Shape (n_columns,), int64: columns that are walked again.
    touched
        Shape (n_columns,), bool: columns of the course whose picks a change is about.
    lanes
        int32: what the middle columns cost, see :func:`fill_lane`.
    plain, marked
        int32: lengths per state and lane.
    joins, mark
        See :class:`~optimizer.routing.parallel.halves.HalfTables`; joins of marked halves where
        start and end differ.
    """

    masks: NDArray[np.uint64]
    column_of: NDArray[np.int32]
    held: NDArray[np.int16]
    columns: NDArray[np.int64]
    before: NDArray[np.int64]
    costs: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    middle: NDArray[np.int64]
    touched: NDArray[np.bool_]
    lanes: NDArray[np.int32]
    plain: NDArray[np.int32]
    marked: NDArray[np.int32]
    joins: NDArray[np.int32]
    mark: NDArray[np.int32]


def new_batch(course: Course) -> Batch:
    """Return an empty batch for tours of a course; call :func:`sweep` before asking."""
    n_columns, n_rows = course.row_mm.shape
    tables = half_tables(n_rows)
    n_states = max(tables.plain.n_states, tables.marked.n_states)
    return Batch(
        masks=course.always.copy(),
        column_of=course.point_word // np.int32((n_rows - 1) * course.n_per_stretch),
        held=np.zeros(len(course.point_word), dtype=np.int16),
        columns=np.zeros(n_columns, dtype=np.int64),
        before=np.zeros(n_columns + 1, dtype=np.int64),
        costs=np.zeros((n_columns, N_PASSAGES * (n_rows - 1)), dtype=np.int32),
        left=np.zeros((n_columns, n_states), dtype=np.int32),
        right=np.zeros((n_columns, n_states), dtype=np.int32),
        middle=np.zeros(n_columns, dtype=np.int64),
        touched=np.zeros(n_columns, dtype=np.bool_),
        # A step into the middle and one from each end of the walk come to the columns.
        lanes=np.zeros((2 * n_columns + 2) * block_length(n_rows) * len(ONE_TOUR), dtype=np.int32),
        plain=np.zeros(tables.plain.n_states * len(ONE_TOUR), dtype=np.int32),
        marked=np.zeros(tables.marked.n_states * len(ONE_TOUR), dtype=np.int32),
        joins=tables.plain_joins if course.left_column < 0 else tables.marked_joins,
        mark=tables.mark,
    )


@frugal_kernel
def enter(picks: NDArray[np.int32], course: Course, batch: Batch) -> None:
    """Add the picks of an order, shape (n_picks,), int32, distinct; then :func:`sweep`."""
    for n in range(picks.shape[0]):
        pick = picks[n]
        batch.held[pick] += 1
        batch.masks[course.point_word[pick]] |= course.point_bit[pick]


@frugal_kernel
def leave(picks: NDArray[np.int32], course: Course, batch: Batch) -> None:
    """Take the picks of an order away that has entered; then :func:`sweep`."""
    for n in range(picks.shape[0]):
        pick = picks[n]
        batch.held[pick] -= 1
        if batch.held[pick] == 0:
            word = course.point_word[pick]
            batch.masks[word] &= ~course.point_bit[pick] | course.always[word]


@frugal_kernel
def sweep(rows: Sizes, course: Course, batch: Batch) -> int:
    """Bring a batch up to date with its picks and return the length of its tour.

    Parameters
    ----------
    rows
        :data:`~optimizer.routing.parallel.lanes.Sizes`: as long as there are cross-aisles.
    course
        The course of all tours.
    batch
        Brought up to date.

    Returns
    -------
    int
        Millimetres, ``NEVER`` where there is no tour below it.
    """
    n = 0
    for column in range(course.kept.shape[0]):
        batch.before[column] = n
        if is_visited(column, course, batch.masks):
            batch.columns[n] = column
            n += 1
        fill_column(column, course, batch.masks, batch.costs)
    batch.before[course.kept.shape[0]] = n
    for half in range(2):
        kept = batch.left if half == 0 else batch.right
        sweep_half(n, half, rows, course, batch, kept)
    somewhere = batch.columns[0]
    return length_between(somewhere, somewhere, rows, course, batch)


@frugal_kernel
def length_with(picks: NDArray[np.int32], rows: Sizes, course: Course, batch: Batch) -> int:
    """Return the length of the tour if an order entered; the batch stays as it is.

    Parameters as :func:`sweep`; ``picks`` has shape (n_picks,), int32, n_picks >= 1.
    """
    first, last = touch(picks, True, course, batch)
    for n in range(picks.shape[0]):
        batch.masks[course.point_word[picks[n]]] |= course.point_bit[picks[n]]
    length = length_between(first, last, rows, course, batch)
    for n in range(picks.shape[0]):
        if batch.held[picks[n]] == 0:
            word = course.point_word[picks[n]]
            batch.masks[word] &= ~course.point_bit[picks[n]] | course.always[word]
    touch(picks, False, course, batch)
    return length


@frugal_kernel
def length_without(picks: NDArray[np.int32], rows: Sizes, course: Course, batch: Batch) -> int:
    """Return the length of the tour if an order left that has entered; the batch stays as it is.

    Parameters as :func:`length_with`.
    """
    first, last = touch(picks, True, course, batch)
    for n in range(picks.shape[0]):
        if batch.held[picks[n]] == 1:
            word = course.point_word[picks[n]]
            batch.masks[word] &= ~course.point_bit[picks[n]] | course.always[word]
    length = length_between(first, last, rows, course, batch)
    for n in range(picks.shape[0]):
        batch.masks[course.point_word[picks[n]]] |= course.point_bit[picks[n]]
    touch(picks, False, course, batch)
    return length


@inlined_kernel
def touch(picks: NDArray[np.int32], begun: bool, course: Course, batch: Batch) -> tuple[int, int]:
    """Mark the columns of picks while a change is tried; return the first and the last of them."""
    first, last = course.kept.shape[0], -1
    for n in range(picks.shape[0]):
        column = batch.column_of[picks[n]]
        batch.touched[column] = begun
        first, last = min(first, column), max(last, column)
    return first, last


@inlined_kernel
def is_visited(column: int, course: Course, masks: NDArray[np.uint64]) -> bool:
    """Return whether a tour walks past a column: for a pick, or in any case."""
    n_words = (course.row_mm.shape[1] - 1) * course.n_per_stretch
    found = np.uint64(0)
    for word in range(column * n_words, (column + 1) * n_words):
        found |= masks[word]
    return bool(found != 0 or course.kept[column])


@inlined_kernel
def fill_column(
    column: int, course: Course, masks: NDArray[np.uint64], costs: NDArray[np.int32]
) -> None:
    """Fill the costs of the passages of a column."""
    n_gaps = course.row_mm.shape[1] - 1
    for gap in range(n_gaps):
        fill_stretch(column * n_gaps + gap, course, masks, costs[column], gap * N_PASSAGES, 1)


@inlined_kernel
def put_step(
    column: int, after: int, course: Course, costs: NDArray[np.int32], at: int, lane: int
) -> None:
    """Fill the walk along every row from a column to another one; ``at`` begins the block."""
    n_rows = course.row_mm.shape[1]
    at += N_PASSAGES * (n_rows - 1) * len(ONE_TOUR) + lane
    for row in range(n_rows):
        length = abs(course.row_mm[after, row] - course.row_mm[column, row])
        if course.row_breaks[after, row] != course.row_breaks[column, row]:
            length = NEVER
        costs[at] = min(length, NEVER)
        at += len(ONE_TOUR)


@inlined_kernel
def put_column(
    column: int, course: Course, batch: Batch, costs: NDArray[np.int32], at: int, lane: int
) -> None:
    """Fill the passages of a column; ``at`` begins the block."""
    n_gaps = course.row_mm.shape[1] - 1
    if batch.touched[column]:
        for gap in range(n_gaps):
            place = at + gap * N_PASSAGES * len(ONE_TOUR) + lane
            fill_stretch(column * n_gaps + gap, course, batch.masks, costs, place, len(ONE_TOUR))
    else:
        for n in range(N_PASSAGES * n_gaps):
            costs[at + n * len(ONE_TOUR) + lane] = batch.costs[column, n]


@frugal_kernel
def sweep_half(
    n: int,
    half: int,
    rows: Sizes,
    course: Course,
    batch: Batch,
    kept: NDArray[np.int32],
) -> None:
    """Keep the lengths of one half (0 left, 1 right) at each of its ``n`` columns, in lane 0."""
    n_lanes = len(ONE_TOUR)
    end_column = course.left_column if half == 0 else course.right_column
    stop_column = course.right_column if half == 0 else course.left_column
    row = course.left_row if half == 0 else course.right_row
    plain, marked, costs = batch.plain, batch.marked, batch.lanes
    plain[:] = NEVER
    plain[:n_lanes] = 0
    is_marked = False
    for n_th in range(n):
        number = n_th if half == 0 else n - 1 - n_th
        column = batch.columns[number]
        if end_column >= 0 and column == stop_column:
            # Beyond the other end of the walk nobody asks.
            return
        if n_th > 0:
            before = batch.columns[number - 1 if half == 0 else number + 1]
            put_step(before, column, course, costs, 0, 0)
            if is_marked:
                marked_step(rows, ONE_TOUR, marked, costs, 0)
            else:
                plain_step(rows, ONE_TOUR, plain, costs, 0)
        put_column(column, course, batch, costs, 0, 0)
        if is_marked:
            marked_passages(rows, ONE_TOUR, marked, costs, 0)
        else:
            plain_passages(rows, ONE_TOUR, plain, costs, 0)
        if column == end_column:
            mark_end(row, 0, n_lanes, batch.mark, plain, marked)
            is_marked = True
        values = marked if is_marked else plain
        for state in range(values.shape[0] // n_lanes):
            kept[number, state] = values[state * n_lanes]


@inlined_kernel
def length_between(first: int, last: int, rows: Sizes, course: Course, batch: Batch) -> int:
    """Walk the columns of the course from ``first`` to ``last`` again; return the tour's length."""
    open_walk = course.left_column >= 0
    if open_walk:
        # Each half must hold its end of the walk.
        first, last = min(first, course.right_column), max(last, course.left_column)
    before, behind = int(batch.before[first]), int(batch.before[last + 1])
    n_tour = int(batch.before[course.kept.shape[0]])
    middle = batch.middle
    n, left_end, right_end = 0, -1, -1
    for column in range(first, last + 1):
        if is_visited(column, course, batch.masks):
            if column == course.left_column:
                left_end = n
            if column == course.right_column:
                right_end = n
            middle[n] = column
            n += 1
    cut = (n + 1) // 2
    if open_walk:
        cut = max(cut, left_end + 1)
        if right_end >= 0:
            cut = min(cut, right_end)
    right_from = n - 1 - right_end if right_end >= 0 else -1
    edges = (
        batch.columns[before - 1] if before > 0 else -1,
        batch.columns[behind] if behind < n_tour else -1,
    )
    # Columns of a lane up to the end of the walk, and behind it; a round trip has no end.
    if open_walk:
        outer = (left_end + 1, right_from + 1)
        inner = (cut - outer[0], n - cut - outer[1])
    else:
        outer, inner = (cut, n - cut), (0, 0)
    plain_loads = not open_walk or left_end >= 0, not open_walk or right_end >= 0
    block = block_length(len(rows)) * len(ONE_TOUR)
    most_outer, most_inner = max(outer[0], outer[1]), max(inner[0], inner[1])
    for lane in range(2):
        own = outer[lane], inner[lane]
        most = most_outer, most_inner
        fill_lane(lane, (n, cut), edges, own, most, plain_loads[lane], course, batch)
    costs, plain, marked = batch.lanes, batch.plain, batch.marked
    at = 0
    if plain_loads[0] or plain_loads[1]:
        for lane in range(2):
            load(lane, plain_loads[lane], before, behind, n_tour, plain, batch)
        plain_step(rows, ONE_TOUR, plain, costs, 0)
        for n_th in range(most_outer):
            at += block
            plain_passages(rows, ONE_TOUR, plain, costs, at)
            if not open_walk or n_th < most_outer - 1:
                plain_step(rows, ONE_TOUR, plain, costs, at)
    if open_walk:
        at = (1 + most_outer) * block
        for lane in range(2):
            if plain_loads[lane]:
                row = course.left_row if lane == 0 else course.right_row
                mark_end(row, lane, len(ONE_TOUR), batch.mark, plain, marked)
            else:
                load(lane, True, before, behind, n_tour, marked, batch)
        marked_step(rows, ONE_TOUR, marked, costs, at)
        for _ in range(most_inner):
            at += block
            marked_passages(rows, ONE_TOUR, marked, costs, at)
            marked_step(rows, ONE_TOUR, marked, costs, at)
    joins = batch.joins
    values = marked if open_walk else plain
    best = NEVER
    for join in range(joins.shape[0]):
        best = min(best, values[4 * joins[join, 0]] + values[4 * joins[join, 1] + 1])
    return best


@inlined_kernel
def load(
    lane: int,
    wanted: bool,
    before: int,
    behind: int,
    n_tour: int,
    values: NDArray[np.int32],
    batch: Batch,
) -> None:
    """Put the kept lengths of a half into its lane; without any column, the empty walk."""
    number = before - 1 if lane == 0 else behind
    kept = batch.left if lane == 0 else batch.right
    n_states = values.shape[0] // len(ONE_TOUR)
    if wanted and 0 <= number < n_tour:
        for state in range(n_states):
            values[state * len(ONE_TOUR) + lane] = kept[number, state]
    else:
        for state in range(n_states):
            values[state * len(ONE_TOUR) + lane] = NEVER
        values[lane] = 0


@inlined_kernel
def fill_lane(
    lane: int,
    span: tuple[int, int],
    edges: tuple[int, int],
    own: tuple[int, int],
    most: tuple[int, int],
    plain: bool,
    course: Course,
    batch: Batch,
) -> None:
    """Fill the costs of one half of the middle columns.

    Block 0 is the step into the middle. Then the columns up to the end of the walk; one block for
    the step from there; the columns behind. Columns that fill up a lane come right behind a step.
    """
    n, cut = span
    n_rows = course.row_mm.shape[1]
    block = block_length(n_rows) * len(ONE_TOUR)
    costs = batch.lanes
    direction = 1 - 2 * lane
    number = 0 if lane == 0 else n - 1
    stop = cut if lane == 0 else cut - 1
    # The left half walks across the cut, to where the right half ends.
    beyond = -1
    if lane == 0:
        beyond = batch.middle[cut] if cut < n else edges[1]
    here = edges[lane]
    after = batch.middle[number] if number != stop else beyond
    at = 0 if plain else (1 + most[0]) * block
    put_step_or_none(here, after, course, costs, at, lane)
    for part in range(2):
        missing = most[part] - own[part]
        end = 1 + missing + (1 + most[0]) * part
        if missing > 0:
            fill_nothing(n_rows, missing, costs, end, lane, len(ONE_TOUR))
        at = end * block
        for n_th in range(own[part]):
            column = batch.middle[number]
            number += direction
            after = batch.middle[number] if number != stop else beyond
            put_column(column, course, batch, costs, at, lane)
            put_step_or_none(column, after, course, costs, at, lane)
            if part == 0 and n_th == own[0] - 1:
                put_step_or_none(column, after, course, costs, (1 + most[0]) * block, lane)
            at += block


@inlined_kernel
def put_step_or_none(
    column: int, after: int, course: Course, costs: NDArray[np.int32], at: int, lane: int
) -> None:
    """Fill the walk to another column, of no length where one of the two is missing (-1)."""
    if column < 0 or after < 0:
        put_step(0, 0, course, costs, at, lane)
    else:
        put_step(column, after, course, costs, at, lane)
