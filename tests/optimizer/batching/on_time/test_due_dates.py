from __future__ import annotations

import itertools

import pytest

from optimizer.batching.on_time.due_dates import Effort, Termination, TimedPlan, plan_on_time
from optimizer.batching.on_time.feasible_batches import BatchRules
from optimizer.stopping import MaxIterations
from tests.optimizer.batching.on_time.timed_orders import (
    batch_of,
    cheapest_on_time,
    line_rules,
    random_rules,
)

LISTED = Effort()
PRICED = Effort(all_sets=2)
"""So few sets that all batches cannot be listed, and the linear programme asks for them."""


def check(plan: TimedPlan, rules: BatchRules) -> None:
    """Every order once, every batch done once and on time, the cost as stated."""
    assert sorted(itertools.chain(*plan.partition)) == list(range(rules.n))
    assert sorted(itertools.chain(*plan.sequences)) == list(range(len(plan.partition)))
    cost = 0
    for sequence in plan.sequences:
        clock = 0
        for place in sequence:
            batch = batch_of(rules, plan.partition[place])
            assert batch is not None
            clock += batch[1]
            assert clock <= batch[2]
            cost += batch[0]
    assert cost == plan.cost


def test_due_times_force_a_dearer_plan() -> None:
    # Together both orders cost 3 + 10; they take 3 + 10 + 2 = 15. Due at 9, order 0 goes alone.
    places = [[2], [5]]
    free = plan_on_time(line_rules(places, [1, 1], [15, 15], capacity=9), n_pickers=1)
    assert (free.partition, free.cost) == (((0, 1),), 13)
    tight = plan_on_time(line_rules(places, [1, 1], [9, 30], capacity=9), n_pickers=1)
    assert tight.cost == 3 + 4 + 3 + 10
    assert [tight.partition[place] for place in tight.sequences[0]] == [(0,), (1,)]


@pytest.mark.parametrize("effort", [LISTED, PRICED], ids=["listed", "priced"])
@pytest.mark.parametrize("n_pickers", [1, 2, 3])
def test_plans_are_the_cheapest_of_all(n_pickers: int, effort: Effort) -> None:
    endings = set()
    for seed in range(16):
        rules = random_rules(seed, n=6, latest=(20 + 5 * (seed % 6)) * 3 // n_pickers)
        plan = plan_on_time(rules, n_pickers=n_pickers, effort=effort)
        expected = cheapest_on_time(rules, n_pickers)
        assert plan.cost == expected, seed
        if expected is None:
            assert plan.termination == Termination.INFEASIBLE
        else:
            check(plan, rules)
            assert (plan.bound, plan.termination) == (expected, Termination.OPTIMAL)
        endings.add(plan.termination)
    assert endings == {Termination.OPTIMAL, Termination.INFEASIBLE}


def test_a_plan_in_hand_is_proven_or_beaten() -> None:
    rules = random_rules(3, n=6, latest=90)
    best = plan_on_time(rules, n_pickers=2).cost
    assert best is not None
    proven = plan_on_time(rules, n_pickers=2, upper=best)
    assert (proven.partition, proven.bound) == ((), best)
    assert proven.termination == Termination.OPTIMAL
    assert plan_on_time(rules, n_pickers=2, upper=best + 1).cost == best


def test_limits_leave_a_valid_bound() -> None:
    rules = random_rules(5, n=7, latest=80)
    best = plan_on_time(rules, n_pickers=2).cost
    assert best is not None
    short = plan_on_time(rules, n_pickers=2, effort=Effort(steps=1))
    assert short.termination == Termination.LIMIT
    assert short.bound is not None
    assert short.bound <= best
    stopped = plan_on_time(rules, n_pickers=2, stop=MaxIterations(0))
    assert (stopped.bound, stopped.termination) == (None, Termination.LIMIT)
