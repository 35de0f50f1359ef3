"""Bounds beside the search, better batches by integer programming, and often the proof.

The number of batches splits the problem into levels. On each level column generation (Gilmore and
Gomory 1961, DOI 10.1287/opre.9.6.849) with exact pricing gives a bound, subset-row cuts raise it,
and when the gap to the best known batches is small, every batch that could be in better ones is
listed by its reduced cost; what is left is a small set partitioning problem. Where the list is too
long, the batches of least reduced cost still make the best improver there is.

On the level of k batches a batch leaves at most k times the capacity less the total size empty;
where that is little, only nearly full batches exist there, and the bound rises by far.

References
----------
Wahlen, J., Gschwind, T. (2023): Branch-price-and-cut-based solution of order batching problems.
Transportation Science 57(3), 756-777. DOI 10.1287/trsc.2023.1198.
Baldacci, R., Christofides, N., Mingozzi, A. (2008): An exact algorithm for the vehicle routing
problem based on the set partitioning formulation with additional cuts. Mathematical Programming
115, 351-385. DOI 10.1007/s10107-007-0178-5 (listing by reduced cost).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

import numpy as np

from optimizer.batching.exact.level import Level
from optimizer.batching.exact.pricer import Pricer
from optimizer.batching.exact.pricing import FINE
from optimizer.batching.exact.standing import Standing
from optimizer.batching.problem import Batch, BatchingProblem
from optimizer.batching.search.crew import Owner, Searcher
from optimizer.batching.search.tables import Tables, partition_of, widest_batch
from optimizer.stopping import Stop

POLISH = ((150_000, 0.008, 0.002),)
"""Moves, and temperatures as shares of the mean value of a batch."""


def can_be_proven(problem: BatchingProblem) -> bool:
    """Return whether bounds hold: the tours of all batches are shortest ones."""
    counts = np.sort([len(np.unique(points)) for points in problem.points])[::-1]
    most_points = int(counts[: widest_batch(problem)].sum())
    return most_points <= problem.walk.shortest_up_to


class Proof:
    """Works step by step, so that the search beside it can go on and stop it.

    ``bound`` is valid at any time, ``None`` until there is one.

    Parameters
    ----------
    problem, tables
        The problem.
    seed
        For the working memory.
    """

    def __init__(self, problem: BatchingProblem, tables: Tables, *, seed: int) -> None:
        self._problem = problem
        self._pricer = Pricer(problem, tables, seed=seed)
        self._tables = tables
        self.bound: int | None = None
        objective = problem.objective
        step = gcd(
            objective.per_mm * problem.walk.step_mm,
            objective.per_stop,
            objective.per_batch,
            *(cart.cost for cart in problem.carts),
        )
        self._standing = Standing(problem.n, max(step, 1))
        self._standing.polish = self._polish
        self._standing.value_of = self._pricer.value
        self._seed = seed
        self._work = self._run()

    def step(self, owner: Owner, value: int, stop: Stop) -> bool:
        """Do one piece of work; return whether there is more.

        Parameters
        ----------
        owner, value
            The best batches of the search.
        stop
            Only its limits are read: how much is left.
        """
        self._standing.stop = stop
        self._standing.offer(partition_of(owner), value, is_own=False)
        if self.is_done:
            return False
        return next(self._work, None) is not None and not self.is_done

    @property
    def is_done(self) -> bool:
        """Return whether nothing better than the best batches exists."""
        return self.bound is not None and self.bound >= self._standing.upper

    def interrupt(self) -> None:
        """End soon the integer programme that another thread may be solving; to be repeated."""
        self._standing.interrupter.interrupt()

    @property
    def has_list(self) -> bool:
        """Return whether a complete list of batches is being searched: the proof is in sight."""
        return self._standing.has_list

    @property
    def found(self) -> tuple[Owner, int] | None:
        """Return the best batches and their value if the proof itself found them."""
        if not self._standing.is_own:
            return None
        owner = np.empty(self._standing.n, dtype=np.int32)
        for number, batch in enumerate(self._standing.batches):
            owner[list(batch)] = number
        return owner, self._standing.upper

    def _run(self) -> Iterator[bool]:
        """Do everything, one piece after the other."""
        fewest = self._fewest()
        root = Level(self._pricer, self._standing, least=fewest, most=None, least_size=0)
        yield from root.converge()
        if root.parts is None:
            return
        self._raise_bound(root.parts)
        yield True
        if not self._may_choose():
            for _ in root.tighten():
                self._raise_bound(root.parts)
                yield True
            self._raise_bound(root.parts)
            return
        yield from self._levels(root, fewest)

    def _levels(self, root: Level, fewest: int) -> Iterator[bool]:
        """Go through the numbers of batches from the fewest on."""
        standing = self._standing
        least_of_levels: list[int] = []
        number, below = fewest, root.parts or 0
        while not standing.is_over:
            level = Level(
                self._pricer,
                standing,
                least=number,
                most=number,
                least_size=self._least_size(number),
            )
            level.take_from(root)
            root.set_least(number + 1)
            yield from root.converge()
            beyond = max(below, root.parts or 0)
            for _ in level.close():
                self._raise_bound(min([*least_of_levels, max(below, level.parts or 0), beyond]))
                yield True
            reached = max(below, level.parts or 0)
            least_of_levels.append(standing.upper * FINE if level.is_closed else reached)
            self._raise_bound(min([*least_of_levels, beyond]))
            yield True
            if standing.is_hopeless(beyond):
                return
            number, below = number + 1, beyond

    def _polish(self, batches: Sequence[Batch], value: int) -> tuple[Sequence[Batch], int]:
        """Anneal batches shortly at a low temperature."""
        owner = np.empty(self._standing.n, dtype=np.int32)
        for number, batch in enumerate(batches):
            owner[list(batch)] = number
        searcher = Searcher(self._problem, self._tables, owner, seed=self._seed)
        searcher.load(owner)
        mean = value / len(batches)
        for moves, hot, cold in POLISH:
            searcher.anneal(moves, hot * mean, cold * mean)
        polished, late = searcher.best
        if late or polished >= value:
            return batches, value
        return partition_of(searcher.best_owner), polished

    def _raise_bound(self, parts: int) -> None:
        value = min(self._standing.rounded(parts), self._standing.upper)
        if self.bound is None or value > self.bound:
            self.bound = value

    def _fewest(self) -> int:
        """Return a number of batches that no batching is below: by the sum of each resource."""
        most = np.maximum(self._tables.most, 1)
        return max(1, int((-(-self._tables.sizes.sum(axis=0) // most)).max()))

    def _least_size(self, number: int) -> int:
        """Return the least size of a batch where there are so many: the rest would not fit."""
        capacity = self._pricer.capacity
        total = int(self._tables.sizes[:, self._pricer.main].sum())
        return max(0, capacity - (number * capacity - total))

    def _may_choose(self) -> bool:
        """Return whether any division into batches that fit is a solution."""
        problem = self._problem
        return (
            problem.schedule is None
            and problem.filling is None
            and all(cart.count >= problem.n for cart in problem.carts)
        )
