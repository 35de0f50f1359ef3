"""The stages of the programme over one-way aisles for one start and one end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.layout.aisles import MISSING, ParallelAisles, Spot
from optimizer.routing.one_way.programme import BLOCKED
from optimizer.routing.one_way.states import (
    BOTH_WAYS,
    EMPTY,
    FROM_BACK,
    FROM_FRONT,
    LARGEST_GAP,
    THERE_AND_BACK,
    TIMES,
    OneWayTables,
    one_way_tables,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an aisle: millimetres (``MISSING``: none), and the one way (0: both, 1, -1)."""

    length_mm: int
    way: int


@dataclass(frozen=True, slots=True)
class Stage:
    """An operation at a column of the programme: of a stretch or vertex at ``row``, -1 for a step.

    ``costs`` has one entry per code of the operation, int64, millimetres, without picks.
    """

    operation: int
    column: int
    row: int
    costs: NDArray[np.int64]
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything about a tour's programme that does not depend on its picks.

    Parameters
    ----------
    tables
        The transition tables.
    stages
        The stages from left to right.
    operations
        Shape (n_stages,), int64: the operation of each stage.
    first_cost, costs
        The costs of all stages one after the other, and where each stage's begin.
    passage_stage, touch_stage
        By (column, row) of the layout: the stage to which a pick inside a stretch, or at a
        crossing, belongs. A touch takes part only where something is picked.
    ends
        Columns of the programme and rows at which the walk begins and ends.
    stubs_mm
        What is walked on the dead ends of start and end.
    steps
        Shape (n_columns - 1,), int64: the stages that are steps.
    least_step
        Shape (n_stages,), int64: the cost of the cheapest crossing of a step, else 0.
    """

    tables: OneWayTables
    stages: tuple[Stage, ...]
    operations: NDArray[np.int64]
    first_cost: NDArray[np.int64]
    costs: NDArray[np.int64]
    passage_stage: dict[tuple[int, int], int]
    touch_stage: dict[tuple[int, int], int]
    ends: tuple[tuple[int, int], tuple[int, int]]
    stubs_mm: int
    steps: NDArray[np.int64]
    least_step: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the programme: an aisle, or ``across_mm`` beyond it a station on ``row``."""

    base: int
    across_mm: int = 0
    row: int = -1


def lay_frame(aisles: ParallelAisles, start: Spot, end: Spot, limit: int) -> Frame:
    """Return the frame of all tours between two stations.

    Parameters
    ----------
    aisles
        The structure of the layout.
    start, end
        Where the stations stand.
    limit
        Limit of the tables.
    """
    return _Framing(aisles, (start, end), limit).frame()


def passage_costs(stretch: Stretch, limit: int, along_mm: Sequence[int]) -> NDArray[np.int64]:
    """Return the cost of each way through a stretch of an aisle.

    Parameters
    ----------
    stretch
        The stretch.
    limit
        Limit of the tables.
    along_mm
        Walk to each pick from the front, ascending.

    Returns
    -------
    NDArray
        Shape (5 + 4 * limit,), int64, millimetres, by the codes of
        :mod:`optimizer.routing.one_way.states`.
    """
    costs = np.full(TIMES + 4 * limit, BLOCKED, dtype=np.int64)
    length = stretch.length_mm
    if not along_mm:
        costs[EMPTY] = 0
    if length == MISSING:
        return costs
    times = np.arange(1, 2 * limit + 1) * length
    if stretch.way >= 0:
        costs[TIMES : TIMES + 2 * limit] = times
    if stretch.way <= 0:
        costs[TIMES + 2 * limit :] = times
    if stretch.way == 0:
        costs[BOTH_WAYS] = 2 * length
        if along_mm:
            costs[FROM_FRONT] = 2 * along_mm[-1]
            costs[FROM_BACK] = 2 * (length - along_mm[0])
        if len(along_mm) > 1:
            gaps = [later - one for one, later in itertools.pairwise(along_mm)]
            costs[LARGEST_GAP] = 2 * (length - max(gaps))
    return costs


class _Framing:
    """Lays the stages of the programme for one start and end."""

    def __init__(self, aisles: ParallelAisles, ends: tuple[Spot, Spot], limit: int) -> None:
        self.aisles, self.ends = aisles, ends
        self.round_trip = _place(ends[0]) == _place(ends[1])
        self.tables = one_way_tables(aisles.n_rows, limit, not self.round_trip)
        self.held = {
            (spot.column, spot.row) for spot in aisles.locations.values() if not spot.along_mm
        }

    def frame(self) -> Frame:
        """Return the frame."""
        stages: list[Stage] = []
        passages: dict[tuple[int, int], int] = {}
        touches: dict[tuple[int, int], int] = {}
        places = [(0, 0), (0, 0)]
        reached = [0] * self.aisles.n_rows
        for number, column in enumerate(self._columns()):
            if number:
                costs = self._step_costs(column, reached)
                stages.append(Stage(self.tables.step, number, -1, costs))
            if not column.across_mm:
                for row in range(self.aisles.n_rows):
                    if (column.base, row) in self.held:
                        touches[column.base, row] = len(stages)
                        stages.append(self._vertex(self.tables.touch(row), number, row))
                    if row < self.aisles.n_rows - 1:
                        passages[column.base, row] = len(stages)
                        stretch = self._stretch(column.base, row)
                        costs = passage_costs(stretch, self.tables.limit, ())
                        stages.append(Stage(row, number, row, costs, stretch))
            for end, spot in enumerate(self.ends[: 1 if self.round_trip else 2]):
                if _stands(spot, column):
                    operation = (self.tables.start, self.tables.end)[end](spot.row)
                    if self.round_trip:
                        operation = self.tables.touch(spot.row)
                    stages.append(self._vertex(operation, number, spot.row))
                    places[end] = (number, spot.row)
        sizes = [len(stage.costs) for stage in stages]
        return Frame(
            self.tables,
            tuple(stages),
            np.array([stage.operation for stage in stages], dtype=np.int64),
            np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64),
            np.concatenate([stage.costs for stage in stages]),
            passages,
            touches,
            (places[0], places[0] if self.round_trip else places[1]),
            self.ends[0].stub_mm + self.ends[1].stub_mm,
            np.array([at for at, one in enumerate(stages) if one.row < 0], dtype=np.int64),
            np.array([self._least(stage) for stage in stages], dtype=np.int64),
        )

    def _least(self, stage: Stage) -> int:
        if stage.operation != self.tables.step:
            return 0
        return int(stage.costs[self.tables.crossings.any(axis=1)].min())

    def _columns(self) -> list[_Column]:
        """Return all aisles and the places of stations beside them, from left to right."""
        beside = sorted(
            {(spot.column, spot.across_mm, spot.row) for spot in self.ends if spot.across_mm}
        )
        columns: list[_Column] = []
        for base in range(self.aisles.n_columns):
            columns.append(_Column(base))
            columns += [_Column(*each) for each in beside if each[0] == base]
        return columns

    def _vertex(self, operation: int, column: int, row: int) -> Stage:
        return Stage(operation, column, row, np.zeros(1, dtype=np.int64))

    def _step_costs(self, column: _Column, reached: list[int]) -> NDArray[np.int64]:
        """Return the cost of each code of a step to a column: the sum over its rows.

        ``reached`` holds how far beyond the last aisle the walk stands on each row; it is moved on.
        """
        aisles = self.aisles
        base = column.base - (0 if column.across_mm else 1)
        total = np.zeros(len(self.tables.crossings), dtype=np.int64)
        for row in range(aisles.n_rows):
            # Beside an aisle a station divides its own row; the others do not get on.
            right = left = 0
            if not column.across_mm or column.row == row:
                whole, way = int(aisles.cross_mm[base, row]), int(aisles.cross_one_way[base, row])
                length = (column.across_mm or whole) - reached[row]
                right = BLOCKED if whole == MISSING or way < 0 else length
                left = BLOCKED if whole == MISSING or way > 0 else length
                reached[row] = column.across_mm
            total += _crossing_costs(self.tables.crossings[:, row], right, left)
        return np.minimum(total, BLOCKED)

    def _stretch(self, column: int, gap: int) -> Stretch:
        aisles = self.aisles
        return Stretch(int(aisles.aisle_mm[column, gap]), int(aisles.one_way[column, gap]))


def _crossing_costs(times: NDArray[np.int64], right: int, left: int) -> NDArray[np.int64]:
    there_and_back = times == THERE_AND_BACK
    walked = np.where(times > 0, times * right, -times * left)
    return np.where(there_and_back, right + left, walked).astype(np.int64)


def _place(spot: Spot) -> tuple[int, int, int]:
    return spot.column, spot.row, spot.across_mm


def _stands(spot: Spot, column: _Column) -> bool:
    if spot.across_mm:
        return _place(spot) == (column.base, column.row, column.across_mm)
    return spot.column == column.base and not column.across_mm
