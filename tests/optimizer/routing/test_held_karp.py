from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.routing.held_karp import held_karp


@pytest.mark.parametrize("n_stops", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("symmetric", [True, False])
def test_equal_to_all_permutations(n_stops: int, symmetric: bool) -> None:
    chance = np.random.default_rng(n_stops)
    for _ in range(20):
        lengths = chance.integers(0, 100, size=(n_stops + 2, n_stops + 2))
        if symmetric:
            lengths = lengths + lengths.T
        length, order = held_karp(lengths)
        tours = (
            [0, *inner, n_stops + 1] for inner in itertools.permutations(range(1, n_stops + 1))
        )
        assert length == min(lengths[tour[:-1], tour[1:]].sum() for tour in tours)
        walked = [0, *order.tolist(), n_stops + 1]
        assert sorted(walked) == list(range(n_stops + 2))
        assert lengths[walked[:-1], walked[1:]].sum() == length


def test_order_by_hand() -> None:
    # Stops 1 and 2 on a line: start 0, stop 2 at 10, stop 1 at 20, end at 30.
    at = np.array([0, 20, 10, 30])
    length, order = held_karp(np.abs(at[:, None] - at[None, :]))
    assert length == 30
    assert order.tolist() == [2, 1]
