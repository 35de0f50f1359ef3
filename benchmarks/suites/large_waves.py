"""Waves of a web shop: 1,000 to 20,000 small orders, planned by the public ``plan``.

Generated: 40 aisles, 3 blocks, 3,600 locations with an item each, tours from and to a station in
the front left corner. An order has one to three lines of one piece and takes one tote. Demand is
uniform, or of three classes: 10 % of the items, in the aisles nearest to the station, draw 52 % of
the lines, the next 30 % draw 36 % [1]_. No best answers are known; lengths are compared with
first-come batches walked by the same router.

References
----------
.. [1] Henn, S., Wäscher, G. (2012). Tabu search heuristics for the order batching problem in manual
   order picking systems. European Journal of Operational Research 222(3), 484-494.
   https://doi.org/10.1016/j.ejor.2012.05.049
"""

from __future__ import annotations

import itertools
import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from benchmarks.data import BestKnown
from benchmarks.errors import WrongAnswerError
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.document import parse_plan, plan_document
from optimizer.errors import PlanDocumentError
from optimizer.evaluation import evaluate
from optimizer.ids import LineId, OrderId, PlaceId, Sku, StationId
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Layout
from optimizer.plan import Plan, TerminationReason
from optimizer.planner import baseline, plan
from optimizer.problem import CartType, Item, Method, Order, OrderLine, Problem, Stock
from optimizer.routing.best import best_router
from optimizer.stopping import MaxSeconds

AISLES, BLOCKS, POSITIONS = 40, 3, 15
MOST_LINES = 3
STATION = StationId(PlaceId("start"))
CLASSES = ((0.10, 0.52), (0.30, 0.36), (0.60, 0.12))
"""Share of items and share of lines of the classes A, B and C."""


class Demand(StrEnum):
    """How often items are asked for."""

    UNIFORM = "uniform"
    ABC = "abc"


SIZES = (
    (1_000, 12, Demand.UNIFORM),
    (1_000, 24, Demand.ABC),
    (5_000, 24, Demand.UNIFORM),
    (20_000, 24, Demand.UNIFORM),
    (20_000, 24, Demand.ABC),
)
"""Orders, totes per cart, demand."""


@lru_cache(maxsize=1)
def warehouse() -> Layout:
    """Return the layout of all waves."""
    return generate_layout(name="wave", aisles=AISLES, blocks=BLOCKS, positions=POSITIONS)


@lru_cache(maxsize=1)
def make_wave(n_orders: int, totes: int, demand: Demand, seed: int) -> Problem:
    """Return a wave; the same arguments give the same one."""
    layout = warehouse()
    skus = [Sku(f"S{number}") for number in range(len(layout.locations))]
    bounds = list(itertools.accumulate(_weights(len(skus), demand)))
    chance = random.Random(seed)
    orders = []
    for number in range(n_orders):
        wanted: dict[Sku, None] = {}
        n_lines = chance.randint(1, MOST_LINES)
        while len(wanted) < n_lines:
            wanted[chance.choices(skus, cum_weights=bounds)[0]] = None
        lines = [
            OrderLine(LineId(f"{number}-{line}"), sku, 1)
            for line, sku in enumerate(wanted, start=1)
        ]
        orders.append(Order(OrderId(str(number)), tuple(lines)))
    return Problem(
        layout,
        tuple(orders),
        tuple(Item(sku, 300, 500) for sku in skus),
        tuple(
            Stock(location.id, sku, n_orders)
            for location, sku in zip(layout.locations, skus, strict=True)
        ),
        CartType(f"cart-{totes}", totes, 15_000, 40_000, 500_000, MOST_LINES * totes),
        STATION,
        (STATION,),
    )


def _weights(n_items: int, demand: Demand) -> list[float]:
    """Return how often each item is asked for; locations are counted from the station's aisle."""
    if demand is Demand.UNIFORM:
        return [1.0] * n_items
    weights: list[float] = []
    for items, lines in CLASSES:
        count = round(items * n_items)
        weights += [lines / count] * count
    return weights


@dataclass(frozen=True, slots=True)
class WaveCase:
    """A generated wave; the solution is a plan document."""

    n_orders: int
    totes: int
    demand: Demand
    seed: int
    best_known: BestKnown | None = None

    @property
    def name(self) -> str:
        """All that is needed to make the instance again."""
        return f"n{self.n_orders}-c{self.totes}-{self.demand}-{self.seed}"

    @property
    def group(self) -> str:
        """Orders, totes and demand."""
        return f"{self.n_orders:,} orders, {self.totes} totes, {self.demand}"

    @property
    def stratum(self) -> str:
        """The same."""
        return self.group

    def solve(self, budget: Budget) -> Attempt:
        """Return the best plan; see :func:`solve_wave`."""
        return solve_wave(self._problem(), budget)

    def judge(self, solution: Json) -> float:
        """Return the length of a plan; see :func:`judge_wave`."""
        return judge_wave(self._problem(), solution)

    def _problem(self) -> Problem:
        return make_wave(self.n_orders, self.totes, self.demand, self.seed)


@dataclass(slots=True)
class _AtOnce:
    """Ends a search when it first asks, and remembers when that was."""

    asked: list[float] = field(default_factory=list)

    def __call__(self) -> bool:
        self.asked.append(time.perf_counter())
        return True


def solve_wave(problem: Problem, budget: Budget) -> Attempt:
    """Return the best cluster plan of all orders within a budget, judged document and all.

    ``seconds`` is from the parsed problem to the judged plan. ``first_plan_s`` is the same where
    the search is stopped at once, ``until_search_s`` how much of that passes before the search
    begins, with first batches complete. ``first_come_ratio`` compares the length with first-come
    batches on tours of the same router. ``peak_mb`` is the most memory that the process ever had.
    """
    at_once = _AtOnce()
    begun = time.perf_counter()
    plan(problem, method=Method.CLUSTER, stop=at_once, seed=budget.seed)
    first_plan_s = time.perf_counter() - begun
    until_search_s = at_once.asked[0] - begun if at_once.asked else first_plan_s
    # Lists are written and judged after the search; that belongs to the budget, too.
    stop = MaxSeconds(max(0.0, budget.seconds - (first_plan_s - until_search_s)))
    begun = time.perf_counter()
    made = plan(problem, method=Method.CLUSTER, stop=stop, seed=budget.seed)
    seconds = time.perf_counter() - begun
    return Attempt(
        objective=made.totals.length_mm,
        seconds=seconds,
        solution=plan_document(made, layout=problem.layout.name),
        bound=made.totals.bound_mm,
        proven=made.termination.reason is TerminationReason.OPTIMAL,
        figures={
            "first_come_ratio": made.totals.length_mm / first_come_mm(problem),
            "first_plan_s": first_plan_s,
            "until_search_s": until_search_s,
            "peak_mb": peak_mb(),
        },
    )


def first_come_mm(problem: Problem) -> int:
    """Return the length of first-come batches walked by the best router of the layout."""
    first_come = baseline(problem)
    router = best_router(problem.layout)
    return sum(
        router.length_mm((stop.location for stop in each.stops), start=each.start, end=each.end)
        for each in first_come.lists
    )


def peak_mb() -> float:
    """Return the most memory that this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def judge_wave(problem: Problem, solution: Json) -> float:
    """Return the length of a plan document in which every order is planned, in millimetres.

    Raises
    ------
    WrongAnswerError
        When it is no plan document, breaks a rule, or leaves something out.
    """
    try:
        made = parse_plan(solution)
    except PlanDocumentError as error:
        raise WrongAnswerError(f"not a plan: {error}") from error
    _refuse_left_out(made)
    found = evaluate(problem, made)
    if not found.is_feasible:
        first = found.violations[0]
        raise WrongAnswerError(f"{first.kind} at {first.where}: {first.message}")
    return found.length_mm


def _refuse_left_out(made: Plan) -> None:
    if made.unplanned:
        first = made.unplanned[0]
        raise WrongAnswerError(f'order "{first.order}" is left out: {first.detail}')


@dataclass(frozen=True, slots=True)
class LargeWavesSuite:
    """Waves of the sizes in turn; the seed of a run is that of the search."""

    name: str = "large-waves"
    unit: str = "mm"
    seeded: bool = True
    seconds: float = 10.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[WaveCase]:
        """Return the cases, size by size in turn; see :class:`~benchmarks.suite.Suite`."""
        count = len(SIZES) if request.instances is None else request.instances
        return [
            WaveCase(*SIZES[number % len(SIZES)], seed=1 + number // len(SIZES))
            for number in range(count)
        ]


LARGE_WAVES = LargeWavesSuite()
