"""The choice of orders and aisles as a linear program, relaxed or in integers.

Equal orders share a variable that counts how many of them are picked. Besides "the stock of the
visited aisles covers what is picked of an item" there is a row per order and item, which is implied
in integers but not in fractions: an order is picked only as far as the visited aisles together hold
what *it* asks, from each aisle counting no more than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from optimizer.wave_selection.problem import Units, UnitsPerAisle, Wave, WaveProblem, total

TOLERANCE = 1e-6
"""Fractions that a solver leaves in integers, and by which bounds are rounded to the safe side."""


@dataclass(frozen=True, slots=True)
class IntegerAnswer:
    """What the integer program says of waves that are better than the one it was given.

    ``wave`` is such a wave. ``ended`` tells that the search was complete: without a wave there is
    then none. ``bound`` limits units - price * aisles of such waves.
    """

    wave: Wave | None
    ended: bool
    bound: float


class WaveProgram:
    """The program of one problem; each question changes its limits and objective.

    Parameters
    ----------
    problem
        Orders, aisles and limits.
    orders
        The orders that may be picked, by index; others are left out of the program.
    """

    def __init__(self, problem: WaveProblem, orders: Sequence[int]) -> None:
        self._problem = problem
        self._groups = _equal_orders(problem, orders)
        self._model = mathopt.Model()
        self._visited = [self._model.add_binary_variable() for _ in problem.aisles]
        self._picked = [
            self._model.add_integer_variable(lb=0, ub=len(members))
            for members in self._groups.values()
        ]
        self._cover_demand()
        sizes = [sum(quantity for _, quantity in order) for order in self._groups]
        self._units = self._model.add_integer_variable(
            lb=problem.least_units, ub=problem.most_units
        )
        self._model.add_linear_constraint(
            self._units
            == mathopt.fast_sum([size * one for size, one in zip(sizes, self._picked, strict=True)])
        )
        self._aisles = self._model.add_integer_variable(lb=1, ub=max(1, len(problem.aisles)))
        self._model.add_linear_constraint(self._aisles == mathopt.fast_sum(self._visited))
        self._better = self._model.add_linear_constraint(lb=0)

    def largest_ratio(self, interrupter: SolveInterrupter) -> float | None:
        """Return an upper bound of units per aisle, ``None`` where interrupted.

        The largest ratio of the relaxation, by Dinkelbach's method, over every real number of
        aisles >= 1; then over whole numbers only. The most units for k aisles are a concave
        function of k, so that the ratio falls away from its largest value on both sides and the two
        whole numbers beside it decide. 0 where the relaxation has no wave.

        References
        ----------
        Dinkelbach, W. (1967): On nonlinear fractional programming. Management Science 13(7),
        492-498. DOI 10.1287/mnsc.13.7.492.
        """
        integers = [one for one in self._model.variables() if one.integer]
        for variable in integers:
            variable.integer = False
        try:
            with mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP) as solver:
                return self._largest_relaxed_ratio(solver, interrupter)
        finally:
            for variable in integers:
                variable.integer = True

    def _largest_relaxed_ratio(
        self, solver: mathopt.IncrementalSolver, interrupter: SolveInterrupter
    ) -> float | None:
        ratio = aisles = 0.0
        while True:
            self._model.maximize(self._units - ratio * self._aisles)
            found = self._relaxed(solver, interrupter)
            if not found:
                return None if found is None else 0.0
            units, aisles = found[0]
            if units - ratio * aisles <= TOLERANCE * max(1.0, units):
                break
            ratio = units / aisles
        self._model.maximize(self._units)
        largest = 0.0
        for whole in (int(aisles + TOLERANCE), int(aisles + TOLERANCE) + 1):
            if 1 <= whole <= len(self._visited):
                self._aisles.lower_bound = self._aisles.upper_bound = float(whole)
                found = self._relaxed(solver, interrupter)
                self._aisles.lower_bound, self._aisles.upper_bound = 1.0, float(len(self._visited))
                if found is None:
                    return None
                largest = max([largest, *(units / whole for units, _ in found)])
        return largest * (1 + TOLERANCE)

    def best_of(self, aisles: Sequence[int], *, seconds: float) -> Wave | None:
        """Return the wave of most units from the stock of given aisles, if one is found."""
        chosen = set(aisles)
        for index, variable in enumerate(self._visited):
            variable.lower_bound = variable.upper_bound = float(index in chosen)
        self._model.maximize(self._units)
        result = self._solve(seconds)
        for variable in self._visited:
            variable.lower_bound, variable.upper_bound = 0.0, 1.0
        return self._wave(result)

    def better_than(self, ratio: UnitsPerAisle | None, *, seconds: float) -> IntegerAnswer:
        """Search waves of a larger ratio; ``None``: of any.

        Ratios are fractions of whole numbers: one is larger than u / a exactly where
        a * units - u * aisles is at least 1. Asking for that leaves the incumbent out, so that
        "infeasible" is the proof.
        """
        units, aisles = (ratio.units, ratio.aisles) if ratio is not None else (0, 1)
        self._better.lower_bound = 1.0
        self._better.set_coefficient(self._units, aisles)
        self._better.set_coefficient(self._aisles, -units)
        self._model.maximize(self._units - units / aisles * self._aisles)
        result = self._solve(seconds)
        self._better.lower_bound = 0.0
        self._better.set_coefficient(self._units, 0.0)
        self._better.set_coefficient(self._aisles, 0.0)
        ended = result.termination.reason in (
            mathopt.TerminationReason.OPTIMAL,
            mathopt.TerminationReason.INFEASIBLE,
        )
        return IntegerAnswer(
            self._wave(result), ended, result.termination.objective_bounds.dual_bound
        )

    def _cover_demand(self) -> None:
        demand = total(order for order, same in self._groups.items() for _ in same)
        asking: dict[int, list[tuple[mathopt.Variable, int, int]]] = defaultdict(list)
        for (order, same), picked in zip(self._groups.items(), self._picked, strict=True):
            for item, quantity in order:
                asking[item].append((picked, quantity, len(same)))
        stock: dict[int, list[tuple[mathopt.Variable, int]]] = defaultdict(list)
        for aisle, visited in zip(self._problem.aisles, self._visited, strict=True):
            for item, held in aisle:
                stock[item].append((visited, held))
        for item, rows in asking.items():
            if len(rows) > 1:
                self._cover(rows, stock[item], demand[item])
            for picked, quantity, most in rows:
                self._cover([(picked, quantity, most)], stock[item], quantity * most)

    def _cover(
        self,
        asked: Sequence[tuple[mathopt.Variable, int, int]],
        held: Sequence[tuple[mathopt.Variable, int]],
        most: int,
    ) -> None:
        self._model.add_linear_constraint(
            mathopt.fast_sum([quantity * picked for picked, quantity, _ in asked])
            <= mathopt.fast_sum([min(stock, most) * visited for visited, stock in held])
        )

    def _relaxed(
        self, solver: mathopt.IncrementalSolver, interrupter: SolveInterrupter
    ) -> list[tuple[float, float]] | None:
        """Return units and aisles of the optimum, nothing without one, ``None`` if interrupted."""
        result = solver.solve(interrupter=interrupter)
        if result.termination.reason == mathopt.TerminationReason.OPTIMAL:
            values = result.variable_values()
            return [(values[self._units], values[self._aisles])]
        if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
            return []
        return None

    def _solve(self, seconds: float) -> mathopt.SolveResult:
        # SCIP behind MathOpt 9.15 does not heed an interrupter: time is its only limit.
        limits = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.01, seconds)))
        return mathopt.solve(self._model, mathopt.SolverType.GSCIP, params=limits)

    def _wave(self, result: mathopt.SolveResult) -> Wave | None:
        if not result.has_primal_feasible_solution():
            return None
        values = result.variable_values()
        orders: list[int] = []
        for members, picked in zip(self._groups.values(), self._picked, strict=True):
            orders += members[: round(values[picked])]
        aisles = [index for index, one in enumerate(self._visited) if values[one] > 0.5]
        return Wave(tuple(sorted(orders)), tuple(aisles))


def _equal_orders(problem: WaveProblem, orders: Sequence[int]) -> dict[Units, list[int]]:
    groups: dict[Units, list[int]] = defaultdict(list)
    for index in orders:
        groups[tuple(sorted(problem.orders[index]))].append(index)
    return groups
