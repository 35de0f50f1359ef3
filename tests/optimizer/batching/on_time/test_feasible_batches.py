from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.batching.on_time.feasible_batches import (
    Batches,
    BatchRules,
    Prices,
    Rates,
    search_batches,
)
from tests.optimizer.batching.on_time.timed_orders import batch_of, line_rules, random_rules


def found_by_trying(rules: BatchRules) -> dict[tuple[int, ...], tuple[int, int, int]]:
    found = {}
    for size in range(1, rules.n + 1):
        for orders in itertools.combinations(range(rules.n), size):
            batch = batch_of(rules, orders)
            if batch is not None:
                found[orders] = batch
    return found


def as_dict(batches: Batches) -> dict[tuple[int, ...], tuple[int, int, int]]:
    return {
        batches.orders(n): (int(batches.cost[n]), int(batches.time[n]), int(batches.due[n]))
        for n in range(len(batches))
    }


def test_batches_that_fit_and_are_in_time_are_found() -> None:
    rules = line_rules([[2], [5, 5], [4]], [2, 1, 1], [99, 99, 12], capacity=3)
    # Order 2 alone takes 3 + 8 + 1 = 12, with another one too long; all three are too many.
    found = search_batches(rules, Prices.none(3), threshold=0, most=10)
    assert found.complete
    assert as_dict(found.batches) == {
        (0,): (3 + 4, 3 + 4 + 2, 99),
        (1,): (3 + 10, 3 + 10 + 1, 99),
        (2,): (3 + 8, 3 + 8 + 1, 12),
        (0, 1): (3 + 10, 3 + 10 + 3, 99),
    }


@pytest.mark.parametrize("seed", range(8))
def test_every_allowed_batch_is_found(seed: int) -> None:
    rules = random_rules(seed, n=7, latest=60)
    found = search_batches(rules, Prices.none(7), threshold=0, most=1_000)
    assert as_dict(found.batches) == found_by_trying(rules)


@pytest.mark.parametrize("seed", range(8))
def test_prices_leave_exactly_the_batches_below_the_threshold(seed: int) -> None:
    rules = random_rules(seed, n=7, latest=60)
    random = np.random.default_rng(seed)
    late = np.sort(random.integers(0, 3, 3))[::-1]
    rush = late[np.searchsorted(np.unique(rules.due), rules.due)].astype(np.int64)
    prices = Prices(4, random.integers(0, 90, 7), rush, 5)
    everything = search_batches(rules, Prices.none(7), threshold=0, most=1_000).batches
    reduced = everything.reduced_costs(prices)
    for threshold in (-60, 0, 40):
        found = search_batches(rules, prices, threshold=threshold, most=1_000)
        assert found.complete
        assert as_dict(found.batches) == as_dict(everything.only(reduced <= threshold))


def test_what_is_left_out_is_said() -> None:
    rules = random_rules(2, n=7, latest=90)
    found = search_batches(rules, Prices.none(7), threshold=0, most=3)
    assert not found.complete
    assert set(as_dict(found.batches)) <= set(found_by_trying(rules))
    assert len(search_batches(rules, Prices.none(7), threshold=0, most=99, keep=4).batches) == 4


def test_the_cheapest_cart_that_takes_a_batch_is_paid() -> None:
    rules = line_rules([[2], [2]], [2, 2], [99, 99], capacity=0, cost=Rates(0, 0, 0))
    carts = BatchRules(
        **{
            **{name: getattr(rules, name) for name in BatchRules.__dataclass_fields__},
            "capacities": np.array([[3], [4]], dtype=np.int64),
            "cart_costs": np.array([10, 15], dtype=np.int64),
        }
    )
    found = as_dict(search_batches(carts, Prices.none(2), threshold=0, most=9).batches)
    assert {orders: batch[0] for orders, batch in found.items()} == {(0,): 10, (1,): 10, (0, 1): 15}
