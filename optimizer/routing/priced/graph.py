"""Cheap tours with prices on any walking graph: exact for few stops, local search for more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.lower_bound import path_lower_bound
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import PricedWalk, WalkPrices
from optimizer.routing.priced.search import iterated_priced_search, least_legs
from optimizer.routing.priced.states import NO_WALK_MM, Legs, StopStates
from optimizer.routing.priced.subsets import MOST_GROUPS, cheapest_order
from optimizer.routing.priced.tour import PricedTour, judged_walk

MOST_SEARCHED = 400
"""More groups than this are walked in the order of the shortest tour; a search would take long."""


_MISSING_LEG_MM = 1 << 40
"""Length of a missing leg for the lower bound: longer than any real tour."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A tour: its cost (``None``: to be judged), its stops, whether it is proven, its legs."""

    cost_mm: int | None
    stops: tuple[LocationId, ...]
    optimal: bool
    legs: Legs | None = None


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
    bound_iterations
        Most iterations for the lower bound of a searched tour; 0 for none. It is that of a tour in
        which every leg begins and ends in its best states, so U-turns never count.
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
        bound_iterations: int = 100,
    ) -> None:
        if not 0 <= exact_up_to <= MOST_GROUPS:
            raise ValueError(f"exact_up_to must be 0 to {MOST_GROUPS}, got {exact_up_to}")
        if kicks < 0 or seed < 0 or bound_iterations < 0:
            raise ValueError("kicks, seed and bound_iterations must not be negative")
        self._layout = layout
        self._prices = prices
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._kicks = kicks
        self._seed = seed
        self._exact_up_to = exact_up_to
        self._bound_iterations = bound_iterations
        self._states = StopStates(layout, prices)
        self._shortest = GraphTourRouter(layout, self._graph, bound_iterations=0)
        self._judge = PriceJudge(self._graph, prices)
        self._levels = {location.id: location.level for location in layout.locations}

    def route(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> PricedTour:
        """Return a tour; see :class:`~optimizer.routing.priced.tour.PricedRouter`."""
        found = self._solve(set(locations), start, end)
        if found.cost_mm is None:
            walk = self._judge.judge(found.stops, start=start, end=end)
        else:
            walk = judged_walk(
                self._judge, found.stops, start=start, end=end, cost_mm=found.cost_mm
            )
        bound = walk.cost_mm if found.optimal else self._bound(found, walk)
        optimal = bound == walk.cost_mm
        return PricedTour(found.stops, walk, self.policy, optimal, bound)

    def cost_mm(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> int:
        """Return the cost of the tour of :meth:`route`."""
        found = self._solve(set(locations), start, end)
        if found.cost_mm is None:
            return self._judge.judge(found.stops, start=start, end=end).cost_mm
        return found.cost_mm

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`, without prices."""
        return self.route(locations, start=start, end=end).length_mm

    def _solve(self, wanted: set[LocationId], start: StationId, end: StationId) -> _Found:
        if not wanted:
            return _Found(None, (), True)
        legs = self._states.legs(wanted, start=start, end=end)
        n = len(legs.groups)
        if n <= self._exact_up_to:
            cost, order = cheapest_order(legs.costs, legs.n_states)
        else:
            # The shortest tour is a good beginning: it has few visits, if dear ones.
            shortest = self._shortest.route(wanted, start=start, end=end).stops
            if n > MOST_SEARCHED:
                return _Found(None, shortest, False, legs)
            group_of = {stop: g for g, group in enumerate(legs.groups, 1) for stop in group}
            path = [0, *dict.fromkeys(group_of[stop] for stop in shortest), n + 1]
            first = np.array(path, dtype=np.int64)
            cost, order = iterated_priced_search(
                legs.costs, legs.places, first, self._kicks, self._seed
            )
        stops = tuple(location for group in order.tolist() for location in legs.groups[group - 1])
        if cost >= NO_WALK_MM:
            # The judge names the place to which no walk leads.
            return _Found(None, stops, False, legs)
        levels = sum(self._levels[location] for location in wanted)
        total = int(cost) + levels * self._prices.level_mm
        return _Found(total, stops, n <= self._exact_up_to, legs)

    def _bound(self, found: _Found, walk: PricedWalk) -> int | None:
        """Return a cost no tour can be below: each leg as cheap as from and to its best states."""
        if found.legs is None or not self._bound_iterations:
            return None
        least = np.minimum(least_legs(found.legs.costs, found.legs.n_states), _MISSING_LEG_MM)
        levels = walk.levels * self._prices.level_mm
        return levels + path_lower_bound(least, walk.cost_mm - levels, self._bound_iterations)
