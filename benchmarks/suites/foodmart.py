"""Order batching with boxes on the public instances of a supermarket chain's orders.

92 instances of 5 to 50 orders in two blocks of aisles; 28 have a published optimum. A trolley
carries 8 boxes of 40 pieces; an order fills one or two boxes of its own. The depot lies before the
first aisle and is left and reached on the straight line to any aisle's front. The objective is the
length of all tours over the file's shortest paths, to two decimals.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.bin_packing import fewest_bins
from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import InstanceError, WrongAnswerError
from benchmarks.readers.foodmart import (
    NO_WALK,
    UNIT,
    BoxInstance,
    number_of_orders,
    parse_box_instance,
)
from benchmarks.readers.foodmart_layout import DEPOT, exact_router, location_id
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.batching.problem import BatchingProblem, Cart, Partition
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import grid_walk
from optimizer.routing.exact import ExactRouter
from optimizer.stopping import MaxSeconds

ARCHIVE = "foodmart.tar.xz"
DATASET = "Foodmart"
SOURCE = (
    "the instances belong to Briant et al. (2020), DOI 10.1016/j.ejor.2020.01.059, and come with "
    "the benchmark of kit-dsm/ware_ops_pipes on GitHub; pack their text files with tar and xz"
)


@dataclass(frozen=True, slots=True)
class BoxCase:
    """One instance.

    The solution is ``{"batches": [{"orders": [order, …], "stops": [location, …]}, …]}``: numbers
    of orders and, in walking order, locations, both as in the file.
    """

    name: str
    text: str
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """Number of orders in steps of ten, e.g. ``d5 11-20``."""
        last = -(-number_of_orders(self.name, self.text) // 10) * 10
        return f"{self.stratum} {last - 9}-{last}"

    @property
    def stratum(self) -> str:
        """How many days' purchases make an order, ``d5`` or ``d10``."""
        return self.name.split("_")[1]

    def solve(self, budget: Budget) -> Attempt:
        """Return batches with shortest tours."""
        instance = parse_box_instance(self.name, self.text)
        begun = time.perf_counter()
        stop = MaxSeconds(budget.seconds)
        router = exact_router(instance)
        problem = batching_problem(instance, router)
        found = solve_batching(problem, stop=stop, seed=budget.seed)
        solution = solution_of(instance, router, found.partition)
        seconds = time.perf_counter() - begun
        fewest = fewest_bins(problem.sizes[:, 0].tolist(), instance.n_boxes)
        return Attempt(
            objective=found.value / UNIT,
            seconds=seconds,
            solution=solution,
            bound=None if found.bound is None else found.bound / UNIT,
            proven=found.proven,
            figures={
                "used_batches": len(found.partition),
                "excess_batches": len(found.partition) - fewest,
                "search_iterations": found.iterations,
            },
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking all batches over the file's shortest paths."""
        return judged(parse_box_instance(self.name, self.text), solution)


def batching_problem(instance: BoxInstance, router: ExactRouter) -> BatchingProblem:
    """Return the problem of an instance, one millimetre per part of its unit of length.

    Raises
    ------
    InstanceError
        When it has more cross-aisles than there are compiled tours for.
    """
    course = router.course(DEPOT, DEPOT)
    if course is None:
        raise InstanceError(f"{instance.name}: too many cross-aisles for compiled tours")
    return BatchingProblem(
        walk=grid_walk([course]),
        points=[router.points(map(location_id, order.locations)) for order in instance.orders],
        sizes=np.array([[order.boxes] for order in instance.orders], dtype=np.int64),
        carts=(Cart((instance.n_boxes,)),),
    )


def solution_of(instance: BoxInstance, router: ExactRouter, partition: Partition) -> Json:
    """Return the document of some batches, each with its shortest tour."""
    batches: list[Json] = []
    for batch in partition:
        orders = [instance.orders[order] for order in batch]
        place = {location_id(one): one for order in orders for one in order.locations}
        tour = router.route(place, start=DEPOT, end=DEPOT)
        batches.append(
            {
                "orders": [order.number for order in orders],
                "stops": [place[stop] for stop in tour.stops],
            }
        )
    return {"batches": batches}


def judged(instance: BoxInstance, solution: Json) -> float:
    """Return the length of a solution document.

    Raises
    ------
    WrongAnswerError
        When the document is malformed, an order is not in exactly one batch, or a batch has too
        many boxes, misses a location or has no walk.
    """
    orders = {order.number: order for order in instance.orders}
    done: set[int] = set()
    length = 0
    for numbers, stops in read_batches(solution):
        for number in numbers:
            if number not in orders or number in done:
                raise WrongAnswerError(f"order {number} is unknown or in two batches")
            done.add(number)
        boxes = sum(orders[number].boxes for number in numbers)
        if boxes > instance.n_boxes:
            raise WrongAnswerError(f"a batch has {boxes} boxes, a trolley {instance.n_boxes}")
        wanted = {place for number in numbers for place in orders[number].locations}
        missing = wanted - set(stops)
        if missing:
            raise WrongAnswerError(f"location {min(missing)} is not visited")
        length += _walked(instance, stops)
    missing = set(orders) - done
    if missing:
        raise WrongAnswerError(f"order {min(missing)} is in no batch")
    return length / UNIT


def _walked(instance: BoxInstance, stops: Sequence[int]) -> int:
    length = 0
    for origin, target in itertools.pairwise([instance.start, *stops, instance.end]):
        if not 0 <= target < len(instance.places):
            raise WrongAnswerError(f"there is no location {target}")
        step = int(instance.distances[origin, target])
        if step >= NO_WALK:
            raise WrongAnswerError(f"no walk leads from location {origin} to {target}")
        length += step
    return length


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
    if not isinstance(values, list) or not values or len(numbers) < len(values):
        raise WrongAnswerError(f'batch {batch!r} has no list of numbers "{key}"')
    return numbers


@dataclass(frozen=True, slots=True)
class BoxSuite:
    """Instances with a published optimum, or all of them."""

    name: str
    published: bool
    unit: str = "length units"
    seeded: bool = True
    seconds: float = 60.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[BoxCase]:
        """Return the cases by number of orders; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(DATASET)
        texts = folder.texts(
            ARCHIVE, source=SOURCE, wanted=lambda name: name.startswith("instances_d")
        )
        return [
            BoxCase(name, text, best.get(name))
            for name, text in sorted(texts, key=lambda one: natural_key(one[0]))
            if name in best or not self.published
        ]


FOODMART = BoxSuite("foodmart", published=False)
FOODMART_PUBLISHED = BoxSuite("foodmart-published", published=True)
