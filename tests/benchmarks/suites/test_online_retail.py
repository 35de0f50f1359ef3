"""Waves of real orders: built from a table like the public one, and from that one itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.readers.orders_csv import FILE, ShopOrder
from benchmarks.suite import Budget, Request
from benchmarks.suites.large_waves import STATION
from benchmarks.suites.online_retail import (
    CARTS,
    ONLINE_RETAIL,
    RetailCase,
    fewest_lines,
    retail_problem,
)
from optimizer.layout.distances import WalkingGraph


def shop_table(n_orders: int) -> str:
    """Return a made-up table: few items in many orders, one order bigger than a cart."""
    chance = random.Random(1)
    rows = ["InvoiceNo,StockCode,Quantity"]
    for number in range(n_orders):
        items = {min(chance.randint(1, 40) for _ in range(3)) for _ in range(chance.randint(1, 6))}
        rows += [f"{number},S{item},{chance.randint(1, 12)}" for item in sorted(items)]
    rows.append(f"{n_orders},S1,4000")
    return "\n".join(rows) + "\n"


def test_a_wave_of_a_shop_is_planned_and_judged(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(shop_table(40), encoding="utf-8")
    cases = ONLINE_RETAIL.cases(Request(tmp_path))
    assert len({case.name for case in cases}) == len(cases) == 12
    case = next(case for case in cases if case.name == "all-b2-cart-12")
    attempt = case.solve(Budget(0.1, 1))
    assert case.judge(attempt.solution) == attempt.objective
    assert 0 < attempt.figures["first_come_ratio"] <= 1


def test_the_items_of_most_lines_lie_nearest() -> None:
    orders = (
        ShopOrder("1", {"rare": 50, "common": 1}),
        ShopOrder("2", {"common": 1}),
        ShopOrder("3", {"common": 2, "middle": 1}),
        ShopOrder("4", {"middle": 1}),
    )
    problem = retail_problem(orders, blocks=2, cart=CARTS[0])
    graph = WalkingGraph(problem.layout)
    assert [(stock.sku, stock.quantity) for stock in problem.stock] == [
        ("common", 4),
        ("middle", 2),
        ("rare", 50),
    ]
    walks = [graph.length_mm(STATION, stock.location) for stock in problem.stock]
    assert walks == sorted(walks)


def test_the_fewest_lines_keep_their_order_of_arrival() -> None:
    orders = [
        ShopOrder(name, dict.fromkeys("abcd"[:count], 1))
        for name, count in (("1", 3), ("2", 1), ("3", 2), ("4", 2), ("5", 2))
    ]
    assert [order.id for order in fewest_lines(orders, 3)] == ["2", "3", "4"]


def test_the_public_orders(public_data: Path) -> None:
    if not (public_data / FILE).is_file():
        pytest.skip(f"the public orders are absent: {FILE}")
    few, *_, everything = ONLINE_RETAIL.cases(Request(public_data))
    assert isinstance(everything, RetailCase)
    problem = everything.problem()
    # As many as the importer of orders accepts of this file with the mapping of that name.
    assert len(problem.orders) == 438
    assert sum(len(order.lines) for order in problem.orders) == 9_489
    assert len(few.problem().orders) == 300
