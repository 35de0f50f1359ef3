from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.routing.held_karp import held_karp
from optimizer.routing.local_search import (
    descend,
    double_bridge,
    draw,
    iterated_local_search,
    move_segment,
    nearest_neighbour,
)


def random_lengths(seed: int, n_stops: int) -> NDArray[np.int64]:
    """Return walking-like lengths: a symmetric plan plus detours against one-way aisles."""
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 1_000, size=(n_stops + 2, 2))
    plan = np.abs(points[:, None] - points[None, :]).sum(axis=2)
    detours = chance.integers(0, 300, size=plan.shape) * (chance.random(plan.shape) < 0.2)
    return np.asarray(plan + detours, dtype=np.int64)


def walked(lengths: NDArray[np.int64], path: NDArray[np.int64]) -> int:
    return int(lengths[path[:-1], path[1:]].sum())


@pytest.mark.parametrize("n_stops", [1, 2, 3, 4, 5, 20, 70])
def test_descent_returns_the_length_of_the_path_it_leaves(n_stops: int) -> None:
    for seed in range(10):
        lengths = random_lengths(seed, n_stops)
        path = nearest_neighbour(lengths)
        before = walked(lengths, path)
        open_ = np.ones(n_stops + 2, dtype=np.bool_)
        length = descend(lengths, path, open_)
        assert not open_.any()
        assert length == walked(lengths, path) <= before
        assert (path[0], path[-1]) == (0, n_stops + 1)
        assert sorted(path.tolist()) == list(range(n_stops + 2))


def test_never_better_than_optimal_and_mostly_as_good() -> None:
    missed = 0
    for seed in range(60):
        lengths = random_lengths(seed, 10)
        best, _ = held_karp(lengths)
        found, order = iterated_local_search(lengths, 100, 1)
        assert found >= best
        assert walked(lengths, np.array([0, *order, 11])) == found
        missed += found > best
    assert missed <= 6


def test_more_kicks_are_never_worse_and_seeds_are_reproducible() -> None:
    lengths = random_lengths(1, 40)
    results = [iterated_local_search(lengths, kicks, 7)[0] for kicks in (0, 10, 100, 300)]
    assert results == sorted(results, reverse=True)
    first, second = (iterated_local_search(lengths, 50, 7)[1] for _ in range(2))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize(
    ("i", "j", "k", "turned", "expected"),
    [
        (1, 2, 4, False, [0, 3, 4, 1, 2, 5]),
        (1, 2, 4, True, [0, 3, 4, 2, 1, 5]),
        (3, 4, 0, False, [0, 3, 4, 1, 2, 5]),
        (3, 4, 0, True, [0, 4, 3, 1, 2, 5]),
        (2, 2, 3, False, [0, 1, 3, 2, 4, 5]),
        (3, 3, 1, True, [0, 1, 3, 2, 4, 5]),
    ],
)
def test_segments_are_moved_behind_their_new_neighbour(
    i: int, j: int, k: int, turned: bool, expected: list[int]
) -> None:
    path = np.arange(6)
    move_segment(path, i, j, k, turned)
    assert path.tolist() == expected


@pytest.mark.parametrize("n_stops", [4, 5, 60, 200])
def test_kicks_exchange_neighbouring_segments_within_a_window(n_stops: int) -> None:
    state = np.array([5], dtype=np.uint64)
    for _ in range(200):
        path = np.arange(n_stops + 2)
        open_ = np.zeros(n_stops + 2, dtype=np.bool_)
        double_bridge(path, state, open_)
        assert sorted(path.tolist()) == list(range(n_stops + 2))
        assert (path[0], path[-1]) == (0, n_stops + 1)
        moved = np.flatnonzero(path != np.arange(n_stops + 2))
        assert 2 <= len(moved) == moved[-1] - moved[0] + 1 <= 30
        # Every row whose neighbour changed is to be looked at.
        for i in range(n_stops + 1):
            if path[i + 1] != path[i] + 1:
                assert open_[path[i]]
                assert open_[path[i + 1]]


def test_drawn_numbers_stay_below_their_limit_and_reach_it() -> None:
    state = np.array([1], dtype=np.uint64)
    drawn = {draw(state, 5) for _ in range(300)}
    assert drawn == {0, 1, 2, 3, 4}
