"""What every method starts from: a problem with its graph, router and allocation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

from optimizer.allocation import Allocation, allocate, ranked, usable_packs, usable_wall
from optimizer.batching.capacity import CartRules, demands_of
from optimizer.batching.cost import Walks
from optimizer.batching.demand import Demand, Promise
from optimizer.evaluation.legs import Legs
from optimizer.ids import OrderId, StationId, ZoneId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import StationKind
from optimizer.params import Params
from optimizer.plan import PickList, Reason, Unplanned
from optimizer.problem import Problem
from optimizer.routing.router import Router
from optimizer.stopping import Stop
from optimizer.time_model import TimeModel

URGENT = 0
"""Priority whose orders travel among themselves, in the first lists."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A problem made ready once for all methods.

    ``legs`` measures walks from stop to stop; ``walks`` routes what is walked; ``estimates`` is
    used inside searches, where a routing heuristic may be quicker and a little longer. ``rank``
    numbers the orders as they are served; ``zone_of`` and ``zones`` are indices into the zones in
    the layout's order, with one more at the end for locations without a zone.
    """

    problem: Problem
    params: Params
    time_model: TimeModel
    graph: WalkingGraph
    legs: Legs
    walks: Walks
    estimates: Walks
    allocation: Allocation
    packs: tuple[StationId, ...]
    wall: StationId | None
    rank: dict[OrderId, int]
    priority: dict[OrderId, int]
    zones: tuple[ZoneId | None, ...]
    zone_of: tuple[int, ...]
    kept: dict[CartRules, tuple[Demand, ...]] = field(default_factory=dict, compare=False)
    """Demands once they are packed: several methods use the cart by the same rules."""

    def with_router(self, router: Router) -> Prepared:
        """Return the same with another router; everything else, allocation too, stays."""
        locations = tuple(location.id for location in self.problem.layout.locations)
        walks = Walks(router, locations)
        return replace(self, walks=walks, estimates=walks)

    def promises_by_order(self) -> tuple[tuple[OrderId, tuple[Promise, ...]], ...]:
        """Return what was promised, order by order as they are served."""
        return tuple(
            (order, tuple(promises))
            for order, promises in groupby(self.allocation.promises, key=attrgetter("order"))
        )

    def demands(self, rules: CartRules) -> tuple[Demand, ...]:
        """Return the orders as demands under the rules of a method."""
        if rules not in self.kept:
            self.kept[rules] = tuple(
                demand
                for order, promises in self.promises_by_order()
                for demand in demands_of(
                    order,
                    promises,
                    rules,
                    rank=self.rank[order],
                    urgent=self.priority[order] == URGENT,
                )
            )
        return self.kept[rules]

    def handover(self, zone: ZoneId | None) -> StationId | None:
        """Return where totes wait for a zone: its handover station, else the start station.

        ``None`` when no walk leads from there on and back.
        """
        stations = [
            station.id
            for station in self.problem.layout.stations
            if zone is not None and station.kind is StationKind.HANDOVER and station.zone == zone
        ]
        for station in (*stations, self.problem.start):
            if self._is_connected(station):
                return station
        return None

    def _is_connected(self, station: StationId) -> bool:
        places = [self.problem.start, *self.packs, station]
        vertices = [self.graph.vertex(place) for place in places]
        return bool((self.graph.distances_from(vertices)[:, vertices] != UNREACHABLE).all())


@dataclass(frozen=True, slots=True)
class Search:
    """How long and how to search, and whom to tell of a better length, bound and steps so far."""

    stop: Stop
    seed: int
    improved: Callable[[int, int | None, int], None] = field(
        default=lambda _length_mm, _bound_mm, _iterations: None
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """The lists of one method before they are judged.

    ``bound_mm`` is a length no lists of this method can be below with the given allocation,
    ``None`` where none is known. ``has_converged`` is false when the search was stopped.
    """

    lists: tuple[PickList, ...]
    unplanned: tuple[Unplanned, ...]
    bound_mm: int | None = None
    has_converged: bool = True
    iterations: int = 0


def prepare(
    problem: Problem,
    graph: WalkingGraph,
    router: Router,
    *,
    estimator: Router,
    params: Params,
    time_model: TimeModel,
) -> Prepared:
    """Allocate stock and index the problem.

    Parameters
    ----------
    problem, graph
        The problem and the walking graph of its layout.
    router
        Makes the tours that are walked.
    estimator
        Measures tours inside searches: the router itself where it is quick.
    params, time_model
        Rules and times.

    Raises
    ------
    ProblemError, LayoutError
        As :func:`optimizer.allocation.allocate`.
    """
    orders = ranked(problem.orders)
    locations = problem.layout.locations
    named = [zone.id for zone in problem.layout.zones]
    named += [location.zone for location in locations if location.zone is not None]
    zones: tuple[ZoneId | None, ...] = (*dict.fromkeys(named), None)
    numbers = {zone: number for number, zone in enumerate(zones)}
    ids = tuple(location.id for location in locations)
    walks = Walks(router, ids)
    return Prepared(
        problem,
        params,
        time_model,
        graph,
        Legs(graph),
        walks,
        walks if estimator is router else Walks(estimator, ids),
        allocate(problem, graph, partial_orders=params.partial_orders),
        usable_packs(problem, graph),
        usable_wall(problem, graph),
        {order.id: rank for rank, order in enumerate(orders)},
        {order.id: order.priority for order in orders},
        zones,
        tuple(numbers[location.zone] for location in locations),
    )


def left_out(prepared: Prepared, reason: Reason, detail: str) -> tuple[Unplanned, ...]:
    """Return all orders as left out: those without stock for that, the others for ``reason``."""
    whole = tuple(entry for entry in prepared.allocation.unplanned if entry.line is None)
    already = {entry.order for entry in whole}
    return whole + tuple(
        Unplanned(order.id, reason, detail, quantity=sum(line.quantity for line in order.lines))
        for order in prepared.problem.orders
        if order.id not in already
    )
