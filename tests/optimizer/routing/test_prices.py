from __future__ import annotations

import pytest

from optimizer.routing.prices import FORBIDDEN, HIGHEST_PRICE_MM, PriceError, WalkPrices


def test_nothing_is_paid_unless_asked_for() -> None:
    assert WalkPrices() == WalkPrices(0, 0, 0, 0, None)
    assert not WalkPrices(level_mm=300, max_length_mm=1).change_the_walk
    assert WalkPrices(u_turn_mm=FORBIDDEN).change_the_walk


def test_forbidden_is_no_price() -> None:
    prices = WalkPrices(crossing_mm=FORBIDDEN, u_turn_mm=700)
    assert (prices.of_crossing, prices.of_turning, prices.of_floors) == (None, 700, 0)


def test_a_price_out_of_range_is_named() -> None:
    with pytest.raises(PriceError, match="u_turn_mm must not be negative, got -1"):
        WalkPrices(u_turn_mm=-1)
    with pytest.raises(PriceError, match="level_mm must be at most"):
        WalkPrices(level_mm=HIGHEST_PRICE_MM + 1)
    with pytest.raises(PriceError, match="max_length_mm must not be negative"):
        WalkPrices(max_length_mm=-5)
