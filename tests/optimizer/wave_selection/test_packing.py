from __future__ import annotations

import random

import numpy as np
import pytest

from optimizer.wave_selection.packing import (
    N_CHOSEN,
    N_OPEN,
    UNITS,
    Packing,
    become,
    close_aisle,
    empty_packing,
    force_order,
    forget,
    open_aisle,
    take_back,
)
from optimizer.wave_selection.problem import WaveProblem, total
from optimizer.wave_selection.tables import servable_orders, tables_of
from tests.optimizer.wave_selection.waves import random_problem


def check(problem: WaveProblem, orders: tuple[int, ...], packing: Packing) -> None:
    """Recount everything that a packing counts."""
    chosen = [orders[place] for place in np.flatnonzero(packing.is_chosen)]
    opened = np.flatnonzero(packing.is_open).tolist()
    asked = total(problem.orders[order] for order in chosen)
    stock = total(problem.aisles[aisle] for aisle in opened)
    demand = total(problem.orders[order] for order in orders)
    for item in range(problem.n_items):
        assert stock[item] >= asked[item]
        # Stock is counted aisle by aisle only as far as all orders together ask it.
        if all(dict(problem.aisles[aisle]).get(item, 0) <= demand[item] for aisle in opened):
            assert packing.free[item] == stock[item] - asked[item]
    assert packing.counts[UNITS] == asked.total() <= problem.most_units
    assert packing.counts[N_OPEN] == len(opened)
    assert packing.counts[N_CHOSEN] == len(chosen)
    for members, places, count, inside in (
        (packing.aisles, packing.aisle_place, N_OPEN, packing.is_open),
        (packing.orders, packing.order_place, N_CHOSEN, packing.is_chosen),
    ):
        assert places[members].tolist() == list(range(len(members)))
        assert inside[members].tolist() == sorted(inside, reverse=True)
        assert inside[members[: packing.counts[count]]].all()


def state(packing: Packing) -> tuple[list[bool], list[bool], list[int], list[int]]:
    counts = packing.counts[:3].tolist()
    return packing.is_open.tolist(), packing.is_chosen.tolist(), packing.free.tolist(), counts


@pytest.mark.parametrize("seed", range(20))
def test_moves_keep_counts_and_can_be_taken_back(seed: int) -> None:
    problem = random_problem(seed)
    orders = servable_orders(problem)
    tables = tables_of(problem, orders)
    packing = empty_packing(tables)
    chance = random.Random(seed)
    draws = np.full(1, 2 * seed + 1, dtype=np.uint64)
    for _ in range(60):
        before = state(packing)
        forget(packing)
        aisle = chance.randrange(len(problem.aisles))
        if orders and chance.random() < 0.4:
            outside = np.flatnonzero(~packing.is_chosen)
            if len(outside):
                order = int(chance.choice(outside))
                force_order(tables, packing, order, problem.most_units, draws)
        elif packing.is_open[aisle]:
            close_aisle(tables, packing, aisle, problem.most_units, draws)
        else:
            open_aisle(tables, packing, aisle, problem.most_units, draws)
        check(problem, orders, packing)
        if chance.random() < 0.5:
            take_back(tables, packing)
            assert state(packing) == before
            check(problem, orders, packing)


def test_a_forced_order_pushes_others_out() -> None:
    # One unit of item 0: order 0 has it, order 1 asks it too and one more.
    problem = WaveProblem(2, (((0, 1),), ((0, 1), (1, 1))), (((0, 1),), ((1, 1),)), 0, 5)
    tables = tables_of(problem, (0, 1))
    packing = empty_packing(tables)
    draws = np.ones(1, dtype=np.uint64)
    open_aisle(tables, packing, 0, 5, draws)
    assert packing.is_chosen.tolist() == [True, False]
    forget(packing)
    assert not force_order(tables, packing, 1, 5, draws)
    take_back(tables, packing)
    open_aisle(tables, packing, 1, 5, draws)
    assert force_order(tables, packing, 1, 5, draws)
    assert packing.is_chosen.tolist() == [False, True]
    assert packing.counts[UNITS] == 2


def test_a_packing_becomes_another_wave() -> None:
    problem = random_problem(3)
    orders = servable_orders(problem)
    tables = tables_of(problem, orders)
    one, other = empty_packing(tables), empty_packing(tables)
    draws = np.ones(1, dtype=np.uint64)
    for aisle in range(4):
        forget(one)
        open_aisle(tables, one, aisle, problem.most_units, draws)
    forget(other)
    become(tables, other, one.is_open, one.is_chosen)
    assert state(other) == state(one)
    check(problem, orders, other)
