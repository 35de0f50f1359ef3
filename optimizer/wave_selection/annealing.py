"""Waves by annealing over the set of visited aisles.

The ratio units / aisles is climbed as Dinkelbach does: with the best ratio r found so far, a wave
of ratio above r is one with units - r aisles > 0, which is a sum and changes little with one aisle.

References
----------
Dinkelbach, W. (1967): On nonlinear fractional programming. Management Science 13(7), 492-498.
DOI 10.1287/mnsc.13.7.492.
Kirkpatrick, S., Gelatt, C. D., Vecchi, M. P. (1983): Optimization by simulated annealing.
Science 220(4598), 671-680. DOI 10.1126/science.220.4598.671.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.local_search import draw
from optimizer.stopping import Stop
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
from optimizer.wave_selection.problem import UnitsPerAisle, Wave
from optimizer.wave_selection.tables import Integers, Tables

HOT = (0.1, 0.05, 0.3)
"""First temperatures of the rounds in turn, in units per aisle of the best wave.

Great heat melts a wave of many aisles down to few, of which it then finds the best; little heat
keeps its size. Either may be the better (1,602 orders, 383 aisles: 16.8 with 25 aisles, 17.1 with
98), so both are tried.
"""

COLD = 0.005
"""Last temperature of every round."""

FIRST_ROUND, LONGEST_ROUND = 100_000, 1_600_000
"""Moves of the first rounds and of the longest: twice as many each time all heats had a turn."""

MOVES_BETWEEN_QUESTIONS = 10_000
"""A few dozen milliseconds."""

GUIDED = 2
"""One of so many aisles to be opened is one that lacks to some order."""


class Best(NamedTuple):
    """The best wave so far: ``ratio``, shape (2,), int64: units and aisles, 0 before the first."""

    ratio: Integers
    is_open: NDArray[np.bool_]
    is_chosen: NDArray[np.bool_]


class WaveSearch:
    """A search that can be continued.

    Heuristic; deterministic for a seed and a number of steps. A move costs some microseconds.

    Parameters
    ----------
    tables
        Orders and aisles.
    least_units, most_units
        Limits of the wave.
    seed
        Of the random choices, >= 0.
    """

    def __init__(self, tables: Tables, *, least_units: int, most_units: int, seed: int) -> None:
        self._tables = tables
        self._limits = np.array([least_units, most_units], dtype=np.int64)
        self._random = np.full(1, 2 * seed + 1, dtype=np.uint64)
        self._packing = empty_packing(tables)
        self._best = Best(
            np.zeros(2, dtype=np.int64),
            np.zeros_like(self._packing.is_open),
            np.zeros_like(self._packing.is_chosen),
        )

    @property
    def ratio(self) -> UnitsPerAisle | None:
        """Units and aisles of the best wave, ``None`` as long as none was found."""
        units, aisles = (int(value) for value in self._best.ratio)
        return UnitsPerAisle(units, aisles) if aisles else None

    @property
    def wave(self) -> Wave:
        """The best wave; orders as the tables count them."""
        return Wave(
            tuple(np.flatnonzero(self._best.is_chosen).tolist()),
            tuple(np.flatnonzero(self._best.is_open).tolist()),
        )

    def offer(self, wave: Wave, ratio: UnitsPerAisle) -> None:
        """Take a wave of somebody else if it is better; the next round begins from it.

        Orders as the tables count them, ``ratio`` that of the wave. Not while annealing, but from
        within its ``stop``.
        """
        if ratio.is_better_than(self.ratio):
            self._best.ratio[:] = ratio.units, ratio.aisles
            self._best.is_open[:] = False
            self._best.is_open[list(wave.aisles)] = True
            self._best.is_chosen[:] = False
            self._best.is_chosen[list(wave.orders)] = True

    def construct(self) -> None:
        """Open aisle after aisle, each time the one that adds most units; keep the best wave."""
        if self._is_worth_searching:
            _construct(self._tables, self._packing, self._best, self._limits, self._random)

    def anneal(self, stop: Stop) -> None:
        """Run rounds of growing length, each from the best wave, until told to stop."""
        n_moves = FIRST_ROUND
        while self._is_worth_searching and not stop():
            for hot in HOT:
                self._round(n_moves, hot, stop)
            n_moves = min(2 * n_moves, LONGEST_ROUND)

    @property
    def _is_worth_searching(self) -> bool:
        return len(self._packing.aisles) > 0 and len(self._packing.orders) > 0

    def _round(self, n_moves: int, hot: float, stop: Stop) -> None:
        _restore(self._tables, self._packing, self._best)
        parts = max(1, n_moves // MOVES_BETWEEN_QUESTIONS)
        cooling = (COLD / hot) ** (1 / parts)
        for part in range(parts):
            if stop():
                return
            _anneal(
                self._tables,
                self._packing,
                self._best,
                self._limits,
                self._random,
                MOVES_BETWEEN_QUESTIONS,
                hot * cooling**part,
                cooling ** (1 / MOVES_BETWEEN_QUESTIONS),
            )


@kernel
def _construct(
    tables: Tables, packing: Packing, best: Best, limits: Integers, random: NDArray[np.uint64]
) -> None:
    n_aisles, n_orders = len(packing.aisles), len(packing.orders)
    while packing.counts[N_OPEN] < n_aisles and packing.counts[UNITS] < limits[1]:
        chosen, most = -1, -1
        for place in range(packing.counts[N_OPEN], n_aisles):
            aisle = packing.aisles[place]
            forget(packing)
            open_aisle(tables, packing, aisle, limits[1], random)
            # Where nothing can be picked yet, the aisle that holds most is the best to begin with.
            held = 0
            for at in range(tables.aisles.first[aisle], tables.aisles.first[aisle + 1]):
                held += tables.aisles.quantity[at]
            gain = packing.counts[UNITS] * (1 + n_orders * limits[1]) + held
            take_back(tables, packing)
            if gain > most:
                chosen, most = aisle, gain
        forget(packing)
        open_aisle(tables, packing, chosen, limits[1], random)
        _keep_if_best(packing, best, limits)


@kernel
def _anneal(
    tables: Tables,
    packing: Packing,
    best: Best,
    limits: Integers,
    random: NDArray[np.uint64],
    n_moves: int,
    temperature: float,
    cooling: float,
) -> None:
    """Try moves; ``temperature`` is in units per aisle of the best wave."""
    for _ in range(n_moves):
        price = best.ratio[0] / best.ratio[1] if best.ratio[1] > 0 else 1.0
        before = _score(packing, limits, price)
        forget(packing)
        _move(tables, packing, limits, random)
        change = _score(packing, limits, price) - before
        chance = math.exp(min(0.0, change / (temperature * max(price, 1e-9))))
        if draw(random, 1 << 30) < chance * (1 << 30):
            _keep_if_best(packing, best, limits)
        else:
            take_back(tables, packing)
        temperature *= cooling


@kernel
def _score(packing: Packing, limits: Integers, price: float) -> float:
    """Return units less their price, less as many again as lack to the least."""
    lacking = max(0, limits[0] - packing.counts[UNITS])
    return float(packing.counts[UNITS] - price * packing.counts[N_OPEN] - lacking)


@kernel
def _move(tables: Tables, packing: Packing, limits: Integers, random: NDArray[np.uint64]) -> None:
    """Open, close or exchange an aisle, or force an order into the wave."""
    n_aisles, n_open = len(packing.aisles), packing.counts[N_OPEN]
    kind = draw(random, 8)
    if kind < 2:
        order = _order_left_out(tables, packing, random)
        if order >= 0:
            force_order(tables, packing, order, limits[1], random)
        return
    if kind > 2 and n_open > 0:
        aisle = packing.aisles[draw(random, n_open)]
        close_aisle(tables, packing, aisle, limits[1], random)
    if kind != 3 and n_open < n_aisles:
        open_aisle(tables, packing, _closed_aisle(tables, packing, random), limits[1], random)


@kernel
def _order_left_out(tables: Tables, packing: Packing, random: NDArray[np.uint64]) -> int:
    """Return an order outside the wave that asks an item of an open aisle, -1 if luck finds none.

    Few of all orders ask anything that the open aisles hold.
    """
    if packing.counts[N_OPEN] == 0:
        return -1
    aisle = packing.aisles[draw(random, packing.counts[N_OPEN])]
    aisles, asking = tables.aisles, tables.asking
    n_items = aisles.first[aisle + 1] - aisles.first[aisle]
    if n_items == 0:
        return -1
    item = aisles.target[aisles.first[aisle] + draw(random, n_items)]
    n_orders = asking.first[item + 1] - asking.first[item]
    order = asking.target[asking.first[item] + draw(random, n_orders)]
    return -1 if packing.is_chosen[order] else int(order)


@kernel
def _closed_aisle(tables: Tables, packing: Packing, random: NDArray[np.uint64]) -> int:
    """Return any closed aisle, or one with an item that is missing for some order."""
    n_open, n_chosen = packing.counts[N_OPEN], packing.counts[N_CHOSEN]
    n_left = len(packing.orders) - n_chosen
    if n_left > 0 and draw(random, GUIDED) == 0:
        order = packing.orders[n_chosen + draw(random, n_left)]
        orders, stocking = tables.orders, tables.stocking
        for at in range(orders.first[order], orders.first[order + 1]):
            item = orders.target[at]
            n_aisles = stocking.first[item + 1] - stocking.first[item]
            if packing.free[item] < orders.quantity[at] and n_aisles > 0:
                aisle = stocking.target[stocking.first[item] + draw(random, n_aisles)]
                if not packing.is_open[aisle]:
                    return int(aisle)
    return int(packing.aisles[n_open + draw(random, len(packing.aisles) - n_open)])


@kernel
def _keep_if_best(packing: Packing, best: Best, limits: Integers) -> None:
    units, aisles = packing.counts[UNITS], packing.counts[N_OPEN]
    if units < limits[0] or aisles == 0:
        return
    # Before the first wave the ratio is 0 / 0, than which no other is larger.
    if best.ratio[1] > 0 and units * best.ratio[1] <= best.ratio[0] * aisles:
        return
    best.ratio[0], best.ratio[1] = units, aisles
    best.is_open[:] = packing.is_open
    best.is_chosen[:] = packing.is_chosen


@kernel
def _restore(tables: Tables, packing: Packing, best: Best) -> None:
    """Return to the best wave, where there is one."""
    if best.ratio[1] == 0:
        return
    forget(packing)
    become(tables, packing, best.is_open, best.is_chosen)
