"""The linear programme over batches with due times, solved by adding batches as they are needed.

Minimise the cost of batches such that every order is in one (or in several: leaving it out of all
but one costs nothing), that for every due time the batches due by then take no more than the time
of all pickers, and that there are at least as many batches as the sizes of orders need.

Its value says nothing by itself, being computed in floating point. Its dual values, rounded to
integers, give a bound that is exact: see :class:`DualBound`.

References
----------
Desaulniers, G., Desrosiers, J., Solomon, M. M. (eds., 2005): Column Generation. Springer.
DOI 10.1007/b135457.
Neumaier, A., Shcherbina, O. (2004): Safe bounds in linear and mixed-integer linear programming.
Mathematical Programming 99, 283-296. DOI 10.1007/s10107-003-0433-3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from optimizer.batching.on_time.feasible_batches import Batches, BatchRules, Prices

MOST_SCALE_BITS = 20


@dataclass(frozen=True, slots=True, eq=False)
class DualBound:
    """Dual values in integers, and what they bound.

    Every plan costs ``base / prices.scale`` plus the reduced costs of its batches (in the same
    scale) plus something not negative. So with ``least`` a lower bound of all reduced costs, a plan
    of k batches costs at least ``(base + k * min(least, 0)) / prices.scale``.
    """

    prices: Prices
    base: int

    def value(self, least: int, most_batches: int) -> int:
        """Return the cost that no plan is below, rounded up to an integer.

        Parameters
        ----------
        least
            A lower bound of the reduced cost of every batch, in units of the scale.
        most_batches
            No plan worth having has more batches.
        """
        return -(-(self.base + most_batches * min(least, 0)) // self.prices.scale)

    def threshold(self, upper: int, least: int, most_batches: int) -> int:
        """Return the largest reduced cost of a batch in any plan that costs at most ``upper``."""
        return upper * self.prices.scale - self.base - (most_batches - 1) * min(least, 0)


class DueDateMaster:
    """The linear programme of a growing set of batches.

    Parameters
    ----------
    rules
        What batches may be.
    n_pickers
        At least 1.
    missing_cost
        What leaving out an order costs; more than any plan, so that a value above that proves
        that there is no plan.
    """

    def __init__(self, rules: BatchRules, *, n_pickers: int, missing_cost: int) -> None:
        self._rules = rules
        self._n_pickers = n_pickers
        self._dates = np.unique(rules.due)
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = solver.infinity()
        # The solver works in units in which an order alone costs about 1 and the last due time is
        # 1: with raw integers it broke down.
        self._cost_unit = max(missing_cost / rules.n, 1.0)
        self._time_unit = max(float(self._dates[-1]), 1.0)
        self._cover = [solver.Constraint(1.0, infinity) for _ in range(rules.n)]
        self._in_time = [
            solver.Constraint(-infinity, n_pickers * float(date) / self._time_unit)
            for date in self._dates
        ]
        self._fewest = fewest_batches(rules)
        self._number = solver.Constraint(float(self._fewest), infinity)
        self._objective = solver.Objective()
        for row in self._cover:
            missing = solver.NumVar(0.0, infinity, "")
            row.SetCoefficient(missing, 1.0)
            self._objective.SetCoefficient(missing, missing_cost / self._cost_unit)
        largest = missing_cost * rules.n + n_pickers * int(self._dates[-1]) * len(self._dates)
        self._scale = 1 << max(0, min(MOST_SCALE_BITS, 58 - largest.bit_length()))

    def add(self, batches: Batches) -> None:
        """Add batches as columns."""
        first_row = np.searchsorted(self._dates, batches.due)
        costs = (batches.cost / self._cost_unit).tolist()
        times = (batches.time / self._time_unit).tolist()
        for batch, (cost, time) in enumerate(zip(costs, times, strict=True)):
            column = self._solver.NumVar(0.0, self._solver.infinity(), "")
            self._objective.SetCoefficient(column, cost)
            for order in batches.orders(batch):
                self._cover[order].SetCoefficient(column, 1.0)
            for row in self._in_time[first_row[batch] :]:
                row.SetCoefficient(column, time)
            self._number.SetCoefficient(column, 1.0)

    def solve(self) -> DualBound:
        """Return the dual values of the optimum.

        Raises
        ------
        RuntimeError
            When the solver ends without one, which this programme always has.
        """
        status = pywraplp.Solver.ABNORMAL
        # Preprocessing can leave a basis behind that is singular for the next round; the dual
        # simplex recovers from one.
        for method in ("use_dual_simplex: false", "use_dual_simplex: true"):
            if status != pywraplp.Solver.OPTIMAL:
                self._solver.SetSolverSpecificParametersAsString(
                    f"use_preprocessing: false {method}"
                )
                status = self._solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            raise RuntimeError(f"the linear programme ended with status {status}")
        unit = self._cost_unit
        cover = self._scaled(self._cover, unit)
        late = self._scaled(self._in_time, -unit / self._time_unit)
        number = int(self._scaled([self._number], unit)[0])
        # A batch uses the time of every due time from its own on.
        suffix = np.cumsum(late[::-1])[::-1]
        rush = suffix[np.searchsorted(self._dates, self._rules.due)]
        base = int(cover.sum()) + self._fewest * number
        base -= self._n_pickers * int((self._dates * late).sum())
        return DualBound(Prices(self._scale, cover, rush, number), base)

    def _scaled(self, rows: Sequence[pywraplp.Constraint], unit: float) -> NDArray[np.int64]:
        """Return dual values of the right sign as integers."""
        values = np.array([row.dual_value() for row in rows])
        return np.maximum(np.floor(values * (unit * self._scale)).astype(np.int64), 0)


def fewest_batches(rules: BatchRules) -> int:
    """Return how many batches the sizes of all orders need at least, per resource."""
    room = rules.capacities.max(axis=0)
    total = rules.sizes.sum(axis=0)
    return max([1, *(-(-int(t) // int(r)) for t, r in zip(total, room, strict=True) if r > 0)])
