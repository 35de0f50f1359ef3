from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.batching.on_time.sequencing import LATE, ON_TIME, UNDECIDED, assign_on_time, lateness


def numbers(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def test_one_picker_by_due_date_is_on_time() -> None:
    # Batch 1 ends at 3 (due 3), batch 0 at 7 (due 8).
    assert lateness(numbers(1, 0), 2, numbers(4, 3), numbers(8, 3), numbers(1, 1), numbers(99)) == 0


def test_lateness_is_weighted_and_summed() -> None:
    # Ends 3, 7, 9 for due dates 2, 8, 4: 1 * 10 + 0 + 5 * 3.
    found = lateness(
        numbers(0, 1, 2), 3, numbers(3, 4, 2), numbers(2, 8, 4), numbers(10, 1, 3), numbers(0)
    )
    assert found == 25


def test_the_next_batch_goes_to_the_next_free_picker() -> None:
    # Picker 0: 5, then 4 (ends 9); picker 1: 2, then 6 (ends 8). All due at 8: 1 too late.
    free = numbers(7, 7)
    due = numbers(8, 8, 8, 8)
    found = lateness(numbers(0, 1, 2, 3), 4, numbers(5, 2, 6, 4), due, numbers(1, 1, 1, 1), free)
    assert found == 1
    assert list(free) == [9, 8]


def test_only_the_first_batches_of_the_order_count() -> None:
    assert lateness(numbers(0, 1), 1, numbers(1, 9), numbers(1, 1), numbers(1, 1), numbers(0)) == 0


def test_an_assignment_is_found_where_list_scheduling_is_late() -> None:
    # By list: 3 and 3 go to different pickers, then 2, 2 and 2 end at 5, 5 and 7. On time are
    # 3 + 3 by one picker, 2 + 2 + 2 by the other.
    duration, due = numbers(3, 3, 2, 2, 2), numbers(6, 6, 6, 6, 6)
    order, picker = numbers(0, 1, 2, 3, 4), numbers(0, 0, 0, 0, 0)
    assert lateness(order, 5, duration, due, numbers(1, 1, 1, 1, 1), numbers(0, 0)) == 1
    assert assign_on_time(order, duration, due, picker, 2, 100) == ON_TIME
    assert list(picker) == [0, 0, 1, 1, 1]


def test_the_search_for_pickers_says_when_it_gives_up() -> None:
    # Work of 12 fits 2 * 6 in sum, yet nobody can do 4 + 4 by 6.
    duration, due = numbers(4, 4, 4), numbers(6, 6, 6)
    order, picker = numbers(0, 1, 2), numbers(0, 0, 0)
    assert assign_on_time(order, duration, due, picker, 2, 100) == LATE
    assert assign_on_time(order, duration, due, picker, 2, 1) == UNDECIDED


@pytest.mark.parametrize("n_pickers", [1, 2, 3])
def test_the_search_for_pickers_agrees_with_trying_everything(n_pickers: int) -> None:
    random = np.random.default_rng(n_pickers)
    answers = set()
    for _ in range(60):
        duration = random.integers(1, 9, 6)
        due = random.integers(5, 5 + 50 // n_pickers, 6)
        order = np.argsort(due, kind="stable")
        picker = np.zeros(6, dtype=np.int64)
        found = assign_on_time(order, duration, due, picker, n_pickers, 10_000)
        choices = itertools.product(range(n_pickers), repeat=6)
        on_time = any(is_on_time(order, duration, due, choice) for choice in choices)
        assert (found == ON_TIME) == on_time
        assert found in (ON_TIME, LATE)
        if on_time:
            assert is_on_time(order, duration, due, picker.tolist())
        answers.add(found)
    assert answers == {ON_TIME, LATE}


def is_on_time(
    order: NDArray[np.int64],
    duration: NDArray[np.int64],
    due: NDArray[np.int64],
    picker: Sequence[int],
) -> bool:
    free: Counter[int] = Counter()
    for batch in order.tolist():
        free[picker[batch]] += int(duration[batch])
        if free[picker[batch]] > due[batch]:
            return False
    return True
