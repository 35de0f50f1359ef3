"""Speed of the batching engine, stopped by work: ``pytest benchmarks/test_batching_speed.py``.

The wave has the measures of the literature's (Henn and Waescher): 10 aisles of 45 cells, one block,
60 orders of 5 to 25 pieces, 75 pieces on a cart. It is made here, from a seed.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimizer.batching.exact.master import Duals
from optimizer.batching.exact.pricer import Priced, Pricer, prices_of
from optimizer.batching.exact.proof import Proof
from optimizer.batching.exact.subsets import best_subsets
from optimizer.batching.problem import Batching, BatchingProblem, Cart
from optimizer.batching.search.construction import by_savings, sweep, tightest
from optimizer.batching.search.crew import Searcher
from optimizer.batching.search.tables import Tables, tables_of, widest_batch
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import grid_walk
from optimizer.ids import PlaceId, StationId
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter
from optimizer.stopping import MaxIterations

pytestmark = pytest.mark.benchmark(min_rounds=3, max_time=1, warmup=False)

START = StationId(PlaceId("start"))

MOVES = 100_000


@lru_cache
def wave(n: int, blocks: int = 1) -> BatchingProblem:
    """Return ``n`` random orders."""
    random = np.random.default_rng(1)
    layout = generate_layout(aisles=10, blocks=blocks, positions=45 // blocks)
    router = ExactRouter(layout)
    places = [location.id for location in layout.locations]
    counts = random.integers(5, 26, n)
    way = router.course(START, START)
    assert way is not None
    return BatchingProblem(
        grid_walk([way]),
        [router.points([places[one] for one in random.choice(len(places), k)]) for k in counts],
        counts.reshape(-1, 1).astype(np.int64),
        (Cart((75,)),),
    )


def _searcher(problem: BatchingProblem, tables: Tables) -> Searcher:
    owner = np.arange(problem.n, dtype=np.int32)
    searcher = Searcher(problem, tables, owner, seed=1)
    start = by_savings(tables, widest_batch(problem), searcher.space, searcher.spot)
    searcher.load(start)
    return searcher


def test_savings_of_100_orders(benchmark: BenchmarkFixture) -> None:
    problem = wave(100)
    tables = tables_of(problem, 1)
    searcher = _searcher(problem, tables)
    width = widest_batch(problem)
    owner = benchmark(lambda: by_savings(tables, width, searcher.space, searcher.spot))
    assert owner.max() < 100


def test_sweep_of_5000_orders(benchmark: BenchmarkFixture) -> None:
    problem = wave(5_000, blocks=3)
    tables = tables_of(problem, 1)
    owner = benchmark(lambda: sweep(tables, widest_batch(problem)))
    assert len(owner) == 5_000


def test_tight_packing_of_100_orders(benchmark: BenchmarkFixture) -> None:
    owner = benchmark(lambda: tightest(wave(100), 0, 1))
    assert owner is not None


def test_100000_annealing_moves(benchmark: BenchmarkFixture) -> None:
    problem = wave(60)
    searcher = _searcher(problem, tables_of(problem, 1))
    mean = searcher.best[0] / 10

    def run() -> int:
        searcher.anneal(MOVES, 0.01 * mean, 0.01 * mean)
        return searcher.best[0]

    assert benchmark(run) > 0


def test_all_batchings_of_12_orders(benchmark: BenchmarkFixture) -> None:
    problem = wave(12)
    tables = tables_of(problem, 1)
    _, value = benchmark(lambda: best_subsets(problem, tables))
    assert value > 0


def test_one_pricing_of_60_orders(benchmark: BenchmarkFixture) -> None:
    problem = wave(60)
    pricer = Pricer(problem, tables_of(problem, 1), seed=1)
    alone = np.array(pricer.alone[:-1], dtype=np.float64)
    prices = prices_of(Duals(0.55 * alone, 0.0, np.zeros(0)), [], pricer.apart)

    def run() -> Priced:
        return pricer.find(prices, limit=0, most=300, most_nodes=10**9)

    assert benchmark(run).is_complete


def test_the_first_bound_of_60_orders(benchmark: BenchmarkFixture) -> None:
    problem = wave(60)
    tables = tables_of(problem, 1)
    searcher = _searcher(problem, tables)

    def run() -> int | None:
        proof = Proof(problem, tables, seed=1)
        while proof.bound is None:
            assert proof.step(searcher.best_owner, searcher.best[0], MaxIterations(1))
        return proof.bound

    assert benchmark(run)


def test_a_whole_problem_of_40_orders(benchmark: BenchmarkFixture) -> None:
    def run() -> Batching:
        return solve_batching(wave(40), stop=MaxIterations(20))

    assert benchmark(run).bound
