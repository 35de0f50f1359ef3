"""The best priced router for a layout, and tours that must not become too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimizer.errors import UnreachableError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.routing.priced.exact import PricedExactRouter
from optimizer.routing.priced.graph import PricedGraphRouter
from optimizer.routing.priced.grid import why_not_exact
from optimizer.routing.priced.prices import Price, WalkPrices
from optimizer.routing.priced.tour import PricedRouter, PricedTour

SHARES = 64
"""Steps in which prices are lowered to get a shorter tour; six tries find the right one."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """No tour found is as short as asked; ``shortest`` is the shortest one.

    ``proven`` is true only where no shorter tour exists.
    """

    limit_mm: int
    shortest: PricedTour
    proven: bool

    @property
    def shortest_mm(self) -> int:
        """Length of the shortest tour."""
        return self.shortest.length_mm


def best_priced_router(
    layout: Layout, prices: WalkPrices, graph: WalkingGraph | None = None
) -> PricedRouter:
    """Return the router with the cheapest tours that the layout allows.

    The exact one where the layout is a grid of parallel aisles whose stretches are single edges,
    else the one for any graph. ``max_length_mm`` is not heeded: see :func:`find_priced_tour`.

    Parameters
    ----------
    layout
        The layout to walk in.
    prices
        What is paid for.
    graph
        Its walking graph where the caller has one already.
    """
    aisles = recognise_aisles(layout)
    if isinstance(aisles, ParallelAisles) and why_not_exact(layout, aisles) is None:
        return PricedExactRouter(layout, prices, graph, aisles=aisles)
    return PricedGraphRouter(layout, prices, graph)


def find_priced_tour(
    layout: Layout,
    prices: WalkPrices,
    locations: Iterable[LocationId],
    *,
    start: StationId,
    end: StationId,
    graph: WalkingGraph | None = None,
) -> PricedTour | TooLong:
    """Return a cheap tour through locations that is not longer than allowed.

    Where the cheapest tour is too long, prices are lowered in common until a tour is short enough
    (Lagrangian relaxation of the limit); what is returned then is the cheapest tour met on the
    way, with a bound, and ``optimal`` only where both agree.

    Parameters
    ----------
    layout, prices
        Where is walked, and what is paid for.
    locations
        Locations to visit.
    start, end
        Stations where the tour starts and ends.
    graph
        The walking graph of the layout where the caller has one already.

    Raises
    ------
    LayoutError
        For an unknown place.
    UnreachableError
        Where no walk leads that the prices allow.

    References
    ----------
    Fisher, M. L. (1981): The Lagrangian relaxation method for solving integer programming problems.
    Management Science 27(1), 1-18. DOI 10.1287/mnsc.27.1.1.
    """
    graph = WalkingGraph(layout) if graph is None else graph
    wanted = tuple(locations)
    limit = prices.max_length_mm

    def tour_at(share: int) -> PricedTour:
        router = best_priced_router(layout, _lowered(prices, share), graph)
        return router.route(wanted, start=start, end=end)

    cheapest = tour_at(SHARES)
    if limit is None or cheapest.length_mm <= limit:
        return cheapest
    shortest = tour_at(0)
    if shortest.length_mm > limit:
        return TooLong(limit, shortest, proven=shortest.optimal)
    best = _at_full_price(shortest, prices)
    bound = cheapest.bound_mm
    allowed, refused = 0, SHARES
    while refused - allowed > 1:
        share = (allowed + refused) // 2
        tour = tour_at(share)
        if tour.length_mm <= limit:
            allowed = share
            best = min(best, _at_full_price(tour, prices), key=lambda one: one.cost_mm)
        else:
            refused = share
        if bound is not None and tour.bound_mm is not None:
            # Lowered prices p * share / SHARES are prices p and a fine per millimetre beyond the
            # limit, divided by SHARES / share.
            fined = SHARES * tour.bound_mm - (SHARES - share) * limit
            bound = max(bound, -(-fined // share))
    return replace(best, bound_mm=bound, optimal=best.cost_mm == bound)


def find_priced_tour_to_any(
    layout: Layout,
    prices: WalkPrices,
    locations: Iterable[LocationId],
    *,
    start: StationId,
    ends: Sequence[StationId],
    graph: WalkingGraph | None = None,
) -> tuple[PricedTour | TooLong, StationId]:
    """Return the cheapest of the tours to several end stations, and its end; the first of equals.

    ``optimal`` and the bound then hold for all ends together. Where every tour is too long, the
    shortest of them is named. Ends to which no walk leads are left out.

    Parameters as :func:`find_priced_tour`; ``ends`` names at least one station.

    Raises
    ------
    LayoutError
        For an unknown place.
    UnreachableError
        Where no walk that the prices allow leads to any of the ends.
    """
    graph = WalkingGraph(layout) if graph is None else graph
    wanted = tuple(locations)
    tours: list[tuple[PricedTour, StationId]] = []
    refused: list[tuple[TooLong, StationId]] = []
    unreachable: UnreachableError | None = None
    for end in ends:
        try:
            found = find_priced_tour(layout, prices, wanted, start=start, end=end, graph=graph)
        except UnreachableError as error:
            unreachable = error
            continue
        if isinstance(found, TooLong):
            refused.append((found, end))
        else:
            tours.append((found, end))
    proven = all(found.proven for found, _ in refused)
    if tours:
        tour, end = min(tours, key=lambda each: each[0].cost_mm)
        bounds = [each.bound_mm for each, _ in tours if each.bound_mm is not None]
        bound = min(bounds) if proven and len(bounds) == len(tours) else None
        return replace(tour, optimal=tour.cost_mm == bound, bound_mm=bound), end
    if refused:
        nearest, end = min(refused, key=lambda each: each[0].shortest_mm)
        return replace(nearest, proven=proven), end
    if unreachable is None:
        raise ValueError("a tour needs at least one end station")
    raise unreachable


def _lowered(prices: WalkPrices, share: int) -> WalkPrices:
    """Return prices times ``share / SHARES``, rounded down; what is forbidden stays so."""

    def lowered(price: Price) -> Price:
        return price * share // SHARES if isinstance(price, int) else price

    return WalkPrices(
        crossing_mm=lowered(prices.crossing_mm),
        level_mm=prices.level_mm * share // SHARES,
        u_turn_mm=lowered(prices.u_turn_mm),
        floor_change_mm=lowered(prices.floor_change_mm),
    )


def _at_full_price(tour: PricedTour, prices: WalkPrices) -> PricedTour:
    """Return a tour found with lowered prices with the cost of its walk at full prices."""
    walk = replace(tour.walk, cost_mm=prices.cost_mm(tour.walk))
    return replace(tour, walk=walk, optimal=False, bound_mm=None)
