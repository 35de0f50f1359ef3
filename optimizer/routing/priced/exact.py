"""Cheapest tours in parallel-aisle layouts when crossings, U-turns and levels have a price.

Prices change what the passages of one stretch cost, and nothing else: turning and changing sides is
free at crossings, where the stretches meet. So the programme over aisles stays exact with the costs
of :mod:`optimizer.routing.priced.passages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.exact import MOST_ROWS_OPEN, MOST_ROWS_ROUND_TRIP
from optimizer.routing.parallel.euler import Link, euler_walk
from optimizer.routing.parallel.programme import (
    AT,
    BLOCKED,
    COLUMN,
    END,
    FIRST,
    KIND,
    PASSAGE_STAGE,
    PAST,
    STEP_STAGE,
    lay_stages,
    run_stages,
)
from optimizer.routing.parallel.transitions import Passage, Transitions
from optimizer.routing.priced.graph import PricedGraphRouter
from optimizer.routing.priced.grid import (
    PRICED_CHOICES,
    joined_transitions,
    number_points,
    why_not_exact,
)
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.passages import price_stages
from optimizer.routing.priced.prices import WalkPrices
from optimizer.routing.priced.tour import PricedTour, judged_walk
from optimizer.routing.priced.visits import Stretch

Crossing = tuple[int, int]
"""(column of the programme, row)."""


@dataclass(frozen=True, slots=True)
class _Ends:
    stations: NDArray[np.int64]
    stubs_mm: int
    tables: Transitions


class PricedExactRouter:
    """Router with proven cheapest tours for layouts of parallel aisles.

    Where a station stands inside an aisle, or the layout has too many cross-aisles for an open
    tour, the tour is found by :class:`~optimizer.routing.priced.graph.PricedGraphRouter`, and says
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
    See :mod:`optimizer.routing.parallel.transitions`. Passages with prices are our own addition.
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
        self._points = number_points(layout, structure)
        self._grid = self._points.grid
        self._ends: dict[tuple[StationId, StationId], _Ends | None] = {}

    def route(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> PricedTour:
        """Return a tour; see :class:`~optimizer.routing.priced.tour.PricedRouter`."""
        wanted = set(locations)
        picks = self._picks(wanted)
        ends = self._between(start, end)
        if not wanted:
            walk = self._judge.judge((), start=start, end=end)
            return PricedTour((), walk, self.policy, True, walk.cost_mm)
        if ends is None:
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
            for location in self._points.locations[point]
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

    def _picks(self, locations: Iterable[LocationId]) -> NDArray[np.int64]:
        try:
            return np.array(sorted({self._points.number[one] for one in locations}), dtype=np.int64)
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
        along, sides = self._grid.pick_along[picks], self._points.sides[picks]
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
        along, sides = self._grid.pick_along[held], self._points.sides[held]
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
