"""Cutting orders that are bigger than a cart, and what may travel together."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.batching.capacity import CartCapacity, CartRules, cut, demands_of
from optimizer.batching.demand import Promise
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


def test_own_totes_add_up_to_the_slots() -> None:
    rules = CartRules(CART)
    one, two = promise("P", weight_g=100), promise("Q", at=1, quantity=2, weight_g=600)
    capacity = CartCapacity(
        [demand(rules, one), demand(rules, promise("R", at=2)), demand(rules, two)], rules
    )
    assert capacity.fits((0, 1))
    # P needs one tote, Q two (600 g each): three totes on two slots.
    assert not capacity.fits((0, 2))


def test_shared_totes_are_packed_together() -> None:
    rules = CartRules(CART, shared_totes=True)
    demands = [
        demand(rules, promise("P", at=0, weight_g=600)),
        demand(rules, promise("Q", at=1, weight_g=600)),
        demand(rules, promise("R", at=2, weight_g=600)),
    ]
    capacity = CartCapacity(demands, rules)
    assert capacity.fits((0, 1))
    # 1,800 g are allowed on the cart and 2,000 g in totes, but each tote takes only one 600 g.
    assert not capacity.fits((0, 1, 2))


def test_the_sequence_of_members_does_not_matter() -> None:
    # In order 0, 1, 2 the lines of 600, 300, 100 and then 700 g fill two totes; 0, 2, 1 need three.
    rules = CartRules(CART, shared_totes=True)
    demands = [
        demand(rules, promise("P", at=0, weight_g=600), promise("P", at=3, weight_g=300)),
        demand(rules, promise("Q", at=1, weight_g=100)),
        demand(rules, promise("R", at=2, weight_g=700)),
    ]
    capacity = CartCapacity(demands, rules)
    assert capacity.fits((0, 1, 2))
    assert capacity.fits((2, 0, 1))


def test_shared_totes_travel_on_one_list() -> None:
    with pytest.raises(ProblemError, match="passed on"):
        CartRules(CART, shared_totes=True, n_lists=2)


def test_weight_lines_and_wall_slots_limit_a_batch() -> None:
    wide = replace(CART, slots=10)
    rules = CartRules(wide)
    heavy = [demand(rules, promise(f"P{n}", at=n, weight_g=700)) for n in range(3)]
    assert CartCapacity(heavy, rules).fits((0, 1))
    assert not CartCapacity(heavy, rules).fits((0, 1, 2))
    lines = [demand(rules, *(promise(f"P{n}", at=3 * n + k) for k in range(3))) for n in range(2)]
    assert not CartCapacity(lines, rules).fits((0, 1))
    wall = replace(rules, shared_totes=True, max_orders=1)
    light = [demand(wall, promise(f"P{n}", at=n)) for n in range(2)]
    assert not CartCapacity(light, wall).fits((0, 1))


def test_lines_count_per_list_with_pick_and_pass() -> None:
    rules = CartRules(CART, list_of=lambda at: at // 10, n_lists=2)

    def spread(order: str, first: int) -> list[Promise]:
        return [promise(order, at=first + k) for k in (0, 1, 10, 11)]

    demands = [demand(rules, *spread("P", 0)), demand(rules, *spread("Q", 3))]
    # Eight picks, but only four on each of the two lists; five are allowed.
    assert CartCapacity(demands, rules).fits((0, 1))


def test_urgent_and_full_parts_take_no_other_company() -> None:
    rules = CartRules(CART)
    demands = [
        demand(rules, promise("P")),
        demand(rules, promise("Q", at=1), urgent=True),
        demand(rules, promise("R", at=2), alone=True),
    ]
    capacity = CartCapacity(demands, rules)
    assert not capacity.fits((0, 1))
    assert not capacity.fits((0, 2))
    assert all(capacity.fits((index,)) for index in range(3))
