from __future__ import annotations

import pytest

from optimizer.routing.priced.prices import (
    FORBIDDEN,
    HIGHEST_PRICE_MM,
    PricedWalk,
    PriceError,
    WalkPrices,
    parse_price,
)


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


def test_cost_is_length_and_prices() -> None:
    walk = PricedWalk(
        length_mm=10_000, crossings=2, levels=3, u_turns=1, floor_changes=4, cost_mm=0
    )
    prices = WalkPrices(crossing_mm=1, level_mm=10, u_turn_mm=100, floor_change_mm=1_000)
    assert prices.cost_mm(walk) == 10_000 + 2 + 30 + 100 + 4_000
    assert WalkPrices(u_turn_mm=FORBIDDEN).cost_mm(walk) == 10_000


def test_prices_are_read_as_people_write_them() -> None:
    assert parse_price("1500") == 1_500
    assert parse_price("forbid") is FORBIDDEN
    for text in ("", "-1", "1.5", "forbidden"):
        with pytest.raises(PriceError, match='a number of millimetres or "forbid"'):
            parse_price(text)
