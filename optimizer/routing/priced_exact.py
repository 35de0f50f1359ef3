"""Cheapest tours in parallel-aisle layouts when crossings, U-turns and levels have a price.

Prices change what the passages of one stretch cost, and nothing else: turning and changing sides is
free at crossings, where the stretches meet. So the programme over aisles stays exact with the costs
of :mod:`optimizer.routing.priced_passages`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout, Location, Side
from optimizer.routing.euler import Link, euler_walk
from optimizer.routing.exact import MOST_ROWS_OPEN, MOST_ROWS_ROUND_TRIP, row_positions
from optimizer.routing.priced_graph import PricedGraphRouter
from optimizer.routing.priced_judge import PriceJudge
from optimizer.routing.priced_passages import JOINED, LEFT, NONE, RIGHT, price_stages
from optimizer.routing.priced_tour import PricedTour, judged_walk
from optimizer.routing.priced_visits import Stretch
from optimizer.routing.prices import WalkPrices
from optimizer.routing.programme import (
    AT,
    BLOCKED,
    COLUMN,
    END,
    FIRST,
    KIND,
    PASSAGE_STAGE,
    PAST,
    STEP_STAGE,
    Grid,
    lay_stages,
    run_stages,
)
from optimizer.routing.transitions import CHOICES, Passage, Transitions, transitions

PRICED_CHOICES = (*CHOICES, (*CHOICES[6], Passage.TWICE))
"""The choices of the programme, and ``JOINED``."""

Crossing = tuple[int, int]
"""(column of the programme, row)."""


@lru_cache(maxsize=16)
def joined_transitions(n_rows: int, marks: int) -> Transitions:
    """Return the tables of the programme in which TWICE is never left out.

    Without prices a stretch whose ends are connected already need not be walked twice; with prices
    this may be the cheapest way to its picks.
    """
    tables = transitions(n_rows, marks)
    choice = tables.passage_choice.copy()
    everything = CHOICES.index((Passage.EMPTY, Passage.FRONT, Passage.BACK, Passage.GAP))
    for begins in tables.passage_begin.tolist():
        for first, past in itertools.pairwise(begins):
            run = choice[first:past]
            # Where the ends are not connected, TWICE connects them and is a transition by itself.
            if Passage.TWICE not in run:
                run[run == everything] = JOINED
    return tables._replace(passage_choice=choice)


@dataclass(frozen=True, slots=True)
class _Ends:
    stations: NDArray[np.int64]
    stubs_mm: int
    tables: Transitions


class PricedExactRouter:
    """Router with proven cheapest tours for layouts of parallel aisles.

    Where a station stands inside an aisle, or the layout has too many cross-aisles for an open
    tour, the tour is found by :class:`~optimizer.routing.priced_graph.PricedGraphRouter`, and says
    so in its policy.

    Parameters
    ----------
    layout
        The layout.
    prices
        What is paid for; ``max_length_mm`` is not heeded.
    graph, aisles
        Its walking graph and its recognised structure, where the caller has them already.

    Raises
    ------
    LayoutError
        When prices cannot be counted by parallel aisles in this layout; the message says why.

    References
    ----------
    See :mod:`optimizer.routing.transitions`. Passages with prices are our own addition.
    """

    policy = "priced-exact"

    def __init__(
        self,
        layout: Layout,
        prices: WalkPrices,
        graph: WalkingGraph | None = None,
        *,
        aisles: ParallelAisles | None = None,
    ) -> None:
        structure = recognise_aisles(layout) if aisles is None else aisles
        reason = (
            structure.reason
            if isinstance(structure, NotParallel)
            else why_not_exact(layout, structure)
        )
        if reason is not None or isinstance(structure, NotParallel):
            raise LayoutError(f"no cheapest tour by parallel aisles: {reason}")
        self._layout = layout
        self._prices = prices
        self._aisles = structure
        self._crossing = BLOCKED if prices.of_crossing is None else prices.of_crossing
        self._turning = BLOCKED if prices.of_turning is None else prices.of_turning
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._judge = PriceJudge(self._graph, prices)
        self._anywhere: PricedGraphRouter | None = None
        self._levels = {location.id: location.level for location in layout.locations}
        self._number_points()
        self._ends: dict[tuple[StationId, StationId], _Ends | None] = {}

    def route(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> PricedTour:
        """Return a tour; see :class:`~optimizer.routing.priced_tour.PricedRouter`."""
        wanted = set(locations)
        picks = self._picks(wanted)
        ends = self._between(start, end)
        if ends is None or not len(picks):
            return self._graph_router().route(wanted, start=start, end=end)
        stages, costs = self._stages(picks, ends)
        chosen = np.full((len(stages), ends.tables.n_states), -1, dtype=np.int32)
        cost, state = run_stages(stages, costs, ends.tables, chosen, True)
        if cost >= BLOCKED:
            return self._graph_router().route(wanted, start=start, end=end)
        order = self._walking_order(stages, costs, chosen, int(state), ends.tables, picks)
        stops = tuple(
            location
            for point in picks[order].tolist()
            for location in self._at_point[point]
            if location in wanted
        )
        cost = int(cost) + ends.stubs_mm + self._level_cost(wanted)
        walk = judged_walk(self._judge, stops, start=start, end=end, cost_mm=cost)
        return PricedTour(stops, walk, self.policy, True, cost)

    def cost_mm(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> int:
        """Return the cost of the tour of :meth:`route`."""
        wanted = set(locations)
        picks = self._picks(wanted)
        ends = self._between(start, end)
        if ends is not None and len(picks):
            stages, costs = self._stages(picks, ends)
            nothing = np.empty((0, 0), dtype=np.int32)
            cost, _ = run_stages(stages, costs, ends.tables, nothing, False)
            if cost < BLOCKED:
                return int(cost) + ends.stubs_mm + self._level_cost(wanted)
        return self._graph_router().cost_mm(wanted, start=start, end=end)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`, without prices."""
        return self.route(locations, start=start, end=end).length_mm

    def _number_points(self) -> None:
        """Number the distinct picks by column, row, walk along the aisle, and side."""
        points = {
            location.id: _point(location, self._aisles) for location in self._layout.locations
        }
        ordered = sorted(set(points.values()))
        number = {point: n for n, point in enumerate(ordered)}
        self._point = {location: number[point] for location, point in points.items()}
        self._at_point: list[list[LocationId]] = [[] for _ in ordered]
        for location, n in self._point.items():
            self._at_point[n].append(location)
        self._sides = np.array([side for _, _, side in ordered], dtype=np.int64)
        position, breaks = row_positions(self._aisles)
        self._grid = Grid(
            pick_codes=np.array([code for code, _, _ in ordered], dtype=np.int64),
            pick_along=np.array([along for _, along, _ in ordered], dtype=np.int64),
            aisle_mm=self._aisles.aisle_mm,
            row_position=position,
            row_breaks=breaks,
            regular=self._aisles.regular,
        )

    def _picks(self, locations: Iterable[LocationId]) -> NDArray[np.int64]:
        try:
            return np.array(sorted({self._point[one] for one in locations}), dtype=np.int64)
        except KeyError as unknown:
            raise LayoutError(f'no location "{unknown.args[0]}" in this layout') from None

    def _level_cost(self, wanted: set[LocationId]) -> int:
        return self._prices.level_mm * sum(self._levels[location] for location in wanted)

    def _between(self, start: StationId, end: StationId) -> _Ends | None:
        key = (start, end)
        if key not in self._ends:
            self._ends[key] = self._find_ends(start, end)
        return self._ends[key]

    def _find_ends(self, start: StationId, end: StationId) -> _Ends | None:
        for station in (start, end):
            if station not in self._aisles.stations and station not in self._aisles.misplaced:
                raise LayoutError(f'no station "{station}" in this layout')
        first, last = self._aisles.stations.get(start), self._aisles.stations.get(end)
        if first is None or last is None:
            return None
        stations = np.array(
            [(spot.column, spot.row, spot.across_mm) for spot in (first, last)], dtype=np.int64
        )
        open_walk = bool((stations[0] != stations[1]).any())
        n_rows = self._aisles.n_rows
        if n_rows > (MOST_ROWS_OPEN if open_walk else MOST_ROWS_ROUND_TRIP):
            return None
        tables = joined_transitions(n_rows, 2 if open_walk else 0)
        return _Ends(stations, first.stub_mm + last.stub_mm, tables)

    def _stages(
        self, picks: NDArray[np.int64], ends: _Ends
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        stages, costs = lay_stages(picks, ends.stations, self._grid)
        along, sides = self._grid.pick_along[picks], self._sides[picks]
        return stages, price_stages(stages, costs, along, sides, self._crossing, self._turning)

    def _walking_order(
        self,
        stages: NDArray[np.int64],
        costs: NDArray[np.int64],
        chosen: NDArray[np.int32],
        state: int,
        tables: Transitions,
        picks: NDArray[np.int64],
    ) -> list[int]:
        """Return the picks of a tour in walking order, numbered as they entered the stages."""
        links: list[Link[Crossing, tuple[int, ...]]] = []
        loops: list[Link[Crossing, tuple[int, ...]]] = []
        for stage in range(len(stages) - 1, -1, -1):
            kind, column, at = (int(stages[stage, one]) for one in (KIND, COLUMN, AT))
            first, past = int(stages[stage, FIRST]), int(stages[stage, PAST])
            choice = int(chosen[stage, state])
            if kind == PASSAGE_STAGE:
                state = int(tables.passage_source[choice])
                choices = PRICED_CHOICES[int(tables.passage_choice[choice])]
                passage = min(choices, key=costs[stage].__getitem__)
                held = picks[first:past]
                length = self._length_of(held)
                for link in self._visits((column, at), passage, first, held, length):
                    (loops if link.first == link.second else links).append(link)
            elif kind == STEP_STAGE:
                state = int(tables.step_source[choice])
                counts = tables.step_counts[int(tables.step_code[choice])].tolist()
                for row, count in enumerate(counts):
                    links.extend([Link((column - 1, row), (column, row), ())] * count)
            else:
                state = choice
                if past > first:
                    loops.append(Link((column, at), (column, at), (first,)))
        start = stages[stages[:, END] == 1][0]
        order: list[int] = []
        for step in euler_walk(links + loops, (int(start[COLUMN]), int(start[AT]))):
            order.extend(step.link.label if step.forward else reversed(step.link.label))
        return order

    def _length_of(self, held: NDArray[np.int64]) -> int:
        """Return the length of the stretch of some picks; 0 without picks, where none matters."""
        if not len(held):
            return 0
        column, row = divmod(int(self._grid.pick_codes[held[0]]) // 2, self._aisles.n_rows)
        return int(self._aisles.aisle_mm[column, row])

    def _visits(
        self,
        front: Crossing,
        passage: Passage,
        first: int,
        held: NDArray[np.int64],
        length: int,
    ) -> Iterator[Link[Crossing, tuple[int, ...]]]:
        """Yield the visits of a stretch; those in and out at one end are loops at a crossing."""
        back = (front[0], front[1] + 1)
        along, sides = self._grid.pick_along[held], self._sides[held]
        stretch = Stretch(along, sides, length, self._crossing, self._turning)
        visits = stretch.visits(passage)
        for ends, orders in (
            ((front, back), visits.through),
            ((front, front), visits.front),
            ((back, back), visits.back),
        ):
            for order in orders:
                yield Link(*ends, tuple(first + pick for pick in order))

    def _graph_router(self) -> PricedGraphRouter:
        if self._anywhere is None:
            self._anywhere = PricedGraphRouter(self._layout, self._prices, self._graph)
        return self._anywhere


def why_not_exact(layout: Layout, aisles: ParallelAisles) -> str | None:
    """Return why prices cannot be counted by parallel aisles; ``None`` where they can.

    Each stretch with locations must be one edge, since prices are counted by edges.
    """
    if aisles.n_rows > MOST_ROWS_ROUND_TRIP:
        return f"{aisles.n_rows} cross-aisles are more than {MOST_ROWS_ROUND_TRIP}"
    floors = {node.id: node.floor for node in layout.nodes}
    for edge in layout.edges:
        if edge.one_way:
            return f'edge "{edge.start}"-"{edge.end}" is one-way'
        if floors[edge.start] != floors[edge.end]:
            return f'edge "{edge.start}"-"{edge.end}" joins two floors'
    lengths = {frozenset((edge.start, edge.end)): edge.length_mm for edge in layout.edges}
    for location in layout.locations:
        spot = aisles.locations[location.id]
        if location.edge is None:
            if spot.along_mm > 0:
                return f'location "{location.id}" lies at a node inside an aisle'
            continue
        if location.offset_mm in (0, lengths[frozenset(location.edge)]):
            continue
        ends = {aisles.crossings.get((spot.column, spot.row + more)) for more in (0, 1)}
        if ends != set(location.edge):
            return f'the edge of location "{location.id}" does not lead from crossing to crossing'
    return None


def _point(location: Location, aisles: ParallelAisles) -> tuple[int, int, int]:
    """Return the code of the stretch, the walk along it, and the side seen from its front."""
    spot = aisles.locations[location.id]
    code = (spot.column * aisles.n_rows + spot.row) * 2 + (spot.along_mm > 0)
    if spot.along_mm == 0 or location.side is None or location.edge is None:
        return code, spot.along_mm, NONE
    forth = location.edge[0] == aisles.crossings[spot.column, spot.row]
    left = (location.side is Side.LEFT) == forth
    return code, spot.along_mm, LEFT if left else RIGHT
