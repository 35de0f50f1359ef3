from __future__ import annotations

import random

import pytest

from benchmarks.bin_packing import fewest_bins


@pytest.mark.parametrize(
    ("sizes", "bins"),
    [
        ([5, 5, 5, 5], 2),
        ([3, 3, 3, 1], 1),
        # Total 30 of 3 bins, but of 6, 6, 6, 6 no two share one.
        ([6, 6, 6, 6, 3, 3], 4),
        # 7 and 8 leave room for no 4, and two bins for 4, 4, 4 are needed beside them.
        ([7, 8, 4, 4, 4], 4),
        # Above a quarter: a bin takes three, though the total is that of 3 full bins.
        ([3] * 10, 4),
        ([], 0),
    ],
)
def test_bounds_are_those_counted_by_hand(sizes: list[int], bins: int) -> None:
    assert fewest_bins(sizes, 10) == bins


def test_no_packing_needs_fewer() -> None:
    choose = random.Random(1)
    for _ in range(300):
        sizes = [choose.randint(1, 10) for _ in range(choose.randint(1, 7))]
        bound = fewest_bins(sizes, 10)
        assert -(-sum(sizes) // 10) <= bound <= fewest_by_trying(sizes, [], 10)


def fewest_by_trying(sizes: list[int], loads: list[int], capacity: int) -> int:
    """Return the fewest bins, every item tried in every bin."""
    if not sizes:
        return len(loads)
    first, *others = sizes
    ways = [[*loads, first]]
    ways += [
        [*loads[:bin_], load + first, *loads[bin_ + 1 :]]
        for bin_, load in enumerate(loads)
        if load + first <= capacity
    ]
    return min(fewest_by_trying(others, way, capacity) for way in ways)
