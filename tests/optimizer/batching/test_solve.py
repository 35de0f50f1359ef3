"""The engine as a whole: rules kept, values recomputed, repeatable, optimal where it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.problem import Batching, BatchingProblem, Cart, Schedule
from optimizer.batching.search.annealing import COPIED_UP_TO
from optimizer.batching.solve import solve_batching
from optimizer.stopping import MaxIterations
from tests.optimizer.batching.builders import partitions
from tests.optimizer.batching.problems import (
    feasible,
    grid_problem,
    ruled_problem,
    total_of,
    value_of,
)


def search(problem: BatchingProblem, chunks: int, *, threads: int = 2, seed: int = 1) -> Batching:
    return solve_batching(
        problem, stop=MaxIterations(chunks), seed=seed, threads=threads, prove=False
    )


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_batches_keep_the_rules_and_have_the_value_told(blocks: int, threads: int) -> None:
    for seed in range(3):
        problem = grid_problem(40, seed, blocks=blocks, both_ends=seed > 0)
        made = search(problem, 2, threads=threads)
        assert made.value == total_of(problem, made.partition)
        assert made.iterations == 2


@pytest.mark.parametrize("seed", range(6))
def test_all_rules_at_once_are_kept(seed: int) -> None:
    problem = feasible(ruled_problem(40, seed))
    for threads in (1, 2):
        made = search(problem, 4, threads=threads)
        assert made.value == total_of(problem, made.partition)


@pytest.mark.parametrize("seed", range(4))
def test_few_demands_are_batched_in_the_best_way(seed: int) -> None:
    for problem in (feasible(ruled_problem(8, seed)), grid_problem(8, seed, blocks=2)):
        best = min(
            sum(value for value in values if value is not None)
            for partition in partitions(list(range(problem.n)), problem.n)
            if None not in (values := [value_of(problem, batch) for batch in partition])
        )
        made = solve_batching(problem)
        assert made.value == total_of(problem, made.partition) == best
        assert (made.bound, made.proven, made.termination) == (best, True, "optimal")


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_what_enumeration_proves(seed: int) -> None:
    problem = grid_problem(10, seed)
    assert search(problem, 3).value == solve_batching(problem).value


def test_more_chunks_are_never_worse_and_the_start_is_a_limit() -> None:
    problem = grid_problem(60, 1)
    values = [search(problem, chunks).value for chunks in (0, 1)]
    assert values[1] <= values[0]
    best = search(problem, 8)
    again = solve_batching(problem, stop=MaxIterations(0), start=best.partition, prove=False)
    assert again.value <= best.value


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("n", [50, COPIED_UP_TO + 200])
def test_same_seed_and_chunks_give_the_same_batches(n: int, threads: int) -> None:
    problem = grid_problem(n, 2, blocks=2)
    first, second = (search(problem, 3, threads=threads, seed=5) for _ in range(2))
    assert first.partition == second.partition
    assert first.value == total_of(problem, first.partition)
    assert first.value < search(problem, 0).value


def test_large_problems_keep_kinds_and_shared_totes() -> None:
    problem = feasible(ruled_problem(COPIED_UP_TO + 500, 1))
    assert problem.n > COPIED_UP_TO
    problem = replace(problem, carts=(Cart((12, 9)),))
    made = search(problem, 2)
    assert made.value == total_of(problem, made.partition)


def test_progress_falls_and_ends_at_the_value() -> None:
    told: list[tuple[int, int | None, int]] = []
    made = solve_batching(
        grid_problem(40, 3),
        stop=MaxIterations(4),
        progress=lambda *report: told.append(report),
    )
    values = [value for value, _, _ in told]
    assert values == sorted(values, reverse=True)
    assert values[-1] == made.value
    assert [steps for _, _, steps in told] == sorted(steps for _, _, steps in told)


def test_without_a_limit_the_search_ends_by_itself() -> None:
    made = solve_batching(feasible(ruled_problem(16, 1)), prove=False)
    assert made.has_converged


def test_nothing_to_batch() -> None:
    problem = replace(grid_problem(1, 1), points=[], sizes=np.zeros((0, 1), dtype=np.int64))
    assert solve_batching(problem).partition == ()


def test_what_a_called_function_raises_comes_out() -> None:
    problem = feasible(ruled_problem(20, 1))

    def fail(_points: object) -> int:
        raise ZeroDivisionError("no tour")

    from optimizer.batching.walks import called_walk

    with pytest.raises(ZeroDivisionError, match="no tour"):
        solve_batching(replace(problem, walk=called_walk(fail)), stop=MaxIterations(1))


def test_lateness_counts_in_large_problems_too() -> None:
    # One picker, one unit of time per demand, all due at the beginning: every one is late.
    n = COPIED_UP_TO + 20
    problem = replace(
        grid_problem(n, 1),
        schedule=Schedule(
            pickers=1,
            due=np.zeros(n, dtype=np.int64),
            work=np.ones(n, dtype=np.int64),
            per_mm=0,
            weight=np.ones(n, dtype=np.int64),
        ),
    )
    made = search(problem, 1)
    finish, late = 0, 0
    for number in made.sequences[0]:
        finish += len(made.partition[number])
        late += finish * len(made.partition[number])
    assert late > 0
    assert made.lateness == late
