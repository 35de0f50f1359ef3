"""Total picking: all zones at once, items of all orders together, sorted at the put wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.batching.capacity import CartRules, cut
from optimizer.batching.cells import number_cells
from optimizer.batching.cost import Trip
from optimizer.batching.demand import Promise
from optimizer.ids import OrderId, StationId
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import URGENT, Draft, Prepared, Search
from optimizer.methods.wall import no_wall
from optimizer.problem import Method

Loads = tuple[tuple[Promise, ...], ...]
"""Promises per load of the put wall."""


@dataclass(frozen=True, slots=True)
class _Cart:
    """What one cart takes, and its trip."""

    trip: Trip
    promises: tuple[Promise, ...]


def total(prepared: Prepared, search: Search) -> Draft:
    """Return lists per zone that take everything for as many orders as the wall has slots.

    Within a wall load the picks of a zone are put in the order of one tour through all of them
    and cut into carts (route first, cluster second, Beasley 1983), so each cart has a stretch of
    that tour. Lists of one load may be picked at the same time.

    Two ways to fill the wall are compared by length: orders as they are served, and orders along
    a sweep through the warehouse (both take urgent orders first). No bound is known.

    References
    ----------
    .. [1] Beasley, J. E. (1983). Route first - cluster second methods for vehicle routing.
       Omega 11(4), 403-408. https://doi.org/10.1016/0305-0483(83)90033-6
    """
    if prepared.wall is None:
        return Draft((), no_wall(prepared))
    rules = CartRules(prepared.problem.cart, shared_totes=True)
    best: list[list[_Cart]] = []
    best_mm: int | None = None
    for loads in (_served_loads(prepared), _swept_loads(prepared)):
        carts = [_carts(prepared, promises, rules, prepared.wall) for promises in loads]
        length = sum(prepared.walks.length_mm(cart.trip) for load in carts for cart in load)
        if best_mm is None or length < best_mm:
            best, best_mm = carts, length
            search.improved(length, None, 0)
    writer = ListWriter(prepared, Method.TOTAL)
    lists = tuple(
        writer.shared_list(cart.trip, cart.promises, rules, wall_load=number)
        for number, load in enumerate(best)
        for cart in load
    )
    return Draft(lists, prepared.allocation.unplanned)


def _served_loads(prepared: Prepared) -> Loads:
    """Fill the wall with orders as they are served."""
    return _loads(prepared.promises_by_order(), prepared.problem.wall_slots)


def _swept_loads(prepared: Prepared) -> Loads:
    """Fill the wall along a sweep, urgent orders first; loads start with their first order."""
    orders = prepared.promises_by_order()
    locations = prepared.problem.layout.locations
    cells = number_cells([prepared.graph.point(location.id) for location in locations]).tolist()
    order_of_sweep = sorted(
        range(len(orders)),
        key=lambda index: (
            prepared.priority[orders[index][0]] != URGENT,
            max(cells[promise.place] for promise in orders[index][1]),
            index,
        ),
    )
    loads = _loads([orders[index] for index in order_of_sweep], prepared.problem.wall_slots)
    return tuple(sorted(loads, key=lambda load: min(prepared.rank[p.order] for p in load)))


def _loads(orders: Sequence[tuple[OrderId, tuple[Promise, ...]]], slots: int) -> Loads:
    return tuple(
        tuple(promise for _, promises in orders[first : first + slots] for promise in promises)
        for first in range(0, len(orders), slots)
    )


def _carts(
    prepared: Prepared, promises: Sequence[Promise], rules: CartRules, wall: StationId
) -> list[_Cart]:
    """Return the carts of a wall load, the most urgent first."""
    carts: list[_Cart] = []
    for number, zone in enumerate(prepared.zones):
        in_zone = [p for p in promises if prepared.zone_of[p.place] == number]
        if not in_zone:
            continue
        for part in cut(_along_tour(prepared, in_zone, wall), rules):
            places = frozenset(promise.place for promise in part)
            carts.append(_Cart(Trip(places, prepared.problem.start, (wall,), zone), part))
    return sorted(carts, key=lambda cart: min(prepared.rank[p.order] for p in cart.promises))


def _along_tour(
    prepared: Prepared, promises: Sequence[Promise], wall: StationId
) -> tuple[Promise, ...]:
    trip = Trip(frozenset(promise.place for promise in promises), prepared.problem.start, (wall,))
    tour, _ = prepared.walks.tour(trip)
    position = {location: number for number, location in enumerate(tour.stops)}
    return tuple(sorted(promises, key=lambda promise: (position[promise.location], promise.line)))
