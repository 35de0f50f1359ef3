"""PyVRP as a solver of tours: one vehicle, all clients required, default parameters.

References
----------
Wouda, N. A., Lan, L., Kool, W. (2024): PyVRP: a high-performance VRP solver package. INFORMS
Journal on Computing 36(4), 943-955. DOI 10.1287/ijoc.2023.0055.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyvrp import (
    Client,
    Depot,
    IteratedLocalSearch,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    Location,
    ProblemData,
    Solution,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp.stop import MaxRuntime

from benchmarks.errors import BenchError
from benchmarks.peers.tour import PeerTour, TourTask, Trace


class _Watch(IteratedLocalSearchCallbacks):
    """Notes the initial solution and every new best one."""

    def __init__(self) -> None:
        self.trace = Trace()

    def on_start(self, ils: IteratedLocalSearch) -> None:
        self.on_best(ils.initial_solution)

    def on_best(self, best: Solution) -> None:
        if best.is_feasible():
            self.trace.saw(best.distance())


@dataclass(frozen=True, slots=True)
class PyVrp:
    """Iterated local search of PyVRP until the time is over, nothing tuned, no statistics."""

    name: str = "PyVRP"
    settings: str = "one vehicle, default parameters, the whole time given"

    def solve(self, task: TourTask, *, seconds: float, seed: int) -> PeerTour:
        """Return a tour; see :class:`~benchmarks.peers.tour.Peer`."""
        data = _problem(task)
        watch = _Watch()
        params = SolveParams(ils=IteratedLocalSearchParams(callbacks=watch))
        watch.trace = Trace()
        result = solve(
            data,
            stop=MaxRuntime(seconds),
            seed=seed,
            collect_stats=False,
            display=False,
            params=params,
        )
        ended = watch.trace.seconds
        routes = result.best.routes()
        if not result.is_feasible() or len(routes) != 1:
            raise BenchError(f"PyVRP found no tour within {seconds:g} s")
        order = tuple(
            data.client(activity.idx).location for activity in routes[0] if activity.is_client()
        )
        return PeerTour(order, ended, tuple(watch.trace.points))


def _problem(task: TourTask) -> ProblemData:
    """Return the tour as a problem: location numbers are the rows of the matrix."""
    matrix = task.matrix
    ends = [0] if task.round_trip else [0, task.end_row]
    clients = [row for row in range(len(matrix)) if row not in ends]
    return ProblemData(
        locations=[Location(0, 0) for _ in range(len(matrix))],
        clients=[Client(location=row) for row in clients],
        depots=[Depot(location=row) for row in ends],
        vehicle_types=[VehicleType(1, start_depot=0, end_depot=len(ends) - 1)],
        # The stubs of PyVRP name a shape where numpy's have a type of shapes.
        distance_matrices=[matrix],  # type: ignore[list-item]
        duration_matrices=[np.zeros_like(matrix)],  # type: ignore[list-item]
    )
