"""The stages of the programme over aisles when locations are still to be chosen.

A *point* is a place in the grid where at least one location lies that may serve an item.

Lengths in the compiled functions of this package are integers: walking length times ``SCALE``, so
that multipliers have fractions and every bound is exact arithmetic. The numbers defined here are
compiled into the other modules of the package as well: who changes one must touch those modules,
for numba renews its cache by module (see :func:`~optimizer.routing.kernel.kernel`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.parallel.transitions import CHOICES, Transitions

SCALE = 256
"""Fractions of a unit of length that multipliers can express."""

FORCED = 1 << 40
"""Prize of a point that must be visited: more than any walk costs."""

BLOCKED = 1 << 55
"""Cost of a stretch that cannot be walked: more than all prizes together."""

NEVER = 1 << 61
"""Cost of what no walk reaches."""

PASSAGE_STAGE, STEP_STAGE, POINT_STAGE, VISIT_STAGE, MARK_STAGE = 0, 1, 2, 3, 4
KIND, AT, FIRST, PAST, LENGTH = 0, 1, 2, 3, 4
"""Fields of a stage: kind, gap or row, range of points, scaled length of the stretch (-1: none)."""

BASE, ROW, ACROSS = 0, 1, 2
"""Fields of a station: column at or left of it, row, walk beyond the column."""

N_CHOICES = 11
"""Length of :data:`~optimizer.routing.parallel.transitions.CHOICES`."""

EMPTY, ONCE, TWICE, FRONT, BACK, GAP = 0, 1, 2, 3, 4, 5
"""Members of :class:`~optimizer.routing.parallel.transitions.Passage` for compiled functions."""

N_PASSAGES = 6

MEMBERS = np.array([[passage in choice for passage in range(N_PASSAGES)] for choice in CHOICES])
"""Which passages each choice offers."""

FREE, TAKEN, GONE = 0, 1, 2
"""What is decided about a point: open, to be visited, not used."""

SLOTS = 4
"""Covering rows per item (see :func:`~optimizer.routing.scattered.covering.fill_rows`)."""


class Building(NamedTuple):
    """A layout of parallel aisles as compiled functions take it.

    Parameters
    ----------
    aisle_mm
        Shape (n_columns, n_rows - 1), int64: length of each stretch of an aisle, -1 where missing.
    row_position, row_breaks
        Shape (n_columns, n_rows), int64: position of each column along each row, a missing
        stretch counted as 0; number of missing stretches of the row to the left of it.
    regular
        Whether columns without candidates may be left out (see
        :attr:`~optimizer.layout.aisles.ParallelAisles.regular`).
    """

    aisle_mm: NDArray[np.int64]
    row_position: NDArray[np.int64]
    row_breaks: NDArray[np.int64]
    regular: bool


class Stages(NamedTuple):
    """The stages of the programme for one set of candidates.

    Parameters
    ----------
    table
        Shape (n_stages, 5), int64: see ``KIND`` … ``LENGTH``.
    step_cost
        Shape (n_stages, n_codes), int64, scaled: cost of each code of a step; BLOCKED or more
        where it cannot be walked.
    along
        Shape (n_points,), int64, scaled: walk of each point along its stretch.
    """

    table: NDArray[np.int64]
    step_cost: NDArray[np.int64]
    along: NDArray[np.int64]


class Supplies(NamedTuple):
    """Which point holds how much of which item.

    Parameters
    ----------
    begin
        Shape (n_points + 1,), int64: supplies of point p are ``begin[p]:begin[p + 1]``.
    item, amount
        Shape (n_supplies,), int64: number of the item; pieces, >= 1.
    demand
        Shape (n_items,), int64: pieces needed, >= 1.
    """

    begin: NDArray[np.int64]
    item: NDArray[np.int64]
    amount: NDArray[np.int64]
    demand: NDArray[np.int64]


@kernel
def lay_columns(
    codes: NDArray[np.int64],
    building: Building,
    stations: NDArray[np.int64],
    round_trip: bool,
) -> NDArray[np.int64]:
    """Return the columns from left to right: base, station beside it (-1: an aisle), offset.

    Shape (n, 3), int64.
    """
    n_columns, n_rows = building.row_position.shape
    kept = np.zeros(n_columns, dtype=np.bool_)
    if building.regular:
        for point in range(codes.shape[0]):
            kept[codes[point] // (2 * n_rows)] = True
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
def lay_stages(
    codes: NDArray[np.int64],
    along: NDArray[np.int64],
    building: Building,
    stations: NDArray[np.int64],
    tables: Transitions,
) -> Stages:
    """Return the stages of the programme for all candidates together.

    Parameters
    ----------
    codes, along
        Shape (n_points,), int64, ascending by code, then along, distinct:
        ``(column * n_rows + row) * 2`` for a point at a crossing, one more for a point between
        that row and the next; its walk along that stretch.
    building
        The layout.
    stations
        Shape (2, 3), int64: start and end as (base column, row, walk beyond the column).
    tables
        Transition tables; for marks 2 where start and end differ.
    """
    n_rows = building.row_position.shape[1]
    round_trip = True
    for part in range(3):
        round_trip = round_trip and stations[0, part] == stations[1, part]
    columns = lay_columns(codes, building, stations, round_trip)
    most = columns.shape[0] * 2 * n_rows + 2
    n_codes = tables.step_counts.shape[0]
    table = np.full((most, 5), -1, dtype=np.int64)
    step_cost = np.zeros((most, n_codes), dtype=np.int64)
    position = building.row_position[columns[0, 0]].copy()
    n, point = 0, 0
    for column in range(columns.shape[0]):
        base, station = columns[column, 0], columns[column, 1]
        if column > 0:
            table[n, KIND] = STEP_STAGE
            before = columns[column - 1, 0]
            for row in range(n_rows):
                here = max(position[row], building.row_position[base, row])
                if station >= 0 and row == stations[station, ROW]:
                    here = building.row_position[base, row] + columns[column, 2]
                walk = (here - position[row]) * SCALE
                if building.row_breaks[base, row] != building.row_breaks[before, row]:
                    walk = BLOCKED
                for code in range(n_codes):
                    step_cost[n, code] += tables.step_counts[code, row] * walk
                position[row] = here
            n += 1
        elif station >= 0:
            position[stations[station, ROW]] += columns[column, 2]
        if station < 0:
            for row in range(n_rows):
                code = (base * n_rows + row) * 2
                if point < codes.shape[0] and codes[point] == code:
                    table[n, KIND], table[n, AT] = POINT_STAGE, row
                    table[n, FIRST], table[n, PAST] = point, point + 1
                    n += 1
                    point += 1
                if row == n_rows - 1:
                    break
                table[n, KIND], table[n, AT], table[n, FIRST] = PASSAGE_STAGE, row, point
                while point < codes.shape[0] and codes[point] == code + 1:
                    point += 1
                table[n, PAST] = point
                if building.aisle_mm[base, row] >= 0:
                    table[n, LENGTH] = building.aisle_mm[base, row] * SCALE
                n += 1
        for end in range(1 if round_trip else 2):
            beside = station == end
            if station < 0:
                beside = stations[end, BASE] == base and stations[end, ACROSS] == 0
            if beside:
                table[n, KIND] = VISIT_STAGE if round_trip else MARK_STAGE
                table[n, AT] = stations[end, ROW]
                n += 1
    return Stages(table[:n].copy(), step_cost[:n].copy(), along * SCALE)
