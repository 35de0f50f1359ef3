"""Speed of the planner: 500 orders, about 10,000 lines, 2,560 locations (40 aisles, 2 blocks).

Stopped by work, not by time, so that the same is measured everywhere. Run with
``pytest benchmarks/test_planner_speed.py``; compare only on one machine.
"""

from __future__ import annotations

import random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.ids import LineId, OrderId, Sku
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import StationKind
from optimizer.plan import Plan
from optimizer.planner import Comparison, baseline, compare, plan
from optimizer.problem import CartType, Item, Method, Order, OrderLine, Problem, Stock
from optimizer.stopping import MaxIterations

pytestmark = pytest.mark.benchmark(min_rounds=2, max_time=1, warmup=False)

MOVES = 3000
"""Search steps per method, comparing and merging orders included."""


@pytest.fixture(scope="module")
def wave() -> Problem:
    """500 orders of 20 lines on average, seeded, on carts of 12 totes."""
    rng = random.Random(1)
    layout = generate_layout(name="speed", aisles=40, positions=16, blocks=2, zones=4)
    skus = [Sku(f"S{number}") for number in range(len(layout.locations))]
    orders = []
    for number in range(500):
        wanted = rng.sample(skus, min(len(skus), max(1, round(rng.expovariate(1 / 20)))))
        lines = tuple(
            OrderLine(LineId(f"{number}-{sku}"), sku, rng.randint(1, 3)) for sku in wanted
        )
        orders.append(Order(OrderId(str(number)), lines))
    stations = {station.kind: station.id for station in layout.stations}
    return Problem(
        layout,
        tuple(orders),
        tuple(Item(sku, rng.randint(10, 400), rng.randint(50, 1200)) for sku in skus),
        tuple(
            Stock(location.id, sku, 1000)
            for location, sku in zip(layout.locations, skus, strict=True)
        ),
        CartType("cart-12", 12, 15_000, 40_000, 150_000, 300),
        stations[StationKind.START],
        (stations[StationKind.PACK],),
        stations[StationKind.WALL],
        60,
    )


def test_baseline(benchmark: BenchmarkFixture, wave: Problem) -> None:
    made = benchmark(baseline, wave)
    assert made.unplanned == ()


@pytest.mark.parametrize("method", list(Method))
def test_method(benchmark: BenchmarkFixture, wave: Problem, method: Method) -> None:
    def run() -> Plan:
        return plan(wave, method=method, stop=MaxIterations(MOVES))

    made = benchmark(run)
    assert made.unplanned == ()


def test_compare_all_methods(benchmark: BenchmarkFixture, wave: Problem) -> None:
    def run() -> Comparison:
        return compare(wave, stop_for=lambda _method: MaxIterations(MOVES))

    made = benchmark(run)
    assert len(made.plans) == len(Method)
