"""What may travel together: the engine's limits say what the rules of a cart say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.capacity import CartRules
from optimizer.batching.cart_limits import CartLimits, binding_columns, cart_limits
from optimizer.batching.demand import Demand, Load, Promise
from optimizer.batching.problem import BatchingProblem
from optimizer.batching.search.moves import fills
from optimizer.batching.search.tables import tables_of
from optimizer.batching.walks import called_walk
from optimizer.problem import CartType
from tests.optimizer.batching.builders import demand, promise

CART = CartType(
    "cart", slots=2, tote_weight_g=1000, tote_volume_ml=1000, max_weight_g=1800, max_lines=5
)


def allows(limits: CartLimits, members: Sequence[int]) -> bool:
    """Return whether demands may travel together, as the search decides it."""
    chosen = list(members)
    if (limits.sizes[chosen].sum(axis=0) > np.array(limits.cart.capacity)).any():
        return False
    if limits.kinds is not None and limits.refuses is not None:
        kinds = np.bitwise_or.reduce(limits.kinds[chosen])
        if kinds & np.bitwise_or.reduce(limits.refuses[chosen]):
            return False
    if limits.filling is None:
        return True
    n = len(limits.sizes)
    problem = BatchingProblem(
        called_walk(lambda _points: 0),
        [np.zeros(0, dtype=np.int32)] * n,
        limits.sizes,
        (limits.cart,),
        filling=limits.filling,
    )
    return fills(len(chosen), np.array(chosen, dtype=np.int32), tables_of(problem, 1))


def rules_allow(demands: Sequence[Demand], members: Sequence[int], rules: CartRules) -> bool:
    """Return the same by the rules themselves."""
    chosen = [demands[member] for member in sorted(members)]
    if len({each.urgent for each in chosen}) > 1:
        return False
    loads = [each.load for each in chosen]
    load = Load(
        sum(each.totes for each in loads),
        sum(each.weight_g for each in loads),
        sum(each.volume_ml for each in loads),
        tuple(sum(each.lines[index] for each in loads) for index in range(rules.n_lists)),
        sum(each.orders for each in loads),
    )
    if not rules.admits(load):
        return False
    return not rules.shared_totes or rules.takes([p for each in chosen for p in each.promises])


def random_demands(rules: CartRules, chance: random.Random) -> list[Demand]:
    made: list[Demand] = []
    while len(made) < 8:
        wanted = [
            promise(
                f"P{len(made)}",
                at=at,
                quantity=chance.randint(1, 3),
                weight_g=chance.choice((0, 100, 300)),
                volume_ml=chance.choice((0, 100, 400)),
            )
            for at in sorted(chance.sample(range(9), chance.randint(1, 3)))
        ]
        if rules.takes(wanted):
            made.append(demand(rules, *wanted, urgent=chance.random() < 0.2))
    return made


@pytest.mark.parametrize("cart", [CART, replace(CART, slots=4, max_weight_g=9000, max_lines=12)])
@pytest.mark.parametrize(
    "rules",
    [
        CartRules(CART),
        CartRules(CART, list_of=lambda place: place % 3, n_lists=3),
        CartRules(CART, shared_totes=True),
        CartRules(CART, shared_totes=True, max_orders=2),
    ],
    ids=["own", "zones", "shared", "wall"],
)
def test_limits_are_those_of_the_rules(rules: CartRules, cart: CartType) -> None:
    rules = replace(rules, cart=cart)
    chance = random.Random(1)
    answers = []
    for _ in range(40):
        demands = random_demands(rules, chance)
        limits = cart_limits(demands, rules)
        for _ in range(20):
            members = chance.sample(range(8), chance.randint(1, 4))
            answers.append(rules_allow(demands, members, rules))
            assert allows(limits, members) == answers[-1], (members, demands)
    assert {True, False} == set(answers)


def test_own_totes_add_up_to_the_slots() -> None:
    rules = CartRules(CART)
    one, two = promise("P", weight_g=100), promise("Q", at=1, quantity=2, weight_g=600)
    limits = cart_limits(
        [demand(rules, one), demand(rules, promise("R", at=2)), demand(rules, two)], rules
    )
    assert allows(limits, (0, 1))
    # P needs one tote, Q two (600 g each): three totes on two slots.
    assert not allows(limits, (0, 2))


def shared_demands(*grams: Sequence[int]) -> list[Demand]:
    rules = CartRules(CART, shared_totes=True)
    return [
        demand(rules, *(promise(f"P{n}", at=9 * n + k, weight_g=g) for k, g in enumerate(each)))
        for n, each in enumerate(grams)
    ]


def test_shared_totes_are_packed_together() -> None:
    limits = cart_limits(shared_demands([600], [600], [600]), CartRules(CART, shared_totes=True))
    assert allows(limits, (0, 1))
    # 1,800 g are allowed on the cart and 2,000 g in totes, but each tote takes only one 600 g.
    assert not allows(limits, (0, 1, 2))


def test_the_sequence_of_members_does_not_matter() -> None:
    # In order 0, 1, 2 the lines of 600, 300, 100 and then 700 g fill two totes; 0, 2, 1 need three.
    limits = cart_limits(
        shared_demands([600, 300], [100], [700]), CartRules(CART, shared_totes=True)
    )
    assert limits.filling is not None
    assert allows(limits, (0, 1, 2))
    assert allows(limits, (2, 0, 1))


def test_totes_that_hold_everything_are_no_limit() -> None:
    # 500 g and units of 100 g: one tote of 1,000 g, whatever the order.
    limits = cart_limits(shared_demands([100] * 2, [100] * 3), CartRules(CART, shared_totes=True))
    assert limits.filling is None
    assert limits.is_least


def test_lines_count_per_list_with_pick_and_pass() -> None:
    rules = CartRules(CART, list_of=lambda at: at // 10, n_lists=2)

    def spread(order: str, first: int) -> list[Promise]:
        return [promise(order, at=first + k) for k in (0, 1, 10, 11)]

    limits = cart_limits([demand(rules, *spread("P", 0)), demand(rules, *spread("Q", 3))], rules)
    # Eight picks, but only four on each of the two lists; five are allowed.
    assert allows(limits, (0, 1))


def test_an_order_in_more_totes_than_its_weight_needs_leaves_room_for_other_packings() -> None:
    rules = CartRules(replace(CART, slots=4))
    # Three units of 600 g: three totes, though 1,800 g would fill less than two.
    three = demand(rules, promise("P", quantity=3, weight_g=600))
    assert three.load.totes == 3
    assert not cart_limits([three], rules).is_least
    assert cart_limits([demand(rules, promise("P", weight_g=600))], rules).is_least


def test_limits_that_cannot_be_reached_are_left_out() -> None:
    # Two at most by the first column; the two largest of the second column stay within it.
    sizes = np.array([[1, 3], [1, 4], [1, 5]], dtype=np.int64)
    assert binding_columns(sizes, (2, 9)) == [0]
    assert binding_columns(sizes, (2, 8)) == [0, 1]
    assert binding_columns(sizes, (3, 12)) == [0]
    assert binding_columns(sizes[:0], (2, 8)) == [0]


def test_leaving_limits_out_changes_no_answer() -> None:
    chance = np.random.default_rng(1)
    for _ in range(200):
        sizes = chance.integers(0, 6, size=(6, 3))
        capacity = chance.integers(5, 25, size=3)
        kept = binding_columns(sizes, tuple(capacity.tolist()))
        for batch in range(1, 64):
            used = sizes[[n for n in range(6) if batch >> n & 1]].sum(axis=0)
            assert (used <= capacity).all() == (used[kept] <= capacity[kept]).all()
