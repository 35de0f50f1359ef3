"""The dynamic programme over aisles, compiled: from the picks of one tour to its shortest length.

The columns of the programme are the aisles that hold a pick, and the places of start and end, which
may lie between two aisles (a column without an aisle). In a regular layout all other aisles are
left out: a walk through an empty aisle can be moved to a neighbouring column without getting
longer. In a layout with missing or unequal stretches every column is kept. Stages follow each other
from left to right: per column the stretches of its aisle and the marks of start and end, between
two columns a step. They are run through the tables of
:mod:`optimizer.routing.parallel.transitions`.

One module, longer than usual: a cached compilation is renewed only when the file of the function
itself changes, so that compiled functions which call each other must stand together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.transitions import Transitions

BLOCKED = 1 << 50
"""Cost of a stretch that cannot be walked; sums of a whole tour stay below 2**62."""

PASSAGE_STAGE, STEP_STAGE, TOUCH_STAGE, MARK_STAGE = 0, 1, 2, 3
KIND, COLUMN, AT, FIRST, PAST, END = 0, 1, 2, 3, 4, 5
"""Fields of a stage: kind, number of the column, gap or row (-1 for a step), range of picks, and
which station stands there (1 start, 2 end, 0 none)."""

N_CHOICES = 11
"""Length of :data:`~optimizer.routing.parallel.transitions.CHOICES`; also the most rows there can
be."""

NEVER = 1 << 61
"""Length of a state that no walk reaches."""

BASE, ROW, ACROSS = 0, 1, 2
"""Fields of a station: column at or left of it, row, millimetres beyond the column."""


class Grid(NamedTuple):
    """A layout of parallel aisles as compiled functions take it (hence no dataclass).

    Parameters
    ----------
    pick_codes, pick_along
        Shape (n_points,), int64: of all pick points of the layout, ordered by code (see
        :func:`lay_columns`), then by the walk along the stretch in millimetres.
    aisle_mm
        Shape (n_columns, n_rows - 1), int64, millimetres, -1 where missing.
    row_position, row_breaks
        Shape (n_columns, n_rows), int64: position of each column along each row in millimetres,
        a missing stretch counted as 0; number of missing stretches of the row to the left of it.
    regular
        Whether empty columns may be left out.
    """

    pick_codes: NDArray[np.int64]
    pick_along: NDArray[np.int64]
    aisle_mm: NDArray[np.int64]
    row_position: NDArray[np.int64]
    row_breaks: NDArray[np.int64]
    regular: bool


@kernel
def lay_columns(
    pick_code: NDArray[np.int64],
    n_columns: int,
    n_rows: int,
    regular: bool,
    stations: NDArray[np.int64],
    round_trip: bool,
) -> NDArray[np.int64]:
    """Return the columns of the programme from left to right.

    Parameters
    ----------
    pick_code
        Shape (n_picks,), int64, ascending: ``(column * n_rows + row) * 2`` for a pick at a
        crossing, one more for a pick between that row and the next.
    n_columns, n_rows, regular
        Size of the layout; whether empty columns may be left out.
    stations
        Shape (2, 3), int64: start and end as (base, row, across).
    round_trip
        Whether both stand at one point.

    Returns
    -------
    NDArray
        Shape (n, 3), int64: base column; station (0 or 1) that stands beside it, -1 for an aisle;
        millimetres beyond the base column.
    """
    kept = np.zeros(n_columns, dtype=np.bool_)
    if regular:
        for pick in range(pick_code.shape[0]):
            kept[pick_code[pick] // (2 * n_rows)] = True
    else:
        kept[:] = True
    for station in range(2):
        if stations[station, ACROSS] == 0:
            kept[stations[station, BASE]] = True
    # Two stations between the same two aisles come in the order of their offsets.
    first = 1 if stations[1, ACROSS] < stations[0, ACROSS] else 0
    columns = np.empty((n_columns + 2, 3), dtype=np.int64)
    n = 0
    for base in range(n_columns):
        if kept[base]:
            columns[n, 0], columns[n, 1], columns[n, 2] = base, -1, 0
            n += 1
        for station in (first, 1 - first):
            if round_trip and station == 1:
                continue
            if stations[station, BASE] == base and stations[station, ACROSS] > 0:
                columns[n, 0], columns[n, 1] = base, station
                columns[n, 2] = stations[station, ACROSS]
                n += 1
    return columns[:n]


@kernel
def passage_costs(along: NDArray[np.int64], length: int, costs: NDArray[np.int64]) -> None:
    """Fill the cost of each passage of one stretch of an aisle.

    Parameters
    ----------
    along
        Shape (n_picks,), int64, ascending: picks of the stretch, millimetres from its front row.
    length
        Length of the stretch in millimetres, -1 where it cannot be walked.
    costs
        Shape (11,), int64, filled in the order of
        :data:`~optimizer.routing.parallel.transitions.CHOICES`.
    """
    n = along.shape[0]
    costs[0] = 0 if n == 0 else BLOCKED
    costs[1] = length if length >= 0 else BLOCKED
    costs[2] = 2 * length if length >= 0 else BLOCKED
    costs[3:6] = BLOCKED
    if n > 0:
        costs[3] = 2 * along[n - 1]
        costs[4] = 2 * (length - along[0])
    if n > 1:
        gap = along[1] - along[0]
        for pick in range(2, n):
            gap = max(gap, along[pick] - along[pick - 1])
        costs[5] = 2 * (length - gap)
    # The choices between passages that lead to the same state.
    costs[7] = min(costs[0], costs[3])
    costs[8] = min(costs[0], costs[4])
    costs[9] = min(costs[4], costs[5])
    costs[10] = min(costs[3], costs[5])
    costs[6] = min(costs[7], costs[9])


@kernel
def lay_stages(
    picks: NDArray[np.int64],
    stations: NDArray[np.int64],
    grid: Grid,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the stages of the programme for one tour, in order, and their costs.

    Parameters
    ----------
    picks
        Shape (n_picks,), int64, ascending, distinct: numbers of pick points.
    stations
        Shape (2, 3), int64: start and end as (base, row, across).
    grid
        The layout.

    Returns
    -------
    tuple
        Stages, shape (n, 6), int64 (see ``KIND`` …), and costs, shape
        (n, 11), int64: per choice of passages, or per row for a step to the next column.
    """
    aisle_mm, row_position, row_breaks = grid.aisle_mm, grid.row_position, grid.row_breaks
    n_columns, n_rows = row_position.shape
    codes = grid.pick_codes[picks]
    round_trip = (
        stations[0, BASE] == stations[1, BASE]
        and stations[0, ROW] == stations[1, ROW]
        and stations[0, ACROSS] == stations[1, ACROSS]
    )
    columns = lay_columns(codes, n_columns, n_rows, grid.regular, stations, round_trip)
    most = columns.shape[0] * 2 * n_rows + 2
    stages = np.zeros((most, 6), dtype=np.int64)
    costs = np.zeros((most, N_CHOICES), dtype=np.int64)
    position = row_position[columns[0, 0]].copy()
    n = 0
    pick = 0
    for column in range(columns.shape[0]):
        base, station = columns[column, 0], columns[column, 1]
        if column > 0:
            stages[n, KIND], stages[n, COLUMN], stages[n, AT] = STEP_STAGE, column, -1
            before = columns[column - 1, 0]
            for row in range(n_rows):
                here = max(position[row], row_position[base, row])
                if station >= 0 and row == stations[station, ROW]:
                    here = row_position[base, row] + columns[column, 2]
                broken = row_breaks[base, row] != row_breaks[before, row]
                costs[n, row] = BLOCKED if broken else here - position[row]
                position[row] = here
            n += 1
        elif station >= 0:
            position[stations[station, ROW]] += columns[column, 2]
        if station < 0:
            for row in range(n_rows):
                code = (base * n_rows + row) * 2
                if pick < picks.shape[0] and codes[pick] == code:
                    stages[n, KIND], stages[n, COLUMN], stages[n, AT] = TOUCH_STAGE, column, row
                    stages[n, FIRST], stages[n, PAST] = pick, pick + 1
                    n += 1
                    pick += 1
                if row == n_rows - 1:
                    break
                first = pick
                while pick < picks.shape[0] and codes[pick] == code + 1:
                    pick += 1
                stages[n, KIND], stages[n, COLUMN], stages[n, AT] = PASSAGE_STAGE, column, row
                stages[n, FIRST], stages[n, PAST] = first, pick
                passage_costs(grid.pick_along[picks[first:pick]], aisle_mm[base, row], costs[n])
                n += 1
        for end in range(1 if round_trip else 2):
            beside = station == end
            if station < 0:
                beside = stations[end, BASE] == base and stations[end, ACROSS] == 0
            if beside:
                stages[n, KIND] = TOUCH_STAGE if round_trip else MARK_STAGE
                stages[n, COLUMN], stages[n, AT] = column, stations[end, ROW]
                stages[n, END] = end + 1
                n += 1
    return stages[:n], costs[:n]


@kernel
def run_stages(
    stages: NDArray[np.int64],
    costs: NDArray[np.int64],
    tables: Transitions,
    chosen: NDArray[np.int32],
    traced: bool,
) -> tuple[int, int]:
    """Return the length of the shortest walk and the state in which it ends.

    Exact. Time O(stages * transitions per stage).

    Parameters
    ----------
    stages, costs
        From :func:`lay_stages`.
    tables
        The transition tables.
    chosen
        Shape (n_stages, n_states), int32: filled, when ``traced``, with the transition (touch and
        mark: the source state) by which each state was reached best.
    traced
        Whether ``chosen`` is wanted.
    """
    passage_begin, choice = tables.passage_begin, tables.passage_choice
    passage_target, step_begin = tables.passage_target, tables.step_begin
    step_target, step_code, step_counts = tables.step_target, tables.step_code, tables.step_counts
    n_states = tables.n_states
    lengths = np.full(n_states, NEVER, dtype=np.int64)
    following = np.empty(n_states, dtype=np.int64)
    step_cost = np.empty(step_counts.shape[0], dtype=np.int64)
    lengths[0] = 0
    for stage in range(stages.shape[0]):
        kind, at = stages[stage, KIND], stages[stage, AT]
        following[:] = NEVER
        if kind == PASSAGE_STAGE:
            for source in range(n_states):
                if lengths[source] == NEVER:
                    continue
                for t in range(passage_begin[at, source], passage_begin[at, source + 1]):
                    length = lengths[source] + costs[stage, choice[t]]
                    target = passage_target[t]
                    if length < following[target]:
                        following[target] = length
                        if traced:
                            chosen[stage, target] = t
        elif kind == STEP_STAGE:
            for code in range(step_counts.shape[0]):
                step_cost[code] = 0
                for row in range(step_counts.shape[1]):
                    step_cost[code] += step_counts[code, row] * costs[stage, row]
            for source in range(n_states):
                if lengths[source] == NEVER:
                    continue
                for t in range(step_begin[source], step_begin[source + 1]):
                    length = lengths[source] + step_cost[step_code[t]]
                    target = step_target[t]
                    if length < following[target]:
                        following[target] = length
                        if traced:
                            chosen[stage, target] = t
        else:
            table = tables.mark if kind == MARK_STAGE else tables.touch
            for source in range(n_states):
                reached = table[at, source]
                if reached >= 0 and lengths[source] < following[reached]:
                    following[reached] = lengths[source]
                    if traced:
                        chosen[stage, reached] = source
        lengths, following = following, lengths
    best, state = np.int64(BLOCKED), -1
    for last in range(n_states):
        if tables.complete[last] and lengths[last] < best:
            best, state = lengths[last], last
    return int(best), int(state)


@kernel
def shortest_length(
    picks: NDArray[np.int64],
    stations: NDArray[np.int64],
    grid: Grid,
    tables: Transitions,
) -> int:
    """Return the length of the shortest walk, or ``BLOCKED`` where there is none.

    Parameters as :func:`lay_stages` and :func:`run_stages`.
    """
    stages, costs = lay_stages(picks, stations, grid)
    nothing = np.empty((0, 0), dtype=np.int32)
    length, _ = run_stages(stages, costs, tables, nothing, False)
    return length
