"""Savings batching on a line, where lengths are known by hand, and against all partitions."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from optimizer.batching.demand import Batch, Partition
from optimizer.batching.savings import savings
from optimizer.stopping import MaxIterations, never


def everyone(count: int) -> list[list[int]]:
    return [[other for other in range(count) if other != index] for index in range(count)]


def farthest(positions: list[int]) -> Callable[[Batch], int]:
    """Return the cost on a line: out to the farthest demand and back."""
    return lambda batch: 2 * max(positions[member] for member in batch)


def at_most(size: int) -> Callable[[Batch], bool]:
    return lambda batch: len(batch) <= size


def run(positions: list[int], size: int) -> Partition:
    count = len(positions)
    return savings(
        [1] * count,
        everyone(count),
        cost=farthest(positions),
        fits=at_most(size),
        limit=count,
        stop=never,
    )


def test_far_demands_are_joined_first() -> None:
    # Savings: {10,9}: 20+18-20 = 18; {10,8} and {9,8}: 16; so 10 with 9, then 8 with 1.
    assert run([10, 1, 9, 8], 2) == ((0, 2), (1, 3))


def test_merged_batches_are_compared_afresh() -> None:
    # 10 and 9 merge first (saving 18); with the batch of 20 m, 8 still saves 16.
    assert run([10, 9, 8], 3) == ((0, 1, 2),)


def test_stop_at_once_leaves_every_demand_alone() -> None:
    partition = savings(
        [1, 1],
        everyone(2),
        cost=farthest([5, 5]),
        fits=at_most(2),
        limit=2,
        stop=MaxIterations(0),
    )
    assert partition == ((0,), (1,))


def test_batches_that_are_no_neighbours_are_joined_in_the_last_pass() -> None:
    partition = savings(
        [0b01, 0b10], [[], []], cost=farthest([5, 7]), fits=at_most(2), limit=1, stop=never
    )
    assert partition == ((0, 1),)


def partitions(members: list[int], size: int) -> Iterator[Partition]:
    """Yield every partition into batches of at most ``size``."""
    if not members:
        yield ()
        return
    first, *rest = members
    for extra in range(min(size, len(members))):
        for company in itertools.combinations(rest, extra):
            left = [member for member in rest if member not in company]
            for others in partitions(left, size):
                yield ((first, *company), *others)


@pytest.mark.parametrize("seed", range(10))
def test_savings_are_optimal_on_a_line_of_distinct_positions(seed: int) -> None:
    # On a line batches of consecutive positions are optimal, and savings finds them when the
    # number of demands is a multiple of two and batches hold two.
    rng = random.Random(seed)
    positions = rng.sample(range(1, 100), 6)
    cost = farthest(positions)
    best = min(
        sum(cost(batch) for batch in partition) for partition in partitions(list(range(6)), 2)
    )
    assert sum(cost(batch) for batch in run(positions, 2)) == best
