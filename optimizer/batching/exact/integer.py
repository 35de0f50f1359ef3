"""The integer step: of given batches those that divide the demands cheapest, by MathOpt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ortools.math_opt.python import mathopt

from optimizer.batching.problem import Batch


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best choice found, ``None`` without one better than the start; whether it is proven
    that the given batches hold nothing better than the choice (or the start)."""

    batches: tuple[Batch, ...] | None
    value: int
    is_best: bool


def choose_batches(
    n: int,
    columns: Sequence[tuple[Batch, int]],
    *,
    start: Sequence[Batch],
    start_value: int,
    least: int,
    most: int | None,
    seconds: float | None,
    nodes: int | None = None,
    solver: mathopt.SolverType = mathopt.SolverType.GSCIP,
) -> Chosen:
    """Return the cheapest choice of batches that holds every demand exactly once.

    Parameters
    ----------
    n
        Number of demands.
    columns
        Batches and their values, in integers; those of ``start`` need not be among them.
    start, start_value
        A choice to begin with and its value; only better ones are looked for.
    least, most
        Limits of the number of batches.
    seconds, nodes
        Limits of the solver; ``None`` for no limit.
    solver
        GSCIP, or HIGHS.
    """
    values = dict(columns)
    model = mathopt.Model()
    rows = [model.add_linear_constraint(lb=1, ub=1) for _ in range(n)]
    number = model.add_linear_constraint(lb=least, ub=float("inf") if most is None else most)
    variables: dict[Batch, mathopt.Variable] = {}
    for batch, value in values.items():
        variable = model.add_binary_variable()
        model.objective.set_linear_coefficient(variable, value)
        for demand in batch:
            rows[demand].set_coefficient(variable, 1)
        number.set_coefficient(variable, 1)
        variables[batch] = variable
    hints = []
    if all(batch in variables for batch in start):
        chosen = set(start)
        hint = {variable: float(batch in chosen) for batch, variable in variables.items()}
        hints.append(mathopt.SolutionHint(variable_values=hint))
    parameters = mathopt.SolveParameters(
        time_limit=None if seconds is None else timedelta(seconds=max(seconds, 0.01)),
        node_limit=nodes,
        cutoff_limit=None,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.5,
    )
    result = mathopt.solve(
        model,
        solver,
        params=parameters,
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )
    reason = result.termination.reason
    if reason == mathopt.TerminationReason.INFEASIBLE:
        return Chosen(None, start_value, is_best=True)
    is_best = reason == mathopt.TerminationReason.OPTIMAL
    if not result.has_primal_feasible_solution():
        return Chosen(None, start_value, is_best=False)
    found = result.variable_values()
    batches = tuple(batch for batch, variable in variables.items() if found[variable] > 0.5)
    value = sum(values[batch] for batch in batches)
    if value >= start_value:
        return Chosen(None, start_value, is_best)
    return Chosen(batches, value, is_best)
