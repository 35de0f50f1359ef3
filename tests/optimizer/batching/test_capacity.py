"""Cutting orders that are bigger than a cart."""

from __future__ import annotations

import random

import pytest

from optimizer.batching.capacity import CartRules, cut, demands_of
from optimizer.errors import ProblemError
from optimizer.ids import OrderId
from optimizer.problem import CartType
from tests.optimizer.batching.builders import demand, promise

CART = CartType(
    "cart", slots=2, tote_weight_g=1000, tote_volume_ml=1000, max_weight_g=1800, max_lines=5
)


def test_an_order_that_fits_stays_whole() -> None:
    wanted = [promise(at=n, weight_g=100) for n in range(5)]
    assert cut(wanted, CartRules(CART)) == (tuple(wanted),)


def test_cut_by_lines_gives_runs_in_order() -> None:
    wanted = [promise(at=n) for n in range(12)]
    parts = cut(wanted, CartRules(CART))
    assert [[each.place for each in part] for part in parts] == [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
        [10, 11],
    ]


def test_cut_divides_a_line_bigger_than_a_cart() -> None:
    # 10 x 500 g: two totes hold 2 units each, but the cart carries 1,800 g: 3 units.
    parts = cut([promise(quantity=10, weight_g=500)], CartRules(CART))
    assert [part[0].quantity for part in parts] == [3, 3, 3, 1]


def test_demands_of_a_big_order_fill_carts_and_only_the_last_takes_company() -> None:
    wanted = [promise(at=n) for n in range(7, -1, -1)]
    parts = demands_of(OrderId("P"), wanted, CartRules(CART), rank=3, urgent=True)
    assert [part.alone for part in parts] == [True, False]
    assert [sorted(part.places) for part in parts] == [[0, 1, 2, 3, 4], [5, 6, 7]]
    assert {part.rank for part in parts} == {3}


@pytest.mark.parametrize(("shared", "n_lists"), [(False, 1), (False, 2), (True, 1)])
def test_one_tote_is_packed_and_loaded_as_by_the_general_rules(shared: bool, n_lists: int) -> None:
    rules = CartRules(CART, shared, list_of=lambda place: place % n_lists, n_lists=n_lists)
    chance = random.Random(1)
    n_whole = 0
    for _ in range(300):
        wanted = [
            promise(
                at=at,
                quantity=chance.randint(1, 3),
                weight_g=chance.choice((0, 100, 400)),
                volume_ml=chance.choice((0, 100, 300)),
            )
            for at in chance.sample(range(9), chance.randint(1, 7))
        ]
        load = rules.load_in_one_tote(wanted)
        totes = rules.pack(wanted)
        fits_one = len(totes) == 1 and rules.takes(wanted)
        assert (load is not None) == fits_one
        if load is not None:
            n_whole += 1
            (made,) = demands_of(OrderId("P"), wanted, rules, rank=0, urgent=False)
            ordered = sorted(wanted, key=lambda each: each.place)
            assert made == demand(rules, *(ordered if shared else wanted))
            assert load == rules.load(totes)
    assert 50 < n_whole < 250


def test_shared_totes_travel_on_one_list() -> None:
    with pytest.raises(ProblemError, match="passed on"):
        CartRules(CART, shared_totes=True, n_lists=2)
