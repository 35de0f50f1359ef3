"""Small waves, and the best of them by trying all."""

from __future__ import annotations

import itertools
import random

import numpy as np

from optimizer.wave_selection.problem import Units, UnitsPerAisle, WaveProblem


def random_problem(seed: int, *, n_orders: int = 8, n_aisles: int = 6) -> WaveProblem:
    """Return a problem of five items in which some orders are equal and some cannot be served."""
    chance = random.Random(seed)

    def some(most: int, largest: int) -> Units:
        items = sorted(chance.sample(range(5), chance.randint(1, most)))
        return tuple((item, chance.randint(1, largest)) for item in items)

    orders = [some(3, 3) for _ in range(n_orders - 2)]
    least = chance.randint(0, 6)
    return WaveProblem(
        n_items=5,
        orders=(*orders, orders[0], orders[1]),
        aisles=tuple(some(4, 4) for _ in range(n_aisles)),
        least_units=least,
        most_units=least + chance.randint(2, 12),
    )


def best_by_trying_all(problem: WaveProblem) -> UnitsPerAisle | None:
    """Return the largest ratio over all sets of orders and aisles that pick something."""
    stock = _sums(problem.aisles, problem.n_items)
    demand = _sums(problem.orders, problem.n_items)
    units = demand.sum(axis=1)
    allowed = (units >= max(1, problem.least_units)) & (units <= problem.most_units)
    best: UnitsPerAisle | None = None
    for number, held in enumerate(stock):
        n_aisles = number.bit_count()
        covered = allowed & (demand <= held).all(axis=1)
        if n_aisles and covered.any():
            ratio = UnitsPerAisle(int(units[covered].max()), n_aisles)
            if ratio.is_better_than(best):
                best = ratio
    return best


def _sums(rows: tuple[Units, ...], n_items: int) -> np.ndarray:
    """Return the units by item of all sets of rows; set s holds row r where its bit r is 1."""
    sums = np.zeros((2 ** len(rows), n_items), dtype=np.int64)
    for chosen, (row, units) in itertools.product(range(len(sums)), enumerate(rows)):
        if chosen >> row & 1:
            for item, quantity in units:
                sums[chosen, item] += quantity
    return sums
