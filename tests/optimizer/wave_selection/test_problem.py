from __future__ import annotations

import pytest

from optimizer.errors import ProblemError
from optimizer.wave_selection.problem import Units, UnitsPerAisle, WaveProblem, total
from optimizer.wave_selection.tables import servable_orders

ONE: Units = ((0, 1),)


@pytest.mark.parametrize(
    ("orders", "aisles", "least", "most", "message"),
    [
        ((ONE,), (ONE,), 3, 2, "a wave of 3 to 2 units"),
        ((ONE,), (ONE,), -1, 2, "a wave of -1 to 2 units"),
        ((ONE, ()), (ONE,), 0, 2, "order 1: asks nothing"),
        ((((0, 1), (0, 2)),), (ONE,), 0, 2, "order 0: an item is named twice"),
        ((ONE,), (ONE, ((2, 1),)), 0, 2, "aisle 1: there is no item 2"),
        ((((1, 0),),), (ONE,), 0, 2, "order 0, item 1: 0 units"),
    ],
)
def test_broken_rules_are_named(
    orders: tuple[Units, ...], aisles: tuple[Units, ...], least: int, most: int, message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        WaveProblem(2, orders, aisles, least, most)


def test_ratios_are_compared_exactly() -> None:
    # 1/3 and 333333333/1000000000 differ by 1/3000000000.
    third = UnitsPerAisle(1, 3)
    assert third.is_better_than(UnitsPerAisle(333_333_333, 1_000_000_000))
    assert not third.is_better_than(UnitsPerAisle(2, 6))
    assert third.is_better_than(None)
    assert float(UnitsPerAisle(7, 2)) == 3.5


def test_units_add_up_by_item() -> None:
    assert total([((0, 1), (2, 4)), ((2, 1),)]) == {0: 1, 2: 5}


def test_orders_are_servable_that_all_aisles_cover_and_that_fit() -> None:
    orders: tuple[Units, ...] = (((0, 2),), ((0, 3),), ((1, 4),), ((2, 1),))
    problem = WaveProblem(3, orders, (ONE, ((0, 1), (1, 4))), 0, 3)
    # Order 1 asks three of the two units of item 0, order 2 is above the most units, item 2 is not
    # in stock.
    assert servable_orders(problem) == (0,)
