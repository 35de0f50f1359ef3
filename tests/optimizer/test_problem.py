"""Problems refuse what contradicts itself and name the culprit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.errors import ProblemError
from tests.optimizer.examples import CART, item, line_problem, order


def test_order_without_lines() -> None:
    with pytest.raises(ProblemError, match='order "P": has no lines'):
        order("P")


def test_quantity_below_one_names_order_line_and_value() -> None:
    with pytest.raises(ProblemError, match=r'order "P", line 2: quantity must be .* got 0'):
        order("P", ("a", 1), ("b", 0))


def test_negative_weight() -> None:
    with pytest.raises(ProblemError, match='item "a"'):
        item("a", -1)


def test_cart_without_slots() -> None:
    with pytest.raises(ProblemError, match='cart "cart": slots'):
        replace(CART, slots=0)


def test_an_order_given_twice() -> None:
    with pytest.raises(ProblemError, match='order "P" is given twice'):
        line_problem(order("P", ("a", 1)), order("P", ("b", 1)))


def test_no_pack_station() -> None:
    with pytest.raises(ProblemError, match="pack station"):
        replace(line_problem(), pack=())
