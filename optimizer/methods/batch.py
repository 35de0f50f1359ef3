"""Batch picking: several orders on one tour, sorted while picking or at the put wall."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.batching.capacity import CartRules
from optimizer.batching.cost import OneTrip
from optimizer.batching.demand import Batch, Demand, Partition
from optimizer.ids import OrderId
from optimizer.methods.batches import best_batches, first_come_batches
from optimizer.methods.lists import ListWriter
from optimizer.methods.prepared import Draft, Prepared, Search
from optimizer.methods.wall import no_wall
from optimizer.plan import PickList
from optimizer.problem import Method


def cluster(prepared: Prepared, search: Search) -> Draft:
    """Return lists of orders that are sorted while picking: every order has its own totes."""
    rules = CartRules(prepared.problem.cart)
    demands = prepared.demands(rules)
    batches = best_batches(prepared, demands, rules, _to_packs(prepared), search)
    return Draft(
        _cluster_lists(prepared, batches.demands, batches.partition),
        prepared.allocation.unplanned,
        batches.bound_mm,
        batches.has_converged,
        batches.iterations,
    )


def first_come_cluster(prepared: Prepared) -> Draft:
    """Return lists of orders as they arrive, every order with its own totes."""
    rules = CartRules(prepared.problem.cart)
    demands = prepared.demands(rules)
    lists = _cluster_lists(prepared, demands, first_come_batches(demands, rules))
    return Draft(lists, prepared.allocation.unplanned)


def first_come_mm(prepared: Prepared) -> int:
    """Return the length of the lists of :func:`first_come_cluster`, without writing them."""
    rules = CartRules(prepared.problem.cart)
    demands = prepared.demands(rules)
    course = _to_packs(prepared)
    return sum(
        prepared.walks.length_mm(course.through(_places(demands, batch)))
        for batch in first_come_batches(demands, rules)
    )


def _to_packs(prepared: Prepared) -> OneTrip:
    return OneTrip(prepared.problem.start, prepared.packs)


def _places(demands: Sequence[Demand], batch: Batch) -> frozenset[int]:
    return frozenset[int]().union(*(demands[member].places for member in batch))


def _cluster_lists(
    prepared: Prepared, demands: Sequence[Demand], batches: Partition
) -> tuple[PickList, ...]:
    writer = ListWriter(prepared, Method.CLUSTER)
    course = _to_packs(prepared)
    return tuple(
        writer.bound_list(
            course.through(_places(demands, batch)),
            writer.own_totes([demands[member] for member in batch]),
        )
        for batch in batches
    )


def sort_after(prepared: Prepared, search: Search) -> Draft:
    """Return lists of orders that share totes and are sorted at the put wall.

    A batch has at most as many orders as the wall has slots; batches are grouped into wall loads
    in the order in which they are picked.
    """
    if prepared.wall is None:
        return Draft((), no_wall(prepared))
    rules = CartRules(
        prepared.problem.cart, shared_totes=True, max_orders=prepared.problem.wall_slots
    )
    demands = prepared.demands(rules)
    course = OneTrip(prepared.problem.start, (prepared.wall,))
    batches = best_batches(prepared, demands, rules, course, search)
    writer = ListWriter(prepared, Method.SORT_AFTER)
    lists = []
    for load, group in enumerate(
        wall_loads(demands, batches.partition, slots=prepared.problem.wall_slots)
    ):
        for batch in group:
            promises = [p for member in batch for p in demands[member].promises]
            places = frozenset(promise.place for promise in promises)
            lists.append(
                writer.shared_list(course.through(places), promises, rules, wall_load=load)
            )
    return Draft(
        tuple(lists),
        prepared.allocation.unplanned,
        batches.bound_mm,
        batches.has_converged,
        batches.iterations,
    )


def wall_loads(
    demands: Sequence[Demand], batches: Sequence[Batch], *, slots: int
) -> tuple[tuple[Batch, ...], ...]:
    """Group batches, in their order, into loads of at most ``slots`` orders.

    Batches that hold parts of one order are in the same load. No group of such batches may have
    more orders than slots; full parts of big orders travel alone, so this holds when no batch has.
    """
    first_of: dict[OrderId, int] = {}
    group_of = list(range(len(batches)))
    for number, batch in enumerate(batches):
        for member in batch:
            first = first_of.setdefault(demands[member].order, number)
            low, high = sorted((group_of[first], group_of[number]))
            if low != high:
                group_of = [low if group == high else group for group in group_of]
    groups: dict[int, list[Batch]] = {}
    for number, batch in enumerate(batches):
        groups.setdefault(group_of[number], []).append(batch)
    loads: list[list[Batch]] = []
    orders: set[OrderId] = set()
    for group in groups.values():
        wanted = {demands[member].order for batch in group for member in batch}
        if not loads or len(orders | wanted) > slots:
            loads.append([])
            orders = set()
        loads[-1].extend(group)
        orders |= wanted
    return tuple(tuple(load) for load in loads)
