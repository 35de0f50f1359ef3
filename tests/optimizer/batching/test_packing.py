"""Filling totes."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.batching.packing import (
    Totes,
    count_in_order,
    fill_in_order,
    least_totes,
    pack_tightly,
    unit_fits,
)
from optimizer.errors import ProblemError
from optimizer.problem import CartType
from tests.optimizer.batching.builders import promise

CART = CartType(
    "cart", slots=2, tote_weight_g=1000, tote_volume_ml=1000, max_weight_g=1800, max_lines=5
)


def contents(totes: Totes) -> list[list[tuple[int, int]]]:
    """Return (place, quantity) per tote."""
    return [[(each.place, each.quantity) for each in tote] for tote in totes]


def test_filling_in_order_continues_a_line_in_the_next_tote() -> None:
    # 3 x 400 g: two fit a tote of 1,000 g; then 200 g of room takes 1 x 200 g beside the third.
    totes = fill_in_order(
        [promise(at=1, quantity=3, weight_g=400), promise(at=0, weight_g=200)], CART
    )
    assert contents(totes) == [[(1, 2)], [(1, 1), (0, 1)]]


def test_tight_packing_keeps_lines_whole_where_that_costs_no_tote() -> None:
    # 600 + 300 and 500 + 400 fill two totes without dividing a line.
    wanted = [promise(at=n, weight_g=w) for n, w in enumerate((300, 400, 500, 600))]
    assert contents(pack_tightly(wanted, CART)) == [[(3, 1), (1, 1)], [(2, 1), (0, 1)]]


def test_no_packing_is_below_the_least_number_of_totes() -> None:
    # 2,100 g in totes of 1,000 g are three, whatever the volume; nothing still takes one.
    assert least_totes([promise(quantity=7, weight_g=300, volume_ml=100)], CART) == 3
    assert least_totes([], CART) == 1
    chance = random.Random(4)
    for _ in range(200):
        wanted = [
            promise(
                at=at,
                quantity=chance.randint(1, 4),
                weight_g=chance.randint(0, 700),
                volume_ml=chance.randint(0, 700),
            )
            for at in range(chance.randint(1, 6))
        ]
        assert least_totes(wanted, CART) <= len(pack_tightly(wanted, CART))


def test_tight_packing_divides_a_line_where_that_saves_a_tote() -> None:
    # Three lines of 2 x 330 g: whole lines need three totes, 3 + 3 units need two (990 g each).
    wanted = [promise(at=n, quantity=2, weight_g=330) for n in range(3)]
    totes = pack_tightly(wanted, CART)
    assert contents(totes) == [[(0, 2), (1, 1)], [(1, 1), (2, 2)]]


def test_packing_obeys_the_volume_as_well() -> None:
    totes = pack_tightly([promise(quantity=5, weight_g=1, volume_ml=400)], CART)
    assert [sum(each.quantity for each in tote) for tote in totes] == [2, 2, 1]


def test_packing_refuses_a_unit_that_fits_no_tote() -> None:
    with pytest.raises(ProblemError, match="does not fit"):
        pack_tightly([promise(weight_g=1001)], CART)
    with pytest.raises(ProblemError, match="does not fit"):
        fill_in_order([promise(weight_g=1), promise(at=1, weight_g=1001)], CART)


def test_unit_must_fit_tote_and_cart() -> None:
    assert unit_fits(CART, weight_g=1000, volume_ml=1000)
    assert not unit_fits(CART, weight_g=1001, volume_ml=0)
    assert not unit_fits(CART, weight_g=0, volume_ml=1001)
    assert not unit_fits(replace(CART, max_weight_g=900), weight_g=901, volume_ml=0)


@pytest.mark.parametrize("seed", range(20))
def test_packing_loses_nothing_and_overfills_nothing(seed: int) -> None:
    rng = random.Random(seed)
    wanted = [
        promise(
            at=n,
            quantity=rng.randint(1, 9),
            weight_g=rng.randint(0, 500),
            volume_ml=rng.randint(0, 500),
        )
        for n in range(rng.randint(1, 12))
    ]
    for totes in (pack_tightly(wanted, CART), fill_in_order(wanted, CART)):
        for tote in totes:
            assert sum(each.weight_g * each.quantity for each in tote) <= CART.tote_weight_g
            assert sum(each.volume_ml * each.quantity for each in tote) <= CART.tote_volume_ml
        for each in wanted:
            packed = [p.quantity for tote in totes for p in tote if p.place == each.place]
            assert sum(packed) == each.quantity
    assert len(pack_tightly(wanted, CART)) == len(pack_tightly(wanted[::-1], CART))


@pytest.mark.parametrize("seed", range(10))
def test_counting_totes_agrees_with_filling_them(seed: int) -> None:
    rng = random.Random(seed)
    wanted = [
        promise(at=n, quantity=rng.randint(1, 9), weight_g=rng.randint(0, 400), volume_ml=300)
        for n in range(10)
    ]
    totes = fill_in_order(wanted, CART)
    assert count_in_order(wanted, CART) == (len(totes), sum(len(tote) for tote in totes))
