"""The exact router beside OR-Tools Routing and PyVRP on generated warehouses.

Round trips through random picks: 2 to 4 cross-aisles, 10 to 50 aisles of 20 positions per block,
10 to 100 picks. Instance number n has size n mod 27, so that any number of them is balanced.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.data import BestKnown
from benchmarks.peers.tour import peer_result
from benchmarks.suite import Attempt, Budget, Json, Request
from benchmarks.suites.generated import (
    START,
    all_peers,
    describe_peers,
    judge_walk,
    sample_picks,
    timed,
    tour_task,
)
from optimizer.ids import LocationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.routing.exact import ExactRouter

CROSS_AISLES = (2, 3, 4)
AISLES = (10, 20, 50)
PICKS = (10, 30, 100)
SIZES = tuple(itertools.product(CROSS_AISLES, AISLES, PICKS))
POSITIONS = 20

INSTANCES = 4 * len(SIZES)
REPEATS = 21
"""Our tour is timed as the median of so many computations, each from the picks."""

TARGET = 1.001
"""Peers are timed until they are within 0.1 % of the optimum."""


@lru_cache(maxsize=len(SIZES))
def warehouse(cross_aisles: int, aisles: int) -> tuple[WalkingGraph, ExactRouter]:
    """Return the warehouse of one size, and its router."""
    layout = generate_layout(aisles=aisles, blocks=cross_aisles - 1, positions=POSITIONS)
    graph = WalkingGraph(layout)
    return graph, ExactRouter(layout, graph)


@dataclass(frozen=True, slots=True)
class PeerCase:
    """A round trip; the solution is ``{"stops": [location, …]}`` in walking order."""

    cross_aisles: int
    aisles: int
    picks: int
    seed: int
    best_known: BestKnown | None = None

    @property
    def name(self) -> str:
        """All that is needed to make the instance again."""
        return f"h{self.cross_aisles}-m{self.aisles}-p{self.picks}-{self.seed}"

    @property
    def group(self) -> str:
        """Number of picks and cross-aisles."""
        return f"{self.picks} picks, h={self.cross_aisles}"

    @property
    def stratum(self) -> str:
        """The size."""
        return self.name.rpartition("-")[0]

    def solve(self, budget: Budget) -> Attempt:
        """Return the shortest tour and what the peers find in ``budget.seconds`` each.

        ``seconds`` and ``tour_us`` are the time of the ordered tour from the location ids,
        ``length_us`` that of its length alone.
        """
        graph, router = warehouse(self.cross_aisles, self.aisles)
        picks = self._picks(graph)
        tour, seconds = timed(lambda: router.route(picks, start=START, end=START), repeats=REPEATS)
        _, length_seconds = timed(
            lambda: router.length_mm(picks, start=START, end=START), repeats=REPEATS
        )
        task, _ = tour_task(graph, picks, start=START, end=START)
        peers = tuple(
            peer_result(
                peer,
                task,
                peer.solve(task, seconds=budget.seconds, seed=budget.seed),
                target_mm=TARGET * tour.length_mm,
            )
            for peer in all_peers()
        )
        best = min([tour.length_mm, *(peer.objective for peer in peers if peer.objective)])
        return Attempt(
            objective=tour.length_mm,
            seconds=seconds,
            solution={"stops": list(tour.stops)},
            bound=tour.bound_mm,
            proven=tour.optimal,
            figures={"tour_us": 1e6 * seconds, "length_us": 1e6 * length_seconds},
            peers=peers,
            best_known=BestKnown(best, proven=False),
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking from stop to stop."""
        graph, _ = warehouse(self.cross_aisles, self.aisles)
        return judge_walk(graph, self._picks(graph), solution, start=START, end=START)

    def _picks(self, graph: WalkingGraph) -> list[LocationId]:
        return sample_picks(graph, self.picks, seed=self.seed)


@dataclass(frozen=True, slots=True)
class RoutingPeersSuite:
    """Random round trips; the seed of a run is that of PyVRP."""

    name: str = "routing-peers"
    unit: str = "mm"
    seeded: bool = True
    seconds: float = 1.0
    target: str = describe_peers("Target: within 0.1 % of the optimum.")

    def cases(self, request: Request) -> Sequence[PeerCase]:
        """Return the cases, size by size in turn; see :class:`~benchmarks.suite.Suite`."""
        count = INSTANCES if request.instances is None else request.instances
        return [
            PeerCase(*SIZES[number % len(SIZES)], seed=1 + number // len(SIZES))
            for number in range(count)
        ]


ROUTING_PEERS = RoutingPeersSuite()
