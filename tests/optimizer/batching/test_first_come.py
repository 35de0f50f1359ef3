"""First-come batching."""

from __future__ import annotations

from optimizer.batching.capacity import CartCapacity, CartRules
from optimizer.batching.first_come import first_come
from optimizer.problem import CartType
from tests.optimizer.batching.builders import demand, promise

RULES = CartRules(CartType("cart", 2, 1000, 1000, 10_000, 100))


def test_carts_are_filled_by_rank_and_never_reopened() -> None:
    # Totes needed by rank: 1, 2, 1. The second does not fit beside the first, so the third may
    # not go back to the first cart either: first come, first served.
    demands = [
        demand(RULES, promise("R", at=2), rank=2),
        demand(RULES, promise("P", at=0), rank=0),
        demand(RULES, promise("Q", at=1, quantity=2, weight_g=900), rank=1),
    ]
    fits = CartCapacity(demands, RULES).fits
    assert first_come(demands, fits) == ((1,), (2,), (0,))


def test_a_full_part_does_not_close_the_open_cart() -> None:
    demands = [
        demand(RULES, promise("P", at=0), rank=0),
        demand(RULES, promise("Q", at=1), rank=1, alone=True),
        demand(RULES, promise("R", at=2), rank=2),
    ]
    fits = CartCapacity(demands, RULES).fits
    assert set(first_come(demands, fits)) == {(0, 2), (1,)}


def test_no_demands_no_batches() -> None:
    assert first_come([], lambda _batch: True) == ()
