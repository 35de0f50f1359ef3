"""Batches of a problem: first come, bounds, several ends, general layouts."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from optimizer.batching.capacity import CartRules
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import StationKind
from optimizer.methods.batches import first_come_batches
from optimizer.plan import TerminationReason
from optimizer.planner import baseline, plan
from optimizer.problem import CartType, Method, Problem
from optimizer.routing.best import best_router
from optimizer.stopping import MaxIterations
from tests.optimizer.batching.builders import demand, partitions, promise
from tests.optimizer.examples import item, order, stock

RULES = CartRules(CartType("cart", 2, 1000, 1000, 10_000, 100))


def test_carts_are_filled_by_rank_and_never_reopened() -> None:
    # Totes needed by rank: 1, 2, 1. The second does not fit beside the first, so the third may
    # not go back to the first cart either: first come, first served.
    demands = [
        demand(RULES, promise("R", at=2), rank=2),
        demand(RULES, promise("P", at=0), rank=0),
        demand(RULES, promise("Q", at=1, quantity=2, weight_g=900), rank=1),
    ]
    assert first_come_batches(demands, RULES) == ((1,), (2,), (0,))


def test_a_full_part_does_not_close_the_open_cart() -> None:
    demands = [
        demand(RULES, promise("P", at=0), rank=0),
        demand(RULES, promise("Q", at=1), rank=1, alone=True),
        demand(RULES, promise("R", at=2), rank=2),
    ]
    assert set(first_come_batches(demands, RULES)) == {(0, 2), (1,)}


def test_urgent_orders_do_not_wait_for_others() -> None:
    demands = [
        demand(RULES, promise("P", at=0), rank=0, urgent=True),
        demand(RULES, promise("Q", at=1), rank=1),
    ]
    assert first_come_batches(demands, RULES) == ((0,), (1,))


def test_shared_totes_close_a_cart_when_they_are_full() -> None:
    rules = replace(RULES, shared_totes=True)
    heavy = [demand(rules, promise(f"P{n}", at=n, weight_g=600), rank=n) for n in range(3)]
    # Each tote takes one unit of 600 g, though three would weigh less than two totes may.
    assert first_come_batches(heavy, rules) == ((0, 1), (2,))


def test_no_demands_no_batches() -> None:
    assert first_come_batches([], RULES) == ()


def wave(n: int, *, one_way: bool = False, two_ends: bool = False) -> Problem:
    """Return orders of one or two lines on a grid of four aisles, two totes per cart."""
    layout = generate_layout(aisles=4, blocks=2, positions=3, one_way=one_way)
    names = [location.id for location in layout.locations]
    wanted = [[names[7 * k % len(names)], names[11 * k % len(names)]] for k in range(1, n + 1)]
    orders = [
        order(f"O{k}", *((sku, 1) for sku in dict.fromkeys(skus))) for k, skus in enumerate(wanted)
    ]
    start = next(s.id for s in layout.stations if s.kind is StationKind.START)
    pack = next(s.id for s in layout.stations if s.kind is StationKind.PACK)
    return Problem(
        layout,
        tuple(orders),
        tuple(item(name) for name in names),
        tuple(stock(name, name, 100) for name in names),
        CartType("c", 2, 10_000, 10_000, 30_000, 50),
        start,
        (pack, start) if two_ends else (pack,),
    )


@pytest.mark.parametrize("two_ends", [False, True])
def test_few_orders_are_batched_in_the_best_way_and_proven(two_ends: bool) -> None:
    problem = wave(6, two_ends=two_ends)
    router = best_router(problem.layout)

    def length_mm(batch: tuple[int, ...]) -> int:
        lines = itertools.chain.from_iterable(problem.orders[member].lines for member in batch)
        places = {str(line.sku) for line in lines}
        return min(
            router.length_mm(
                [one.id for one in problem.layout.locations if str(one.id) in places],
                start=problem.start,
                end=end,
            )
            for end in problem.pack
        )

    best = min(sum(map(length_mm, each)) for each in partitions(list(range(6)), 2))
    made = plan(problem, method=Method.CLUSTER)
    assert made.totals.length_mm == made.totals.bound_mm == best
    assert made.termination.reason is TerminationReason.OPTIMAL


@pytest.mark.parametrize("one_way", [False, True])
def test_a_plan_is_never_longer_than_the_baseline_and_its_length_is_told(one_way: bool) -> None:
    problem = wave(30, one_way=one_way)
    told: list[int] = []
    made = plan(
        problem,
        method=Method.CLUSTER,
        stop=MaxIterations(2),
        progress=lambda report: told.append(report.best_mm),
    )
    assert made.totals.baseline_mm == baseline(problem).totals.length_mm
    assert told[-1] == made.totals.length_mm <= made.totals.baseline_mm
