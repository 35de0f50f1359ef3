"""The engine: first batches, annealing, and beside it bounds and proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from optimizer.batching.exact.pricing import scarcest
from optimizer.batching.exact.proof import Proof, can_be_proven
from optimizer.batching.exact.subsets import best_subsets, can_be_enumerated
from optimizer.batching.problem import Batching, BatchingProblem, Partition, Schedule
from optimizer.batching.search.annealing import COPIED_UP_TO
from optimizer.batching.search.construction import by_savings, first_come, sweep, tightest
from optimizer.batching.search.crew import Halves, Owner, Searcher, in_parallel
from optimizer.batching.search.growth import grown
from optimizer.batching.search.tables import Tables, partition_of, tables_of, widest_batch
from optimizer.batching.walks import CalledWalk, MatrixWalk
from optimizer.stopping import Stop, never, seconds_left, share_used

SAVINGS_UP_TO = 600
"""Demands up to which savings are tried: 0.1 s there, and cubic beyond."""

MOVES = 20_000
"""Moves of one thread between two looks at the stopping criterion: about 20 ms."""

LARGE_MOVES = 100_000
"""The same beyond :data:`~optimizer.batching.search.annealing.COPIED_UP_TO` demands, where every
look costs a division into regions: about 80 ms."""

CALLED_MOVES = 250
"""The same where every new length is a call into Python, of up to a millisecond."""

CALLED_SAVINGS_UP_TO = 60
"""Demands up to which savings are tried there: some 5,000 calls."""

MATRIX_MOVES = 1_000
MATRIX_SAVINGS_UP_TO = 150
"""The same where every new length is a local search of up to 0.1 ms."""

QUICK_CHUNKS = 8
"""Chunks of the first, quick annealing, before bounds are looked for."""

INTERRUPTED_EVERY_S = 0.05
"""How often the proof is told to end until it does."""

STEPS_PER_CHUNK = 10
"""Pieces of the proof beside one chunk, where chunks are counted."""

IDLE_CYCLES = 2
CYCLE_CHUNKS = 12
"""Without a limit, cycles of so many chunks go on until this many bring nothing better."""

GATHER = 0.8
"""Share of the cooling after which all threads go on from the best batches."""

HOT, COLD = 0.015, 0.004
"""First and last temperature as shares of the mean value of a batch."""

LARGE_HOT, LARGE_COLD = 0.01, 0.001
HUGE_HOT, HUGE_COLD = 0.005, 0.0005
"""The same for large problems and for those of more than :data:`LARGE_UP_TO` demands, where there
is time for a few moves per demand only."""

LARGE_UP_TO = 5_000


@dataclass(slots=True)
class Incumbent:
    """The best partition so far, and who is told of a better one.

    ``fewest``: first batches that are fewer, though not better: worth a search of their own.
    """

    owner: Owner
    value: int
    late: int
    bound: int | None
    tell: Callable[[int, int | None, int], None]
    steps: int = 0
    fewest: Owner | None = None

    @property
    def total(self) -> int:
        """Return value and weighted lateness together, which the search minimises."""
        return self.value + self.late

    def offer(self, owner: Owner, value: int, late: int) -> bool:
        """Take a partition if it is better; return whether it is."""
        if value + late >= self.total:
            return False
        self.owner, self.value, self.late = owner.copy(), value, late
        self.tell(value, self.bound, self.steps)
        return True

    def raise_bound(self, bound: int) -> None:
        """Take a bound if it is better."""
        if self.bound is None or bound > self.bound:
            self.bound = bound
            self.tell(self.value, self.bound, self.steps)

    @property
    def is_proven(self) -> bool:
        """Return whether nothing better exists."""
        return self.late == 0 and self.bound is not None and self.bound >= self.value


def solve_batching(
    problem: BatchingProblem,
    *,
    stop: Stop = never,
    seed: int = 1,
    threads: int = 2,
    prove: bool = True,
    start: Partition | None = None,
    progress: Callable[[int, int | None, int], None] = lambda _value, _bound, _steps: None,
) -> Batching:
    """Divide demands into batches of least value.

    The best of several constructions is annealed; where tours are shortest ones, column generation
    gives a bound at the same time, improves the batches by an integer programme, and often proves
    them optimal, which ends the search. Up to
    :data:`~optimizer.batching.exact.subsets.MOST_DEMANDS` demands are solved exactly at once.
    Deterministic for a seed where ``stop`` counts iterations.

    Parameters
    ----------
    problem
        The demands and what counts.
    stop
        Asked between chunks of :data:`MOVES` moves (of each thread). Construction is always
        finished. Without one the search ends by itself when it finds nothing better.
    seed
        Of the random choices.
    threads
        1 or 2.
    prove
        Whether to look for bounds.
    start
        Batches to begin with if they are better: yesterday's, or those of the running plan.
        Demands that they do not hold are put where they cost least.
    progress
        Called with the value, the bound if any, and the chunks done, whenever either is better.

    Returns
    -------
    Batching
        The batches, sorted.

    Raises
    ------
    ProblemError
        The problem is inconsistent.
    """
    if problem.n == 0:
        return Batching((), 0, 0, "optimal", has_converged=True)
    tables = tables_of(problem, seed)
    if prove and can_be_enumerated(problem):
        owner, value = best_subsets(problem, tables)
        # Where tours are not surely the shortest, these are the best batches only for them.
        bound = value if can_be_proven(problem) else None
        progress(value, bound, 0)
        ending = "optimal" if bound is not None else "converged"
        return Batching(partition_of(owner), value, bound, ending, has_converged=True)
    best = _first_batches(problem, tables, start=start, seed=seed, progress=progress)
    with ThreadPoolExecutor(3) as pool:
        if problem.n > COPIED_UP_TO:
            converged = _search_large(problem, tables, best, stop, seed, threads, pool)
        else:
            proof = None
            if prove and can_be_proven(problem):
                proof = Proof(problem, tables, seed=seed)
            converged = _search(problem, tables, best, stop, seed, threads, proof, pool)
    problem.walk.check()
    partition = partition_of(best.owner)
    return Batching(
        partition,
        best.value,
        best.bound,
        "optimal" if best.is_proven else "converged" if converged else "stopped",
        best.steps,
        best.late,
        has_converged=converged or best.is_proven,
        sequences=_sequences(problem, partition),
    )


def _first_batches(
    problem: BatchingProblem,
    tables: Tables,
    *,
    start: Partition | None,
    seed: int,
    progress: Callable[[int, int | None, int], None],
) -> Incumbent:
    measure = Searcher(problem, tables, np.arange(problem.n, dtype=np.int32), seed=seed)
    best: Incumbent | None = None
    for owner in _constructions(problem, tables, measure, start, seed):
        value = measure.load(owner)
        problem.walk.check()
        late = measure.best[1]
        if best is None:
            best = Incumbent(owner.copy(), value, late, None, progress)
            progress(value, None, 0)
        else:
            fewer = int(owner.max()) < int(best.owner.max())
            if not best.offer(owner, value, late) and fewer:
                best.fewest = owner.copy()
    assert best is not None
    return best


def _constructions(
    problem: BatchingProblem,
    tables: Tables,
    measure: Searcher,
    start: Partition | None,
    seed: int,
) -> Iterator[Owner]:
    """Yield first batches, the quickest to make first."""
    width = widest_batch(problem)
    yield first_come(tables, width)
    if start is not None:
        yield grown(problem, tables, start)
    yield sweep(tables, width)
    if problem.n <= _savings_up_to(problem):
        yield by_savings(tables, width, measure.space, measure.spot)
        packed = tightest(problem, scarcest(tables), seed)
        if packed is not None:
            yield packed


def _search(
    problem: BatchingProblem,
    tables: Tables,
    best: Incumbent,
    stop: Stop,
    seed: int,
    threads: int,
    proof: Proof | None,
    pool: ThreadPoolExecutor,
) -> bool:
    """Anneal copies of a problem side by side, quickly at first, then beside the proof.

    Returns whether the search ended by itself.
    """
    searchers = [
        Searcher(problem, tables, best.owner, seed=seed + number) for number in range(threads)
    ]
    for searcher in searchers:
        searcher.load(best.owner)
    if best.fewest is not None:
        searchers[-1].load(best.fewest)
    heat, moves = _Heat.of(best, HOT, COLD), _moves(problem)
    if proof is not None:
        for chunk in range(QUICK_CHUNKS):
            if stop():
                return False
            stretch = chunk / QUICK_CHUNKS, (chunk + 1) / QUICK_CHUNKS
            _anneal_all(searchers, moves, *heat.between(*stretch), pool, best)
    begun, chunk, idle, before = share_used(stop), 0, 0, best.total
    work, gathered = _Work(proof, pool), False
    while not best.is_proven and not stop():
        work.begin(best, stop)
        done, then = _stretch(begun, share_used(stop), chunk, CYCLE_CHUNKS)
        if done >= GATHER and not gathered:
            gathered = True
            for searcher in searchers:
                searcher.load(best.owner)
        # A proof in sight is worth a whole core.
        busy = searchers[:-1] if work.has_list and len(searchers) > 1 else searchers
        _anneal_all(busy, moves, *heat.between(done, then), pool, best)
        problem.walk.check()
        if work.end(best, wait=_is_counted(stop)) and gathered:
            searchers[0].load(best.owner)
        chunk += 1
        if begun is None and chunk == CYCLE_CHUNKS:
            chunk, gathered = 0, False
            idle = 0 if best.total < before else idle + 1
            before = best.total
            if idle >= IDLE_CYCLES and not work.is_there:
                return True
            for searcher in searchers:
                searcher.load(best.owner)
    work.conclude(best)
    return best.is_proven


class _Work:
    """The proof, at work in a thread of its own."""

    def __init__(self, proof: Proof | None, pool: ThreadPoolExecutor) -> None:
        self._proof = proof
        self._pool = pool
        self._running: Future[bool] | None = None

    @property
    def is_there(self) -> bool:
        """Return whether there is a proof that has not come to its end."""
        return self._proof is not None

    @property
    def has_list(self) -> bool:
        """Return whether it searches a complete list of batches."""
        return self._proof is not None and self._proof.has_list

    @property
    def is_busy(self) -> bool:
        """Return whether its thread works."""
        return self._running is not None

    def begin(self, best: Incumbent, stop: Stop) -> None:
        """Let it do its next piece of work unless it is at one."""
        if self._proof is not None and self._running is None:
            steps = STEPS_PER_CHUNK if _is_counted(stop) else 1
            self._running = self._pool.submit(
                _proof_steps, self._proof, steps, best.owner.copy(), best.value, stop
            )

    def end(self, best: Incumbent, *, wait: bool) -> bool:
        """Take what a finished piece of work found; return whether it is better batches."""
        if self._proof is None or self._running is None:
            return False
        if not wait and not self._running.done():
            return False
        goes_on = self._running.result()
        self._running = None
        proof = self._proof
        if not goes_on:
            self._proof = None
        found = proof.found
        is_better = found is not None and best.offer(found[0], found[1], 0)
        if proof.bound is not None:
            best.raise_bound(proof.bound)
        return is_better

    def conclude(self, best: Incumbent) -> None:
        """Take what the last piece of work found, and let it be short."""
        while self._proof is not None and self._running is not None:
            self._proof.interrupt()
            wait([self._running], timeout=INTERRUPTED_EVERY_S)
            self.end(best, wait=False)


def _proof_steps(proof: Proof, steps: int, owner: Owner, value: int, stop: Stop) -> bool:
    """Let a proof take some steps; return whether there are more."""
    return all(proof.step(owner, value, stop) for _ in range(steps))


def _is_counted(stop: Stop) -> bool:
    """Return whether a criterion does not depend on time, so that results must not either."""
    return seconds_left(stop) is None


def _stretch(
    begun: float | None, share: float | None, chunk: int, cycle: int
) -> tuple[float, float]:
    """Return which stretch of the cooling comes next, 0 to 1: by the limit, else by the cycle."""
    if begun is None or share is None:
        return chunk / cycle, (chunk + 1) / cycle
    done = min(1.0, (share - begun) / max(1e-9, 1 - begun))
    return done, done


def _is_called(problem: BatchingProblem) -> bool:
    return isinstance(problem.walk, CalledWalk)


def _moves(problem: BatchingProblem) -> int:
    """Return the moves of one thread between two looks at the stopping criterion."""
    if isinstance(problem.walk, MatrixWalk):
        return MATRIX_MOVES
    if _is_called(problem):
        return CALLED_MOVES
    return LARGE_MOVES if problem.n > COPIED_UP_TO else MOVES


def _savings_up_to(problem: BatchingProblem) -> int:
    """Return the demands up to which savings are tried."""
    if isinstance(problem.walk, MatrixWalk):
        return MATRIX_SAVINGS_UP_TO
    return CALLED_SAVINGS_UP_TO if _is_called(problem) else SAVINGS_UP_TO


def _anneal_all(
    searchers: list[Searcher],
    moves: int,
    hot: float,
    cold: float,
    pool: ThreadPoolExecutor,
    best: Incumbent,
) -> None:
    """Let all searchers try some moves; the first waits for the others."""
    in_parallel(
        pool,
        [
            lambda searcher=searcher: searcher.anneal(moves, hot, cold)  # type: ignore[misc]
            for searcher in searchers
        ],
    )
    best.steps += 1
    for searcher in searchers:
        best.offer(searcher.best_owner, *searcher.best)


def _search_large(
    problem: BatchingProblem,
    tables: Tables,
    best: Incumbent,
    stop: Stop,
    seed: int,
    threads: int,
    pool: ThreadPoolExecutor,
) -> bool:
    alone = bool(tables.times[0]) or any(cart.count < problem.n for cart in problem.carts)
    halves = Halves(problem, tables, best.owner, seed=seed, threads=1 if alone else threads)
    is_huge = problem.n > LARGE_UP_TO
    heat = _Heat.of(best, *((HUGE_HOT, HUGE_COLD) if is_huge else (LARGE_HOT, LARGE_COLD)))
    begun, chunk, idle, before = share_used(stop), 0, 0, best.total
    cycle = CYCLE_CHUNKS * max(1, problem.n // 1_000)
    while not stop():
        hot, cold = heat.between(*_stretch(begun, share_used(stop), chunk, cycle))
        halves.anneal(pool, _moves(problem), hot, cold)
        problem.walk.check()
        best.steps += 1
        chunk += 1
        best.offer(halves.best_owner, halves.best_value, halves.best_late)
        if begun is None and chunk == cycle:
            chunk = 0
            idle = 0 if best.total < before else idle + 1
            before = best.total
            if idle >= 1:
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Heat:
    """Temperatures between hot and cold, falling geometrically."""

    hot: float
    cold: float

    @classmethod
    def of(cls, best: Incumbent, hot: float, cold: float) -> _Heat:
        mean = max(1.0, best.value / (int(best.owner.max()) + 1))
        return cls(hot * mean, cold * mean)

    def between(self, begin: float, end: float) -> tuple[float, float]:
        """Return the temperatures at two points of the way, 0 to 1."""
        fall = self.cold / self.hot
        return self.hot * fall**begin, self.hot * fall**end


def _sequences(problem: BatchingProblem, partition: Partition) -> tuple[tuple[int, ...], ...]:
    schedule = problem.schedule
    if schedule is None:
        return ()
    return earliest_due_first(problem, schedule, partition)


def earliest_due_first(
    problem: BatchingProblem, schedule: Schedule, partition: Partition
) -> tuple[tuple[int, ...], ...]:
    """Return the batches per picker: in the order of due times, each to who is free first."""
    times, dues = [], []
    for batch in partition:
        points = np.concatenate([problem.points[member] for member in batch])
        times.append(
            schedule.per_batch
            + schedule.per_mm * problem.walk.length_mm(points)
            + schedule.per_stop * len(np.unique(points))
            + int(schedule.work[list(batch)].sum())
        )
        dues.append(int(schedule.due[list(batch)].min()))
    free = [0] * schedule.pickers
    done: list[list[int]] = [[] for _ in free]
    for number in sorted(range(len(partition)), key=lambda one: (dues[one], one)):
        picker = min(range(len(free)), key=free.__getitem__)
        done[picker].append(number)
        free[picker] += times[number]
    return tuple(tuple(batches) for batches in done)
