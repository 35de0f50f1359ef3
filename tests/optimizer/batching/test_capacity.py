"""Packing totes, cutting orders that are bigger than a cart, what may travel together."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.batching.capacity import (
    CartCapacity,
    CartRules,
    Totes,
    count_in_order,
    cut,
    demands_of,
    fill_in_order,
    pack_tightly,
    unit_fits,
)
from optimizer.batching.demand import Promise
from optimizer.errors import ProblemError
from optimizer.ids import OrderId
from optimizer.problem import CartType
from tests.optimizer.batching.builders import demand, promise

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


@pytest.mark.parametrize("seed", range(10))
def test_counting_totes_agrees_with_filling_them(seed: int) -> None:
    rng = random.Random(seed)
    wanted = [
        promise(at=n, quantity=rng.randint(1, 9), weight_g=rng.randint(0, 400), volume_ml=300)
        for n in range(10)
    ]
    totes = fill_in_order(wanted, CART)
    assert count_in_order(wanted, CART) == (len(totes), sum(len(tote) for tote in totes))


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
