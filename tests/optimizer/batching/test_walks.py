"""Lengths of tours as searches ask for them."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.batching.walks import ANY_NUMBER, grid_walk, matrix_walk
from optimizer.routing.warm_up import END, START
from tests.optimizer.batching.problems import locations, router


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_grid_walk_is_as_long_as_the_shortest_tour_to_the_better_end(blocks: int) -> None:
    exact, places = router(blocks), locations(blocks)
    ways = [exact.course(START, end) for end in (START, END)]
    walk = grid_walk([way for way in ways if way is not None])
    assert walk.shortest_up_to == ANY_NUMBER
    chance = np.random.default_rng(1)
    for _ in range(50):
        wanted = [places[one] for one in chance.choice(len(places), 6)]
        lengths = [exact.length_mm(wanted, start=START, end=end) for end in (START, END)]
        length = walk.length_mm(exact.points(wanted))
        assert length == min(lengths)
        assert length % walk.step_mm == 0


def test_a_matrix_walk_goes_the_shortest_way_between_few_points() -> None:
    # 0 -> 2 -> 1 -> 3 is 1 + 1 + 1; the other way round 5 + 1 + 5.
    matrix = np.array([[0, 5, 1, 9], [5, 0, 1, 1], [1, 1, 0, 5], [9, 1, 5, 0]], dtype=np.int64)
    walk = matrix_walk(matrix, start=0, end=3)
    assert walk.length_mm(np.array([1, 2, 2], dtype=np.int32)) == 3
