"""Cheap tours with prices on any walking graph: exact for few stops, local search for more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.priced_judge import PriceJudge
from optimizer.routing.priced_search import iterated_priced_search
from optimizer.routing.priced_states import NO_WALK_MM, StopStates
from optimizer.routing.priced_subsets import MOST_GROUPS, cheapest_order
from optimizer.routing.priced_tour import PricedTour, judged_walk
from optimizer.routing.prices import WalkPrices

MOST_SEARCHED = 400
"""More groups than this are walked in the order of the shortest tour; a search would take long."""


class PricedGraphRouter:
    """Router for layouts of any shape when crossings, U-turns, levels or floors have a price.

    Up to ``exact_up_to`` groups of stops (locations with one access point and side) the tour is
    the cheapest; beyond, an iterated local search with ``kicks`` perturbations; beyond
    ``MOST_SEARCHED`` groups, the walk over the order of
    :class:`~optimizer.routing.graph_tour.GraphTourRouter` is made as cheap as it gets.

    Parameters
    ----------
    layout
        The layout.
    prices
        What is paid for; ``max_length_mm`` is not heeded.
    graph
        Its walking graph where the caller has one already.
    kicks
        Perturbations per tour, >= 0. 100 kicks cost about 25 ms at 30 groups, 150 ms at 100.
    seed
        Seed of the perturbations, >= 0.
    exact_up_to
        Largest number of groups solved exactly, at most 12.
    """

    policy = "priced-graph"

    def __init__(
        self,
        layout: Layout,
        prices: WalkPrices,
        graph: WalkingGraph | None = None,
        *,
        kicks: int = 200,
        seed: int = 1,
        exact_up_to: int = MOST_GROUPS,
    ) -> None:
        if not 0 <= exact_up_to <= MOST_GROUPS:
            raise ValueError(f"exact_up_to must be 0 to {MOST_GROUPS}, got {exact_up_to}")
        if kicks < 0 or seed < 0:
            raise ValueError("kicks and seed must not be negative")
        self._layout = layout
        self._prices = prices
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._kicks = kicks
        self._seed = seed
        self._exact_up_to = exact_up_to
        self._states = StopStates(layout, prices)
        self._shortest = GraphTourRouter(layout, self._graph)
        self._judge = PriceJudge(self._graph, prices)
        self._levels = {location.id: location.level for location in layout.locations}

    def route(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> PricedTour:
        """Return a tour; see :class:`~optimizer.routing.priced_tour.PricedRouter`."""
        wanted = set(locations)
        cost, stops, optimal = self._solve(wanted, start, end)
        if cost is None:
            walk = self._judge.judge(stops, start=start, end=end)
        else:
            walk = judged_walk(self._judge, stops, start=start, end=end, cost_mm=cost)
        return PricedTour(stops, walk, self.policy, optimal, walk.cost_mm if optimal else None)

    def cost_mm(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> int:
        """Return the cost of the tour of :meth:`route`."""
        cost, stops, _ = self._solve(set(locations), start, end)
        if cost is None:
            return self._judge.judge(stops, start=start, end=end).cost_mm
        return cost

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`, without prices."""
        return self.route(locations, start=start, end=end).length_mm

    def _solve(
        self, wanted: set[LocationId], start: StationId, end: StationId
    ) -> tuple[int | None, tuple[LocationId, ...], bool]:
        """Return the cost (``None``: to be judged), the stops, and whether they are proven."""
        if not wanted:
            return None, (), True
        legs = self._states.legs(wanted, start=start, end=end)
        n = len(legs.groups)
        if n <= self._exact_up_to:
            cost, order = cheapest_order(legs.costs, legs.n_states)
        else:
            # The shortest tour is a good beginning: it has few visits, if dear ones.
            shortest = self._shortest.route(wanted, start=start, end=end).stops
            if n > MOST_SEARCHED:
                return None, shortest, False
            group_of = {stop: g for g, group in enumerate(legs.groups, 1) for stop in group}
            path = [0, *dict.fromkeys(group_of[stop] for stop in shortest), n + 1]
            first = np.array(path, dtype=np.int64)
            cost, order = iterated_priced_search(
                legs.costs, legs.places, first, self._kicks, self._seed
            )
        stops = tuple(location for group in order.tolist() for location in legs.groups[group - 1])
        if cost >= NO_WALK_MM:
            # The judge names the place to which no walk leads.
            return None, stops, False
        levels = sum(self._levels[location] for location in wanted)
        return int(cost) + levels * self._prices.level_mm, stops, n <= self._exact_up_to
