from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.errors import ProblemError
from optimizer.order_selection.problem import Piece, SelectionProblem
from optimizer.order_selection.solver import Cooling, select_orders
from optimizer.stopping import MaxIterations, never
from tests.optimizer.order_selection.selections import (
    check_plan,
    least_length,
    selection_problem,
)


def small(seed: int) -> SelectionProblem:
    return selection_problem(
        random.Random(seed), n_articles=5, n_orders=6, n_zones=2, least_lines=4
    )


def larger(seed: int) -> SelectionProblem:
    return selection_problem(
        random.Random(seed), n_articles=60, n_orders=40, n_zones=3, least_lines=20
    )


@pytest.mark.parametrize("seed", range(8))
def test_small_problems_are_solved_to_the_optimum(seed: int) -> None:
    problem = small(seed)
    plan = select_orders(problem, stop=MaxIterations(20), seed=seed)
    check_plan(problem, plan)
    # Several batches may be shorter only where more than three orders serve better.
    if len(plan.batches) == 1:
        assert plan.length == least_length(problem)
    else:
        assert plan.length <= least_length(problem)


@pytest.mark.parametrize("seed", range(4))
def test_larger_plans_keep_all_rules(seed: int) -> None:
    problem = larger(seed)
    plan = select_orders(problem, stop=MaxIterations(30), seed=seed)
    check_plan(problem, plan)
    assert plan.rounds == 30
    assert not plan.has_converged


def test_search_shortens_the_start() -> None:
    problem = larger(5)
    start = select_orders(problem, stop=MaxIterations(0), seed=1)
    check_plan(problem, start)
    assert start.rounds == 0
    assert select_orders(problem, stop=MaxIterations(30), seed=1).length < start.length


def test_same_seed_and_rounds_give_the_same_plan() -> None:
    problem = larger(6)
    plans = [select_orders(problem, stop=MaxIterations(15), seed=3) for _ in range(2)]
    assert plans[0] == plans[1]


def test_search_ends_by_itself_without_a_limit() -> None:
    plan = select_orders(small(1), stop=never, seed=1, cooling=Cooling(rounds=5))
    assert plan.rounds == 5
    assert plan.has_converged


def test_lack_of_pieces_is_an_error() -> None:
    # Two orders want the only piece.
    problem = SelectionProblem(
        volumes=(1,),
        pieces=(Piece(0, 0, 1, 1),),
        orders=((0,), (0,)),
        least_lines=1,
        most_orders=1,
        most_volume=1,
        above=2,
        below=2,
    )
    check_plan(problem, select_orders(problem, stop=MaxIterations(3), seed=1))
    with pytest.raises(ProblemError, match="2 lines are wanted, pieces and room were found for 1"):
        select_orders(replace(problem, least_lines=2), stop=MaxIterations(3), seed=1)


def test_orders_whose_articles_are_out_of_stock_are_left_out() -> None:
    # Article 1, the last, has no piece.
    problem = SelectionProblem(
        volumes=(1, 1),
        pieces=(Piece(0, 0, 1, 1),),
        orders=((1, 1), (0,), (0, 1)),
        least_lines=1,
        most_orders=2,
        most_volume=1,
        above=2,
        below=2,
    )
    plan = select_orders(problem, stop=MaxIterations(3), seed=1)
    check_plan(problem, plan)
    assert [batch.orders for batch in plan.batches] == [(1,)]
    # To aisle 1, row 1 and back.
    assert plan.length == 4
    with pytest.raises(ProblemError, match="orders that the stock can serve have 0"):
        select_orders(replace(problem, pieces=()), stop=MaxIterations(3), seed=1)


def test_batches_are_enough_where_large_orders_are_out_of_stock() -> None:
    # Order 0 alone would do, and in one batch of one order; two small ones need a batch each.
    problem = SelectionProblem(
        volumes=(1, 1),
        pieces=(Piece(0, 0, 1, 1), Piece(0, 0, 2, 1)),
        orders=((1, 1, 1), (0,), (0,)),
        least_lines=2,
        most_orders=1,
        most_volume=1,
        above=2,
        below=2,
    )
    plan = select_orders(problem, stop=MaxIterations(3), seed=1)
    check_plan(problem, plan)
    assert plan.length == 4 + 6


def test_pieces_too_large_for_a_list_are_no_help() -> None:
    problem = SelectionProblem(
        volumes=(3,),
        pieces=(Piece(0, 0, 1, 1),),
        orders=((0,),),
        least_lines=1,
        most_orders=1,
        most_volume=2,
        above=2,
        below=2,
    )
    with pytest.raises(ProblemError, match="pieces and room were found for 0"):
        select_orders(problem, stop=MaxIterations(3), seed=1)
