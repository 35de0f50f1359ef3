"""How the shortest tour walks each stretch, traced back from the lengths of its halves.

The halves are run with all their lengths kept (:mod:`optimizer.routing.parallel.lanes`). From the
best pair one goes back, from each state to one that explains its length, and writes down how every
stretch and every part of a row is walked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel, inlined_kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.halves import Ways, half_tables, ways_of
from optimizer.routing.parallel.lanes import (
    N_PASSAGES,
    NEVER,
    Sizes,
    traced_marked_passages,
    traced_marked_step,
    traced_plain_passages,
    traced_plain_step,
)
from optimizer.routing.parallel.laying import (
    ONE_TOUR,
    Bench,
    block_length,
    fill_tour,
    fill_up,
    lay_picks,
)
from optimizer.routing.parallel.lengths import mark_end


class Paper(NamedTuple):
    """Working memory of whole tours beside :class:`~optimizer.routing.parallel.lengths.Bench`.

    Parameters
    ----------
    plain, marked
        int32: lengths per state and lane after every gap and step.
    plain_ways, marked_ways
        Where states come from.
    passages
        Shape (n_columns, n_rows - 1), int8: how each stretch of the tour's columns is walked.
    across
        Shape (n_columns, n_rows), int8: how often each row is walked on to the next column.
    left_up, left_across
        The same shapes, int8: what is still to be walked.
    seen
        Shape (n_columns * n_rows,), bool: crossings passed.
    stack, walk
        int32: crossings, ``column * n_rows + row`` by the tour's columns.
    """

    plain: NDArray[np.int32]
    marked: NDArray[np.int32]
    plain_ways: Ways
    marked_ways: Ways
    passages: NDArray[np.int8]
    across: NDArray[np.int8]
    left_up: NDArray[np.int8]
    left_across: NDArray[np.int8]
    seen: NDArray[np.bool_]
    stack: NDArray[np.int32]
    walk: NDArray[np.int32]


def set_up_paper(course: Course) -> Paper:
    """Return working memory for tours of a course."""
    n_columns, n_rows = course.row_mm.shape
    tables = half_tables(n_rows)
    n_lanes = len(ONE_TOUR)
    vectors = 1 + n_columns * n_rows
    # Each edge is walked at most twice.
    walked = 4 * n_columns * n_rows + 1
    return Paper(
        plain=np.zeros(vectors * tables.plain.n_states * n_lanes, dtype=np.int32),
        marked=np.zeros((vectors + 1) * tables.marked.n_states * n_lanes, dtype=np.int32),
        plain_ways=ways_of(tables.plain),
        marked_ways=ways_of(tables.marked),
        passages=np.zeros((n_columns, n_rows - 1), dtype=np.int8),
        across=np.zeros((n_columns, n_rows), dtype=np.int8),
        left_up=np.zeros((n_columns, n_rows), dtype=np.int8),
        left_across=np.zeros((n_columns, n_rows), dtype=np.int8),
        seen=np.zeros(n_columns * n_rows, dtype=np.bool_),
        stack=np.zeros(walked, dtype=np.int32),
        walk=np.zeros(walked, dtype=np.int32),
    )


@frugal_kernel
def lay_tour(
    picks: NDArray[np.int32], course: Course, bench: Bench
) -> tuple[int, tuple[int, int, int, int]]:
    """Lay out a tour; its picks stay in ``bench.masks``.

    Returns
    -------
    tuple
        Number of columns; how many of them lie in the left half up to its end and behind it, and
        the same for the right half.
    """
    laid = lay_picks(picks, course, bench)
    n_rows = course.row_mm.shape[1]
    left_out, left_in, right_out, right_in = fill_tour(laid, course, bench, 0, len(ONE_TOUR))
    counts = max(left_out, right_out), max(left_in, right_in)
    fill_up((left_out, left_in), counts, n_rows, bench.left, 0, len(ONE_TOUR))
    fill_up((right_out, right_in), counts, n_rows, bench.right, 1, len(ONE_TOUR))
    return laid[0], (left_out, left_in, right_out, right_in)


@frugal_kernel
def run_traced(
    rows: Sizes, counts: tuple[int, int], course: Course, bench: Bench, paper: Paper
) -> None:
    """Take both halves to the cut, keeping all lengths.

    Parameters
    ----------
    rows
        :data:`~optimizer.routing.parallel.lanes.Sizes`: as long as there are cross-aisles.
    counts
        Columns of either half up to the end of the walk and behind it, from :func:`lay_tour`.
    """
    n_lanes = len(ONE_TOUR)
    n_gaps = len(rows) - 1
    block = block_length(len(rows)) * n_lanes
    room = course.kept.shape[0]
    size = bench.plain.shape[0]
    paper.plain[:size] = NEVER
    paper.plain[:n_lanes] = 0
    at, where = (room - counts[0]) * block, 0
    for n in range(counts[0]):
        traced_plain_passages(rows, ONE_TOUR, paper.plain, bench.left, at, where)
        where += n_gaps * size
        if course.left_column < 0 or n < counts[0] - 1:
            traced_plain_step(rows, ONE_TOUR, paper.plain, bench.left, at, where)
            where += size
            at += block
    if course.left_column < 0:
        return
    last = paper.plain[where : where + size]
    size = bench.marked.shape[0]
    for lane in range(n_lanes):
        row = course.left_row if lane == 0 else course.right_row
        mark_end(row, lane, n_lanes, bench.mark, last, paper.marked[:size])
    traced_marked_step(rows, ONE_TOUR, paper.marked, bench.left, at, 0)
    at, where = (2 * room - counts[1]) * block, size
    for _ in range(counts[1]):
        traced_marked_passages(rows, ONE_TOUR, paper.marked, bench.left, at, where)
        where += n_gaps * size
        traced_marked_step(rows, ONE_TOUR, paper.marked, bench.left, at, where)
        where += size
        at += block


@inlined_kernel
def source_of_gap(
    state: int,
    gap: int,
    ways: Ways,
    values: NDArray[np.int32],
    where: int,
    costs: NDArray[np.int32],
    at: int,
    lane: int,
) -> tuple[int, int]:
    """Return a state before a gap and the passage that explain the length after it.

    The length of ``state`` stands in the vectors behind those at ``where``.
    """
    n_lanes = len(ONE_TOUR)
    n_states = ways.step_begin.shape[0] - 1
    wanted = values[where + (n_states + state) * n_lanes + lane]
    for way in range(ways.gap_begin[gap, state], ways.gap_begin[gap, state + 1]):
        source, passage = ways.gap_source[way], ways.gap_passage[way]
        cost = costs[at + (gap * N_PASSAGES + passage) * n_lanes + lane]
        if values[where + source * n_lanes + lane] + cost == wanted:
            return source, passage
    return -1, -1


@inlined_kernel
def source_of_step(
    state: int,
    ways: Ways,
    values: NDArray[np.int32],
    where: int,
    costs: NDArray[np.int32],
    at: int,
    lane: int,
) -> tuple[int, int]:
    """Return a state before a step and the way that explain the length after it."""
    n_lanes = len(ONE_TOUR)
    n_states = ways.step_begin.shape[0] - 1
    n_rows = ways.step_counts.shape[1]
    wanted = values[where + (n_states + state) * n_lanes + lane]
    first = at + N_PASSAGES * (n_rows - 1) * n_lanes + lane
    for way in range(ways.step_begin[state], ways.step_begin[state + 1]):
        length = values[where + ways.step_source[way] * n_lanes + lane]
        for row in range(n_rows):
            length += ways.step_counts[way, row] * costs[first + row * n_lanes]
        if length == wanted:
            return ways.step_source[way], way
    return -1, -1


@frugal_kernel
def trace_columns(
    state: int,
    span: tuple[int, int, int, int],
    at: tuple[int, int, int],
    ways: Ways,
    values: NDArray[np.int32],
    bench: Bench,
    paper: Paper,
) -> int:
    """Go back through the columns of one part of a half and write down how they are walked.

    Parameters
    ----------
    state
        After all that follows on the last of the columns.
    span
        How many columns (those that only fill up included, which come first); how many of them are
        the tour's; number of the last one in the tour; +1 in a left half, -1 in a right half.
    at
        Where the columns begin in ``values``; block of ``bench.left`` behind the last; what follows
        on the last column: 0 nothing, 1 a step, 2 a step that the other half writes down.
    ways, values
        Of plain or of marked halves.

    Returns
    -------
    int
        The state before the first of the columns, -1 where nothing explains a length.
    """
    count, n_own, number, direction = span
    begin, block, follows = at
    lane = 0 if direction > 0 else 1
    n_rows = paper.across.shape[1]
    n_gaps = n_rows - 1
    size = (ways.step_begin.shape[0] - 1) * len(ONE_TOUR)
    for column in range(count - 1, -1, -1):
        block -= 1
        costs_at = block * block_length(n_rows) * len(ONE_TOUR)
        where = begin + column * n_rows * size
        own = count - column <= n_own
        if follows > 0:
            state, way = source_of_step(
                state, ways, values, where + n_gaps * size, bench.left, costs_at, lane
            )
            if state < 0:
                return -1
            if own and follows == 1:
                write_across(number, direction, way, ways, paper)
        follows = 1
        for gap in range(n_gaps - 1, -1, -1):
            state, passage = source_of_gap(
                state, gap, ways, values, where + gap * size, bench.left, costs_at, lane
            )
            if state < 0:
                return -1
            if own:
                paper.passages[number, gap] = passage
        number -= direction
    return state


@inlined_kernel
def write_across(number: int, direction: int, way: int, ways: Ways, paper: Paper) -> None:
    """Write down how often each row is walked from a column on towards the cut."""
    behind = number if direction > 0 else number - 1
    for row in range(ways.step_counts.shape[1]):
        paper.across[behind, row] = ways.step_counts[way, row]


@frugal_kernel
def trace_half(
    state: int,
    counts: tuple[int, int],
    own: tuple[int, int, int, int],
    course: Course,
    bench: Bench,
    paper: Paper,
) -> int:
    """Write down how the columns of one half are walked.

    Parameters
    ----------
    state
        Of the half at the cut.
    counts
        Columns up to the end of the walk and behind it, of both halves alike.
    own
        The tour's own columns among them; number of the last one in the tour; +1 for the left
        half, -1 for the right half. For a round trip there is nothing behind the end.

    Returns
    -------
    int
        The state before the first column, 0 when all is well.
    """
    outer, inner, number, direction = own
    room = course.kept.shape[0]
    cut = 1 if direction > 0 else 2
    plain_size, marked_size = bench.plain.shape[0], bench.marked.shape[0]
    n_rows = paper.across.shape[1]
    if course.left_column < 0:
        span = (counts[0], outer, number, direction)
        return trace_columns(
            state, span, (0, room, cut), paper.plain_ways, paper.plain, bench, paper
        )
    span = (counts[1], inner, number, direction)
    state = trace_columns(
        state, span, (marked_size, 2 * room, cut), paper.marked_ways, paper.marked, bench, paper
    )
    if state < 0:
        return -1
    lane = 0 if direction > 0 else 1
    block = (room - 1) * block_length(n_rows) * len(ONE_TOUR)
    state, way = source_of_step(state, paper.marked_ways, paper.marked, 0, bench.left, block, lane)
    if state < 0:
        return -1
    number -= direction * inner
    if cut == 1 or inner > 0:
        write_across(number, direction, way, paper.marked_ways, paper)
    last = ((counts[0] - 1) * n_rows + n_rows - 1) * plain_size
    row = course.left_row if direction > 0 else course.right_row
    state = unmarked(state, row, lane, last, bench, paper)
    if state < 0:
        return -1
    span = (counts[0], outer, number, direction)
    return trace_columns(state, span, (0, room, 0), paper.plain_ways, paper.plain, bench, paper)


@frugal_kernel
def unmarked(state: int, row: int, lane: int, last: int, bench: Bench, paper: Paper) -> int:
    """Return the plain state, among those at ``last``, that became a marked one at a row."""
    n_lanes = len(ONE_TOUR)
    wanted = paper.marked[state * n_lanes + lane]
    for source in range(bench.plain.shape[0] // n_lanes - 1):
        if (
            bench.mark[row, source] == state
            and paper.plain[last + source * n_lanes + lane] == wanted
        ):
            return source
    return -1


@frugal_kernel
def best_join(
    counts: tuple[int, int], course: Course, bench: Bench, paper: Paper
) -> tuple[int, int, int]:
    """Return the length of the best pair of halves, and their states."""
    n_rows = paper.across.shape[1]
    open_walk = course.left_column >= 0
    if open_walk:
        joins, values = bench.marked_joins, paper.marked
        at = (1 + counts[1] * n_rows) * bench.marked.shape[0]
    else:
        joins, values = bench.plain_joins, paper.plain
        at = counts[0] * n_rows * bench.plain.shape[0]
    best, left, right = NEVER, -1, -1
    for join in range(joins.shape[0]):
        length = values[at + 4 * joins[join, 0]] + values[at + 4 * joins[join, 1] + 1]
        if length < best:
            best, left, right = length, joins[join, 0], joins[join, 1]
    return best, left, right


@frugal_kernel
def trace_tour(
    n: int, own: tuple[int, int, int, int], course: Course, bench: Bench, paper: Paper
) -> int:
    """Write down how the shortest tour walks every stretch; return its length.

    Parameters
    ----------
    n, own
        From :func:`lay_tour`.

    Returns
    -------
    int
        ``NEVER`` where there is no tour below it, -1 where nothing explains a length (which would
        be a fault of the tables).
    """
    left_out, left_in, right_out, right_in = own
    counts = max(left_out, right_out), max(left_in, right_in)
    length, left, right = best_join(counts, course, bench, paper)
    if length >= NEVER:
        return NEVER
    states = (left, right)
    for half in range(2):
        part = own[2 * half], own[2 * half + 1], n - right_out - right_in - 1 + half, 1 - 2 * half
        if trace_half(states[half], counts, part, course, bench, paper) != 0:
            return -1
    return length
