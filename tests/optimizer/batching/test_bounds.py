"""The lower bound of batching, by hand and against all partitions."""

from __future__ import annotations

import random

import pytest

from optimizer.batching.bounds import SizedLength, batch_bound
from tests.optimizer.batching.builders import partitions


def test_bound_by_hand() -> None:
    # Capacity 2, sizes 1: the longest (50) and the third longest (20) are in different batches.
    demands = [SizedLength(length, (1,)) for length in (10, 50, 20, 40)]
    assert batch_bound(demands, (2,)) == 70


def test_the_tightest_resource_counts() -> None:
    demands = [SizedLength(length, (1, 3)) for length in (30, 20, 10)]
    # Resource 1: all in one batch, 30. Resource 2: each alone, 60.
    assert batch_bound(demands, (3, 3)) == 60


def test_demands_without_size_still_need_a_batch() -> None:
    assert batch_bound([SizedLength(30, (0,)), SizedLength(20, (0,))], (5,)) == 30
    assert batch_bound([], (5,)) == 0


def test_a_divided_demand_fills_several_batches() -> None:
    # 7 of capacity 3: at least three batches, each at least 10 long.
    assert batch_bound([SizedLength(10, (7,))], (3,)) == 30


@pytest.mark.parametrize("seed", range(20))
def test_no_partition_is_below_the_bound(seed: int) -> None:
    rng = random.Random(seed)
    points = [(rng.randint(1, 99), rng.randint(1, 99)) for _ in range(6)]
    sizes = [rng.randint(1, 3) for _ in range(6)]
    demands = [
        SizedLength(2 * (x + y), (size, 1)) for (x, y), size in zip(points, sizes, strict=True)
    ]
    feasible = [
        partition
        for partition in partitions(list(range(6)), 3)
        if all(sum(sizes[m] for m in batch) <= 4 for batch in partition)
    ]
    best = min(
        sum(
            2 * (max(points[m][0] for m in batch) + max(points[m][1] for m in batch))
            for batch in partition
        )
        for partition in feasible
    )
    assert batch_bound(demands, (4, 3)) <= best
