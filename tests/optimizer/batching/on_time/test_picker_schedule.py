from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.batching.on_time.picker_schedule import schedule_batches, weighted_lateness


def numbers(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def test_batches_that_can_be_on_time_are() -> None:
    # 3 + 3 by one picker, 2 + 2 + 2 by the other; by list the last would end at 7.
    found = schedule_batches(
        numbers(3, 3, 2, 2, 2), numbers(6, 6, 6, 6, 6), numbers(1, 1, 1, 1, 1), n_pickers=2
    )
    assert found.sequences == ((0, 1), (2, 3, 4))
    assert (found.lateness, found.proven) == (0, True)


def test_the_urgent_batch_goes_first_when_one_must_be_late() -> None:
    # Both due at 4: the second ends at 7, 3 late. The one of weight 5 is on time.
    found = schedule_batches(numbers(4, 3), numbers(4, 4), numbers(5, 1), n_pickers=1)
    assert (found.sequences, found.lateness, found.proven) == (((0, 1),), 3, True)


@pytest.mark.parametrize("n_pickers", [1, 2, 3])
def test_no_schedule_is_less_late(n_pickers: int) -> None:
    random = np.random.default_rng(n_pickers)
    for _ in range(6):
        duration = random.integers(1, 9, 5)
        due = random.integers(2, 14 // n_pickers + 3, 5)
        weight = random.integers(0, 5, 5)
        found = schedule_batches(duration, due, weight, n_pickers=n_pickers)
        assert sorted(itertools.chain(*found.sequences)) == list(range(5))
        assert len(found.sequences) == n_pickers
        assert weighted_lateness(found.sequences, duration, due, weight) == found.lateness
        assert found.lateness == found.bound == least_lateness(duration, due, weight, n_pickers)


def least_lateness(
    duration: NDArray[np.int64], due: NDArray[np.int64], weight: NDArray[np.int64], n_pickers: int
) -> int:
    """Every order, every assignment."""
    n = len(duration)
    return min(
        weighted_lateness(
            tuple(tuple(b for b in order if who[b] == one) for one in range(n_pickers)),
            duration,
            due,
            weight,
        )
        for order in itertools.permutations(range(n))
        for who in itertools.product(range(n_pickers), repeat=n)
    )


def test_without_work_the_list_schedule_stands() -> None:
    duration, due = numbers(*range(3, 15)), numbers(*[9] * 12)
    weight = numbers(*[1, 2, 3] * 4)
    found = schedule_batches(duration, due, weight, n_pickers=3, work=0.0)
    assert sorted(itertools.chain(*found.sequences)) == list(range(12))
    assert found.bound <= found.lateness
    assert weighted_lateness(found.sequences, duration, due, weight) == found.lateness
