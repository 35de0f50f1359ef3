"""A running plan takes what has come since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.batching.problem import Cart
from optimizer.batching.search.growth import grown
from optimizer.batching.search.tables import partition_of, tables_of
from optimizer.batching.solve import solve_batching
from optimizer.errors import ProblemError
from optimizer.stopping import MaxIterations
from tests.optimizer.batching.problems import (
    feasible,
    grid_problem,
    ruled_problem,
    total_of,
    value_of,
)


@pytest.mark.parametrize("seed", range(4))
def test_new_orders_go_where_they_cost_least(seed: int) -> None:
    for problem in (grid_problem(30, seed, blocks=2), feasible(ruled_problem(30, seed))):
        made = solve_batching(problem, stop=MaxIterations(1), prove=False)
        left_out = 5
        start = tuple(
            rest
            for batch in made.partition
            if (rest := tuple(one for one in batch if one != left_out))
        )
        partition = partition_of(grown(problem, tables_of(problem, 1), start))
        value = total_of(problem, partition)
        before = sum(value_of(problem, batch) or 0 for batch in start)
        alone = value_of(problem, (left_out,)) or 0
        others = [
            bigger - (value_of(problem, batch) or 0)
            for batch in start
            if (bigger := value_of(problem, tuple(sorted((*batch, left_out))))) is not None
        ]
        assert value - before == min([alone, *others])


def test_many_new_orders_are_all_placed_and_the_rest_stays() -> None:
    problem = grid_problem(60, 3)
    start = ((0, 1), (2,), (10,))
    partition = partition_of(grown(problem, tables_of(problem, 1), start))
    total_of(problem, partition)
    assert all(any(set(old) <= set(batch) for batch in partition) for old in start)
    made = solve_batching(problem, stop=MaxIterations(0), start=start, prove=False)
    assert made.value <= total_of(problem, partition)


def test_wrong_beginnings_are_refused() -> None:
    problem = grid_problem(10, 1)
    for start in (((0, 1), (1,)), ((10,),)):
        with pytest.raises(ProblemError, match="twice, or one that is not there"):
            grown(problem, tables_of(problem, 1), start)
    few = replace(problem, carts=(Cart((12,), count=1),))
    with pytest.raises(ProblemError, match="no cart is left"):
        grown(few, tables_of(few, 1), ((0,),))
