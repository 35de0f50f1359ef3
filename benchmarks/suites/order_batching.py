"""Order batching with shortest tours in the text format of Heßler and Irnich: cases and judge.

Capacity counts pieces; orders are never divided; any number of batches. The objective is the length
of all tours, exact in thousandths of the file's unit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.bin_packing import fewest_bins
from benchmarks.data import BestKnown
from benchmarks.errors import InstanceError, WrongAnswerError
from benchmarks.readers.aisle_layout import DEPOT, Cell, instance_layout, location_id
from benchmarks.readers.hessler_irnich import UNIT, AisleInstance, parse_instance
from benchmarks.suite import Attempt, Budget, Json
from benchmarks.suites.sprp import read_stops
from optimizer.batching.problem import BatchingProblem, Cart, Partition
from optimizer.batching.solve import solve_batching
from optimizer.batching.walks import grid_walk
from optimizer.errors import OptimizerError
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.exact import ExactRouter
from optimizer.routing.router import walked_mm
from optimizer.stopping import MaxSeconds

SOURCE = (
    "the instances come with the benchmark of kit-dsm/ware_ops_pipes on GitHub, in the text format "
    "of Heßler and Irnich; pack their text files with tar and xz"
)


@dataclass(frozen=True, slots=True)
class BatchingCase:
    """One instance.

    The solution is ``{"batches": [{"orders": [order, …], "stops": [[aisle, cell], …]}, …]}``:
    orders by their place in the file, from 0; stops in walking order.
    """

    name: str
    text: str
    group: str
    stratum: str
    best_known: BestKnown | None

    def solve(self, budget: Budget) -> Attempt:
        """Return batches with shortest tours.

        ``excess_batches`` is how many batches are above a bound of bin packing. Where there was a
        search, ``construction_percent`` is how much longer the batches were that it began with.
        """
        instance = parse_instance(self.name, self.text)
        begun = time.perf_counter()
        stop = MaxSeconds(budget.seconds)
        router = ExactRouter(instance_layout(instance))
        problem = batching_problem(instance, router)
        first = _FirstValue()
        found = solve_batching(problem, stop=stop, seed=budget.seed, progress=first)
        solution = solution_of(instance, router, found.partition)
        seconds = time.perf_counter() - begun
        assert instance.capacity is not None
        fewest = fewest_bins(problem.sizes[:, 0].tolist(), instance.capacity)
        n_batches = len(found.partition)
        figures: dict[str, float] = {
            "used_batches": n_batches,
            "excess_batches": n_batches - fewest,
        }
        if found.iterations:
            figures["construction_percent"] = 100 * (first.value - found.value) / found.value
            figures["search_iterations"] = found.iterations
        return Attempt(
            objective=found.value / UNIT,
            seconds=seconds,
            solution=solution,
            bound=None if found.bound is None else found.bound / UNIT,
            proven=found.proven,
            figures=figures,
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking all batches from stop to stop."""
        return judged(parse_instance(self.name, self.text), solution)


class _FirstValue:
    """Hears of progress and keeps the value that the search began with."""

    def __init__(self) -> None:
        self.value = 0

    def __call__(self, value: int, bound: int | None, steps: int) -> None:
        if not steps:
            self.value = value


def batching_problem(instance: AisleInstance, router: ExactRouter) -> BatchingProblem:
    """Return the problem of an instance, one millimetre per thousandth of a unit.

    Raises
    ------
    InstanceError
        When there is no capacity, or an article lies in several cells.
    OptimizerError
        When an order exceeds the capacity.
    """
    if instance.capacity is None:
        raise InstanceError(f"{instance.name}: has no PICKER_CAPACITY")
    course = router.course(DEPOT, DEPOT)
    if course is None:
        raise OptimizerError(f"{instance.name}: no compiled tours for this layout")
    cells = cells_of_orders(instance)
    return BatchingProblem(
        walk=grid_walk([course]),
        points=[router.points(map(location_id, own)) for own in cells],
        sizes=np.array(sizes_of_orders(instance), dtype=np.int64)[:, None],
        carts=(Cart((instance.capacity,)),),
        cells=[sorted({aisle for aisle, _ in own}) for own in cells],
    )


def cells_of_orders(instance: AisleInstance) -> list[set[Cell]]:
    """Return the cells that each order visits.

    Raises
    ------
    InstanceError
        When an article lies in several cells.
    """
    cell_of = {supply.article: (supply.aisle, supply.cell) for supply in instance.supplies}
    if len(cell_of) != len(instance.supplies):
        raise InstanceError(f"{instance.name}: an article lies in several cells")
    return [{cell_of[demand.article] for demand in order} for order in instance.orders]


def sizes_of_orders(instance: AisleInstance) -> list[int]:
    """Return how many pieces each order has."""
    return [sum(demand.quantity for demand in order) for order in instance.orders]


def solution_of(instance: AisleInstance, router: ExactRouter, partition: Partition) -> Json:
    """Return the document of some batches, each with its shortest tour."""
    cells = cells_of_orders(instance)
    batches: list[Json] = []
    for batch in partition:
        place = {location_id(cell): cell for order in batch for cell in cells[order]}
        tour = router.route(place, start=DEPOT, end=DEPOT)
        batches.append({"orders": list(batch), "stops": [list(place[one]) for one in tour.stops]})
    return {"batches": batches}


def judged(instance: AisleInstance, solution: Json) -> float:
    """Return the length of a solution document by shortest paths in the graph of its stops.

    Raises
    ------
    WrongAnswerError
        When the document is malformed, an order is not in exactly one batch, or a batch exceeds
        the capacity, misses a cell or has a stop outside the warehouse.
    """
    batches = read_batches(solution)
    _check_orders(instance, [order for orders, _ in batches for order in orders])
    cells, sizes = cells_of_orders(instance), sizes_of_orders(instance)
    for orders, stops in batches:
        size = sum(sizes[order] for order in orders)
        if instance.capacity is not None and size > instance.capacity:
            raise WrongAnswerError(
                f"a batch of {size} pieces exceeds the capacity of {instance.capacity}"
            )
        missing = set().union(*(cells[order] for order in orders)) - set(stops)
        if missing:
            raise WrongAnswerError(f"cell {min(missing)} is not visited by the batch of {orders}")
    visited = {stop for _, stops in batches for stop in stops}
    for aisle, cell in visited:
        if not (0 <= aisle < instance.n_aisles and 0 <= cell < instance.n_cells):
            raise WrongAnswerError(f"there is no cell {cell} in an aisle {aisle}")
    graph = WalkingGraph(instance_layout(instance, cells=visited))
    walks = (
        walked_mm(graph, map(location_id, stops), start=DEPOT, end=DEPOT) for _, stops in batches
    )
    return sum(walks) / UNIT


def _check_orders(instance: AisleInstance, given: Sequence[int]) -> None:
    done: set[int] = set()
    for order in given:
        if not 0 <= order < len(instance.orders) or order in done:
            raise WrongAnswerError(f"order {order} is unknown or in two batches")
        done.add(order)
    missing = set(range(len(instance.orders))) - done
    if missing:
        raise WrongAnswerError(f"order {min(missing)} is in no batch")


def read_batches(solution: Json) -> list[tuple[list[int], list[Cell]]]:
    """Return orders and stops of the batches of a document.

    Raises
    ------
    WrongAnswerError
        When the document has another form.
    """
    batches = solution.get("batches") if isinstance(solution, dict) else None
    if not isinstance(batches, list):
        raise WrongAnswerError('a solution is an object with a list "batches"')
    found = []
    for batch in batches:
        stops = read_stops(batch)
        orders = batch.get("orders") if isinstance(batch, dict) else None
        if not isinstance(orders, list) or not orders:
            raise WrongAnswerError('a batch has a list "orders" that is not empty')
        numbers = [order for order in orders if type(order) is int]
        if len(numbers) < len(orders):
            raise WrongAnswerError(f"orders {orders!r} are not all numbers")
        found.append((numbers, stops))
    return found
