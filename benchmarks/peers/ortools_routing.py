"""OR-Tools Routing as a solver of tours, in the three ways it is commonly used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.errors import BenchError
from benchmarks.peers.tour import PeerTour, TourTask, Trace


class Search(StrEnum):
    """How long OR-Tools searches."""

    FIRST = "first solution"
    DESCENT = "default local search"
    GUIDED = "guided local search"


_SETTINGS = {
    Search.FIRST: "PATH_CHEAPEST_ARC, solution_limit 1",
    Search.DESCENT: "default parameters (greedy descent), at most the time given",
    Search.GUIDED: "PATH_CHEAPEST_ARC, GUIDED_LOCAL_SEARCH, the whole time given",
}


@dataclass(frozen=True, slots=True)
class OrToolsRouting:
    """One vehicle, a transit matrix as the arc cost, no dimensions.

    Not random: the seed makes no difference. Guided local search with a time limit after
    PATH_CHEAPEST_ARC is what the documentation of OR-Tools recommends for travelling salesmen.
    """

    search: Search

    @property
    def name(self) -> str:
        """Name with the kind of search."""
        return f"OR-Tools {self.search}"

    @property
    def settings(self) -> str:
        """How it is run."""
        return _SETTINGS[self.search]

    def solve(self, task: TourTask, *, seconds: float, seed: int) -> PeerTour:
        """Return a tour; see :class:`~benchmarks.peers.tour.Peer`."""
        matrix = task.matrix
        manager = pywrapcp.RoutingIndexManager(len(matrix), 1, [0], [task.end_row])
        model = pywrapcp.RoutingModel(manager)
        transit = model.RegisterTransitMatrix(matrix.tolist())
        model.SetArcCostEvaluatorOfAllVehicles(transit)
        parameters = self._parameters(seconds)
        model.CloseModelWithParameters(parameters)
        trace: Trace | None = None

        def note() -> None:
            if trace is not None:
                trace.saw(model.CostVar().Value())

        model.AddAtSolutionCallback(note)
        trace = Trace()
        solution = model.SolveWithParameters(parameters)
        ended = trace.seconds
        if solution is None:
            raise BenchError(f"{self.name} found no tour within {seconds:g} s")
        order = []
        index = solution.Value(model.NextVar(model.Start(0)))
        while not model.IsEnd(index):
            order.append(manager.IndexToNode(index))
            index = solution.Value(model.NextVar(index))
        return PeerTour(tuple(order), ended, tuple(trace.points))

    def _parameters(self, seconds: float) -> object:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.time_limit.FromMilliseconds(max(1, round(1000 * seconds)))
        if self.search is Search.DESCENT:
            return parameters
        parameters.first_solution_strategy = (
            routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
        )
        if self.search is Search.FIRST:
            parameters.solution_limit = 1
        else:
            parameters.local_search_metaheuristic = (
                routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
            )
        return parameters
