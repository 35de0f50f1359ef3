"""Tours with side constraints on any layout, by the Routing library of OR-Tools.

Heavy before light and crushables last, time windows, precedences, a largest weight and length per
trip. The search starts from our own tour, cut into trips, and guided local search improves it;
where that tour meets the lower bound the library is not asked at all. Every answer is judged by
:mod:`optimizer.routing.with_constraints.judge`.

The only module that imports the Routing library: nothing else in the package may import it at the
top of a module.

References
----------
Voudouris, C., Tsang, E. (1999): Guided local search and its application to the traveling salesman
problem. European Journal of Operational Research 113(2), 469-499.
DOI 10.1016/S0377-2217(98)00099-X.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from optimizer.errors import RejectedPlanError
from optimizer.ids import StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.plan import Termination, TerminationReason
from optimizer.routing.graph_tour import NO_WALK_MM
from optimizer.routing.with_constraints.judge import judge_trips
from optimizer.routing.with_constraints.rules import (
    ConstrainedStop,
    ConstrainedTour,
    SearchLimit,
    Trip,
    TripRules,
    TripsStatus,
    check_stops,
)
from optimizer.routing.with_constraints.start import (
    Case,
    first_trips,
    impossible,
    lower_bound,
    make_case,
)

Numbers = tuple[tuple[int, ...], ...]
"""Trips as numbers of stops."""

_SPARE_TRIPS = 2
"""Trips the search may use beyond those of the first answer; more only widen the model."""

_STRATEGIES = ("PARALLEL_CHEAPEST_INSERTION", "PATH_CHEAPEST_ARC", "FIRST_UNBOUND_MIN_VALUE")
"""First solutions to try where our own trips break a rule."""

_DEAD_ENDS = 5_000
"""Failures after which a strategy gives up."""

_DEAD_ENDS_PER_SOLUTION = 100
"""Failures that a limit of solutions allows for each of them: where rules leave little to change,
guided local search would go on for ever without a new solution."""

_STATUS = routing_enums_pb2.RoutingSearchStatus


def route_with_constraints(
    graph: WalkingGraph,
    stops: Sequence[ConstrainedStop],
    rules: TripRules,
    *,
    start: StationId,
    end: StationId,
    limit: SearchLimit,
) -> ConstrainedTour:
    """Return the shortest trips found that visit every stop and keep every rule.

    Heuristic; proven optimal where the length meets the bound. Deterministic when the limit is a
    number of solutions. That nothing is feasible is a result with reasons, not an error.

    Parameters
    ----------
    graph
        Walking graph of the layout.
    stops
        Where to go, each location once, in any order.
    rules
        What holds for all stops together.
    start, end
        Stations where every trip begins and ends.
    limit
        When the Routing library stops searching.

    Raises
    ------
    ProblemError
        When stops and rules contradict themselves (:func:`check_stops`).
    LayoutError
        When a place is unknown.
    UnreachableError
        When no walk leads from the start to a stop, or from a stop to the end.
    RejectedPlanError
        When the judge finds a fault in the answer: a fault of the program.
    """
    check_stops(stops, rules)
    if not stops:
        nothing = Termination(TerminationReason.NOTHING_TO_PLAN, bound_mm=0)
        return ConstrainedTour(TripsStatus.FEASIBLE, (), 0, nothing)
    case = make_case(graph, stops, rules, start=start, end=end)
    reasons = impossible(case)
    if reasons:
        return _infeasible(reasons)
    answers = _Answers(graph, case, start, end)
    for trips in first_trips(case):
        answers.offer(trips)
    bound = lower_bound(case, answers.length_mm)
    if bound >= NO_WALK_MM:
        return _infeasible(("no order of the stops keeps handling, weight and length per trip",))
    if answers.length_mm == bound:
        return answers.result(Termination(TerminationReason.OPTIMAL, bound_mm=bound))
    if not answers.best:
        for strategy in _STRATEGIES:
            model = _Model(case, case.most_trips)
            found, proven = model.first_trips(strategy, limit)
            if proven:
                return _infeasible(("the rules together leave no order of the stops",))
            if found is not None:
                answers.expect(found)
                break
    reason = TerminationReason.CONVERGED
    if answers.best:
        model = _Model(case, len(answers.best) + _SPARE_TRIPS)
        found, reason = model.improve(answers.best, limit)
        if found is not None:
            answers.expect(found)
    if answers.length_mm == bound:
        reason = TerminationReason.OPTIMAL
    return answers.result(Termination(reason, _words(limit, reason), bound))


def _infeasible(reasons: tuple[str, ...]) -> ConstrainedTour:
    return ConstrainedTour(
        TripsStatus.INFEASIBLE, (), 0, Termination(TerminationReason.CONVERGED), reasons
    )


def _words(limit: SearchLimit, reason: TerminationReason) -> str:
    if reason is TerminationReason.ITERATION_LIMIT:
        return f"{limit.solutions} solutions"
    if reason is TerminationReason.TIME_LIMIT:
        return f"{limit.seconds} s"
    return ""


class _Answers:
    """The best trips so far, as the judge measured them."""

    def __init__(self, graph: WalkingGraph, case: Case, start: StationId, end: StationId) -> None:
        self._graph = graph
        self._case = case
        self._start = start
        self._end = end
        self.best: Numbers = ()
        self.length_mm: int | None = None
        self._lengths: tuple[int, ...] = ()

    def offer(self, trips: Numbers) -> tuple[str, ...]:
        """Take trips that keep every rule and are shorter; return the rules they break."""
        named = [[self._case.stops[number].location for number in trip] for trip in trips]
        judged = judge_trips(
            self._graph,
            named,
            stops=self._case.stops,
            rules=self._case.rules,
            start=self._start,
            end=self._end,
        )
        if not judged.broken and (self.length_mm is None or judged.length_mm < self.length_mm):
            self.best, self.length_mm = trips, judged.length_mm
            self._lengths = judged.trip_lengths_mm
        return judged.broken

    def expect(self, trips: Numbers) -> None:
        """Take trips of the solver, which has to keep the rules."""
        broken = self.offer(trips)
        if broken:
            raise RejectedPlanError("trips of the Routing library: " + "; ".join(broken))

    def result(self, termination: Termination) -> ConstrainedTour:
        if self.length_mm is None:
            reasons = ("no trips that keep every rule were found before the search stopped",)
            return ConstrainedTour(TripsStatus.NOT_FOUND, (), 0, termination, reasons)
        trips = tuple(
            Trip(tuple(self._case.stops[number].location for number in trip), length)
            for trip, length in zip(self.best, self._lengths, strict=True)
        )
        return ConstrainedTour(TripsStatus.FEASIBLE, trips, self.length_mm, termination)


class _Model:
    """The Routing model of a case: trips are vehicles, walked one after another.

    Trips without stops cost nothing. The stations are one node each; what a trip may not do
    (stack heavy on light, walk against a one-way) is taken out of the successors of a stop.
    """

    def __init__(self, case: Case, n_trips: int) -> None:
        self._case = case
        self._n_trips = n_trips = max(1, min(n_trips, case.most_trips))
        n = len(case.stops)
        self._manager: Any = pywrapcp.RoutingIndexManager(
            n + 2, n_trips, [0] * n_trips, [n + 1] * n_trips
        )
        self._routing: Any = pywrapcp.RoutingModel(self._manager)
        self._solver: Any = self._routing.solver()
        self._add_lengths()
        self._add_weights()
        self._forbid_successors()
        if case.rules.precedences:
            self._add_precedences()
        if any(stop.latest_ms is not None for stop in case.stops):
            self._add_windows()

    def first_trips(self, strategy: str, limit: SearchLimit) -> tuple[Numbers | None, bool]:
        """Return the first trips that a strategy finds, and whether there are none for certain.

        Gives up after so many dead ends, since a limit of solutions does not end a search that
        finds none.
        """
        self._routing.AddSearchMonitor(self._solver.FailuresLimit(_DEAD_ENDS))
        first_only = SearchLimit(solutions=1, seconds=limit.seconds)
        solution = self._routing.SolveWithParameters(self._parameters(strategy, first_only))
        if solution is not None:
            return self._read(solution), False
        proven = self._routing.status() == _STATUS.ROUTING_INFEASIBLE
        return None, proven and self._solver.Failures() < _DEAD_ENDS

    def improve(
        self, trips: Numbers, limit: SearchLimit
    ) -> tuple[Numbers | None, TerminationReason]:
        """Return the best trips found from feasible ones on, and why the search ended."""
        parameters = self._parameters(_STRATEGIES[0], limit)
        if limit.solutions is not None:
            most = limit.solutions * _DEAD_ENDS_PER_SOLUTION
            self._routing.AddSearchMonitor(self._solver.FailuresLimit(most))
        self._routing.CloseModelWithParameters(parameters)
        rows = [[self._manager.NodeToIndex(number + 1) for number in trip] for trip in trips]
        rows += [[] for _ in range(self._n_trips - len(trips))]
        first = self._routing.ReadAssignmentFromRoutes(rows, True)
        if first is None:
            return None, TerminationReason.CONVERGED
        solution = self._routing.SolveFromAssignmentWithParameters(first, parameters)
        reason = TerminationReason.TIME_LIMIT
        if limit.seconds is None or (
            limit.solutions is not None and self._solver.Solutions() >= limit.solutions
        ):
            reason = TerminationReason.ITERATION_LIMIT
        return None if solution is None else self._read(solution), reason

    def _read(self, solution: Any) -> Numbers:
        trips = []
        for vehicle in range(self._n_trips):
            trip = []
            index = solution.Value(self._routing.NextVar(self._routing.Start(vehicle)))
            while not self._routing.IsEnd(index):
                trip.append(self._manager.IndexToNode(index) - 1)
                index = solution.Value(self._routing.NextVar(index))
            if trip:
                trips.append(tuple(trip))
        return tuple(trips)

    def _parameters(self, strategy: str, limit: SearchLimit) -> Any:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        enums = routing_enums_pb2
        parameters.first_solution_strategy = getattr(enums.FirstSolutionStrategy, strategy)
        parameters.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        if limit.solutions is not None:
            parameters.solution_limit = limit.solutions
        if limit.seconds is not None:
            parameters.time_limit.FromMilliseconds(max(1, round(limit.seconds * 1_000)))
        return parameters

    def _add_lengths(self) -> None:
        case = self._case
        rows = [[min(length, NO_WALK_MM) for length in row] for row in case.lengths.tolist()]
        transit = self._routing.RegisterTransitMatrix(rows)
        self._routing.SetArcCostEvaluatorOfAllVehicles(transit)
        if case.back_mm < NO_WALK_MM:
            # One walk back too many is counted, whichever trips are used: no difference.
            self._routing.SetFixedCostOfAllVehicles(case.back_mm)
        if case.rules.most_length_mm is not None:
            self._routing.AddDimension(transit, 0, case.rules.most_length_mm, True, "length")

    def _add_weights(self) -> None:
        most = self._case.rules.most_weight_g
        if most is None:
            return
        weights = [0, *(stop.weight_g for stop in self._case.stops), 0]
        carried = self._routing.RegisterUnaryTransitVector(weights)
        self._routing.AddDimension(carried, 0, most, True, "weight")

    def _forbid_successors(self) -> None:
        for row in range(1, len(self._case.stops) + 1):
            barred = (~self._case.together[row, :-1]).nonzero()[0].tolist()
            indices = [
                self._manager.NodeToIndex(other) for other in barred if other not in (0, row)
            ]
            if indices:
                self._routing.NextVar(self._manager.NodeToIndex(row)).RemoveValues(indices)

    def _add_precedences(self) -> None:
        """Number all stops through all trips; what comes first has the smaller number."""
        case, routing = self._case, self._routing
        most = len(case.stops) + 2 * self._n_trips
        routing.AddConstantDimensionWithSlack(1, most, 0, False, "order")
        order = routing.GetDimensionOrDie("order")
        for vehicle in range(1, self._n_trips):
            here = order.CumulVar(routing.Start(vehicle))
            self._solver.Add(here >= order.CumulVar(routing.End(vehicle - 1)))
        self._settle(order)
        rows = {stop.location: row for row, stop in enumerate(case.stops, 1)}
        for first, second in case.rules.precedences:
            before, after = (
                order.CumulVar(self._manager.NodeToIndex(rows[place])) for place in (first, second)
            )
            self._solver.Add(before + 1 <= after)

    def _add_windows(self) -> None:
        """Let one clock run through all trips; trips without stops take no time."""
        case, routing, rules = self._case, self._routing, self._case.rules
        services = [0, *(stop.service_ms for stop in case.stops), 0]
        durations = [
            [service + rules.walk_ms(length) for length in row]
            for service, row in zip(services, case.lengths.tolist(), strict=True)
        ]
        back_ms = rules.turnaround_ms + rules.walk_ms(min(case.back_mm, NO_WALK_MM))
        horizon = _horizon(case, durations, back_ms if self._n_trips > 1 else 0)
        transit = routing.RegisterTransitMatrix(durations)
        routing.AddDimension(transit, horizon, horizon, False, "time")
        clock = routing.GetDimensionOrDie("time")
        for row, stop in enumerate(case.stops, 1):
            latest = horizon if stop.latest_ms is None else min(stop.latest_ms, horizon)
            clock.CumulVar(self._manager.NodeToIndex(row)).SetRange(stop.earliest_ms, latest)
        for vehicle in range(1, self._n_trips):
            here = clock.CumulVar(routing.Start(vehicle))
            used = routing.ActiveVehicleVar(vehicle - 1)
            ended = clock.CumulVar(routing.End(vehicle - 1)) + back_ms
            self._solver.Add(here >= clock.CumulVar(routing.Start(vehicle - 1)))
            self._solver.Add(here >= ended + used * (2 * horizon) - 2 * horizon)
        self._settle(clock)

    def _settle(self, dimension: Any) -> None:
        """Have the search fix when trips begin and end."""
        for vehicle in range(self._n_trips):
            for index in (self._routing.Start(vehicle), self._routing.End(vehicle)):
                self._routing.AddVariableMinimizedByFinalizer(dimension.CumulVar(index))


def _horizon(case: Case, durations: Sequence[Sequence[int]], back_ms: int) -> int:
    """Return a time by which every trip can be over, waiting for the last window included."""
    longest = max(
        duration
        for row in durations
        for duration in row
        if duration < case.rules.walk_ms(NO_WALK_MM)
    )
    last_window = max(max(stop.earliest_ms, stop.latest_ms or 0) for stop in case.stops)
    n = len(case.stops)
    return last_window + (n + 2) * (longest + back_ms) + n * longest
