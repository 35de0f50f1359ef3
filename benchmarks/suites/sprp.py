"""Single-picker routing on the public instances of Heßler and Irnich, one block and two.

2,400 instances (unit demand, one location per article), each as one block and, with a middle
cross-aisle, as two. Stub 1, pitch 3, no rounding; the published optima are proven.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.data import BestKnown, DataFolder, natural_key
from benchmarks.errors import InstanceError, WrongAnswerError
from benchmarks.readers.aisle_layout import DEPOT, Cell, instance_layout, location_id
from benchmarks.readers.hessler_irnich import UNIT, AisleInstance, parse_instance
from benchmarks.suite import Attempt, Budget, Json, Request
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.exact import ExactRouter
from optimizer.routing.router import walked_mm

ARCHIVE = "sprp.tar.xz"
SOURCE = (
    "the instances of Heßler and Irnich, MIT licence, are published on GitHub as "
    "katrinhessler/SPRP-SS; pack their text files with tar and xz"
)


@dataclass(frozen=True, slots=True)
class TourCase:
    """One instance; the solution is ``{"stops": [[aisle, cell], …]}`` in walking order."""

    name: str
    text: str
    two_blocks: bool
    best_known: BestKnown | None

    @property
    def group(self) -> str:
        """Number of aisles, cells and picks, e.g. ``m5 C30``."""
        return group_of(self.name)

    @property
    def stratum(self) -> str:
        """The name without the number of the instance."""
        return self.name.rpartition("_")[0]

    def solve(self, budget: Budget) -> Attempt:
        """Return the shortest tour; ``tour_us`` is the time without building the layout."""
        instance = parse_instance(self.name, self.text)
        begun = time.perf_counter()
        cells = {location_id(cell): cell for cell in _wanted(instance)}
        layout = instance_layout(instance, two_blocks=self.two_blocks)
        router = ExactRouter(layout)
        built = time.perf_counter()
        tour = router.route(cells, start=DEPOT, end=DEPOT)
        ended = time.perf_counter()
        return Attempt(
            objective=tour.length_mm / UNIT,
            seconds=ended - begun,
            solution={"stops": [list(cells[stop]) for stop in tour.stops]},
            bound=None if tour.bound_mm is None else tour.bound_mm / UNIT,
            proven=tour.optimal,
            figures={"tour_us": 1e6 * (ended - built)},
        )

    def judge(self, solution: Json) -> float:
        """Return the length of walking from stop to stop; every article must be visited."""
        instance = parse_instance(self.name, self.text)
        stops = read_stops(solution)
        missing = _wanted(instance) - set(stops)
        if missing:
            raise WrongAnswerError(f"cell {min(missing)} is not visited")
        return walked(instance, stops, two_blocks=self.two_blocks)


@dataclass(frozen=True, slots=True)
class SprpSuite:
    """All instances with unit demand and one location per article."""

    name: str
    dataset: str
    two_blocks: bool
    unit: str = "length units"
    seeded: bool = False
    seconds: float = 1.0
    target: str = ""

    def cases(self, request: Request) -> Sequence[TourCase]:
        """Return the cases, by size; see :class:`~benchmarks.suite.Suite`."""
        folder = DataFolder.find(request.data, source=SOURCE)
        best = folder.best_known(self.dataset)
        return [
            TourCase(name, text, self.two_blocks, best.get(name))
            for name, text in instance_texts(folder, "_F1_")
        ]


def instance_texts(folder: DataFolder, *kinds: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of the instances whose names contain one of ``kinds``, by size."""
    texts = folder.texts(
        ARCHIVE, source=SOURCE, wanted=lambda name: any(kind in name for kind in kinds)
    )
    yield from sorted(texts, key=lambda one: natural_key(one[0]))


def group_of(name: str) -> str:
    """Return aisles and articles of ``<demand>_<locations>_m<aisles>_C<cells>_a<articles>_<n>``."""
    _, locations, aisles, _, articles, _ = name.split("_")
    return f"{locations} {aisles} {articles}"


def read_stops(solution: Json) -> list[Cell]:
    """Return the stops of a solution document.

    Raises
    ------
    WrongAnswerError
        When it is not ``{"stops": [[aisle, cell], …]}``.
    """
    stops = solution.get("stops") if isinstance(solution, dict) else None
    if not isinstance(stops, list):
        raise WrongAnswerError('a solution is an object with a list "stops"')
    cells: list[Cell] = []
    for stop in stops:
        if not (isinstance(stop, list) and len(stop) == 2):
            raise WrongAnswerError(f"stop {stop!r} is not [aisle, cell]")
        aisle, cell = stop
        if not (isinstance(aisle, int) and isinstance(cell, int)):
            raise WrongAnswerError(f"stop {stop!r} is not [aisle, cell]")
        cells.append((aisle, cell))
    return cells


def walked(instance: AisleInstance, stops: Sequence[Cell], *, two_blocks: bool) -> float:
    """Return the walk from the depot over the stops and back, by shortest paths in the graph.

    Raises
    ------
    WrongAnswerError
        When a stop lies outside the warehouse.
    """
    for aisle, cell in stops:
        if not (0 <= aisle < instance.n_aisles and 0 <= cell < instance.n_cells):
            raise WrongAnswerError(f"there is no cell {cell} in an aisle {aisle}")
    graph = WalkingGraph(instance_layout(instance, two_blocks=two_blocks, cells=stops))
    return walked_mm(graph, map(location_id, stops), start=DEPOT, end=DEPOT) / UNIT


def _wanted(instance: AisleInstance) -> set[Cell]:
    """Return the cells to visit: the one of each article that is asked."""
    asked = {demand.article for order in instance.orders for demand in order}
    found = [supply for supply in instance.supplies if supply.article in asked]
    if len(found) != len(asked):
        raise InstanceError(f"{instance.name}: an article lies in several cells")
    return {(supply.aisle, supply.cell) for supply in found}


ONE_BLOCK = SprpSuite("sprp", "SPRP", two_blocks=False)
TWO_BLOCKS = SprpSuite("sprp-two-block", "SPRP_two_block", two_blocks=True)
