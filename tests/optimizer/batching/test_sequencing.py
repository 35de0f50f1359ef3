from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.sequencing import lateness


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
