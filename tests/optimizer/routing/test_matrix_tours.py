from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.routing.held_karp import held_karp
from optimizer.routing.local_search import iterated_local_search
from optimizer.routing.matrix_tours import (
    EXACT_UP_TO,
    FAR,
    MatrixSpot,
    insert_farthest,
    matrix_tour_length,
    set_up_spot,
)
from tests.optimizer.routing.test_local_search import random_lengths

START, END = 3, 7


def spot_of(distances: NDArray[np.int64], *, kicks: int = 1, most: int = 60) -> MatrixSpot:
    return set_up_spot(distances, start=START, end=END, kicks=kicks, most_points=most)


def length_of(spot: MatrixSpot, *points: int) -> int:
    spot.points[: len(points)] = points
    return int(matrix_tour_length(len(points), spot))


def between(distances: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.int64]:
    rows = np.concatenate(([START], points, [END]))
    return np.ascontiguousarray(distances[np.ix_(rows, rows)])


def test_few_points_are_walked_the_shortest_way() -> None:
    distances = random_lengths(1, 40)
    spot, chance = spot_of(distances), np.random.default_rng(1)
    for n in range(1, EXACT_UP_TO + 1):
        for _ in range(20):
            points = chance.choice(40, n, replace=False)
            assert length_of(spot, *points) == held_karp(between(distances, points))[0]


def test_no_point_is_a_walk_from_start_to_end() -> None:
    distances = random_lengths(1, 8)
    assert length_of(spot_of(distances)) == distances[START, END]


@pytest.mark.parametrize("n", [5, 14])
def test_length_depends_on_the_set_of_points_only(n: int) -> None:
    distances = random_lengths(2, 50)
    spot, chance = spot_of(distances), np.random.default_rng(2)
    points = chance.choice(50, n, replace=False)
    length = length_of(spot, *points)
    length_of(spot, *range(10, 40))
    assert length_of(spot, *points[::-1], *points[:4]) == length
    assert length_of(spot_of(distances, most=n), *points) == length


def test_many_points_are_walked_nearly_the_shortest_way() -> None:
    distances = random_lengths(3, 80)
    spot, chance = spot_of(distances, kicks=2), np.random.default_rng(3)
    longer = []
    for _ in range(40):
        points = chance.choice(80, int(chance.integers(10, 30)), replace=False)
        best = iterated_local_search(between(distances, points), 1_000, 1)[0]
        longer.append(length_of(spot, *points) / best - 1)
    assert min(longer) > -0.001
    assert np.mean(longer) < 0.002


def test_kicks_never_lengthen_a_tour() -> None:
    distances = random_lengths(4, 80)
    descended, kicked = spot_of(distances, kicks=0), spot_of(distances, kicks=1)
    chance = np.random.default_rng(4)
    for _ in range(40):
        points = chance.choice(80, 20, replace=False)
        assert length_of(kicked, *points) <= length_of(descended, *points)


def test_the_farthest_row_is_inserted_where_it_adds_least() -> None:
    # On a line: from 0 to 10, rows at 4, 20 and 7. The first is the farthest from both ends, 20.
    places = np.array([0, 4, 20, 7, 10])
    lengths = np.abs(places[:, None] - places[None, :])
    walk = np.full((7, 5), FAR)
    insert_farthest(lengths, walk)
    assert walk[0].tolist() == [0, 1, 3, 2, 4]
