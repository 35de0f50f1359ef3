"""Annealing: never worse, repeatable, finds the optimum of small cases."""

from __future__ import annotations

import random

import pytest

from optimizer.batching.annealing import Annealed, Schedule, anneal
from optimizer.batching.demand import Batch, Partition
from optimizer.stopping import MaxIterations, Stop, never
from tests.optimizer.batching.test_savings import everyone, partitions

SCHEDULE = Schedule(cycle=500, idle_cycles=1, heat=0.1)


def scattered_cost(seed: int) -> list[tuple[int, int]]:
    rng = random.Random(seed)
    return [(rng.randint(1, 100), rng.randint(1, 100)) for _ in range(7)]


def run(
    points: list[tuple[int, int]], start: Partition, *, stop: Stop = never, seed: int = 1
) -> Annealed:
    def cost(batch: Batch) -> int:
        # Walk round the bounding box from the corner: grows with the set, like a tour.
        return 2 * (max(points[m][0] for m in batch) + max(points[m][1] for m in batch))

    return anneal(
        start,
        everyone(len(points)),
        cost=cost,
        fits=lambda batch: len(batch) <= 3,
        schedule=SCHEDULE,
        stop=stop,
        seed=seed,
    )


ONE_EACH: Partition = tuple((index,) for index in range(7))


@pytest.mark.parametrize("seed", range(5))
def test_small_cases_end_at_the_optimum_of_full_enumeration(seed: int) -> None:
    points = scattered_cost(seed)

    def length(partition: Partition) -> int:
        return sum(
            2 * (max(points[m][0] for m in batch) + max(points[m][1] for m in batch))
            for batch in partition
        )

    best = min(length(partition) for partition in partitions(list(range(7)), 3))
    found = run(points, ONE_EACH)
    assert found.length_mm == length(found.partition) == best
    assert sorted(member for batch in found.partition for member in batch) == list(range(7))
    assert all(len(batch) <= 3 for batch in found.partition)


def test_same_seed_and_moves_give_the_same_result() -> None:
    points = scattered_cost(9)
    first = run(points, ONE_EACH, stop=MaxIterations(200), seed=5)
    assert first == run(points, ONE_EACH, stop=MaxIterations(200), seed=5)
    assert first.iterations == 200
    assert not first.has_converged


def test_never_longer_than_the_start_and_tells_of_improvements() -> None:
    told: list[int] = []
    points = scattered_cost(3)
    found = anneal(
        ONE_EACH,
        everyone(7),
        cost=lambda batch: 2 * max(points[m][0] for m in batch),
        fits=lambda batch: len(batch) <= 3,
        schedule=SCHEDULE,
        stop=never,
        seed=1,
        improved=lambda best, _iterations: told.append(best),
    )
    start = sum(2 * x for x, _ in points)
    assert found.length_mm < start
    assert told == sorted(told, reverse=True)
    assert told[-1] == found.length_mm
    assert found.has_converged


def test_a_single_batch_has_nothing_to_move() -> None:
    found = run(scattered_cost(1), ((0, 1, 2),), stop=never)
    assert found.partition == ((0, 1, 2),)
    assert found.has_converged
