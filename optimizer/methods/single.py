"""Single-order picking: one order, one list."""

from __future__ import annotations

from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import Trip
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import Draft, Prepared, Search
from optimizer.problem import Method


def single(prepared: Prepared, _search: Search) -> Draft:
    """Return one list per order, most urgent first; an order bigger than a cart has several.

    The tours are all there is to choose, so nothing is searched. The bound is the sum of the
    tours' bounds; there is none when an order had to be cut, since it could be cut otherwise.
    """
    writer = ListWriter(prepared, Method.SINGLE)
    demands = prepared.demands(CartRules(prepared.problem.cart))
    lists = []
    bounds: list[int | None] = []
    for demand in demands:
        trip = Trip(demand.places, prepared.problem.start, prepared.packs)
        tours = prepared.walks.tours(trip)
        walked = min(tours, key=lambda pair: pair[0].length_mm)
        lists.append(writer.bound_list(trip, writer.own_totes([demand]), walked=walked))
        # A tour to another end might be shorter than the one found.
        of_ends = [tour.bound_mm for tour, _ in tours if tour.bound_mm is not None]
        is_bounded = len(of_ends) == len(tours) and not demand.alone
        bounds.append(min(of_ends) if is_bounded else None)
    known = [bound for bound in bounds if bound is not None]
    return Draft(
        tuple(lists),
        prepared.allocation.unplanned,
        sum(known) if len(known) == len(bounds) else None,
    )
