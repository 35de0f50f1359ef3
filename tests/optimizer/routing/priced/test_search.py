"""Orders of groups with several states, on matrices that come from no layout."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.routing.priced.search import (
    cost_of_order,
    iterated_priced_search,
    least_legs,
    regroup,
)
from optimizer.routing.priced.subsets import cheapest_order


def random_legs(chance: random.Random, n: int, n_states: int) -> NDArray[np.int64]:
    size = (n + 2) * n_states
    return np.array(
        [[chance.randint(1, 100) for _ in range(size)] for _ in range(size)], dtype=np.int64
    )


def cheapest_states(costs: NDArray[np.int64], n_states: int, path: tuple[int, ...]) -> int:
    """Return the cost of an order by trying all states of every group between the ends."""
    best = 1 << 60
    for states in itertools.product(range(n_states), repeat=len(path) - 2):
        rows = [g * n_states + k for g, k in zip(path, (0, *states, 0), strict=True)]
        best = min(best, sum(int(costs[a, b]) for a, b in itertools.pairwise(rows)))
    return best


def only_first_states_at_the_ends(costs: NDArray[np.int64], n_states: int) -> None:
    """Close all states of start and end but their first, as the legs of a layout do."""
    for first in (0, len(costs) - n_states):
        costs[first + 1 : first + n_states, :] = 1 << 50
        costs[:, first + 1 : first + n_states] = 1 << 50


@pytest.mark.parametrize("n_states", [1, 2, 3])
def test_the_programme_over_subsets_finds_the_best_order_and_states(n_states: int) -> None:
    chance = random.Random(n_states)
    for n in (1, 2, 3, 4):
        costs = random_legs(chance, n, n_states)
        only_first_states_at_the_ends(costs, n_states)
        paths = [(0, *inner, n + 1) for inner in itertools.permutations(range(1, n + 1))]
        best = min(cheapest_states(costs, n_states, path) for path in paths)
        cost, order = cheapest_order(costs, n_states)
        path = (0, *order.tolist(), n + 1)
        assert cost == best == cheapest_states(costs, n_states, path)
        assert cost_of_order(costs, n_states, np.array(path, dtype=np.int64)) == best


@pytest.mark.parametrize("n_states", [1, 2, 3])
def test_the_search_knows_what_its_order_costs(n_states: int) -> None:
    chance = random.Random(10 + n_states)
    for n in (1, 2, 3, 5, 9, 40):
        costs = random_legs(chance, n, n_states)
        only_first_states_at_the_ends(costs, n_states)
        places = np.array([[chance.randint(-1, 3), g, g % 3] for g in range(n + 2)])
        places[[0, n + 1], 0] = -1  # Stations stand at nodes.
        first = np.arange(n + 2)
        cost, order = iterated_priced_search(costs, places, first, 30, 7)
        path = np.array([0, *order.tolist(), n + 1], dtype=np.int64)
        assert sorted(path.tolist()) == list(range(n + 2))
        assert cost == cost_of_order(costs, n_states, path)
        assert cost <= cost_of_order(costs, n_states, first)
        again, same = iterated_priced_search(costs, places, first, 30, 7)
        assert (again, same.tolist()) == (cost, order.tolist())
        if n < 10:
            assert cost >= cheapest_order(costs, n_states)[0]


def test_an_edge_is_ordered_anew_in_one_or_two_runs() -> None:
    # Groups 1, 3 and 5 lie on edge 7 at 30, 10 and 20 mm, group 5 on the right; 2 and 4 at nodes.
    places = np.array(
        [[-1, 0, 0], [7, 30, 1], [-1, 0, 0], [7, 10, 1], [-1, 0, 0], [7, 20, 2], [-1, 0, 0]],
        dtype=np.int64,
    )
    state = np.array([1], dtype=np.uint64)
    found = set()
    for _ in range(60):
        path, open_ = np.arange(7), np.zeros(7, dtype=np.bool_)
        if regroup(path, places, state, open_):
            found.add(tuple(path.tolist()))
            assert open_[[1, 3, 5]].all()
        else:
            assert path.tolist() == list(range(7))
    assert found == {
        (0, 3, 5, 1, 2, 4, 6),  # all forth
        (0, 1, 5, 3, 2, 4, 6),  # all back
        (0, 3, 1, 2, 4, 5, 6),  # the left ones forth, the right one where the last was
        (0, 1, 3, 2, 4, 5, 6),  # the left ones back
    }


def test_least_legs_are_those_between_the_best_states() -> None:
    costs = np.arange(16, dtype=np.int64).reshape(4, 4)
    assert least_legs(costs, 2).tolist() == [[0, 2], [8, 10]]
