"""Simulated annealing on batches with exact route lengths."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.batching.demand import Batch, Partition
from optimizer.stopping import Stop

_COLD = 0.02
"""Temperature at the end of a cycle as a share of the one at its start."""


@dataclass(frozen=True, slots=True)
class Annealed:
    """The best partition found, its length, the moves tried and whether the search ended itself."""

    partition: Partition
    length_mm: int
    iterations: int
    has_converged: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cooling: temperature falls geometrically over ``cycle`` moves, then starts anew.

    ``heat`` is the first temperature as a share of the mean batch length; the search ends after
    ``idle_cycles`` cycles without a shorter partition.
    """

    cycle: int
    idle_cycles: int
    heat: float


def anneal(
    start: Partition,
    neighbours: Sequence[Sequence[int]],
    *,
    cost: Callable[[Batch], int],
    fits: Callable[[Batch], bool],
    schedule: Schedule,
    stop: Stop,
    seed: int,
    improved: Callable[[int, int], None] = lambda _best, _iterations: None,
) -> Annealed:
    """Improve batches by relocating and swapping demands between batches of similar demands.

    Metropolis acceptance [1]_; a move is a demand and one of its neighbours in another batch: the
    demand joins that batch, or changes place with one of its members. Every length is exact, so
    the result is never longer than ``start``. Heuristic; deterministic for a given seed and
    number of moves.

    Parameters
    ----------
    start
        Where to begin.
    neighbours
        Similar demands per demand.
    cost
        Length of a batch in millimetres.
    fits
        Whether a cart takes a batch.
    schedule
        Cooling.
    stop
        Asked before every move.
    seed
        Of the random choices.
    improved
        Called with the new best length and the moves so far.

    References
    ----------
    .. [1] Kirkpatrick, S., Gelatt, C. D., Vecchi, M. P. (1983). Optimization by simulated
       annealing. Science 220(4598), 671-680. https://doi.org/10.1126/science.220.4598.671
    """
    search = _Search(start, neighbours, cost, fits, random.Random(seed))
    best, best_length = start, search.length_mm
    if len(start) < 2:
        return Annealed(start, best_length, 0, has_converged=True)
    hot = max(1.0, schedule.heat * best_length / len(start))
    iterations = 0
    idle = 0
    while idle < schedule.idle_cycles:
        idle += 1
        for step in range(schedule.cycle):
            if stop():
                return Annealed(best, best_length, iterations, has_converged=False)
            iterations += 1
            search.move(hot * _COLD ** (step / schedule.cycle))
            if search.length_mm < best_length:
                best, best_length, idle = search.partition(), search.length_mm, 0
                improved(best_length, iterations)
        search.restart(best)
    return Annealed(best, best_length, iterations, has_converged=True)


class _Search:
    """The current batches; batches may run empty and are then gone."""

    def __init__(
        self,
        start: Partition,
        neighbours: Sequence[Sequence[int]],
        cost: Callable[[Batch], int],
        fits: Callable[[Batch], bool],
        rng: random.Random,
    ) -> None:
        self._neighbours = neighbours
        self._cost = cost
        self._fits = fits
        self._rng = rng
        self.restart(start)

    def restart(self, partition: Partition) -> None:
        self._batches = [set(batch) for batch in partition]
        self._lengths = [self._cost(batch) for batch in partition]
        self._owner = {member: at for at, batch in enumerate(partition) for member in batch}
        self.length_mm = sum(self._lengths)

    def partition(self) -> Partition:
        return tuple(sorted(tuple(sorted(batch)) for batch in self._batches if batch))

    def move(self, temperature: float) -> None:
        """Try one random move; keep it by the Metropolis rule."""
        demand = self._rng.randrange(len(self._owner))
        others = self._neighbours[demand]
        if not others:
            return
        origin = self._owner[demand]
        target = self._owner[others[self._rng.randrange(len(others))]]
        if origin == target:
            return
        back: int | None = None
        if self._rng.random() < 0.5:
            back = self._rng.choice(sorted(self._batches[target]))
        self._try(demand, back, (origin, target), temperature)

    def _try(
        self, demand: int, back: int | None, between: tuple[int, int], temperature: float
    ) -> None:
        origin, target = between
        left = self._batches[origin] - {demand}
        grown = self._batches[target] | {demand}
        if back is not None:
            left = left | {back}
            grown = grown - {back}
        left_batch, grown_batch = tuple(sorted(left)), tuple(sorted(grown))
        if not self._fits(grown_batch) or (back is not None and not self._fits(left_batch)):
            return
        left_mm = self._cost(left_batch) if left_batch else 0
        grown_mm = self._cost(grown_batch)
        worse = left_mm + grown_mm - self._lengths[origin] - self._lengths[target]
        if worse > 0 and self._rng.random() >= math.exp(-worse / temperature):
            return
        self._batches[origin], self._batches[target] = left, grown
        self._lengths[origin], self._lengths[target] = left_mm, grown_mm
        self._owner[demand] = target
        if back is not None:
            self._owner[back] = origin
        self.length_mm += worse
