"""Speed of the planner: 500 big orders, and what surrounds batching at 20,000 small ones.

The big orders have 20 lines on average, 10,000 in all, on 2,560 locations (40 aisles, 2 blocks);
the small ones are the largest wave of the suite ``large-waves``: 40,000 lines, 3,600 locations.
Stopped by work, not by time, so that the same is measured everywhere. Run with
``pytest benchmarks/test_planner_speed.py``; compare only on one machine.
"""

from __future__ import annotations

import random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.suites.large_waves import Demand, make_wave
from optimizer.batching.capacity import CartRules
from optimizer.evaluation import evaluate
from optimizer.ids import LineId, OrderId, Sku
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import StationKind
from optimizer.methods.batch import first_come_cluster
from optimizer.methods.prepared import Prepared, prepare
from optimizer.params import Params
from optimizer.plan import Plan
from optimizer.planner import Comparison, baseline, compare, plan
from optimizer.problem import CartType, Item, Method, Order, OrderLine, Problem, Stock
from optimizer.routing.best import best_router
from optimizer.stopping import MaxIterations
from optimizer.time_model import TimeModel

pytestmark = pytest.mark.benchmark(min_rounds=2, max_time=1, warmup=False)

ROUNDS = 3
"""Rounds of the search per method."""


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


@pytest.fixture(scope="module")
def large() -> Problem:
    """20,000 orders of one to three lines, one tote each, on carts of 24."""
    return make_wave(20_000, 24, Demand.UNIFORM, 1)


@pytest.fixture(scope="module")
def prepared(large: Problem) -> Prepared:
    """The same with its router and its allocation."""
    return _prepare(large)


@pytest.fixture(scope="module")
def judged(large: Problem) -> Plan:
    """First-come lists in S-shape."""
    return baseline(large)


def _prepare(problem: Problem) -> Prepared:
    graph = WalkingGraph(problem.layout)
    router = best_router(problem.layout, graph)
    return prepare(
        problem, graph, router, estimator=router, params=Params(), time_model=TimeModel()
    )


def test_baseline(benchmark: BenchmarkFixture, wave: Problem) -> None:
    made = benchmark(baseline, wave)
    assert made.unplanned == ()


@pytest.mark.parametrize("method", list(Method))
def test_method(benchmark: BenchmarkFixture, wave: Problem, method: Method) -> None:
    def run() -> Plan:
        return plan(wave, method=method, stop=MaxIterations(ROUNDS))

    made = benchmark(run)
    assert made.unplanned == ()


def test_compare_all_methods(benchmark: BenchmarkFixture, wave: Problem) -> None:
    def run() -> Comparison:
        return compare(wave, stop_for=lambda _method: MaxIterations(ROUNDS))

    made = benchmark(run)
    assert len(made.plans) == len(Method)


def test_preparing_a_large_wave(benchmark: BenchmarkFixture, large: Problem) -> None:
    made = benchmark(_prepare, large)
    assert made.allocation.unplanned == ()


def test_loads_of_a_large_wave(benchmark: BenchmarkFixture, prepared: Prepared) -> None:
    rules = CartRules(prepared.problem.cart)

    def run() -> int:
        prepared.kept.clear()
        return len(prepared.demands(rules))

    assert benchmark(run) == 20_000


def test_lists_of_a_large_wave(benchmark: BenchmarkFixture, prepared: Prepared) -> None:
    """834 shortest tours of 24 orders as they arrive, written out with totes, picks and legs."""
    lists = benchmark(lambda: first_come_cluster(prepared).lists)
    assert len(lists) == 834


def test_judging_a_large_wave(benchmark: BenchmarkFixture, large: Problem, judged: Plan) -> None:
    found = benchmark(evaluate, large, judged)
    assert found.is_feasible


def test_baseline_of_a_large_wave(benchmark: BenchmarkFixture, large: Problem) -> None:
    made = benchmark(baseline, large)
    assert made.unplanned == ()
