"""Whole tours, compiled: the order of the picks and the walked line.

How each stretch is walked (:mod:`optimizer.routing.parallel.traces`) makes a connected graph in
which a walk over every edge exists. Picks are taken when a stretch is first walked, and excursions
into a stretch when their crossing is first passed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import frugal_kernel
from optimizer.routing.parallel.course import Course
from optimizer.routing.parallel.lanes import NEVER, trailing_zeros
from optimizer.routing.parallel.laying import Bench, clear_picks
from optimizer.routing.parallel.traces import Paper

TWICE, FRONT, BACK, GAP = 2, 3, 4, 5
"""Numbers of :class:`~optimizer.routing.parallel.transitions.Passage`; up to TWICE a stretch is
walked so many times."""


class Drawing(NamedTuple):
    """Where things lie, and where a tour is written.

    Parameters
    ----------
    crossing_at
        Shape (n_columns, n_rows, 2), int64: x and y of the crossings of the course.
    point_xy
        Shape (n_points, 2), int64: x and y of the pick points.
    ends
        Shape (2, 2), int64: x and y where the walk starts and ends.
    order
        int32: the picks in walking order.
    path
        Shape (n, 2), int64: the corners of the walked line.
    """

    crossing_at: NDArray[np.int64]
    point_xy: NDArray[np.int64]
    ends: NDArray[np.int64]
    order: NDArray[np.int32]
    path: NDArray[np.int64]


@frugal_kernel
def find_walk(n: int, start: int, n_rows: int, paper: Paper) -> int:
    """Fill ``paper.walk`` with the crossings of a walk over every edge once; return its length.

    References
    ----------
    Hierholzer, C. (1873): Ueber die Möglichkeit, einen Linienzug ohne Wiederholung und ohne
    Unterbrechung zu umfahren. Mathematische Annalen 6, 30-32. DOI 10.1007/BF01442866.
    """
    for column in range(n):
        for row in range(n_rows):
            paper.left_across[column, row] = paper.across[column, row] if column < n - 1 else 0
            up = 0
            if row < n_rows - 1:
                passage = paper.passages[column, row]
                up = passage if passage <= TWICE else 0
            paper.left_up[column, row] = up
    paper.stack[0] = start
    height, walked = 1, 0
    while height > 0:
        column, row = paper.stack[height - 1] // n_rows, paper.stack[height - 1] % n_rows
        # The order of the tries is free; aisles before cross-aisles, backwards first.
        if row > 0 and paper.left_up[column, row - 1] > 0:
            paper.left_up[column, row - 1] -= 1
            row -= 1
        elif paper.left_up[column, row] > 0:
            paper.left_up[column, row] -= 1
            row += 1
        elif column > 0 and paper.left_across[column - 1, row] > 0:
            paper.left_across[column - 1, row] -= 1
            column -= 1
        elif paper.left_across[column, row] > 0:
            paper.left_across[column, row] -= 1
            column += 1
        else:
            height -= 1
            paper.walk[walked] = paper.stack[height]
            walked += 1
            continue
        paper.stack[height] = column * n_rows + row
        height += 1
    # Crossings were written down from the end of the walk.
    for n_th in range(walked // 2):
        other = walked - 1 - n_th
        paper.walk[n_th], paper.walk[other] = paper.walk[other], paper.walk[n_th]
    return walked


@frugal_kernel
def add_corner(xy: NDArray[np.int64], path: NDArray[np.int64], n_path: int) -> int:
    """Add a point to the walked line, unless it only goes straight on; return its new length."""
    x, y = xy[0], xy[1]
    if n_path > 0 and path[n_path - 1, 0] == x and path[n_path - 1, 1] == y:
        return n_path
    if n_path > 1:
        last_x, last_y = path[n_path - 1, 0], path[n_path - 1, 1]
        came_x, came_y = last_x - path[n_path - 2, 0], last_y - path[n_path - 2, 1]
        goes_x, goes_y = x - last_x, y - last_y
        if came_x * goes_y == came_y * goes_x and came_x * goes_x + came_y * goes_y > 0:
            n_path -= 1
    path[n_path, 0], path[n_path, 1] = x, y
    return n_path + 1


@frugal_kernel
def take_picks(
    span: tuple[int, int, bool],
    masks: NDArray[np.uint64],
    point_at: NDArray[np.int32],
    order: NDArray[np.int32],
    n_order: int,
) -> int:
    """Add picks of one stretch to the order; return the new length of the order.

    Parameters
    ----------
    span
        First and last place wanted, 64 for each word of ``masks``; whether they are walked from
        the front.
    masks, point_at, order
        Of the bench, the course and the drawing.
    """
    first, last, forwards = span
    begun = n_order
    for word in range(first // 64, last // 64 + 1):
        rest = masks[word]
        while rest != 0:
            place = 64 * word + trailing_zeros(rest)
            rest &= rest - np.uint64(1)
            # A station that is always visited need not be a pick point.
            if first <= place <= last and point_at[place] >= 0:
                order[n_order] = point_at[place]
                n_order += 1
    if not forwards:
        for n in range((n_order - begun) // 2):
            one, other = begun + n, n_order - 1 - n
            order[one], order[other] = order[other], order[one]
    return n_order


@frugal_kernel
def split_of_gap(
    first: int,
    last: int,
    masks: NDArray[np.uint64],
    front_mm: NDArray[np.int32],
    back_mm: NDArray[np.int32],
) -> tuple[int, int]:
    """Return the places on both sides of the cheapest gap among the picks between two places."""
    best, before, after = 4 * NEVER, first, last
    previous = -1
    for word in range(first // 64, last // 64 + 1):
        rest = masks[word]
        while rest != 0:
            place = 64 * word + trailing_zeros(rest)
            rest &= rest - np.uint64(1)
            if previous >= 0 and front_mm[previous] + back_mm[place] < best:
                best = front_mm[previous] + back_mm[place]
                before, after = previous, place
            previous = place
    return before, after


@frugal_kernel
def take_excursions(
    number: int,
    row: int,
    course: Course,
    bench: Bench,
    paper: Paper,
    drawing: Drawing,
    written: tuple[int, int],
) -> tuple[int, int]:
    """Walk from a crossing into the stretches before and behind it and back.

    Returns
    -------
    tuple
        How many picks and corners have been written, as ``written`` says before.
    """
    n_order, n_path = written
    n_rows = paper.across.shape[1]
    column = bench.columns[number]
    for forwards in (False, True):
        gap = row if forwards else row - 1
        if gap < 0 or gap == n_rows - 1:
            continue
        passage = paper.passages[number, gap]
        if passage not in (GAP, FRONT if forwards else BACK):
            continue
        first = 64 * (column * (n_rows - 1) + gap) * course.n_per_stretch
        last = first + 64 * course.n_per_stretch - 1
        if passage == GAP:
            split = split_of_gap(first, last, bench.masks, course.front_mm, course.back_mm)
            if forwards:
                last = split[0]
            else:
                first = split[1]
        begun = n_order
        span = (first, last, forwards)
        n_order = take_picks(span, bench.masks, course.point_at, drawing.order, n_order)
        if n_order > begun:
            tip = drawing.order[n_order - 1]
            n_path = add_corner(drawing.point_xy[tip], drawing.path, n_path)
            n_path = add_corner(drawing.crossing_at[column, row], drawing.path, n_path)
    return n_order, n_path


@frugal_kernel
def write_tour(
    n: int,
    length: int,
    picks: NDArray[np.int32],
    course: Course,
    bench: Bench,
    paper: Paper,
    drawing: Drawing,
) -> tuple[int, int]:
    """Write the picks and corners of a traced tour in walking order, and clear its picks.

    Parameters
    ----------
    n, picks
        Number of columns, the picks, both as laid by
        :func:`~optimizer.routing.parallel.traces.lay_tour`.
    length
        From :func:`~optimizer.routing.parallel.traces.trace_tour`; without a tour nothing is
        written.
    course, bench, paper
        As left by :func:`~optimizer.routing.parallel.traces.trace_tour`.
    drawing
        ``order`` and ``path`` are filled.

    Returns
    -------
    tuple
        Number of picks in ``order``, of corners in ``path``. A pick point where a round trip
        begins is in ``order`` also when it is not in ``picks``.
    """
    if not 0 <= length < NEVER:
        clear_picks(picks, course, bench)
        return 0, 0
    n_rows = paper.across.shape[1]
    start = 0
    for number in range(n):
        if bench.columns[number] == course.start_column:
            start = number * n_rows + course.start_row
    walked = find_walk(n, start, n_rows, paper)
    paper.seen[: n * n_rows] = False
    n_order, n_path = 0, add_corner(drawing.ends[0], drawing.path, 0)
    for at in range(walked):
        number, row = paper.walk[at] // n_rows, paper.walk[at] % n_rows
        column = bench.columns[number]
        n_path = add_corner(drawing.crossing_at[column, row], drawing.path, n_path)
        if not paper.seen[paper.walk[at]]:
            paper.seen[paper.walk[at]] = True
            n_order, n_path = take_excursions(
                number, row, course, bench, paper, drawing, (n_order, n_path)
            )
        if at + 1 < walked and paper.walk[at + 1] // n_rows == number:
            gap = min(row, paper.walk[at + 1] % n_rows)
            # The second time through, nothing is left to pick.
            if paper.left_up[number, gap] == 0:
                paper.left_up[number, gap] = 1
                first = 64 * (column * (n_rows - 1) + gap) * course.n_per_stretch
                span = (first, first + 64 * course.n_per_stretch - 1, gap == row)
                n_order = take_picks(span, bench.masks, course.point_at, drawing.order, n_order)
    clear_picks(picks, course, bench)
    return n_order, add_corner(drawing.ends[1], drawing.path, n_path)
