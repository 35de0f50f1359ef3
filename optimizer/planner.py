"""``plan``: from a problem to judged pick lists, on one page."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from optimizer.errors import RejectedPlanError
from optimizer.evaluation import evaluate
from optimizer.layout.distances import WalkingGraph
from optimizer.methods.batch import cluster, first_come_cluster, first_come_mm, sort_after
from optimizer.methods.prepared import Draft, Prepared, Search, prepare
from optimizer.methods.single import single
from optimizer.methods.total import total
from optimizer.methods.zone import zone
from optimizer.params import Minimise, Params
from optimizer.plan import PickList, Plan, Termination, TerminationReason, Totals
from optimizer.problem import Method, Problem
from optimizer.routing.best import best_router
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.policies.in_order import InOrder
from optimizer.routing.policies.s_shape import SShapeRouter
from optimizer.routing.router import Router
from optimizer.stopping import AnyOf, MaxIterations, MaxSeconds, Stop, never
from optimizer.time_model import TimeModel

_BUILD: Mapping[Method, Callable[[Prepared, Search], Draft]] = {
    Method.SINGLE: single,
    Method.CLUSTER: cluster,
    Method.SORT_AFTER: sort_after,
    Method.ZONE: zone,
    Method.TOTAL: total,
}

_ESTIMATE_KICKS = 0
"""Perturbations per tour inside a search on layouts without parallel aisles; tours that are
walked get the router's own number. At 60 orders of 8 lines cluster lists end 6 % shorter in the
same time than with 2 kicks, since more batches are tried."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The shortest plan of a method so far; ``bound_mm`` where one is known.

    Where minutes are minimised only the last one is told.
    """

    method: Method
    best_mm: int
    bound_mm: int | None
    iterations: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans of several methods for the same orders, the one to choose, and the baseline."""

    plans: tuple[Plan, ...]
    recommended: Method
    baseline: Plan


def plan(
    problem: Problem,
    *,
    method: Method,
    params: Params | None = None,
    stop: Stop = never,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    time_model: TimeModel | None = None,
) -> Plan:
    """Plan the orders by one method.

    Parameters
    ----------
    problem
        Orders, items, stock, cart, stations, on a layout.
    method
        How orders become lists.
    params
        Rules.
    stop
        When the search ends; without one it ends by itself. What is built before (allocation,
        first batches, tours) is always finished, so that there is a plan.
    seed
        Of the random choices: same input, seed and number of iterations give the same plan.
    progress
        Called with every better plan.
    time_model
        Turns lists into minutes.

    Returns
    -------
    Plan
        Judged: :func:`optimizer.evaluation.evaluate` found no violation. Lists are in the order in
        which they should be started, urgent orders first. Orders that could not be planned are in
        ``unplanned`` with their reason.

    Raises
    ------
    ProblemError, LayoutError
        The problem is inconsistent.
    RejectedPlanError
        Never, unless the program is faulty: the judge rejected the plan.
    """
    with _uncollected():
        bench = _Bench.of(problem, params=params, seed=seed, time_model=time_model)
        return bench.plan(method, stop, progress, baseline_mm=bench.baseline_mm())


def baseline(
    problem: Problem,
    *,
    params: Params | None = None,
    seed: int = 1,
    time_model: TimeModel | None = None,
) -> Plan:
    """Return what is compared with: clusters as orders arrive, walked in S-shape.

    Same cart, stations and allocation as :func:`plan`; parameters and errors as there.
    """
    with _uncollected():
        return _Bench.of(problem, params=params, seed=seed, time_model=time_model).baseline()


def compare(
    problem: Problem,
    *,
    methods: Sequence[Method] = tuple(Method),
    params: Params | None = None,
    stop_for: Callable[[Method], Stop] = lambda _method: never,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    finished: Callable[[Plan], None] | None = None,
    time_model: TimeModel | None = None,
) -> Comparison:
    """Plan the same orders by several methods and recommend one.

    Parameters
    ----------
    methods
        At least one.
    stop_for
        Makes the stopping criterion of a method when its turn comes.
    finished
        Called with the baseline first, then with the plan of each method as it is ready.

    Returns
    -------
    Comparison
        Recommended is the method that leaves out the fewest units, then takes the least work
        (:meth:`optimizer.time_model.TimeModel.work_ms`), then the shortest walk.
    """
    tell = finished if finished is not None else (lambda _plan: None)
    with _uncollected():
        bench = _Bench.of(problem, params=params, seed=seed, time_model=time_model)
        first = bench.baseline()
    tell(first)
    plans = []
    for method in methods:
        with _uncollected():
            plans.append(
                bench.plan(method, stop_for(method), progress, baseline_mm=first.totals.length_mm)
            )
        tell(plans[-1])
    return Comparison(tuple(plans), recommend(plans, time_model=bench.prepared.time_model), first)


def recommend(plans: Sequence[Plan], *, time_model: TimeModel | None = None) -> Method:
    """Return the method of the best of several plans for the same orders, see :func:`compare`."""
    model = time_model if time_model is not None else TimeModel()
    best = min(
        plans,
        key=lambda plan: (-plan.totals.units, model.work_ms(plan), plan.totals.length_mm),
    )
    return best.method


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the collector of reference cycles.

    A large wave makes some hundred thousand objects without a cycle among them; at 20,000 orders
    looking through them again and again takes a third of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class _Bench:
    """A prepared problem and the seed of one run."""

    prepared: Prepared
    seed: int

    @classmethod
    def of(
        cls,
        problem: Problem,
        *,
        params: Params | None,
        seed: int,
        time_model: TimeModel | None,
    ) -> _Bench:
        graph = WalkingGraph(problem.layout)
        router = best_router(problem.layout, graph)
        estimator: Router = router
        if isinstance(router, GraphTourRouter):
            estimator = GraphTourRouter(problem.layout, graph, kicks=_ESTIMATE_KICKS)
        prepared = prepare(
            problem,
            graph,
            router,
            estimator=estimator,
            params=params if params is not None else Params(),
            time_model=time_model if time_model is not None else TimeModel(),
        )
        return cls(prepared, seed)

    def baseline(self) -> Plan:
        draft = first_come_cluster(self._in_s_shape())
        return self._judged(Method.CLUSTER, draft, never, baseline_mm=_length(draft))

    def baseline_mm(self) -> int:
        """Return the length of :meth:`baseline`, without writing and judging its lists."""
        return first_come_mm(self._in_s_shape())

    def _in_s_shape(self) -> Prepared:
        problem, graph = self.prepared.problem, self.prepared.graph
        # Lists are walked from stop to stop, and so the judge measures them; see InOrder.
        return self.prepared.with_router(InOrder(SShapeRouter(problem.layout, graph), graph))

    def plan(
        self,
        method: Method,
        stop: Stop,
        progress: Callable[[Progress], None] | None,
        *,
        baseline_mm: int,
    ) -> Plan:
        def improved(length_mm: int, bound_mm: int | None, iterations: int) -> None:
            if progress is not None:
                progress(Progress(method, length_mm, bound_mm, iterations))

        draft = _BUILD[method](self.prepared, Search(stop, self.seed, improved))
        if method is Method.CLUSTER:
            draft = self._not_worse(draft, baseline_mm)
        judged = self._judged(method, draft, stop, baseline_mm=baseline_mm)
        if progress is not None:
            totals = judged.totals
            progress(Progress(method, totals.length_mm, totals.bound_mm, draft.iterations))
        return judged

    def _not_worse(self, draft: Draft, baseline_mm: int) -> Draft:
        """Return the lists of the baseline where they are better.

        Possible only where the best router is a heuristic that S-shape happens to beat.
        """
        in_metres = self.prepared.params.minimise is Minimise.METRES
        if in_metres and _length(draft) <= baseline_mm:
            return draft
        first = self.baseline().lists
        better = first if in_metres else min(draft.lists, first, key=_duration)
        return replace(draft, lists=better)

    def _judged(self, method: Method, draft: Draft, stop: Stop, *, baseline_mm: int) -> Plan:
        picks = [pick for each in draft.lists for stop_ in each.stops for pick in stop_.picks]
        totals = Totals(
            length_mm=_length(draft),
            duration_ms=_duration(draft.lists),
            lists=len(draft.lists),
            stops=sum(len(pick_list.stops) for pick_list in draft.lists),
            picks=len(picks),
            units=sum(pick.quantity for pick in picks),
            baseline_mm=baseline_mm,
            bound_mm=draft.bound_mm,
        )
        termination = _termination(draft, totals, stop)
        made = Plan(method, draft.lists, draft.unplanned, totals, termination, self.seed)
        evaluation = evaluate(
            self.prepared.problem,
            made,
            time_model=self.prepared.time_model,
            graph=self.prepared.graph,
        )
        if evaluation.violations:
            first = evaluation.violations[0]
            raise RejectedPlanError(
                f"the {method} plan breaks {len(evaluation.violations)} rules, first: "
                f"{first.kind} at {first.where}: {first.message}"
            )
        return made


def _length(draft: Draft) -> int:
    return sum(pick_list.length_mm for pick_list in draft.lists)


def _duration(lists: Sequence[PickList]) -> int:
    return sum(pick_list.duration_ms for pick_list in lists)


def _termination(draft: Draft, totals: Totals, stop: Stop) -> Termination:
    if not draft.lists:
        return Termination(TerminationReason.NOTHING_TO_PLAN, "no order could be planned")
    if draft.bound_mm == totals.length_mm:
        return Termination(TerminationReason.OPTIMAL, "", draft.bound_mm)
    if draft.has_converged:
        return Termination(TerminationReason.CONVERGED, "", draft.bound_mm)
    reason, limit = _limit(stop)
    return Termination(reason, limit, draft.bound_mm)


def _limit(stop: Stop) -> tuple[TerminationReason, str]:
    """Return which limit a criterion that has fired stands for, in words."""
    match stop:
        case MaxIterations(limit=limit):
            return TerminationReason.ITERATION_LIMIT, f"{limit} iterations"
        case MaxSeconds(seconds=seconds):
            return TerminationReason.TIME_LIMIT, f"{seconds:g} s"
        case AnyOf(criteria=criteria):
            fired = (_limit(criterion) for criterion in criteria if criterion())
            return next(fired, (TerminationReason.CANCELLED, "on request"))
        case _:
            return TerminationReason.CANCELLED, "on request"
