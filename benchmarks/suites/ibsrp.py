"""Batching, sequencing and picker routing with hard due dates, on 242 public instances.

A batch takes 5,400 + 3 per unit of length + 300 per order line (values from the file); two pickers
do their batches one after the other from time 0; every order's batch is done by its due date. The
objective is the time of all batches. Capacity counts order lines. Lengths are integers and tours
go over the file's own directed shortest paths.

The archive holds one instance more, ``instances_165_1``, without a published value: no plan for it
is on time. It is left out.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import WrongAnswerError
from benchmarks.readers.kris import (
    NO_WALK,
    DueInstance,
    DueOrder,
    heading_value,
    parse_due_instance,
)
from benchmarks.readers.kris_tours import Tours, shortest_tours
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.batching.on_time.due_dates import Termination, TimedPlan, plan_on_time
from optimizer.batching.on_time.feasible_batches import BatchRules, Rates
from optimizer.errors import OptimizerError
from optimizer.stopping import MaxSeconds

ARCHIVE = "kris_small.tar.xz"
DATASET = "Kris_small"
SOURCE = (
    "the instances belong to arXiv 2303.17834 (Briant et al.) and come with the benchmark of "
    "kit-dsm/ware_ops_pipes on GitHub; pack their text files with tar and xz"
)


class NoPlanError(OptimizerError):
    """No plan on time was found."""


@dataclass(frozen=True, slots=True)
class DueDateCase:
    """One instance.

    The solution is ``{"pickers": [[{"orders": [order, …], "stops": [location, …]}, …], …]}``: per
    picker the batches in sequence, each with the numbers of its orders and the locations in walking
    order, both as in the file.
    """

    name: str
    text: str
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """Number of orders and capacity, e.g. ``n12 C8``."""
        n_orders, capacity = (self._value(heading) for heading in ("NbOrders", "CapaPicker"))
        return f"n{n_orders} C{capacity}"

    @property
    def stratum(self) -> str:
        """The group and the number of crossings of the warehouse."""
        return f"{self.group} v{self._value('NbVerticesIntersections')}"

    def solve(self, budget: Budget) -> Attempt:
        """Return the plan with the least time of all batches."""
        instance = parse_due_instance(self.name, self.text)
        begun = time.perf_counter()
        tours = shortest_tours(instance)
        rules = batch_rules(instance, tours)
        plan = plan_on_time(rules, n_pickers=instance.n_pickers, stop=MaxSeconds(budget.seconds))
        if plan.cost is None:
            raise NoPlanError(f"no plan on time was found: {plan.termination}")
        solution = solution_of(instance, tours, plan)
        seconds = time.perf_counter() - begun
        picking = int(rules.work.sum())
        return Attempt(
            objective=float(plan.cost + picking),
            seconds=seconds,
            solution=solution,
            bound=None if plan.bound is None else float(plan.bound + picking),
            proven=plan.termination == Termination.OPTIMAL,
        )

    def judge(self, solution: Json) -> float:
        """Return the time of all batches over the file's shortest paths; all must be on time."""
        instance = parse_due_instance(self.name, self.text)
        return judged(instance, solution)

    def _value(self, heading: str) -> int:
        return heading_value(self.name, self.text, heading)


def batch_rules(instance: DueInstance, tours: Tours) -> BatchRules:
    """Return what batches of the instance may be; costs leave out the time of picking lines."""
    lines = np.array([len(order.locations) for order in instance.orders], dtype=np.int64)
    visited = [sorted(set(order.locations)) for order in instance.orders]
    rates = Rates(instance.time_per_length, 0, instance.time_per_batch)
    n = len(instance.orders)
    return BatchRules(
        points=np.concatenate([np.array(one, dtype=np.int32) for one in visited]),
        begins=np.cumsum([0, *map(len, visited)], dtype=np.int64),
        n_points=len(instance.places),
        sizes=lines[:, None],
        capacities=np.array([[instance.capacity]], dtype=np.int64),
        cart_costs=np.zeros(1, dtype=np.int64),
        apart=np.zeros((n, n), dtype=np.bool_),
        due=np.array([order.due for order in instance.orders], dtype=np.int64),
        work=instance.time_per_line * lines,
        cost=rates,
        time=rates,
        most_orders=n,
        lengths=tours.lengths,
    )


def solution_of(instance: DueInstance, tours: Tours, plan: TimedPlan) -> Json:
    """Return the document of a plan."""
    pickers = []
    for sequence in plan.sequences:
        batches = []
        for place in sequence:
            orders = [instance.orders[order] for order in plan.partition[place]]
            visited = sorted({place for order in orders for place in order.locations})
            batches.append(
                {"orders": [order.number for order in orders], "stops": tours.stops(visited)}
            )
        pickers.append(batches)
    return {"pickers": pickers}


def judged(instance: DueInstance, solution: Json) -> float:
    """Return the time of all batches of a solution document.

    Raises
    ------
    WrongAnswerError
        When the document is malformed, an order is not done exactly once, a batch has too many
        lines or misses a location, or an order is late.
    """
    pickers = read_pickers(solution)
    if len(pickers) > instance.n_pickers:
        raise WrongAnswerError(f"{len(pickers)} pickers work, there are {instance.n_pickers}")
    orders = {order.number: order for order in instance.orders}
    done: set[int] = set()
    total = 0
    for batches in pickers:
        clock = 0
        for numbers, stops in batches:
            for number in numbers:
                if number not in orders or number in done:
                    raise WrongAnswerError(f"order {number} is unknown or done before")
                done.add(number)
            clock += batch_time(instance, [orders[number] for number in numbers], stops)
            for number in numbers:
                if clock > orders[number].due:
                    raise WrongAnswerError(
                        f"order {number} is done at {clock}, due at {orders[number].due}"
                    )
        total += clock
    missing = set(orders) - done
    if missing:
        raise WrongAnswerError(f"order {min(missing)} is not done")
    return float(total)


def batch_time(instance: DueInstance, orders: Sequence[DueOrder], stops: Sequence[int]) -> int:
    """Return how long a batch takes that is walked from stop to stop.

    Raises
    ------
    WrongAnswerError
        When it has too many lines, misses a location, or has no walk.
    """
    lines = [place for order in orders for place in order.locations]
    if not 1 <= len(lines) <= instance.capacity:
        raise WrongAnswerError(f"a batch has {len(lines)} lines, not 1 to {instance.capacity}")
    missing = set(lines) - set(stops)
    if missing:
        raise WrongAnswerError(f"location {min(missing)} is not visited")
    length = 0
    for origin, target in itertools.pairwise([instance.start, *stops, instance.end]):
        if not 0 <= target < len(instance.places):
            raise WrongAnswerError(f"there is no location {target}")
        step = int(instance.distances[origin, target])
        if step >= NO_WALK:
            raise WrongAnswerError(f"no walk leads from location {origin} to {target}")
        length += step
    return (
        instance.time_per_batch
        + instance.time_per_length * length
        + instance.time_per_line * len(lines)
    )


def read_pickers(solution: Json) -> list[list[tuple[list[int], list[int]]]]:
    """Return orders and stops of the batches of each picker.

    Raises
    ------
    WrongAnswerError
        When the document has another form.
    """
    pickers = solution.get("pickers") if isinstance(solution, dict) else None
    if not isinstance(pickers, list):
        raise WrongAnswerError('a solution is an object with a list "pickers"')
    found = []
    for batches in pickers:
        if not isinstance(batches, list):
            raise WrongAnswerError(f"{batches!r} is no list of batches")
        found.append([(_numbers(batch, "orders"), _numbers(batch, "stops")) for batch in batches])
    return found


def _numbers(batch: Json, key: str) -> list[int]:
    values = batch.get(key) if isinstance(batch, dict) else None
    numbers = [one for one in values if type(one) is int] if isinstance(values, list) else []
    if not isinstance(values, list) or len(numbers) < len(values):
        raise WrongAnswerError(f'batch {batch!r} has no list of numbers "{key}"')
    return numbers


@dataclass(frozen=True, slots=True)
class DueDateSuite:
    """The instances with a published optimum; the search for a proof makes no random choices."""

    name: str = "ibsrp"
    unit: str = "time units"
    seeded: bool = False
    seconds: float = 30.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[DueDateCase]:
        """Return the cases by number; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(DATASET)
        texts = folder.texts(ARCHIVE, source=SOURCE, wanted=best.__contains__)
        return [
            DueDateCase(name, text, best[name])
            for name, text in sorted(texts, key=lambda one: natural_key(one[0]))
        ]


IBSRP = DueDateSuite()
