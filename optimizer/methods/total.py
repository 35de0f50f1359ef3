"""Total picking: all zones at once, items of all orders together, sorted at the put wall."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.batching.capacity import CartRules, cut
from optimizer.batching.cost import Trip
from optimizer.batching.demand import Promise
from optimizer.ids import OrderId, StationId, ZoneId
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import Draft, Prepared, Search
from optimizer.methods.wall import no_wall
from optimizer.problem import Method


def total(prepared: Prepared, _search: Search) -> Draft:
    """Return lists per zone that take everything for as many orders as the wall has slots.

    Orders fill the wall as they are served, most urgent first. Within a wall load the picks of a
    zone are put in the order of one tour through all of them and cut into carts (route first,
    cluster second, Beasley 1983), so each cart has a stretch of that tour. Lists of one load may
    be picked at the same time. Nothing is searched; no bound is known.

    References
    ----------
    .. [1] Beasley, J. E. (1983). Route first - cluster second methods for vehicle routing.
       Omega 11(4), 403-408. https://doi.org/10.1016/0305-0483(83)90033-6
    """
    if prepared.wall is None:
        return Draft((), no_wall(prepared))
    rules = CartRules(prepared.problem.cart, shared_totes=True)
    writer = ListWriter(prepared, Method.TOTAL)
    lists = []
    for load, promises in enumerate(_wall_loads(prepared)):
        for zone, part in _carts(prepared, promises, rules, prepared.wall):
            trip = Trip(
                frozenset(promise.place for promise in part),
                prepared.problem.start,
                (prepared.wall,),
                zone,
            )
            lists.append(writer.shared_list(trip, part, rules, wall_load=load))
    return Draft(tuple(lists), prepared.allocation.unplanned)


def _wall_loads(prepared: Prepared) -> tuple[tuple[Promise, ...], ...]:
    orders: list[tuple[OrderId, tuple[Promise, ...]]] = list(prepared.promises_by_order())
    slots = prepared.problem.wall_slots
    return tuple(
        tuple(promise for _, promises in orders[first : first + slots] for promise in promises)
        for first in range(0, len(orders), slots)
    )


def _carts(
    prepared: Prepared, promises: Sequence[Promise], rules: CartRules, wall: StationId
) -> list[tuple[ZoneId | None, tuple[Promise, ...]]]:
    """Return zone and content of every cart of a wall load, the most urgent first."""
    carts: list[tuple[ZoneId | None, tuple[Promise, ...]]] = []
    for number, zone in enumerate(prepared.zones):
        in_zone = [p for p in promises if prepared.zone_of[p.place] == number]
        if in_zone:
            parts = cut(_along_tour(prepared, in_zone, wall), rules)
            carts.extend((zone, part) for part in parts)
    return sorted(carts, key=lambda cart: min(prepared.rank[p.order] for p in cart[1]))


def _along_tour(
    prepared: Prepared, promises: Sequence[Promise], wall: StationId
) -> tuple[Promise, ...]:
    trip = Trip(frozenset(promise.place for promise in promises), prepared.problem.start, (wall,))
    tour, _ = prepared.walks.tour(trip)
    position = {location: number for number, location in enumerate(tour.stops)}
    return tuple(sorted(promises, key=lambda promise: (position[promise.location], promise.line)))
