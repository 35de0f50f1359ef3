"""``evaluate``: length, duration and every broken rule of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.evaluation import carts, coverage, sequence, walks
from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.layout.distances import WalkingGraph
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.time_model import TimeModel


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the judge found: recomputed figures and every broken rule.

    ``length_mm`` and ``duration_ms`` are sums over the lists that can be walked.
    """

    length_mm: int
    duration_ms: int
    lists: int
    stops: int
    picks: int
    units: int
    violations: tuple[Violation, ...]

    @property
    def is_feasible(self) -> bool:
        """Whether the plan breaks no rule."""
        return not self.violations


def evaluate(
    problem: Problem,
    plan: Plan,
    *,
    time_model: TimeModel | None = None,
    graph: WalkingGraph | None = None,
) -> Evaluation:
    """Judge a plan, from whatever source, by recomputing everything from the layout.

    Uses shortest walks between neighbouring stops and nothing of the code that makes plans.
    About 0.25 s for 40,000 picks at 4,800 locations.

    Parameters
    ----------
    problem
        What was to be planned.
    plan
        What is claimed.
    time_model
        The model that the durations claim to follow, the default one where left out.
    graph
        The walking graph of the problem's layout where the caller has one already.

    Returns
    -------
    Evaluation
        Without violations if and only if the plan may be carried out.

    Raises
    ------
    LayoutError
        The layout itself is inconsistent.
    """
    model = time_model if time_model is not None else TimeModel()
    case = Case(problem, plan, graph if graph is not None else WalkingGraph(problem.layout))
    legs = walks.walked_legs(case)
    durations = [model.duration_ms(pick_list) for pick_list in plan.lists]
    quantities = [pick.quantity for _, _, pick in case.picks()]
    length_mm = sum(sum(walk) for walk in legs if walk is not None)
    figures = (
        length_mm,
        sum(durations),
        len(plan.lists),
        sum(len(pick_list.stops) for pick_list in plan.lists),
        len(quantities),
        sum(quantities),
    )
    violations = (
        *sequence.check_lists(case),
        *coverage.check_ids(case),
        *coverage.check_unplanned_ids(case),
        *walks.check_stations(case),
        *walks.check_lengths(case, legs),
        *_check_durations(plan, durations),
        *walks.check_paths(case),
        *carts.check_slots(case),
        *carts.check_totes(case),
        *carts.check_weights(case),
        *coverage.check_coverage(case),
        *coverage.check_stock(case),
        *sequence.check_zones(case),
        *sequence.check_wall(case),
        *_check_totals(plan, figures),
    )
    return Evaluation(*figures, violations)


def _check_durations(plan: Plan, durations: Sequence[int]) -> Iterator[Violation]:
    for pick_list, duration in zip(plan.lists, durations, strict=True):
        if pick_list.duration_ms != duration:
            yield Violation(
                ViolationKind.DURATION,
                f'list "{pick_list.id}"',
                f"claims {pick_list.duration_ms} ms, the time model says {duration} ms",
            )


def _check_totals(plan: Plan, figures: tuple[int, ...]) -> Iterator[Violation]:
    totals = plan.totals
    names = ("length_mm", "duration_ms", "lists", "stops", "picks", "units")
    for name, figure in zip(names, figures, strict=True):
        if getattr(totals, name) != figure:
            yield Violation(
                ViolationKind.TOTALS,
                "totals",
                f"{name} claims {getattr(totals, name)}, the lists add to {figure}",
            )
    if totals.bound_mm is not None and totals.bound_mm > totals.length_mm:
        yield Violation(
            ViolationKind.TOTALS,
            "totals",
            f"bound_mm {totals.bound_mm} is above the length {totals.length_mm}",
        )
