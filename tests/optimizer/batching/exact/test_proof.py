"""Bounds never exceed the best value, and what is called optimal is."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from optimizer.batching.exact import tree as tree_module
from optimizer.batching.exact.cuts import violated_cuts
from optimizer.batching.exact.integer import Chosen, Interrupter, choose_batches
from optimizer.batching.exact.level import Level
from optimizer.batching.exact.master import Master
from optimizer.batching.exact.pool import Pool
from optimizer.batching.exact.pricer import Pricer
from optimizer.batching.exact.pricing import FINE
from optimizer.batching.exact.proof import Proof
from optimizer.batching.exact.standing import Standing
from optimizer.batching.exact.subsets import best_subsets
from optimizer.batching.exact.tree import Tree
from optimizer.batching.problem import Batch, BatchingProblem, Cart, Objective
from optimizer.batching.search.crew import Owner
from optimizer.batching.search.tables import tables_of
from optimizer.batching.solve import solve_batching
from optimizer.stopping import MaxIterations, Stop, never
from tests.optimizer.batching.problems import (
    feasible,
    grid_problem,
    ruled_problem,
    total_of,
)


def variants(seed: int) -> list[BatchingProblem]:
    """Return small problems of all sorts, exactly solvable by trying all."""
    plain = grid_problem(12, seed, blocks=1 + seed % 3, both_ends=seed % 2 == 0)
    priced = replace(plain, objective=Objective(per_mm=3, per_stop=11, per_batch=500))
    mixed = replace(plain, carts=(Cart((8,)), Cart((14,), cost=900)))
    tight = grid_problem(12, seed, capacity=int(max(6, plain.sizes.sum() // 5 + 1)))
    # Without shared totes, of which the exact part knows nothing.
    ruled = replace(feasible(ruled_problem(14, seed)), filling=None)
    few = range(min(12, ruled.n))
    assert ruled.kinds is not None
    assert ruled.refuses is not None
    ruled = replace(
        ruled,
        points=[ruled.points[one] for one in few],
        sizes=ruled.sizes[: len(few)],
        kinds=ruled.kinds[: len(few)],
        refuses=ruled.refuses[: len(few)],
    )
    return [plain, priced, mixed, tight, ruled]


def run_proof(
    problem: BatchingProblem, owner: Owner, value: int, *, stop: Stop = never
) -> tuple[Proof, int]:
    """Let a proof go to its end; return it with the best value it knows."""
    proof = Proof(problem, tables_of(problem, 1), seed=1)
    goes_on = True
    while goes_on:
        goes_on = proof.step(owner, value, stop)
        if proof.found is not None:
            owner, value = proof.found
    return proof, value


@pytest.mark.parametrize("seed", range(10))
def test_bounds_hold_and_proofs_are_right(seed: int, times: int) -> None:
    for number in range(times):
        for problem in variants(seed + 100 * number):
            best, value = best_subsets(problem, tables_of(problem, 1))
            proof, found = run_proof(problem, best, value)
            assert proof.bound is not None
            assert proof.bound <= value
            assert found == value
            # From poor batches it finds the best ones or says how far off it may be.
            alone = np.arange(problem.n, dtype=np.int32)
            poor = total_of(problem, tuple((one,) for one in range(problem.n)))
            proof, found = run_proof(problem, alone, poor)
            assert proof.bound is not None
            assert proof.bound <= value <= found
            if proof.is_done:
                assert found == value


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_stands_where_other_rules_apply(seed: int) -> None:
    problem = feasible(ruled_problem(10, seed))
    _, value = best_subsets(problem, tables_of(problem, 1))
    made = solve_batching(problem, stop=MaxIterations(2))
    assert made.value == total_of(problem, made.partition)
    limited = replace(problem, carts=tuple(replace(cart, count=9) for cart in problem.carts))
    few = solve_batching(limited, stop=MaxIterations(11))
    assert few.bound is not None
    assert few.bound <= value <= few.value


@pytest.mark.parametrize("seed", range(3))
def test_middling_problems_are_proven_and_repeatable(seed: int) -> None:
    problem = grid_problem(24, seed, blocks=1 + seed, capacity=9)
    first, second = (solve_batching(problem, stop=MaxIterations(25)) for _ in range(2))
    assert first == second
    assert first.value == total_of(problem, first.partition)
    assert first.bound is not None
    assert first.bound <= first.value
    assert first.proven == (first.termination == "optimal")
    assert first.proven


@pytest.mark.parametrize("seed", range(4))
def test_cuts_are_violated_and_valid(seed: int) -> None:
    problem = grid_problem(12, seed)
    best, value = best_subsets(problem, tables_of(problem, 1))
    level, _ = converged(problem, best, 2 * value)
    chosen = level.master.chosen()
    for cut in violated_cuts(problem.n, chosen, []):
        assert sum(cut.count(frozenset(batch)) * part for batch, part in chosen) > cut.limit
        batches = [frozenset(np.flatnonzero(best == one).tolist()) for one in set(best.tolist())]
        assert sum(cut.count(batch) for batch in batches) <= cut.limit


def converged(problem: BatchingProblem, owner: Owner, upper: int) -> tuple[Level, Standing]:
    """Return a level of any number of batches with its bound."""
    standing = Standing(problem.n, 1)
    batches = [tuple(np.flatnonzero(owner == one).tolist()) for one in sorted(set(owner.tolist()))]
    standing.offer(batches, upper, is_own=False)
    pricer = Pricer(problem, tables_of(problem, 1), seed=1)
    level = Level(pricer, standing, least=1, most=None, least_size=0)
    for _ in level.converge():
        pass
    return level, standing


def random_list(n: int, seed: int) -> dict[Batch, int]:
    """Return random batches with their values, each demand alone among them."""
    random = np.random.default_rng(seed)
    columns: dict[Batch, int] = {(one,): 1000 for one in range(n)}
    while len(columns) < 220:
        size = int(random.integers(2, 5))
        batch = tuple(sorted(random.choice(n, size, replace=False).tolist()))
        columns[batch] = int(random.integers(400, 1200))
    return columns


def test_an_interrupted_choice_ends_and_proves_nothing() -> None:
    # Hours of work: random triples of 60 demands at random values.
    random = np.random.default_rng(1)
    columns = {
        tuple(sorted(random.choice(60, 3, replace=False).tolist())): int(random.integers(1, 10**6))
        for _ in range(6000)
    }
    interrupter, ended = Interrupter(), threading.Event()

    def interrupt() -> None:
        while not ended.wait(0.1):
            interrupter.interrupt()

    other = threading.Thread(target=interrupt)
    other.start()
    found = choose_batches(
        60,
        list(columns.items()),
        most_value=60 * 10**6,
        least=1,
        most=None,
        seconds=None,
        interrupter=interrupter,
    )
    ended.set()
    other.join()
    assert not found.is_complete


@pytest.mark.parametrize("seed", range(6))
def test_the_tree_finds_the_best_of_a_list(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "SETTLED_AT_ONCE", 20)
    n = 12
    columns = random_list(n, seed)
    listed = list(columns.items())
    start = [(one,) for one in range(n)]
    right = choose_batches(n, listed, most_value=1000 * n, least=1, most=None, seconds=None)
    assert right.is_complete
    assert right.batches is not None
    value = sum(columns[batch] for batch in right.batches)
    none = choose_batches(n, listed, most_value=value - 1, least=1, most=None, seconds=None)
    assert none.is_complete
    assert none.batches is None
    standing = Standing(n, 1)
    standing.value_of = columns.__getitem__
    standing.offer(start, 1000 * n, is_own=False)
    master = Master(n, least=1, most=None, exactly=True, missing=[1000] * (n + 1))
    tree = Tree(Pool(n, listed), master, standing, least=1, most=None, parts=0)
    steps = 0
    for _ in tree.search():
        steps += 1
        assert tree.parts <= value * FINE or standing.upper == value
    assert tree.is_complete
    assert standing.upper == value
    assert sorted(one for batch in standing.batches for one in batch) == list(range(n))
    assert steps >= 1


@pytest.mark.parametrize("seed", range(3))
def test_a_node_that_takes_the_integer_programme_too_long_is_branched(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = random_list(12, seed)
    listed = list(columns.items())
    right = choose_batches(12, listed, most_value=12_000, least=1, most=None, seconds=None)
    assert right.batches is not None
    monkeypatch.setattr(
        tree_module, "choose_batches", lambda *_, **__: Chosen(None, is_complete=False)
    )
    standing = Standing(12, 1)
    standing.value_of = columns.__getitem__
    standing.offer([(one,) for one in range(12)], 12_000, is_own=False)
    master = Master(12, least=1, most=None, exactly=True, missing=[1000] * 13)
    tree = Tree(Pool(12, listed), master, standing, least=1, most=None, parts=0)
    for _ in tree.search():
        pass
    assert tree.is_complete
    assert standing.upper == sum(columns[batch] for batch in right.batches)


def test_no_bound_comes_where_there_are_too_many_batches() -> None:
    problem = grid_problem(150, 1, blocks=3, capacity=120)
    made = solve_batching(problem, stop=MaxIterations(2))
    assert made.bound is None or made.bound <= made.value
    assert made.value == total_of(problem, made.partition)
