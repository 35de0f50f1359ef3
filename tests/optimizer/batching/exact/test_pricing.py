"""The search for batches of low reduced cost finds all of them, and nothing else."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.exact.master import Cut, Duals
from optimizer.batching.exact.pricer import Pricer, dual_value, prices_of
from optimizer.batching.exact.pricing import FINE
from optimizer.batching.problem import Batch, BatchingProblem
from optimizer.batching.search.tables import tables_of
from tests.optimizer.batching.problems import feasible, grid_problem, ruled_problem, value_of


def all_batches(problem: BatchingProblem) -> dict[Batch, int]:
    """Return every batch that keeps the rules, shared totes left out of account."""
    free = replace(problem, filling=None)
    found = {}
    for size in range(1, problem.n + 1):
        for batch in itertools.combinations(range(problem.n), size):
            value = value_of(free, batch)
            if value is not None:
                found[batch] = value
    return found


def random_duals(problem: BatchingProblem, seed: int, n_cuts: int) -> tuple[Duals, list[Cut]]:
    random = np.random.default_rng(seed)
    alone = np.array([value_of(problem, (one,)) or 0 for one in range(problem.n)])
    cuts = [
        Cut(tuple(sorted(random.choice(problem.n, size, replace=False).tolist())), divisor)
        for size, divisor in random.permutation([(3, 2), (5, 2), (5, 3), (4, 2)])[:n_cuts].tolist()
    ]
    return (
        Duals(
            alone * random.uniform(0.1, 0.9, problem.n),
            float(alone.mean() * random.uniform(-0.2, 0.2)),
            alone.mean() * random.uniform(0, 0.3, len(cuts)),
        ),
        cuts,
    )


def reduced_cost(batch: Batch, value: int, duals: Duals, cuts: list[Cut]) -> float:
    members = frozenset(batch)
    penalties = sum(
        cut.count(members) * float(each) for cut, each in zip(cuts, duals.cuts, strict=True)
    )
    return value - float(duals.demands[list(batch)].sum()) - duals.batch + penalties


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n_cuts", [0, 3])
def test_all_batches_below_a_limit_are_found(seed: int, n_cuts: int) -> None:
    for problem in (
        grid_problem(11, seed, blocks=1 + seed % 3, both_ends=seed % 2 == 1),
        feasible(ruled_problem(11, seed)),
    ):
        duals, cuts = random_duals(problem, seed, n_cuts)
        pricer = Pricer(problem, tables_of(problem, 1), seed=1)
        prices = prices_of(duals, cuts, pricer.apart)
        every = all_batches(problem)
        costs = {batch: reduced_cost(batch, value, duals, cuts) for batch, value in every.items()}
        for limit in (0.0, float(np.median(list(costs.values())))):
            for least_size in (0, int(problem.sizes[:, pricer.main].mean() * 2)):
                priced = pricer.find(
                    prices,
                    limit=int(limit * FINE),
                    most=len(every) + 1,
                    most_nodes=10**9,
                    least_size=least_size,
                )
                assert priced.are_all
                found = dict(priced.batches)
                assert len(found) == len(priced.batches)
                big = {b for b in every if problem.sizes[list(b), pricer.main].sum() >= least_size}
                # Prices are rounded to parts: what lies that near to the limit may fall either way.
                slack = 20 / FINE
                assert {b for b in big if costs[b] < limit - slack} <= set(found)
                assert set(found) <= {b for b in big if costs[b] < limit + slack}
                assert all(every[batch] == value for batch, value in found.items())


@pytest.mark.parametrize("seed", range(4))
def test_too_many_batches_leave_the_best_ones(seed: int) -> None:
    problem = grid_problem(11, seed)
    duals, _ = random_duals(problem, seed, 0)
    duals = replace(duals, demands=duals.demands * 2)
    pricer = Pricer(problem, tables_of(problem, 1), seed=1)
    prices = prices_of(duals, [], pricer.apart)
    everything = pricer.find(prices, limit=0, most=10_000, most_nodes=10**9)
    few = pricer.find(prices, limit=0, most=16, most_nodes=10**9)
    assert len(everything.batches) > 16
    assert everything.are_all
    assert not few.are_all
    assert few.is_complete
    assert few.least == everything.least
    assert few.costs.tolist() == everything.costs[: len(few.costs)].tolist()


def test_a_search_gives_up_where_it_is_told_to() -> None:
    problem = grid_problem(40, 1)
    duals, _ = random_duals(problem, 1, 0)
    pricer = Pricer(problem, tables_of(problem, 1), seed=1)
    priced = pricer.find(
        prices_of(replace(duals, demands=duals.demands * 2), [], pricer.apart),
        limit=0,
        most=10,
        most_nodes=100,
    )
    assert not priced.is_complete
    assert not priced.are_all


@pytest.mark.parametrize("seed", range(6))
def test_any_prices_give_a_bound(seed: int) -> None:
    problem = grid_problem(9, seed)
    duals, cuts = random_duals(problem, seed, 2)
    pricer = Pricer(problem, tables_of(problem, 1), seed=1)
    prices = prices_of(duals, cuts, pricer.apart)
    priced = pricer.find(prices, limit=0, most=1000, most_nodes=10**9)
    every = all_batches(problem)
    best: dict[int, int] = {}
    for partition in _partitions(tuple(range(problem.n)), every):
        value = sum(every[batch] for batch in partition)
        best[len(partition)] = min(value, best.get(len(partition), value))
    for number, value in best.items():
        proven = dual_value(prices, cuts, fewest=number, most=number, least=priced.least)
        assert proven <= value * FINE
    proven = dual_value(prices, cuts, fewest=min(best), most=max(best), least=priced.least)
    assert proven <= min(best.values()) * FINE


def _partitions(left: Batch, every: dict[Batch, int]) -> list[list[Batch]]:
    if not left:
        return [[]]
    first, rest = left[0], left[1:]
    found = []
    for size in range(len(rest) + 1):
        for company in itertools.combinations(rest, size):
            batch = (first, *company)
            if batch in every:
                others = tuple(one for one in rest if one not in company)
                found += [[batch, *more] for more in _partitions(others, every)]
    return found
