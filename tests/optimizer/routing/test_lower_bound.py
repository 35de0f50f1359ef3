from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.routing.held_karp import held_karp
from optimizer.routing.local_search import iterated_local_search
from optimizer.routing.lower_bound import (
    common_divisor,
    path_lower_bound,
    shortest_arborescence,
    workspace,
)
from tests.optimizer.routing.test_local_search import random_lengths

NO_WALK = 1 << 40


def all_arborescences(lengths: NDArray[np.int64], prices: NDArray[np.int64]) -> int:
    """Return the length of the shortest arborescence by trying every choice of tails."""
    n_rows = len(lengths)
    best = 1 << 60
    for tails in itertools.product(range(n_rows - 1), repeat=n_rows - 1):
        before = (0, *tails)
        if before[-1] == 0 and n_rows > 2:
            continue
        length = 0
        for row in range(1, n_rows):
            seen, at = {row}, before[row]
            while at and at not in seen:
                seen.add(at)
                at = before[at]
            if at:
                break
            length += int(lengths[before[row], row] + prices[before[row]])
        else:
            best = min(best, length)
    return best


@pytest.mark.parametrize("n_stops", [1, 2, 3, 4])
def test_arborescence_is_the_shortest_of_all(n_stops: int) -> None:
    chance = np.random.default_rng(n_stops)
    for _ in range(40):
        lengths = chance.integers(0, 20, size=(n_stops + 2, n_stops + 2))
        prices = chance.integers(-10, 10, size=n_stops + 2)
        work = workspace(n_stops + 2)
        total = shortest_arborescence(lengths, prices, work)
        assert total == all_arborescences(lengths, prices)
        # The arcs that are reported have the length that is reported.
        rows = np.arange(1, n_stops + 2)
        assert (lengths[work.tail[rows], rows] + prices[work.tail[rows]]).sum() == total


@pytest.mark.parametrize("walking", [True, False], ids=["walking-like", "random"])
@pytest.mark.parametrize("n_stops", [1, 2, 3, 6, 9])
def test_never_above_the_optimum_and_close_to_it(n_stops: int, walking: bool) -> None:
    chance = np.random.default_rng(n_stops)
    bounds = optima = 0
    for seed in range(40):
        if walking:
            lengths = random_lengths(seed, n_stops)
        else:
            lengths = chance.integers(0, 1_000, size=(n_stops + 2, n_stops + 2))
        optimum, _ = held_karp(lengths)
        for upper in (optimum, 2 * optimum + 1):
            for iterations in (1, 10, 200):
                bound = path_lower_bound(lengths, upper, iterations)
                assert bound <= optimum
        bounds += path_lower_bound(lengths, optimum, 200)
        optima += optimum
    assert bounds >= 0.97 * optima


def test_more_iterations_are_never_worse_and_a_hundred_are_close() -> None:
    lengths = random_lengths(2, 40)
    upper, _ = iterated_local_search(lengths, 500, 1)
    bounds = [path_lower_bound(lengths, upper, iterations) for iterations in (1, 10, 100, 300)]
    assert bounds == sorted(bounds)
    assert 0.97 * upper < bounds[-1] <= upper


def test_equal_to_the_optimum_where_all_stops_lie_in_a_row() -> None:
    # Start 0 m, stops at 10 m and 20 m, end at 30 m: one walks straight through.
    at = np.array([0, 20, 10, 30])
    assert path_lower_bound(np.abs(at[:, None] - at[None, :]), 50, 100) == 30
    # There and back again: to the farthest stop and home.
    at = np.array([0, 20, 10, 0])
    assert path_lower_bound(np.abs(at[:, None] - at[None, :]), 50, 100) == 40


def test_one_stop_has_one_path() -> None:
    assert path_lower_bound(np.array([[0, 3, 1], [9, 0, 4], [9, 9, 0]]), 100, 1) == 7


def test_rounded_up_to_what_all_lengths_are_multiples_of() -> None:
    lengths = 500 * random_lengths(7, 8)
    optimum, _ = held_karp(lengths)
    assert common_divisor(lengths) % 500 == 0
    for iterations in (1, 3, 10, 50):
        bound = path_lower_bound(lengths, optimum, iterations)
        assert bound <= optimum
        assert bound % 500 == 0
    assert common_divisor(np.zeros((3, 3), dtype=np.int64)) == 1
    assert common_divisor(np.array([[5, 4, 6], [1, 1, 8], [1, 1, 1]])) == 2


def test_missing_walks_raise_the_bound_but_never_above_what_is_left() -> None:
    chance = np.random.default_rng(3)
    for _ in range(40):
        lengths = random_lengths(int(chance.integers(1_000)), 7)
        lengths[chance.random(lengths.shape) < 0.4] = NO_WALK
        optimum, _ = held_karp(lengths)
        bound = path_lower_bound(lengths, optimum, 100)
        assert bound <= optimum
    # Stop 1 cannot be left: every path has a missing leg, and the bound says so.
    lengths = random_lengths(1, 5)
    lengths[1, :] = NO_WALK
    assert path_lower_bound(lengths, 2 * NO_WALK, 100) > NO_WALK // 2
