"""The search for good batches that cluster, sort-after and zone picking share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from optimizer.batching.annealing import Schedule, anneal
from optimizer.batching.bounds import SizedLength, batch_bound
from optimizer.batching.capacity import CartCapacity, CartRules
from optimizer.batching.cost import BatchCost, Course, Trip
from optimizer.batching.demand import Batch, Demand, Partition, Promise
from optimizer.batching.first_come import first_come
from optimizer.batching.neighbours import cell_masks, nearest
from optimizer.batching.savings import savings
from optimizer.batching.sweep import sweep
from optimizer.methods.prepared import Prepared, Search


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches in the order in which they should be picked, and how the search went."""

    partition: Partition
    has_converged: bool
    iterations: int


def first_come_batches(demands: Sequence[Demand], rules: CartRules) -> Batches:
    """Return the orders cart by cart as they arrive."""
    partition = first_come(demands, CartCapacity(demands, rules).fits)
    return Batches(by_urgency(demands, partition), has_converged=True, iterations=0)


def best_batches(
    prepared: Prepared,
    demands: Sequence[Demand],
    rules: CartRules,
    course: Course,
    search: Search,
) -> Batches:
    """Return the best of first-come, sweep and savings batches, improved by annealing.

    So the result is never longer than first-come batches walked by the same router.
    """
    if not demands:
        return Batches((), has_converged=True, iterations=0)
    params = prepared.params
    fits = CartCapacity(demands, rules).fits
    cost = BatchCost(demands, prepared.estimates, course)
    locations = prepared.problem.layout.locations
    masks = cell_masks(
        [demand.places for demand in demands],
        [prepared.graph.point(location.id) for location in locations],
    )
    near = nearest(masks, params.neighbours)
    starts = _starts(demands, masks, near, prepared=prepared, cost=cost, fits=fits, search=search)
    first, length = next(starts)
    best = first
    search.improved(length, 0)
    for partition, partition_mm in starts:
        if partition_mm < length:
            best, length = partition, partition_mm
            search.improved(length, 0)
    annealed = anneal(
        best,
        near,
        cost=cost,
        fits=fits,
        schedule=Schedule(params.cycle, params.idle_cycles, params.heat),
        stop=search.stop,
        seed=search.seed,
        improved=search.improved,
    )
    found = annealed.partition
    walked = BatchCost(demands, prepared.walks, course)
    # Estimates may mislead by a little; what counts is what is walked.
    if prepared.estimates is not prepared.walks and _length(first, walked) < _length(found, walked):
        found = first
    return Batches(by_urgency(demands, found), annealed.has_converged, annealed.iterations)


def _starts(
    demands: Sequence[Demand],
    masks: Sequence[int],
    near: Sequence[Sequence[int]],
    *,
    prepared: Prepared,
    cost: BatchCost,
    fits: Callable[[Batch], bool],
    search: Search,
) -> Iterator[tuple[Partition, int]]:
    """Yield first batches and their lengths, the quickest to make first."""
    yield _with_length(first_come(demands, fits), cost)
    keys = [mask.bit_length() for mask in masks]
    yield _with_length(sweep(keys, masks, fits=fits), cost)
    if len(demands) <= prepared.params.savings_up_to:
        limit = prepared.params.neighbours
        merged = savings(masks, near, cost=cost, fits=fits, limit=limit, stop=search.stop)
        yield _with_length(merged, cost)


def by_urgency(demands: Sequence[Demand], partition: Partition) -> Partition:
    """Return batches sorted by their first order: by priority, then arrival."""

    def key(batch: Batch) -> tuple[int, Batch]:
        return (min(demands[member].rank for member in batch), batch)

    return tuple(sorted(partition, key=key))


def batches_bound(
    prepared: Prepared, demands: Sequence[Demand], rules: CartRules, trip: Trip
) -> int | None:
    """Return a length no batches can be below with the given allocation, ``None`` if unknown.

    Needs a router that knows bounds of single orders. Orders that were cut into parts count unit
    by unit, each as long as the tour to its location alone, so that the bound is valid however
    they are cut.

    Parameters
    ----------
    prepared, demands, rules
        The problem as the method sees it.
    trip
        Start and ends of every batch; its places do not matter.
    """
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
    lengths: dict[frozenset[int], int] = {}
    for places, _ in pieces:
        if places not in lengths:
            bound = _tour_bound(prepared, replace(trip, places=places))
            if bound is None:
                return None
            lengths[places] = bound
    cart = rules.cart
    return batch_bound(
        [SizedLength(lengths[places], sizes) for places, sizes in pieces],
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
        sum(promise.weight_g * promise.quantity for promise in promises),
        sum(promise.volume_ml * promise.quantity for promise in promises),
        len({(promise.line, promise.place) for promise in promises}),
        0 if rules.shared_totes else totes,
        orders,
    )


def _tour_bound(prepared: Prepared, trip: Trip) -> int | None:
    locations = prepared.problem.layout.locations
    named = [locations[place].id for place in sorted(trip.places)]
    bounds = [
        prepared.walks.router.route(named, start=trip.start, end=end).bound_mm for end in trip.ends
    ]
    known = [bound for bound in bounds if bound is not None]
    return min(known) if len(known) == len(bounds) else None


def _with_length(partition: Partition, cost: BatchCost) -> tuple[Partition, int]:
    return partition, _length(partition, cost)


def _length(partition: Partition, cost: BatchCost) -> int:
    return sum(cost(batch) for batch in partition)
