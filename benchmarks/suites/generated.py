"""What the generated routing suites share: their warehouses, picks, tours and judge."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

from benchmarks.errors import WrongAnswerError
from benchmarks.peers.ortools_routing import OrToolsRouting, Search
from benchmarks.peers.pyvrp_search import PyVrp
from benchmarks.peers.tour import Peer, TourTask
from benchmarks.suite import Json
from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.router import walked_mm

START = StationId(PlaceId("start"))
PACK = StationId(PlaceId("pack-1"))

Result = TypeVar("Result")


def all_peers() -> tuple[Peer, ...]:
    """Return the peers that every generated tour is given to."""
    return (*(OrToolsRouting(search) for search in Search), PyVrp())


def describe_peers(intro: str) -> str:
    """Return a paragraph that says how the peers are run."""
    ways = "; ".join(f"{peer.name}: {peer.settings}" for peer in all_peers())
    return (
        f"{intro} A peer's time begins when its model is built, and is when it reports an "
        f"incumbent that good through its own callback. {ways}. One thread each, all in one run on "
        "the same matrix, picks at one access point merged."
    )


def sample_picks(graph: WalkingGraph, count: int, *, seed: int) -> list[LocationId]:
    """Return distinct random locations."""
    places = [location.id for location in graph.layout.locations]
    return random.Random(seed).sample(places, count)


def tour_task(
    graph: WalkingGraph, picks: Sequence[LocationId], *, start: StationId, end: StationId
) -> tuple[TourTask, list[list[LocationId]]]:
    """Return the tour through some picks as a matrix, and the picks of each inner row."""
    at_vertex: dict[int, list[LocationId]] = {}
    for pick in picks:
        at_vertex.setdefault(graph.vertex(pick), []).append(pick)
    rows = list(at_vertex.values())
    lengths = graph.matrix([start, *(row[0] for row in rows), end])
    return TourTask(lengths, start == end), rows


def timed(action: Callable[[], Result], *, repeats: int) -> tuple[Result, float]:
    """Return the result of an action and the median of its times, in seconds."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - begun)
    return result, median(times)


def judge_walk(
    graph: WalkingGraph,
    picks: Sequence[LocationId],
    solution: Json,
    *,
    start: StationId,
    end: StationId,
) -> int:
    """Return the walk over the stops of ``{"stops": [location, …]}``, in millimetres.

    Raises
    ------
    WrongAnswerError
        When the stops are not the picks, each once.
    """
    stops = solution.get("stops") if isinstance(solution, dict) else None
    if not isinstance(stops, list):
        raise WrongAnswerError('a solution is an object with a list "stops"')
    if sorted(map(str, stops)) != sorted(picks):
        raise WrongAnswerError("the stops are not the picks, each once")
    return walked_mm(graph, stops, start=start, end=end)
