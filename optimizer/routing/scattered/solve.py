"""Which points to visit, and how long the walk is: the search from arrays to a proven optimum.

The outer method is a beam search that grows: Lagrangian multipliers give bounds, labels within
the bounds are kept as far as a limit goes, and where the limit was met the bounds are made
stronger (more items counted exactly) and the limit greater, until nothing was left out below the
best choice found.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ProblemError
from optimizer.routing.parallel.transitions import Transitions, transitions
from optimizer.routing.scattered.choice import Ended
from optimizer.routing.scattered.covering import fill_rows, settle
from optimizer.routing.scattered.labels import Labels, Rest, Task, lay_labels, search, sum_remaining
from optimizer.routing.scattered.relaxation import (
    Board,
    Exactly,
    Model,
    ascend,
    bound_rest,
    lay_board,
    run_ahead,
    set_prizes,
)
from optimizer.routing.scattered.stages import (
    FORCED,
    GONE,
    NEVER,
    ROW,
    SCALE,
    SLOTS,
    TAKEN,
    Building,
    Stages,
    Supplies,
    lay_stages,
)
from optimizer.stopping import Stop, never


@dataclass(frozen=True, slots=True)
class Level:
    """How much one round of the search may spend.

    Parameters
    ----------
    labels
        Most labels per stage.
    numbers
        Most combinations of pieces lacking of the items counted exactly.
    rounds
        Most steps of the multipliers.
    """

    labels: int
    numbers: int
    rounds: int


LEVELS = (
    Level(16, 1, 0),
    Level(64, 1, 120),
    Level(256, 16, 40),
    Level(1_024, 64, 30),
    Level(4_096, 256, 30),
    Level(16_384, 1_024, 30),
    Level(65_536, 1_024, 0),
)
"""The rounds of the search; the first finds any choice, the second is enough for most."""

MOST_POINTS = 16_384
"""Beyond, the prizes of points that must be visited could overflow."""

EXACT_AT_ONCE = 64
"""Up to so many combinations of pieces lacking all items are counted exactly from the start."""

_MOST_REOPENED = 60
_REOPENED_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of points.

    Parameters
    ----------
    used
        Shape (n_points,), bool: points of the walk; together they hold the demand.
    length, bound
        Length of the walk; a length no walk for any choice is below.
    ended
        Why the search ended.
    labels
        Labels made: a measure of work that no clock disturbs.
    """

    used: NDArray[np.bool_]
    length: int
    bound: int
    ended: Ended
    labels: int


def select_points(
    building: Building,
    codes: NDArray[np.int64],
    along: NDArray[np.int64],
    supplies: Supplies,
    *,
    stations: NDArray[np.int64],
    stop: Stop = never,
    most_labels: int = 4_096,
) -> Selection:
    """Return points that hold the demand and whose shortest walk is least.

    Exact when it ends as PROVEN: depth of the search is limited by ``most_labels`` only. The
    running time grows with the number of items and with what a location holds less than is
    needed; unit demand of 30 items takes milliseconds as a rule. Deterministic with a
    deterministic ``stop``.

    Parameters
    ----------
    building
        The layout.
    codes, along
        Shape (n_points,), int64: see :func:`~optimizer.routing.scattered.stages.lay_stages`; all
        points can be reached.
    supplies
        What lies where, and the demand.
    stations
        Shape (2, 3), int64: start and end as (base column, row, walk beyond the column).
    stop
        Asked after every round of the search.
    most_labels
        Most labels kept per stage: about 60 bytes each.

    Raises
    ------
    ProblemError
        When the points do not hold the demand (the number of the item is named), when no walk
        leads to all points, or when there are more than :data:`MOST_POINTS`.

    References
    ----------
    Heßler, K., Irnich, S. (2024): Exact solution of the single-picker routing problem with
    scattered storage. INFORMS Journal on Computing. DOI 10.1287/ijoc.2023.0075. (The problem and
    its instances; the method here is our own.)
    """
    return _Selecting(building, codes, along, supplies, stations).run(stop, most_labels)


class _Selecting:
    """One search: the instance, the best choice so far, and the bounds."""

    def __init__(
        self,
        building: Building,
        codes: NDArray[np.int64],
        along: NDArray[np.int64],
        supplies: Supplies,
        stations: NDArray[np.int64],
    ) -> None:
        if len(codes) > MOST_POINTS:
            raise ProblemError(f"{len(codes)} places of stock are more than {MOST_POINTS}")
        open_walk = bool((stations[0] != stations[1]).any())
        self.supplies = supplies
        self.columns = codes // (2 * building.row_position.shape[1])
        self.tables: Transitions = transitions(building.row_position.shape[1], 2 * open_walk)
        self.stages: Stages = lay_stages(codes, along, building, stations, self.tables)
        self.granule, self.offset = granule(building, along, stations)
        self.board: Board = lay_board(self.stages, self.tables)
        self.status = np.zeros(len(codes), dtype=np.int8)
        self.lacking = np.zeros(len(supplies.demand), dtype=np.int64)
        self._settle()
        self.model = self._lay_model()
        self._pack()
        self.items = np.flatnonzero(self.lacking).tolist()
        self.multiplier = np.zeros((len(self.lacking), SLOTS), dtype=np.int64)
        self.multiplier[:, 0] = np.where(self.lacking > 0, 4 * SCALE, 0)
        self.excess = np.zeros(len(self.lacking))
        self.hits = np.zeros(len(codes), dtype=np.int64)
        self.best_used = np.ones(len(codes), dtype=np.bool_)
        self.best = self._visit_all()
        self.bound = self._next_length(0)
        self.labels_made = 0
        self.memory: Labels | None = None

    def run(self, stop: Stop, most_labels: int) -> Selection:
        """Return the best choice; see :func:`select_points`."""
        ended = Ended.LIMIT
        for number, level in enumerate(LEVELS):
            if level.labels > most_labels:
                break
            self._round(number, level)
            if self.bound >= self.best:
                ended = Ended.PROVEN
                break
            if stop():
                ended = Ended.STOPPED
                break
        if self.bound >= self.best:
            ended = Ended.PROVEN
        return Selection(
            self.best_used,
            self.best // SCALE,
            min(self.bound, self.best) // SCALE,
            ended,
            self.labels_made,
        )

    def _settle(self) -> None:
        demand = self.supplies.demand
        held = np.bincount(
            self.supplies.item, weights=self.supplies.amount, minlength=len(demand)
        ).astype(np.int64)
        for item in np.flatnonzero(held < demand).tolist():
            raise ProblemError(
                f"item {item}: {demand[item]} pieces are needed, {held[item]} are there"
            )
        settle(self.supplies, self.status, self.lacking)

    def _lay_model(self) -> Model:
        need = np.zeros((len(self.lacking), SLOTS), dtype=np.int64)
        share = np.zeros((len(self.supplies.item), SLOTS), dtype=np.int64)
        self.divisor = fill_rows(self.supplies, self.status, self.lacking, need, share)
        return Model(self.stages, self.tables, self.supplies, self.status, need, share)

    def _pack(self) -> None:
        """Prepare what labels need: fields for the items, points of each item."""
        most = int(self.lacking.max(initial=0))
        self.width = most.bit_length() + 1
        per_word = 63 // self.width
        self.start = np.zeros(max(1, -(-len(self.lacking) // per_word)), dtype=np.int64)
        for item, pieces in enumerate(self.lacking.tolist()):
            self.start[item // per_word] += pieces << (item % per_word * self.width)
        self.guard = sum(1 << (n * self.width + self.width - 1) for n in range(per_word))
        points = np.repeat(np.arange(len(self.status)), np.diff(self.supplies.begin))
        self.points_of = [points[self.supplies.item == item] for item in range(len(self.lacking))]
        self.combinations = int(np.prod((self.lacking + 1).astype(np.float64)).clip(max=1e18))

    def _visit_all(self) -> int:
        prize = np.full(len(self.status), FORCED)
        value, last = run_ahead(self.stages, prize, self.tables, self.board)
        value += len(self.status) * int(FORCED)
        if last < 0 or value > FORCED // 2:
            raise ProblemError("no walk leads to all places of stock and to the stations")
        return int(value)

    def _next_length(self, value: int) -> int:
        """Return the least length, scaled, that a walk can have from ``value`` on."""
        return -((self.offset - value) // self.granule) * self.granule + self.offset

    def _round(self, number: int, level: Level) -> None:
        """Make the bounds stronger, then search with them."""
        exact = self._choose_exact(level)
        exactly = self._count_exactly(exact)
        rest = np.empty(
            (len(self.stages.table) + 1, self.tables.n_states, len(exactly.lacking)),
            dtype=np.int64,
        )
        multiplier = self.multiplier.copy()
        multiplier[exact] = 0
        if level.rounds and len(exact) < len(self.items):
            self._ascend(level, exactly, multiplier, rest)
            if self.bound >= self.best:
                return
        bounds = self._prepare(exactly, multiplier, rest)
        if self.bound >= self.best:
            return
        if number > 1 and len(exact) < len(self.items):
            beam = min(max(64, level.labels // 4), 512)
            self._search_pool(bounds, 2 * beam)
            self._reopen_columns(bounds, beam)
            self._reopen_items(bounds, beam)
        self._search_all(number, level, bounds)

    def _choose_exact(self, level: Level) -> list[int]:
        """Return the items that were overpaid most, as far as their combinations fit."""
        if self.combinations <= EXACT_AT_ONCE:
            return list(self.items)
        chosen: list[int] = []
        numbers = 1
        for item in np.argsort(-self.excess, kind="stable").tolist():
            pieces = int(self.lacking[item])
            if pieces and numbers * (pieces + 1) <= level.numbers:
                chosen.append(item)
                numbers *= pieces + 1
        return chosen

    def _count_exactly(self, items: list[int]) -> Exactly:
        strides = [1]
        for item in items:
            strides.append(strides[-1] * (int(self.lacking[item]) + 1))
        numbers = np.arange(strides[-1])
        lacking = np.zeros((strides[-1], len(items)), dtype=np.int64)
        for place, item in enumerate(items):
            lacking[:, place] = numbers // strides[place] % (self.lacking[item] + 1)
        return Exactly(
            np.array(items, dtype=np.int64), np.array(strides[:-1], dtype=np.int64), lacking
        )

    def _ascend(
        self,
        level: Level,
        exactly: Exactly,
        multiplier: NDArray[np.int64],
        rest: NDArray[np.int64],
    ) -> None:
        excess = np.zeros_like(self.excess)
        self.hits[:] = 0
        target = self.best
        if self.bound > 0:
            target = min(target, self.bound + self.bound // 10)
        if not len(exactly.item):
            target = self.best
        enough = self._next_length(self.best - self.granule)
        bound = ascend(
            self.model,
            multiplier,
            exactly,
            self.board,
            rest,
            (target, enough, level.rounds),
            excess,
            self.hits,
        )
        if len(exactly.item):
            # Items counted exactly keep their rank; the others follow by what they cost now.
            rank = self.excess[exactly.item].max() / max(1.0, float(excess.max())) / 2
            excess *= rank
            excess[exactly.item] = self.excess[exactly.item]
        self.excess = excess
        self.multiplier = np.where(multiplier > 0, multiplier, self.multiplier)
        self.bound = max(self.bound, self._next_length(int(bound)))

    def _prepare(
        self, exactly: Exactly, multiplier: NDArray[np.int64], rest: NDArray[np.int64]
    ) -> Task:
        prize = np.zeros(len(self.status), dtype=np.int64)
        taken = set_prizes(self.model, multiplier, prize)
        bound_rest(self.stages, self.tables, self.supplies, self.status, prize, exactly, rest)
        pieces = np.arange(int(self.lacking.max(initial=0)) + 1)
        worth = np.zeros((len(self.lacking), len(pieces)), dtype=np.int64)
        for slot in range(SLOTS):
            rounded = -(-pieces // self.divisor[:, slot : slot + 1])
            worth += multiplier[:, slot : slot + 1] * rounded
        charged = int(worth[np.arange(len(worth)), self.lacking].sum())
        value = int(rest[0, 0, -1]) + charged + int(taken)
        self.bound = max(self.bound, min(self.best, self._next_length(value)))
        remaining = self._remaining(self.status)
        bounds = Rest(rest, remaining, exactly, self.guard, self.width, 0)
        return Task(self.stages, self.tables, self.supplies, self.status, prize, worth, bounds)

    def _remaining(self, status: NDArray[np.int8]) -> NDArray[np.int64]:
        return sum_remaining(
            self.stages, self.supplies, status, self.lacking, self.width, len(self.start)
        )

    def _run(self, task: Task, beam: int, cutoff: int) -> int:
        """Search below a cutoff; return the least bound of what was left out."""
        capacity = (len(self.stages.table) + 2) * beam + max(4 * beam, 20_000)
        capacity += 4 * len(self.status)
        if self.memory is None or len(self.memory.cost) < capacity:
            self.memory = lay_labels(capacity, len(self.start))
        used = np.zeros(len(self.status), dtype=np.bool_)
        task = task._replace(rest=task.rest._replace(cutoff=cutoff))
        length, left_out, made = search(task, self.start, beam, self.memory, used)
        self.labels_made += int(made)
        if length < self.best:
            self.best, self.best_used = int(length), used
        return int(left_out)

    def _search_all(self, number: int, level: Level, task: Task) -> None:
        """Search among all points with cutoffs that grow towards the best length."""
        slack = max(2 * self.granule, (self.best - self.bound) // 3)
        while self.bound < self.best:
            cutoff = self._shorter()
            if number > 1:
                cutoff = min(cutoff, self._next_length(self.bound + slack))
            left_out = self._run(task, level.labels, cutoff)
            below = self._next_length(min(left_out, cutoff + 1))
            self.bound = max(self.bound, min(below, self.best))
            if left_out < NEVER:
                return
            slack *= 2

    def _shorter(self) -> int:
        """Return the greatest length that would be shorter than the best."""
        return self._next_length(self.best - self.granule)

    def _search_pool(self, task: Task, beam: int) -> None:
        """Search among the points that cheapest walks used, and those of the best choice."""
        pool = np.where((self.hits > 0) | self.best_used, self.status, GONE).astype(np.int8)
        pool[self.status == TAKEN] = TAKEN
        self._run(
            task._replace(status=pool, rest=task.rest._replace(remaining=self._remaining(pool))),
            beam,
            self._shorter(),
        )

    def _reopen_items(self, task: Task, beam: int) -> None:
        """Choose anew for a few items at a time, while the others keep to their points."""
        per_item = max(1, len(self.status) // max(1, len(self.items)))
        size = min(len(self.items), max(4, 75 // per_item))
        step = max(1, size // 2)
        groups = [
            [self.items[(first + n) % len(self.items)] for n in range(size)]
            for first in range(0, len(self.items), step)
        ]
        self._reopen(task, beam, [np.concatenate([self.points_of[i] for i in g]) for g in groups])

    def _reopen_columns(self, task: Task, beam: int) -> None:
        """Choose anew for all items, in the columns of the best choice and a few others."""
        n_columns = int(self.columns.max()) + 1
        order = np.argsort(-np.bincount(self.columns, weights=self.hits), kind="stable")
        groups = [
            np.flatnonzero(np.isin(self.columns, order[first : first + _REOPENED_COLUMNS]))
            for first in range(0, n_columns, _REOPENED_COLUMNS // 2)
        ]
        self._reopen(task, beam, groups, columns=True)

    def _reopen(
        self, task: Task, beam: int, groups: list[NDArray[np.int64]], *, columns: bool = False
    ) -> None:
        """Search among the points of the best choice and those of one group after the other.

        With ``columns`` all points in the columns of the best choice are open as well.
        """
        failures, number = 0, 0
        while failures < len(groups) and number < _MOST_REOPENED and self.bound < self.best:
            kept = self.best_used
            if columns:
                kept = np.isin(self.columns, np.unique(self.columns[kept]))
            pool = np.where(kept, self.status, GONE).astype(np.int8)
            group = groups[number % len(groups)]
            pool[group] = self.status[group]
            pool[self.status == TAKEN] = TAKEN
            before = self.best
            rest = task.rest._replace(remaining=self._remaining(pool))
            self._run(task._replace(status=pool, rest=rest), beam, self._shorter())
            failures = 0 if self.best < before else failures + 1
            number += 1


def granule(
    building: Building, along: NDArray[np.int64], stations: NDArray[np.int64]
) -> tuple[int, int]:
    """Return (granule, offset), scaled: every walk is the offset plus a multiple of the granule.

    All lengths are multiples of their greatest common divisor g. In a regular grid a closed walk
    crosses every cut between columns and every cut between rows an even number of times, and all
    stretches across one cut are alike: it is a multiple of 2 g; an open walk differs from the
    straight way from start to end by a closed one.
    """
    g = 0
    for lengths in (building.aisle_mm[building.aisle_mm > 0], along, stations[:, 2]):
        g = gcd(g, *np.unique(lengths).tolist())
    g = gcd(g, *np.unique(np.diff(building.row_position, axis=0)).tolist())
    if not building.regular or g == 0:
        return max(g, 1) * SCALE, 0
    across = [building.row_position[s[0], 0] + s[2] for s in stations]
    rows = sorted(int(row) for row in stations[:, ROW])
    offset = abs(int(across[0] - across[1])) + int(building.aisle_mm[0, rows[0] : rows[1]].sum())
    return 2 * g * SCALE, offset % (2 * g) * SCALE
