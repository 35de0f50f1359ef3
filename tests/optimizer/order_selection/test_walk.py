from __future__ import annotations

import random

import pytest

from optimizer.order_selection.problem import Piece, SelectionProblem
from optimizer.order_selection.walk import walking_order
from tests.optimizer.order_selection.selections import one_list, shortest_walk, walked


@pytest.mark.parametrize("seed", range(100))
def test_walking_order_has_the_least_length_and_states_it(seed: int) -> None:
    problem = one_list(random.Random(seed))
    pieces = range(len(problem.pieces))
    order, length = walking_order(problem, pieces)
    assert sorted(order) == list(pieces)
    assert length == walked(problem, order) == shortest_walk(problem, pieces)


def test_nothing_to_pick_is_no_walk() -> None:
    assert walking_order(one_list(random.Random(1)), ()) == ((), 0)


def test_many_pieces_in_one_aisle_are_walked_each_by_itself() -> None:
    # Out and back from the middle for rows 1 to 4 costs 2 + 4 + 6 + 8. Rows 6 to 9 are nearer to
    # the outer cross-aisle at 10: 8 + 6 + 4 + 2; two of all eight are passed through at 10 each,
    # best those that are farthest from where they are met: 4 and 6, which saves 8 + 8 - 20.
    rows = (1, 2, 3, 4, 6, 7, 8, 9)
    problem = SelectionProblem(
        volumes=(1,),
        pieces=tuple(Piece(0, 0, 0, row) for row in rows),
        orders=((0,),),
        least_lines=1,
        most_orders=1,
        most_volume=8,
        above=10,
        below=10,
    )
    assert walking_order(problem, range(8))[1] == 20 + 20 - 16 + 20
