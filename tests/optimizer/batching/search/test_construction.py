"""First batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.problem import Cart
from optimizer.batching.search.construction import (
    bits_in,
    by_savings,
    first_come,
    sweep,
    tightest,
    tightly,
)
from optimizer.batching.search.crew import Searcher
from optimizer.batching.search.tables import partition_of, tables_of, widest_batch
from tests.optimizer.batching.problems import feasible, grid_problem, ruled_problem, total_of


def test_carts_are_filled_in_order_and_never_reopened() -> None:
    # Sizes 1, 2, 1 on carts of 2: the second does not fit beside the first, so the third may not
    # go back to the first cart either.
    problem = replace(
        grid_problem(3, 1), sizes=np.array([[1], [2], [1]], dtype=np.int64), carts=(Cart((2,)),)
    )
    tables = tables_of(problem, 1)
    assert first_come(tables, widest_batch(problem)).tolist() == [0, 1, 2]


def test_a_sweep_puts_demands_of_one_cell_together() -> None:
    problem = replace(
        grid_problem(4, 1),
        sizes=np.ones((4, 1), dtype=np.int64),
        carts=(Cart((2,)),),
        cells=[[7], [1], [7], [1]],
    )
    tables = tables_of(problem, 1)
    assert partition_of(sweep(tables, widest_batch(problem))) == ((0, 2), (1, 3))


@pytest.mark.parametrize("seed", range(8))
def test_constructions_keep_all_rules(seed: int) -> None:
    for problem in (feasible(ruled_problem(50, seed)), grid_problem(50, seed)):
        tables, width = tables_of(problem, 1), widest_batch(problem)
        searcher = Searcher(problem, tables, np.arange(problem.n, dtype=np.int32), seed=1)
        owners = [first_come(tables, width), sweep(tables, width)]
        owners.append(by_savings(tables, width, searcher.space, searcher.spot))
        values = [searcher.load(owner) for owner in owners]
        assert values == [total_of(problem, partition_of(owner)) for owner in owners]
        # Savings start from single batches and merge only what saves.
        assert values[2] <= total_of(problem, tuple((one,) for one in range(problem.n)))


def test_tight_packing_fills_carts() -> None:
    # 7 + 5, 6 + 6, 8 + 4 and 9 + 3 fill four carts of 12 exactly.
    sizes = np.array([[7], [6], [8], [9], [5], [6], [4], [3]], dtype=np.int64)
    problem = replace(grid_problem(8, 1), sizes=sizes, carts=(Cart((12,)),))
    owner = tightly(problem, 0, seed=1)
    assert owner is not None
    assert np.bincount(owner, sizes[:, 0]).tolist() == [12] * 4


def test_the_tightest_of_several_packings_is_taken() -> None:
    # Packed with seed 1, these make a batch more than 441 / 45, rounded up, needs.
    counts = {5: 2, 8: 2, 9: 1, 10: 2, 11: 1, 13: 5, 14: 2, 16: 1}
    counts |= {17: 3, 18: 5, 19: 1, 20: 3, 22: 1, 24: 1}
    sizes = np.repeat(list(counts), list(counts.values())).astype(np.int64)[:, None]
    problem = replace(grid_problem(30, 1), sizes=sizes, carts=(Cart((45,)),))
    owner = tightest(problem, 0, seed=1)
    assert owner is not None
    loads = np.bincount(owner, sizes[:, 0])
    assert len(loads) == 10
    assert loads.max() <= 45


def test_bits_are_counted() -> None:
    for word in (0, 1, 0x8000000000000001, (1 << 64) - 1, 0x123456789ABCDEF0):
        assert bits_in(np.uint64(word)) == word.bit_count()
