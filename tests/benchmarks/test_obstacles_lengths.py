from __future__ import annotations

import math

import numpy as np
import pytest

from optimizer.errors import LayoutError
from optimizer.layout.obstacles import Rectangle, legs_free, lengths_around

SHELF = Rectangle(2, -9, 4, 3)


def places(*points: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(points, dtype=np.int64).reshape(-1, 2)


def test_a_walk_turns_at_corners() -> None:
    # From (0, 0) over (2, 3) and (4, 3) to (6, 0): sqrt(13) + 2 + sqrt(13).
    lengths = lengths_around(places((0, 0), (6, 0), (0, 3)), [SHELF])
    assert lengths[0, 1] == pytest.approx(2 * math.sqrt(13) + 2)
    assert lengths[0, 2] == 3
    # Along the upper wall, from (0, 3): 4, then sqrt(4 + 9).
    assert lengths[2, 1] == pytest.approx(4 + math.sqrt(13))
    assert (lengths == lengths.T).all()


def test_legs_may_count_less_than_they_are_long() -> None:
    lengths = lengths_around(places((0, 0), (6, 0)), [SHELF], leg_length=np.floor)
    assert lengths[0, 1] == 3 + 2 + 3


def test_two_obstacles_that_touch_can_be_walked_between() -> None:
    lengths = lengths_around(places((2, 0), (2, 9)), [Rectangle(0, 1, 2, 8), Rectangle(2, 1, 4, 8)])
    assert lengths[0, 1] == 9


def test_places_at_one_point_are_no_step_apart() -> None:
    assert lengths_around(places((1, 1), (1, 1)), [SHELF])[0, 1] == 0


def test_a_place_inside_an_obstacle_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"place \(3, 1\) lies inside an obstacle"):
        lengths_around(places((0, 0), (3, 1)), [SHELF])


def test_an_obstacle_has_an_inside() -> None:
    with pytest.raises(LayoutError, match="has no inside"):
        Rectangle(2, 0, 2, 3)


def test_legs_are_free_exactly_where_no_point_of_them_is_inside() -> None:
    # Independent of the separating lines: 840 points along the leg between integer places at most
    # 7 apart meet every crossing of a wall and the middles between crossings.
    rng = np.random.default_rng(5)
    begins, ends = rng.integers(0, 8, (400, 2)), rng.integers(0, 8, (400, 2))
    shelves = [Rectangle(1, 1, 3, 4), Rectangle(4, 2, 6, 3)]
    found = legs_free(begins, ends, shelves)
    for begin, end, free in zip(begins, ends, found, strict=True):
        points = 840 * begin + np.arange(841)[:, None] * (end - begin)
        inside = [
            (840 * one.left < points[:, 0])
            & (points[:, 0] < 840 * one.right)
            & (840 * one.bottom < points[:, 1])
            & (points[:, 1] < 840 * one.top)
            for one in shelves
        ]
        assert free == (not np.any(inside))
