"""The linear programme over batches: which of them, in what parts, cover all demands cheapest.

Rows: every demand in at least (or exactly) one batch, the number of batches, and cuts. Solved by
GLOP, which keeps its basis between solves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from optimizer.batching.problem import Batch

_PRIMAL = "use_preprocessing: false"
_DUAL = "use_preprocessing: true use_dual_simplex: true"


@dataclass(frozen=True, slots=True)
class Cut:
    """At most ``limit`` batches count, each as often as its demands among these fill ``divisor``.

    Subset-row cuts (Jepsen, Petersen, Spoorendonk and Pisinger 2008, Subset-row inequalities
    applied to the vehicle-routing problem with time windows, DOI 10.1287/opre.1070.0449): of three
    demands at most one batch has two; they are Chvatal-Gomory cuts of rank 1.
    """

    demands: Batch
    divisor: int

    @property
    def limit(self) -> int:
        """Return the right-hand side."""
        return len(self.demands) // self.divisor

    def count(self, batch: frozenset[int]) -> int:
        """Return how often a batch counts."""
        return sum(demand in batch for demand in self.demands) // self.divisor


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of demands (n,), of a batch as such, and penalties of the cuts, >= 0."""

    demands: NDArray[np.float64]
    batch: float
    cuts: NDArray[np.float64]


@dataclass(slots=True)
class Column:
    """A batch, its value, and the variable that stands for it."""

    batch: Batch
    value: int
    variable: pywraplp.Variable = field(repr=False)


class Master:
    """The programme, to which columns and cuts are added.

    Parameters
    ----------
    n
        Number of demands.
    least, most
        Limits of the number of batches; ``most`` ``None`` for no limit.
    exactly
        Whether every demand is in exactly one batch, rather than at least one.
    missing
        Costs of leaving out each demand, and of one batch too few: so there is always a solution.
        About what a batch with it alone would cost: high prices make pricing slow. They are raised
        where needed, see :meth:`raise_missing`.
    """

    def __init__(
        self,
        n: int,
        *,
        least: int,
        most: int | None,
        exactly: bool,
        missing: Sequence[int],
    ) -> None:
        solver = pywraplp.Solver.CreateSolver("GLOP")
        # With preprocessing a basis cannot be kept.
        solver.SetSolverSpecificParametersAsString(_PRIMAL)
        self._solver = solver
        self._objective = solver.Objective()
        self._objective.SetMinimization()
        infinity = solver.infinity()
        self._rows = [solver.Constraint(1, 1 if exactly else infinity) for _ in range(n)]
        self._number = solver.Constraint(least, infinity if most is None else most)
        self._cut_rows: list[pywraplp.Constraint] = []
        self.cuts: list[Cut] = []
        self.columns: dict[Batch, Column] = {}
        self._missing: list[pywraplp.Variable] = []
        self._missing_costs = list(missing)
        for row, cost in zip((*self._rows, self._number), missing, strict=True):
            variable = solver.NumVar(0, infinity, "")
            self._objective.SetCoefficient(variable, cost)
            row.SetCoefficient(variable, 1)
            self._missing.append(variable)
        self.value = 0.0
        self._chosen: list[tuple[Batch, float]] = []
        self._lacking: list[int] = []

    def add(self, columns: Iterable[tuple[Batch, int]]) -> int:
        """Add batches with their values that are not there yet; return how many."""
        added = 0
        for batch, value in columns:
            if batch in self.columns:
                continue
            variable = self._solver.NumVar(0, self._solver.infinity(), "")
            self._objective.SetCoefficient(variable, value)
            for demand in batch:
                self._rows[demand].SetCoefficient(variable, 1)
            self._number.SetCoefficient(variable, 1)
            members = frozenset(batch)
            for cut, row in zip(self.cuts, self._cut_rows, strict=True):
                count = cut.count(members)
                if count:
                    row.SetCoefficient(variable, count)
            self.columns[batch] = Column(batch, value, variable)
            added += 1
        return added

    def add_cuts(self, cuts: Sequence[Cut]) -> None:
        """Add cuts."""
        for cut in cuts:
            row = self._solver.Constraint(-self._solver.infinity(), cut.limit)
            for column in self.columns.values():
                count = cut.count(frozenset(column.batch))
                if count:
                    row.SetCoefficient(column.variable, count)
            self.cuts.append(cut)
            self._cut_rows.append(row)

    def set_least(self, least: int) -> None:
        """Change the least number of batches."""
        self._number.SetLb(least)

    def allow_only(self, is_allowed: Callable[[Batch], bool]) -> None:
        """Bar all batches but those of which a function says so."""
        infinity = self._solver.infinity()
        for batch, column in self.columns.items():
            column.variable.SetUb(infinity if is_allowed(batch) else 0)

    def fix(self, batches: Iterable[Batch]) -> None:
        """Take batches whole, and bar all that share a demand with them."""
        taken = set(batches)
        demands = {demand for batch in taken for demand in batch}
        for batch, column in self.columns.items():
            if batch in taken:
                column.variable.SetLb(1)
            elif not demands.isdisjoint(batch):
                column.variable.SetUb(0)

    def release(self) -> None:
        """Take back :meth:`fix` and :meth:`allow_only`."""
        infinity = self._solver.infinity()
        for column in self.columns.values():
            column.variable.SetBounds(0, infinity)

    def drop(self, is_wanted: Callable[[Batch], bool]) -> None:
        """Bar all batches but those of which a function says so, and forget them."""
        barred = [batch for batch in self.columns if not is_wanted(batch)]
        for batch in barred:
            self.columns.pop(batch).variable.SetUb(0)

    def solve(self) -> Duals:
        """Solve and return the duals; ``value`` is then the least cost."""
        status = self._solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            # Seldom the simplex stalls on numerical trouble; the other one begins anew.
            self._solver.SetSolverSpecificParametersAsString(_DUAL)
            status = self._solver.Solve()
            self._solver.SetSolverSpecificParametersAsString(_PRIMAL)
        if status != pywraplp.Solver.OPTIMAL:
            raise RuntimeError(f"the linear programme of batches ended with status {status}")
        self.value = self._objective.Value()
        self._chosen = [
            (column.batch, part)
            for column in self.columns.values()
            if (part := column.variable.solution_value()) > 1e-7
        ]
        self._lacking = [
            row for row, variable in enumerate(self._missing) if variable.solution_value() > 1e-7
        ]
        return Duals(
            np.array([row.dual_value() for row in self._rows]),
            self._number.dual_value(),
            np.array([max(0.0, -row.dual_value()) for row in self._cut_rows]),
        )

    def chosen(self) -> list[tuple[Batch, float]]:
        """Return the batches of the last solution and their parts."""
        return self._chosen

    def raise_missing(self, most: int) -> bool:
        """Double the costs of what the last solution left out, up to a limit.

        Returns whether any of them rose.
        """
        rose = False
        for row in self._lacking:
            if self._missing_costs[row] < most:
                self._missing_costs[row] = min(most, 2 * self._missing_costs[row])
                self._objective.SetCoefficient(self._missing[row], self._missing_costs[row])
                rose = True
        return rose
