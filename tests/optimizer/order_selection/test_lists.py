from __future__ import annotations

import random

import pytest

from optimizer.order_selection.lists import (
    LENGTH,
    Pool,
    Selection,
    cost_with,
    cost_without,
    find_entry,
    lay_pool,
    lay_selection,
    list_cost,
    put_in,
    take_out,
)
from tests.optimizer.order_selection.selections import one_list, shortest_walk


def agreed_cost(pool: Pool, selection: Selection, predicted: int) -> int:
    """Return the cost of list 0, which a change was predicted to give and is all there is."""
    assert predicted == list_cost(selection, 0) == selection.totals[LENGTH]
    return predicted


@pytest.mark.parametrize("seed", range(60))
def test_lists_cost_what_the_shortest_sequence_costs(seed: int) -> None:
    rng = random.Random(seed)
    problem = one_list(rng)
    pool = lay_pool(problem, 1)
    selection = lay_selection(pool)
    sequence = list(range(len(problem.pieces)))
    rng.shuffle(sequence)
    for n, piece in enumerate(sequence, start=1):
        predicted = cost_with(pool, selection, 0, piece)
        put_in(pool, selection, piece, piece, 0)
        cost = agreed_cost(pool, selection, predicted)
        assert cost == shortest_walk(problem, sequence[:n])
    rng.shuffle(sequence)
    for n, piece in enumerate(sequence, start=1):
        predicted = cost_without(pool, selection, 0, find_entry(selection, 0, piece))
        take_out(pool, selection, piece)
        cost = agreed_cost(pool, selection, predicted)
        left = sequence[n:]
        assert cost == (shortest_walk(problem, left) if left else 0)
