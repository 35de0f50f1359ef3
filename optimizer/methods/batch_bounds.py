"""A bound on all batches of a method, from the tours of single orders."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.batching.bounds import SizedLength, batch_bound
from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import Course, OneTrip
from optimizer.batching.demand import Demand, Promise
from optimizer.methods.prepared import Prepared
from optimizer.routing.exact import ExactRouter


def batches_bound(
    prepared: Prepared, demands: Sequence[Demand], rules: CartRules, course: Course
) -> int | None:
    """Return a length no batches can be below with the given allocation, ``None`` if unknown.

    Needs batches of one trip, and a router that knows bounds of single orders. Orders that were
    cut into parts count unit by unit, each as long as the tour to its location alone, so that the
    bound is valid however they are cut.

    Parameters
    ----------
    prepared, demands, rules
        The problem as the method sees it.
    course
        Start and ends of every batch.
    """
    if not isinstance(course, OneTrip):
        return None
    was_cut = {demand.order for demand in demands if demand.alone}
    pieces: list[tuple[frozenset[int], tuple[int, ...]]] = []
    for demand in demands:
        if demand.order in was_cut:
            pieces.extend(
                (frozenset((promise.place,)), _sizes((promise,), rules, totes=0, orders=0))
                for promise in demand.promises
            )
        else:
            totes = max(
                1,
                -(-demand.load.weight_g // rules.cart.tote_weight_g),
                -(-demand.load.volume_ml // rules.cart.tote_volume_ml),
            )
            sizes = _sizes(demand.promises, rules, totes=totes, orders=1)
            pieces.append((demand.places, sizes))
    lengths = _tour_bounds(prepared, [places for places, _ in pieces], course)
    if lengths is None:
        return None
    cart = rules.cart
    return batch_bound(
        [SizedLength(length, sizes) for length, (_, sizes) in zip(lengths, pieces, strict=True)],
        (
            min(cart.max_weight_g, cart.slots * cart.tote_weight_g),
            cart.slots * cart.tote_volume_ml,
            cart.max_lines,
            cart.slots,
            rules.max_orders or len(pieces) + 1,
        ),
    )


def _sizes(
    promises: Sequence[Promise], rules: CartRules, *, totes: int, orders: int
) -> tuple[int, ...]:
    """Return at least what promises take of a cart: weight, volume, lines, own totes, orders."""
    return (
        sum([promise.weight_g * promise.quantity for promise in promises]),
        sum([promise.volume_ml * promise.quantity for promise in promises]),
        len({(promise.line, promise.place) for promise in promises}),
        0 if rules.shared_totes else totes,
        orders,
    )


def _tour_bounds(
    prepared: Prepared, tours: Sequence[frozenset[int]], course: OneTrip
) -> list[int] | None:
    """Return per set of places a length that no tour is below, ``None`` where one is unknown."""
    locations = prepared.problem.layout.locations
    named = [[locations[place].id for place in sorted(places)] for places in tours]
    router = prepared.walks.router
    per_end: list[list[int]] = []
    for end in course.ends:
        if isinstance(router, ExactRouter) and router.course(course.start, end) is not None:
            per_end.append(router.lengths_mm(named, start=course.start, end=end))
            continue
        bounds = [router.route(tour, start=course.start, end=end).bound_mm for tour in named]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            return None
        per_end.append(known)
    return [min(bounds) for bounds in zip(*per_end, strict=True)]
