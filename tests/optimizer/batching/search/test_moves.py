"""Moves: what is kept up to date equals what is counted anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.problem import BatchingProblem, Cart
from optimizer.batching.search.construction import first_come
from optimizer.batching.search.crew import Halves, Searcher
from optimizer.batching.search.tables import State, partition_of, tables_of, widest_batch
from tests.optimizer.batching.problems import feasible, grid_problem, ruled_problem, total_of


def annealed(problem: BatchingProblem, moves: int, *, hot: float) -> Searcher:
    tables = tables_of(problem, 1)
    owner = first_come(tables, widest_batch(problem))
    searcher = Searcher(problem, tables, owner, seed=1)
    searcher.load(owner)
    searcher.anneal(moves, hot, hot / 10)
    return searcher


def same(one: State, other: State) -> bool:
    """Return whether two states of the same batches agree, demand for demand."""
    fields = ("counts", "used", "kinds", "refuses", "names", "lengths", "stops", "values", "carts")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in fields)


@pytest.mark.parametrize("seed", range(4))
def test_a_state_after_many_moves_equals_one_loaded_afresh(seed: int) -> None:
    for problem in (feasible(ruled_problem(30, seed)), grid_problem(30, seed, both_ends=True)):
        # So hot that nearly every move that fits is made.
        moved = annealed(problem, 3000, hot=1e9)
        room = len(moved.state.counts)
        regions = np.zeros(room, dtype=np.int8)
        fresh = Searcher(
            problem,
            tables_of(problem, 1),
            moved.state.owner.copy(),
            seed=1,
            state=moved.state._replace(
                **{
                    name: np.zeros_like(getattr(moved.state, name))
                    for name in ("counts", "used", "kinds", "refuses", "names", "lengths")
                },
                stops=np.zeros(room, dtype=np.int64),
                values=np.zeros(room, dtype=np.int64),
                owner=moved.state.owner.copy(),
                place=moved.state.place.copy(),
                members=np.full_like(moved.state.members, -1),
                carts=np.full(room, -1, dtype=np.int32),
                free=np.array([cart.count for cart in problem.carts], dtype=np.int64),
            ),
            regions=regions,
        )
        fresh.load(moved.state.owner.copy())
        assert same(moved.state, fresh.state)
        partition = partition_of(moved.state.owner)
        assert int(moved.state.values.sum()) == total_of(problem, partition)


def test_the_best_is_kept_whatever_comes_after() -> None:
    problem = grid_problem(30, 1)
    searcher = annealed(problem, 2000, hot=1e9)
    value, late = searcher.best
    assert late == 0
    assert value == total_of(problem, partition_of(searcher.best_owner))
    assert value <= int(searcher.state.values.sum())


def test_a_limited_number_of_carts_is_never_exceeded() -> None:
    problem = replace(grid_problem(24, 1), carts=(Cart((12,), count=4), Cart((20,), cost=1)))
    tables = tables_of(problem, 1)
    owner = np.arange(24, dtype=np.int32)
    searcher = Searcher(problem, tables, owner, seed=1)
    searcher.load(owner)
    searcher.anneal(3000, 5000.0, 10.0)
    used = np.bincount(searcher.state.carts[searcher.state.carts >= 0], minlength=2)
    assert used[0] <= 4
    assert (searcher.state.free[0]) == 4 - used[0]


def test_halves_change_what_is_theirs_only() -> None:
    from concurrent.futures import ThreadPoolExecutor

    problem = grid_problem(300, 1, blocks=2)
    tables = tables_of(problem, 1)
    owner = first_come(tables, widest_batch(problem))
    halves = Halves(problem, tables, owner, seed=1, threads=2)
    before = halves.value
    with ThreadPoolExecutor(2) as pool:
        for _ in range(4):
            halves.anneal(pool, 2000, 1000.0, 100.0)
    assert halves.best_value < before
    assert halves.best_value == total_of(problem, partition_of(halves.best_owner))
