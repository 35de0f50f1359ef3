"""Sweep batching."""

from __future__ import annotations

from optimizer.batching.demand import Batch
from optimizer.batching.sweep import sweep


def pairs(batch: Batch) -> bool:
    return len(batch) <= 2


def test_neighbours_on_the_sweep_share_a_cart() -> None:
    # Cells by key: demand 2 and 0 in cell 0, demand 3 and 1 in cell 5.
    masks = [0b000001, 0b100000, 0b000001, 0b100000]
    assert sweep([1, 6, 1, 6], masks, fits=pairs) == ((0, 2), (1, 3))


def test_a_demand_joins_the_open_cart_it_is_most_like() -> None:
    # 0 and 1 differ and do not fit together; 2 has a cell of each, and shares more with 1.
    def fits(batch: Batch) -> bool:
        return len(batch) <= 2 and not {0, 1} <= set(batch)

    masks = [0b00011, 0b11100, 0b11110]
    assert sweep([1, 2, 3], masks, fits=fits) == ((0,), (1, 2))


def test_only_a_few_carts_are_open() -> None:
    # Nine that fit nobody close the first cart; the tenth would have fitted it.
    def fits(batch: Batch) -> bool:
        return set(batch) == {0, 9}

    masks = [1 << number for number in range(10)]
    assert sweep(list(range(10)), masks, fits=fits) == tuple((number,) for number in range(10))
