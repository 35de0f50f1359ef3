"""The integer step: of given batches those that divide the demands cheapest, by SCIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from ortools.linear_solver import pywraplp

from optimizer.batching.problem import Batch

LEAST_MS = 10
"""Shortest time limit: zero would mean none."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cheapest choice found; ``None`` without any that is cheap enough.

    ``is_complete``: the given batches hold nothing cheaper than it (or, without it, nothing that
    is cheap enough).
    """

    batches: tuple[Batch, ...] | None
    is_complete: bool


class Interrupter:
    """Ends the programme that is being solved, from another thread.

    OR-Tools' older interface serves here since MathOpt's interrupter makes SCIP complain on the
    error output at every solve (9.15).
    """

    def __init__(self) -> None:
        self._solver: pywraplp.Solver | None = None

    def interrupt(self) -> None:
        """End it soon; to be repeated until it has ended, for it may only be about to begin."""
        solver = self._solver
        if solver is not None:
            solver.InterruptSolve()

    def solve(self, solver: pywraplp.Solver, parameters: pywraplp.MPSolverParameters) -> int:
        """Solve and return the status; other threads go on meanwhile."""
        self._solver = solver
        try:
            return int(solver.Solve(parameters))
        finally:
            self._solver = None


def choose_batches(
    n: int,
    columns: Sequence[tuple[Batch, int]],
    *,
    most_value: int,
    least: int,
    most: int | None,
    seconds: float | None,
    interrupter: Interrupter | None = None,
) -> Chosen:
    """Return the cheapest choice of batches that holds every demand exactly once.

    Parameters
    ----------
    n
        Number of demands.
    columns
        Batches and their values, in integers.
    most_value
        Only choices that cost no more are looked for. It stands in the programme as a row: with it
        the solver needs about half the time that its own pruning takes.
    least, most
        Limits of the number of batches.
    seconds
        Limit of the solver; ``None`` for none.
    interrupter
        Ends the solver early.
    """
    solver = pywraplp.Solver.CreateSolver("SCIP")
    infinity = solver.infinity()
    step = gcd(*(value for _, value in columns)) or 1
    rows = [solver.Constraint(1, 1) for _ in range(n)]
    number = solver.Constraint(least, infinity if most is None else most)
    worth = solver.Constraint(-infinity, most_value // step)
    objective = solver.Objective()
    objective.SetMinimization()
    variables = []
    for batch, value in columns:
        variable = solver.BoolVar("")
        objective.SetCoefficient(variable, value // step)
        worth.SetCoefficient(variable, value // step)
        number.SetCoefficient(variable, 1)
        for demand in batch:
            rows[demand].SetCoefficient(variable, 1)
        variables.append(variable)
    if seconds is not None:
        solver.SetTimeLimit(max(LEAST_MS, int(seconds * 1000)))
    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, 0.0)
    status = (interrupter or Interrupter()).solve(solver, parameters)
    if status == pywraplp.Solver.INFEASIBLE:
        return Chosen(None, is_complete=True)
    if status not in {pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE}:
        return Chosen(None, is_complete=False)
    batches = tuple(
        batch
        for (batch, _), variable in zip(columns, variables, strict=True)
        if variable.solution_value() > 0.5
    )
    return Chosen(batches, is_complete=status == pywraplp.Solver.OPTIMAL)
