from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.batching.problem import BatchingProblem, Cart
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import MatrixWalk, matrix_walk
from optimizer.stopping import MaxIterations


def hall(seed: int, n: int) -> NDArray[np.int64]:
    """Return distances of places in an open hall, a little longer one way than the other."""
    chance = np.random.default_rng(seed)
    places = chance.integers(0, 1_000, size=(n, 2))
    plan = np.hypot(*np.moveaxis(places[:, None] - places[None, :], 2, 0))
    lengths = np.rint(plan + 5 * (places[:, None, 0] > places[None, :, 0]))
    return np.asarray(lengths, dtype=np.int64)


def walked(distances: NDArray[np.int64], path: tuple[int, ...]) -> int:
    return sum(int(distances[origin, target]) for origin, target in itertools.pairwise(path))


@pytest.mark.parametrize("n", [0, 1, 6, 12, 25])
def test_tours_are_as_long_as_they_say(n: int) -> None:
    distances = hall(1, 40)
    walk = matrix_walk(distances, start=0, end=1)
    points = np.arange(2, 2 + n, dtype=np.int32)
    length, tour = walk.tour(np.concatenate((points, points)), 200)
    assert sorted(tour) == points.tolist()
    assert length == walked(distances, (0, *tour, 1)) <= walk.length_mm(points)


def brute_force(walk: MatrixWalk, points: list[NDArray[np.int32]], capacity: int) -> int:
    """Return the least length of all batches, by every way of putting orders into batches."""
    best = 1 << 60

    def extend(order: int, batches: list[list[int]]) -> None:
        nonlocal best
        if order == len(points):
            visited = [np.concatenate([points[one] for one in batch]) for batch in batches]
            best = min(best, sum(walk.length_mm(one) for one in visited))
            return
        for batch in batches:
            if len(batch) < capacity:
                batch.append(order)
                extend(order + 1, batches)
                batch.pop()
        extend(order + 1, [*batches, [order]])

    extend(0, [])
    return best


@pytest.mark.parametrize("prove", [False, True])
def test_batches_are_the_best_of_all(prove: bool) -> None:
    walk = matrix_walk(hall(2, 30), start=0, end=1)
    chance = np.random.default_rng(2)
    points = [chance.choice(np.arange(2, 30), 3).astype(np.int32) for _ in range(6)]
    problem = BatchingProblem(walk, points, np.ones((6, 1), dtype=np.int64), (Cart((3,)),))
    found = solve_batching(problem, stop=MaxIterations(5), prove=prove)
    assert found.value == brute_force(walk, points, 3)
    assert sorted(one for batch in found.partition for one in batch) == list(range(6))


def test_search_is_deterministic() -> None:
    distances = hall(3, 120)
    chance = np.random.default_rng(3)
    points = [chance.choice(np.arange(2, 120), 4).astype(np.int32) for _ in range(30)]
    found = [
        solve_batching(
            BatchingProblem(
                matrix_walk(distances, start=0, end=1),
                points,
                np.ones((30, 1), dtype=np.int64),
                (Cart((4,)),),
            ),
            stop=MaxIterations(3),
            seed=5,
        )
        for _ in range(2)
    ]
    assert found[0] == found[1]
