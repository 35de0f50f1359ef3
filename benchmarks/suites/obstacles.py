"""Order batching in halls with obstacles, on 177 public instances of four layouts.

A cart takes a number of orders; any number of batches; tours lead from place 0 to place 1 around
rectangles. The objective is the length of all tours by the distances of
:mod:`benchmarks.readers.kairos`. No optimum is known: published are solutions of a heuristic that
took 0.003 to 1.2 seconds. They are judged like ours, so that rounding favours nobody; this moves
their values by at most 0.006 %.

Two of the 179 instances are left out, since their published solutions leave orders out.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import BenchError, WrongAnswerError
from benchmarks.readers.kairos import (
    END,
    START,
    UNIT,
    Hall,
    HallInstance,
    parse_hall,
    parse_hall_instance,
    published_solution,
)
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.batching.problem import BatchingProblem, Cart, Partition
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import MatrixWalk, matrix_walk
from optimizer.stopping import MaxSeconds

ARCHIVE = "kairos.tar.xz"
SOURCE = (
    "the instances are published on GitHub as johanoxenstierna/OBP_instances; pack the folders of "
    "its layouts with tar and xz"
)

WHOLE_LEGS = "Conventional"
"""The layout in which every straight leg is cut to an integer."""

LEFT_OUT = frozenset({("NoObstacles", "c290_f8e7"), ("SingleRack", "c285_8083")})
"""Layout and instance without a complete published solution."""

POLISHING_KICKS = 2_000
"""Perturbations of every tour of the answer: 10 milliseconds at 30 stops."""


@dataclass(frozen=True, slots=True)
class HallCase:
    """One instance.

    The solution is ``{"batches": [{"orders": [order, …], "stops": [place, …]}, …]}``: numbers of
    orders and, in walking order, places, both as in the file.
    """

    name: str
    hall: Hall
    text: str
    published: str

    @property
    def group(self) -> str:
        """The layout."""
        return self.hall.name

    @property
    def stratum(self) -> str:
        """The layout."""
        return self.hall.name

    @property
    def best_known(self) -> BestKnown:
        """The published solution, as the judge sees it."""
        batches = [
            {"orders": orders, "stops": stops}
            for orders, stops in published_solution(self.name, self.published)
        ]
        return BestKnown(self.judge({"batches": batches}), proven=False)

    def solve(self, budget: Budget) -> Attempt:
        """Return batches with polished tours.

        The distances of a layout are computed for the first of its instances only. There is a bound
        only where every batch is so small that its tour is the shortest one.
        """
        instance = parse_hall_instance(self.name, self.text)
        begun = time.perf_counter()
        stop = MaxSeconds(budget.seconds)
        walk = matrix_walk(distances_of(self.hall), start=START, end=END)
        problem = batching_problem(instance, walk)
        found = solve_batching(problem, stop=stop, seed=budget.seed)
        length, solution = solution_of(instance, walk, found.partition)
        seconds = time.perf_counter() - begun
        return Attempt(
            objective=length / UNIT,
            seconds=seconds,
            solution=solution,
            bound=None if found.bound is None else found.bound / UNIT,
            proven=found.bound == length,
            figures={
                "used_batches": len(found.partition),
                "polished_percent": 100 * (found.value - length) / length,
                "search_iterations": found.iterations,
            },
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking all batches from stop to stop."""
        instance = parse_hall_instance(self.name, self.text)
        return judged(instance, distances_of(self.hall), solution)


@lru_cache(maxsize=8)
def distances_of(hall: Hall) -> NDArray[np.int64]:
    """Return the distances of a layout, in parts of ``UNIT``; kept."""
    distances = hall.distances()
    distances.flags.writeable = False
    return distances


def batching_problem(instance: HallInstance, walk: MatrixWalk) -> BatchingProblem:
    """Return the problem of an instance, one millimetre per part of its unit of length."""
    return BatchingProblem(
        walk=walk,
        points=[np.unique(places).astype(np.int32) for places in instance.orders.values()],
        sizes=np.ones((len(instance.orders), 1), dtype=np.int64),
        carts=(Cart((instance.capacity,)),),
    )


def solution_of(instance: HallInstance, walk: MatrixWalk, partition: Partition) -> tuple[int, Json]:
    """Return the length of some batches with polished tours, and their document."""
    numbers, places = list(instance.orders), list(instance.orders.values())
    batches: list[Json] = []
    total = 0
    for batch in partition:
        visited = np.array([place for one in batch for place in places[one]], dtype=np.int32)
        length, stops = walk.tour(visited, POLISHING_KICKS)
        total += length
        batches.append({"orders": [numbers[one] for one in batch], "stops": list(stops)})
    return total, {"batches": batches}


def judged(instance: HallInstance, distances: NDArray[np.int64], solution: Json) -> float:
    """Return the length of a solution document.

    Raises
    ------
    WrongAnswerError
        When the document is malformed, an order is not in exactly one batch, or a batch exceeds
        the capacity, misses a place or has an unknown stop.
    """
    done: set[int] = set()
    total = 0
    for orders, stops in read_batches(solution):
        for order in orders:
            if order not in instance.orders or order in done:
                raise WrongAnswerError(f"order {order} is unknown or in two batches")
            done.add(order)
        if len(orders) > instance.capacity:
            raise WrongAnswerError(
                f"a batch of {len(orders)} orders exceeds the capacity of {instance.capacity}"
            )
        missing = {place for order in orders for place in instance.orders[order]} - set(stops)
        if missing:
            raise WrongAnswerError(f"place {min(missing)} is not visited by the batch of {orders}")
        for stop in stops:
            if not 0 <= stop < len(distances):
                raise WrongAnswerError(f"there is no place {stop}")
        total += sum(int(distances[leg]) for leg in itertools.pairwise([START, *stops, END]))
    missing = set(instance.orders) - done
    if missing:
        raise WrongAnswerError(f"order {min(missing)} is in no batch")
    return total / UNIT


def read_batches(solution: Json) -> list[tuple[list[int], list[int]]]:
    """Return orders and stops of the batches of a document.

    Raises
    ------
    WrongAnswerError
        When the document has another form.
    """
    batches = solution.get("batches") if isinstance(solution, dict) else None
    if not isinstance(batches, list):
        raise WrongAnswerError('a solution is an object with a list "batches"')
    return [(_numbers(batch, "orders"), _numbers(batch, "stops")) for batch in batches]


def _numbers(batch: Json, key: str) -> list[int]:
    values = batch.get(key) if isinstance(batch, dict) else None
    numbers = [one for one in values if type(one) is int] if isinstance(values, list) else []
    if not isinstance(values, list) or not numbers or len(numbers) < len(values):
        raise WrongAnswerError(f'batch {batch!r} has no list of numbers "{key}"')
    return numbers


@dataclass(frozen=True, slots=True)
class ObstaclesSuite:
    """All instances with a complete published solution."""

    name: str = "obstacles"
    unit: str = "length units"
    seeded: bool = True
    seconds: float = 20.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[HallCase]:
        """Return the cases by layout and name; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        texts = {
            path.parts[1:]: content.decode("utf-8")
            for path, content in folder.members(ARCHIVE, source=SOURCE, wanted=is_read)
        }
        halls = {
            layout: parse_hall(
                layout,
                _text(texts, layout, "tsplib_parent.txt"),
                _text(texts, layout, "meta", "obstacles_all.json"),
                whole_legs=layout == WHOLE_LEGS,
            )
            for layout in sorted({parts[0] for parts in texts})
        }
        found = sorted(
            {(parts[0], parts[2]) for parts in texts if parts[1] == "instances"} - LEFT_OUT,
            key=lambda one: (one[0], natural_key(one[1])),
        )
        return [
            HallCase(
                f"{layout}-{name}",
                halls[layout],
                _text(texts, layout, "instances", name, f"{name}.json"),
                _text(texts, layout, "instances", name, "SMD", f"{name}_sol.json"),
            )
            for layout, name in found
        ]


def is_read(path: PurePosixPath) -> bool:
    """Return whether a file of the archive is a layout, an instance or a published solution."""
    name, folder = path.name, path.parent.name
    if name in ("tsplib_parent.txt", "obstacles_all.json"):
        return True
    if folder == "SMD":
        return name == f"{path.parent.parent.name}_sol.json"
    return name == f"{folder}.json"


def _text(texts: dict[tuple[str, ...], str], *parts: str) -> str:
    if parts not in texts:
        raise BenchError(f"{ARCHIVE}: lacks {'/'.join(parts)}")
    return texts[parts]


OBSTACLES = ObstaclesSuite()
