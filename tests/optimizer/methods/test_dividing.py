"""Orders divided over two batches: nothing is lost, everything fits, and every division pays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from optimizer.batching.capacity import CartRules, one_demand
from optimizer.batching.demand import Demand, Partition
from optimizer.ids import LineId, OrderId
from optimizer.methods.dividing import divide, rejoin
from optimizer.problem import CartType
from optimizer.stopping import MaxSeconds, Stop, never
from tests.optimizer.batching.builders import demand, promise

RULES = CartRules(CartType("cart", 4, 1000, 1000, 2_400, 6))
PER_PLACE = 100


def walk(places: frozenset[int]) -> int:
    """Return a walk to the farthest place and back."""
    return 2 * PER_PLACE * max(places, default=0)


def divided(
    demands: Sequence[Demand], partition: Partition, *, price: int, stop: Stop = never
) -> tuple[tuple[Demand, ...], Partition]:
    return divide(
        demands,
        partition,
        RULES,
        value_of=walk,
        cell_of=lambda place: place // 2,
        price=price,
        stop=stop,
    )


def value(demands: Sequence[Demand], partition: Partition) -> int:
    return sum(
        walk(frozenset().union(*(demands[member].places for member in batch)))
        for batch in partition
    )


def units(demands: Sequence[Demand]) -> Counter[tuple[OrderId, LineId, int]]:
    counted: Counter[tuple[OrderId, LineId, int]] = Counter()
    for each in demands:
        for one in each.promises:
            counted[each.order, one.line, one.place] += one.quantity
    return counted


def random_batches(seed: int) -> tuple[list[Demand], Partition]:
    """Return orders of one to four lines, each in the first batch that has room for it."""
    rng = random.Random(seed)
    demands: list[Demand] = []
    while len(demands) < 24:
        order = f"O{len(demands)}"
        lines = [
            promise(
                order,
                at=at,
                quantity=rng.randint(1, 2),
                weight_g=rng.choice((100, 300, 600)),
            )
            for at in rng.sample(range(20), rng.randint(1, 4))
        ]
        made = one_demand(
            OrderId(order),
            sorted(lines, key=lambda one: (one.place, one.line)),
            RULES,
            rank=len(demands),
            urgent=rng.random() < 0.2,
        )
        if made is not None:
            demands.append(made)
    batches: list[list[int]] = []
    for member, each in enumerate(demands):
        for batch in batches:
            if demands[batch[0]].urgent == each.urgent and fits(
                [demands[other] for other in batch] + [each]
            ):
                batch.append(member)
                break
        else:
            batches.append([member])
    return demands, tuple(map(tuple, batches))


def fits(demands: Sequence[Demand]) -> bool:
    load = demands[0].load
    for each in demands[1:]:
        load = load + each.load
    return RULES.admits(load)


@pytest.mark.parametrize("price", [0, 300])
@pytest.mark.parametrize("seed", range(20))
def test_every_division_saves_more_than_its_price(seed: int, price: int) -> None:
    demands, partition = random_batches(seed)
    parts, batches = divided(demands, partition, price=price)
    n_divided = len(parts) - len(demands)
    saved = value(demands, partition) - value(parts, batches)
    assert saved > price * n_divided or (saved, n_divided) == (0, 0)
    assert units(parts) == units(demands)
    assert sorted(member for batch in batches for member in batch) == list(range(len(parts)))
    assert max(Counter(part.order for part in parts).values()) <= 2
    for batch in batches:
        together = [parts[member] for member in batch]
        assert fits(together)
        assert len({part.urgent for part in together}) == 1


def test_orders_are_divided_at_all_and_less_so_at_a_price() -> None:
    counts = []
    for price in (0, 300, 10**9):
        made = [divided(*random_batches(seed), price=price)[0] for seed in range(20)]
        counts.append(sum(len(parts) - 24 for parts in made))
    assert counts[0] > counts[1] > counts[2] == 0


def test_a_limit_that_is_used_up_divides_nothing() -> None:
    demands, partition = random_batches(1)
    assert len(divided(demands, partition, price=0)[0]) > len(demands)
    assert len(divided(demands, partition, price=0, stop=MaxSeconds(0))[0]) == len(demands)


@pytest.mark.parametrize("seed", range(5))
def test_parts_that_meet_again_are_one_order_as_before(seed: int) -> None:
    demands, partition = random_batches(seed)
    parts, _ = divided(demands, partition, price=0)
    by_order: dict[OrderId, list[int]] = {}
    for member, part in enumerate(parts):
        by_order.setdefault(part.order, []).append(member)
    joined, batches = rejoin(parts, tuple(map(tuple, by_order.values())), RULES)
    assert units(joined) == units(demands)
    assert [len(batch) for batch in batches] == [1] * len(demands)
    assert [one.load for one in joined] == [one.load for one in demands]


def test_what_was_cut_for_being_too_big_is_left_as_it_is() -> None:
    big = demand(RULES, promise("P", at=1, quantity=8, weight_g=300), rank=0, alone=True)
    rest = demand(RULES, promise("P", at=2), promise("P", at=15), rank=0)
    other = demand(RULES, promise("Q", at=15), rank=1)
    demands = [big, rest, other]
    assert divided(demands, ((0,), (1,), (2,)), price=0) == (tuple(demands), ((0,), (1,), (2,)))
