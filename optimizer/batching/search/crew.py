"""Threads that anneal: copies of a small problem side by side, or two halves of a large one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.problem import BatchingProblem
from optimizer.batching.search.annealing import COPIED_UP_TO, anneal
from optimizer.batching.search.moves import BEST_LATE, BEST_VALUE, PRESENT_VALUE, load_state
from optimizer.batching.search.moves import lateness as lateness_of
from optimizer.batching.search.tables import (
    Space,
    Spot,
    State,
    Tables,
    most_points,
    space_of,
    state_of,
    widest_batch,
)

Owner = NDArray[np.int32]
"""Batch of every demand."""

SPARE = 2
"""Empty batches that a state has room for besides those it begins with."""


class Searcher:
    """One thread's state, memory and tours.

    Parameters
    ----------
    problem, tables
        The problem and the same as arrays.
    owner
        Where to begin: numbers of batches from 0.
    seed
        Of its random choices.
    shared
        State that several searchers change, each the batches of its region.
    """

    def __init__(
        self,
        problem: BatchingProblem,
        tables: Tables,
        owner: Owner,
        *,
        seed: int,
        state: State | None = None,
        regions: NDArray[np.int8] | None = None,
        region: int = 0,
    ) -> None:
        n_batches = int(owner.max(initial=-1)) + 1
        spare = SPARE + n_batches // 8
        self.tables = tables
        self.state = (
            state_of(
                problem,
                tables,
                spare=spare,
                screened=problem.n > COPIED_UP_TO,
                batches=n_batches,
            )
            if state is None
            else state
        )
        if regions is None:
            regions = np.zeros(len(self.state.counts), dtype=np.int8)
            demands = np.arange(problem.n, dtype=np.int32)
        else:
            demands = np.flatnonzero(regions[owner] == region).astype(np.int32)
        self.space: Space = space_of(
            tables, self.state, demands=demands, regions=regions, region=region, seed=seed
        )
        self.spot: Spot = problem.walk.spot(most_points(tables, widest_batch(problem)))

    def load(self, owner: Owner) -> int:
        """Begin anew at a partition; return its value."""
        value = int(load_state(owner, self.state, self.space, self.tables, self.spot))
        late = int(lateness_of(self.state, self.space, self.tables)) if self.tables.times[0] else 0
        self.begin(value, late)
        return value

    def begin(self, value: int, late: int) -> None:
        """Take the present partition as the best so far, at a value and a lateness."""
        self.space.best[BEST_VALUE], self.space.best[BEST_LATE] = value, late
        self.space.best[PRESENT_VALUE] = value
        self.space.best_owner[:] = self.state.owner

    @property
    def best(self) -> tuple[int, int]:
        """Return value and weighted lateness of the best partition."""
        return int(self.space.best[BEST_VALUE]), int(self.space.best[BEST_LATE])

    @property
    def best_owner(self) -> Owner:
        """Return the best partition."""
        return self.space.best_owner.copy()

    def anneal(self, moves: int, hot: float, cold: float, per_cell: float = 0.0) -> None:
        """See :func:`optimizer.batching.search.annealing.anneal`."""
        anneal(self.tables, self.spot, self.state, self.space, moves, hot, cold, per_cell)


def in_parallel(pool: ThreadPoolExecutor, jobs: Sequence[Callable[[], None]]) -> None:
    """Run jobs side by side, the first in this thread; raise what one of them raised."""
    others = [pool.submit(job) for job in jobs[1:]]
    jobs[0]()
    for other in others:
        other.result()


class Halves:
    """Two threads on one large partition: each round the batches are divided into two regions.

    Deterministic: no thread changes or depends on what lies in the other's region.

    Parameters
    ----------
    problem, tables, owner, seed
        As for :class:`Searcher`.
    threads
        1 or 2.
    """

    def __init__(
        self, problem: BatchingProblem, tables: Tables, owner: Owner, *, seed: int, threads: int
    ) -> None:
        first = Searcher(problem, tables, owner, seed=seed)
        self._regions = np.zeros(len(first.state.counts), dtype=np.int8)
        self._searchers = [
            Searcher(
                problem,
                tables,
                owner,
                seed=seed + region,
                state=first.state,
                regions=self._regions,
                region=region,
            )
            for region in range(threads)
        ]
        self._state = first.state
        self._tables = tables
        self._round = 0
        first.load(owner)
        self._place_of = self._places()
        self.best_owner = owner.copy()
        self.best_value, self.best_late = self.value, self.late

    @property
    def value(self) -> int:
        """Return the value of the present partition."""
        return int(self._state.values.sum())

    @property
    def late(self) -> int:
        """Return the weighted lateness of the present partition."""
        if not self._tables.times[0]:
            return 0
        return int(lateness_of(self._state, self._searchers[0].space, self._tables))

    def anneal(self, pool: ThreadPoolExecutor, moves: int, hot: float, cold: float) -> None:
        """Let every thread try so many moves in a region of its own."""
        self._divide()
        for searcher in self._searchers:
            mine = self._regions[self._state.owner] == searcher.space.region
            demands = np.flatnonzero(mine).astype(np.int32)
            searcher.space = searcher.space._replace(demands=demands)
        visited = int(np.count_nonzero(self._state.cell_counts))
        per_cell = self.value / visited if visited else 0.0
        in_parallel(
            pool,
            [
                lambda searcher=searcher: searcher.anneal(moves, hot, cold, per_cell)  # type: ignore[misc]
                for searcher in self._searchers
                if len(searcher.space.demands) > 1
            ],
        )
        value, late = self.value, self.late
        if value + late < self.best_value + self.best_late:
            self.best_value, self.best_late = value, late
            self.best_owner = self._state.owner.copy()

    def _places(self) -> NDArray[np.float64]:
        """Return about where each demand lies: the mean number of its cells."""
        counts = np.maximum(np.diff(self._tables.cell_begins), 1)
        sums = np.add.reduceat(
            np.append(self._tables.cells, 0),
            np.minimum(self._tables.cell_begins[:-1], len(self._tables.cells)),
        )
        return np.asarray(sums / counts, dtype=np.float64)

    def _divide(self) -> None:
        """Divide the batches by where they lie, at another place every round."""
        n_regions = len(self._searchers)
        batches = np.arange(len(self._regions))
        totals = np.bincount(self._state.owner, self._place_of, minlength=len(batches))
        mean = totals / np.maximum(self._state.counts, 1)
        rank = np.empty(len(batches), dtype=np.int64)
        rank[np.argsort(mean, kind="stable")] = batches
        shift = (self._round % 4) * len(batches) // 8
        self._regions[:] = ((rank + shift) * n_regions // len(batches)) % n_regions
        empty = self._state.counts == 0
        self._regions[empty] = np.arange(int(empty.sum())) % n_regions
        self._round += 1
