"""Routing with scattered storage on the public instances of Heßler and Irnich.

8,400 instances, each as one block and as two: every article lies in several cells, of which each
holds a quantity; the tour chooses the cells so that their stock covers the demand. Stub 1, pitch 3,
no rounding; the published optima are proven, with one exception.

The published values of the two-block variant with varying demand are not taken as proven: on some
of these instances they lie below the shortest tour over every choice of cells that covers the
demand, as full enumeration of the choices of small ones shows (``varying_F2_m5_C30_a3_33``: 38
published, 42 by enumeration). Unit demand, and one block, agree throughout.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.data import BestKnown, DataFolder
from benchmarks.errors import WrongAnswerError
from benchmarks.readers.aisle_layout import DEPOT, Cell, instance_layout, location_id
from benchmarks.readers.hessler_irnich import UNIT, AisleInstance, parse_instance
from benchmarks.suite import Attempt, Budget, Json, Request
from benchmarks.suites.sprp import SOURCE, instance_texts, read_stops, walked
from optimizer.ids import Sku
from optimizer.routing.scattered.choice import Choice, Supply
from optimizer.routing.scattered.router import ScatteredRouter
from optimizer.stopping import MaxSeconds

MOST_LABELS = 65_536
"""Sixteen times the router's own limit: here the search is to end by its seconds."""


@dataclass(frozen=True, slots=True)
class ScatteredCase:
    """One instance; the solution is ``{"stops": [[aisle, cell], …]}`` in walking order."""

    name: str
    text: str
    two_blocks: bool
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """Kind of demand, locations per article and aisles, e.g. ``unit F2, m5``."""
        demand, locations, aisles = self.name.split("_")[:3]
        return f"{demand} {locations}, {aisles}"

    @property
    def stratum(self) -> str:
        """The name without the number of the instance."""
        return self.name.rpartition("_")[0]

    def solve(self, budget: Budget) -> Attempt:
        """Return the best choice of cells and the shortest tour through them."""
        instance = parse_instance(self.name, self.text)
        begun = time.perf_counter()
        layout = instance_layout(instance, two_blocks=self.two_blocks)
        router = ScatteredRouter(layout, most_labels=MOST_LABELS)
        found = router.route(
            choices_of(instance), start=DEPOT, end=DEPOT, stop=MaxSeconds(budget.seconds)
        )
        seconds = time.perf_counter() - begun
        cell_of = {location_id((one.aisle, one.cell)): one for one in instance.supplies}
        stops = [cell_of[stop] for stop in found.tour.stops]
        return Attempt(
            objective=found.tour.length_mm / UNIT,
            seconds=seconds,
            solution={"stops": [[one.aisle, one.cell] for one in stops]},
            bound=found.bound_mm / UNIT,
            proven=found.proven,
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking from stop to stop; their cells must cover the demand."""
        instance = parse_instance(self.name, self.text)
        stops = read_stops(solution)
        check_covered(instance, stops)
        return walked(instance, stops, two_blocks=self.two_blocks)


@dataclass(frozen=True, slots=True)
class ScatteredSuite:
    """All instances in which articles lie in several cells; exact, without random choices."""

    name: str
    dataset: str
    two_blocks: bool
    unit: str = "length units"
    seeded: bool = False
    seconds: float = 10.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[ScatteredCase]:
        """Return the cases, by size; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(self.dataset)
        return [
            ScatteredCase(name, text, self.two_blocks, self._known(name, best.get(name)))
            for name, text in instance_texts(folder, "_F2_", "_F5_")
        ]

    def _known(self, name: str, published: BestKnown | None) -> BestKnown | None:
        doubtful = self.two_blocks and name.startswith("varying")
        return replace(published, proven=False) if published and doubtful else published


def demand_of(instance: AisleInstance) -> Counter[int]:
    """Return how many pieces of each article are asked."""
    asked: Counter[int] = Counter()
    for order in instance.orders:
        for demand in order:
            asked[demand.article] += demand.quantity
    return asked


def stock_of(instance: AisleInstance) -> dict[int, Counter[Cell]]:
    """Return how many pieces of each article lie in each cell, both sides together."""
    stock: dict[int, Counter[Cell]] = {}
    for supply in instance.supplies:
        cells = stock.setdefault(supply.article, Counter())
        cells[supply.aisle, supply.cell] += supply.quantity
    return stock


def choices_of(instance: AisleInstance) -> tuple[Choice, ...]:
    """Return the articles that are asked, with the locations where they lie."""
    stock = stock_of(instance)
    return tuple(
        Choice(
            Sku(str(article)),
            needed,
            tuple(Supply(location_id(cell), pieces) for cell, pieces in stock[article].items()),
        )
        for article, needed in demand_of(instance).items()
    )


def check_covered(instance: AisleInstance, stops: Sequence[Cell]) -> None:
    """Refuse stops whose cells hold less than is asked.

    Raises
    ------
    WrongAnswerError
        For the first article of which too little lies in them.
    """
    stock, visited = stock_of(instance), set(stops)
    for article, needed in demand_of(instance).items():
        held = sum(pieces for cell, pieces in stock[article].items() if cell in visited)
        if held < needed:
            raise WrongAnswerError(
                f"{needed} of article {article} are asked, the stops hold {held}"
            )


ONE_BLOCK = ScatteredSuite("sprp-ss", "SPRP-SS", two_blocks=False)
TWO_BLOCKS = ScatteredSuite("sprp-ss-two-block", "SPRP-SS_two_block", two_blocks=True)
