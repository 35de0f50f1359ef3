"""Which location serves which order line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from optimizer.batching.demand import Promise
from optimizer.batching.packing import unit_fits
from optimizer.errors import ProblemError
from optimizer.ids import LocationId, OrderId, Sku, StationId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.plan import Reason, Unplanned
from optimizer.problem import Item, Order, OrderLine, Problem


@dataclass(frozen=True, slots=True)
class Allocation:
    """Promises in the order in which orders are served, and what is left out and why."""

    promises: tuple[Promise, ...]
    unplanned: tuple[Unplanned, ...]


def ranked(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return orders as they are served: by priority, then as they arrived."""
    return tuple(sorted(orders, key=lambda order: order.priority))


def allocate(problem: Problem, graph: WalkingGraph, *, partial_orders: bool = False) -> Allocation:
    """Promise stock to order lines, order by order, most urgent first.

    A line is served from as few locations as possible: from one that covers it where there is
    one, else from the fullest ones. Among equals a location that the order visits anyway comes
    first, then the nearest to the start station. Greedy, so a later order may find its item in
    several small rests. O(lines · locations per item).

    Only stock counts that can be reached from the start and from which one can walk on to every
    drop (pack stations and wall, as far as the start leads there) and back to the start.

    Parameters
    ----------
    problem
        Orders, items, stock, stations.
    graph
        Walking graph of the problem's layout.
    partial_orders
        Serve what is there of an order; otherwise an order with a line that stock does not cover
        is left out whole.

    Returns
    -------
    Allocation
        A line whose single unit fits no tote or cart is left out by itself
        (``Reason.TOO_LARGE``), the rest of its order is served in either case.

    Raises
    ------
    ProblemError
        No pack station can be reached from the start.
    LayoutError
        The start, a pack station, the wall or the location of some stock does not exist.
    """
    shelf = _Shelf.of(problem, graph)
    items = {item.sku: item for item in problem.items}
    promises: list[Promise] = []
    unplanned: list[Unplanned] = []
    for order in ranked(problem.orders):
        served, left_out = _serve(order, shelf, items, problem)
        if not left_out:
            promises.extend(served)
            continue
        causes = [entry for entry in left_out if entry.reason is not Reason.TOO_LARGE]
        if causes and not partial_orders:
            shelf.put_back(served)
            unplanned.extend(_whole(order, entry) for entry in causes)
        else:
            promises.extend(served)
            unplanned.extend(left_out)
    return Allocation(tuple(promises), tuple(unplanned))


def _whole(order: Order, cause: Unplanned) -> Unplanned:
    """Return the entry that leaves out a whole order because of one line."""
    return Unplanned(
        order.id,
        cause.reason,
        cause.detail,
        sku=cause.sku,
        asked=cause.asked,
        free=cause.free,
        quantity=sum(line.quantity for line in order.lines),
    )


def _serve(
    order: Order, shelf: _Shelf, items: dict[Sku, Item], problem: Problem
) -> tuple[list[Promise], list[Unplanned]]:
    """Serve every line as far as possible; return the promises and the units left out."""
    served: list[Promise] = []
    left_out: list[Unplanned] = []
    visited: set[int] = set()
    for line in order.lines:
        item = items.get(line.sku)
        if item is None:
            left_out.append(
                _left(order.id, line, Reason.UNKNOWN_SKU, f'item "{line.sku}" is not known')
            )
            continue
        if not unit_fits(problem.cart, weight_g=item.weight_g, volume_ml=item.volume_ml):
            detail = (
                f'one unit of "{item.sku}" ({item.weight_g} g, {item.volume_ml} ml) fits no tote '
                f'of cart "{problem.cart.id}"'
            )
            left_out.append(_left(order.id, line, Reason.TOO_LARGE, detail))
            continue
        free = 0
        for place, quantity in shelf.take(line.sku, line.quantity, visited):
            free += quantity
            visited.add(place)
            served.append(
                Promise(
                    order.id,
                    line.id,
                    line.sku,
                    shelf.location(place),
                    place,
                    quantity,
                    item.weight_g,
                    item.volume_ml,
                )
            )
        if free < line.quantity:
            left_out.append(_short(order.id, line, free=free, shut=shelf.shut[line.sku]))
    return served, left_out


def _left(order: OrderId, line: OrderLine, reason: Reason, detail: str) -> Unplanned:
    return Unplanned(
        order,
        reason,
        detail,
        line=line.id,
        sku=line.sku,
        asked=line.quantity,
        quantity=line.quantity,
    )


def _short(order: OrderId, line: OrderLine, *, free: int, shut: int) -> Unplanned:
    """Return the entry of a line that reachable stock does not cover."""
    missing = line.quantity - free
    detail = f'{line.quantity} of "{line.sku}" asked, {free} free, {missing} missing'
    unreachable = shut >= missing
    if shut:
        detail += f"; {shut} lie where no walk leads there and on to the drop"
    return Unplanned(
        order,
        Reason.UNREACHABLE if unreachable else Reason.NO_STOCK,
        detail,
        line=line.id,
        sku=line.sku,
        asked=line.quantity,
        free=free,
        quantity=missing,
    )


@dataclass(slots=True)
class _Shelf:
    """Free units per item and place, taken as promises are made."""

    locations: tuple[LocationId, ...]
    distance_mm: tuple[int, ...]
    units: dict[Sku, dict[int, int]] = field(default_factory=dict)
    shut: dict[Sku, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, problem: Problem, graph: WalkingGraph) -> _Shelf:
        locations = tuple(location.id for location in problem.layout.locations)
        from_start = graph.distances_from([graph.vertex(problem.start)])[0]
        distances = tuple(int(from_start[graph.vertex(location)]) for location in locations)
        shelf = cls(locations, distances)
        places = {location: place for place, location in enumerate(locations)}
        open_locations = _reachable(problem, graph)
        for stock in problem.stock:
            graph.vertex(stock.location)
            if stock.location in open_locations:
                held = shelf.units.setdefault(stock.sku, {})
                place = places[stock.location]
                held[place] = held.get(place, 0) + stock.quantity
            else:
                shelf.shut[stock.sku] += stock.quantity
        return shelf

    def location(self, place: int) -> LocationId:
        return self.locations[place]

    def take(self, sku: Sku, quantity: int, visited: set[int]) -> list[tuple[int, int]]:
        """Take up to ``quantity`` units from as few places as possible."""
        held = self.units.get(sku, {})
        taken: list[tuple[int, int]] = []
        rest = quantity
        while rest and held:
            place = self._best(held, rest, visited)
            units = min(rest, held[place])
            taken.append((place, units))
            rest -= units
            held[place] -= units
            if not held[place]:
                del held[place]
        return taken

    def _best(self, held: dict[int, int], wanted: int, visited: set[int]) -> int:
        """Return the place to take units from: one that covers them, else the fullest."""
        if len(held) == 1:
            (only,) = held
            return only

        def nearness(place: int) -> tuple[bool, int, int]:
            return (place not in visited, self.distance_mm[place], place)

        covering = [place for place, units in held.items() if units >= wanted]
        if covering:
            return min(covering, key=nearness)
        return min(held, key=lambda place: (-held[place], nearness(place)))

    def put_back(self, promises: Iterable[Promise]) -> None:
        for promise in promises:
            held = self.units.setdefault(promise.sku, {})
            held[promise.place] = held.get(promise.place, 0) + promise.quantity


def usable_packs(problem: Problem, graph: WalkingGraph) -> tuple[StationId, ...]:
    """Return the pack stations that a walk from the start leads to, in the given order.

    Raises
    ------
    ProblemError
        There is none.
    """
    from_start = graph.distances_from([graph.vertex(problem.start)])[0]
    packs = tuple(pack for pack in problem.pack if from_start[graph.vertex(pack)] != UNREACHABLE)
    if not packs:
        raise ProblemError(
            f'no walk leads from "{problem.start}" to a pack station ({", ".join(problem.pack)})'
        )
    return packs


def usable_wall(problem: Problem, graph: WalkingGraph) -> StationId | None:
    """Return the put wall when it has slots and a walk from the start leads to it."""
    if problem.wall is None or problem.wall_slots < 1:
        return None
    from_start = graph.distances_from([graph.vertex(problem.start)])[0]
    return None if from_start[graph.vertex(problem.wall)] == UNREACHABLE else problem.wall


def _reachable(problem: Problem, graph: WalkingGraph) -> frozenset[LocationId]:
    """Return the locations that one can walk to, and from there to the drops and back.

    Where no walk leads from the pack stations back to the start, the way back is taken to lie
    outside the layout.
    """
    drops = usable_packs(problem, graph)
    wall = usable_wall(problem, graph)
    if wall is not None:
        drops = (*drops, wall)
    start = graph.vertex(problem.start)
    if (graph.distances_from([graph.vertex(drop) for drop in drops])[:, start] >= 0).all():
        drops = (*drops, problem.start)
    return frozenset.intersection(
        *(graph.reachable(start=problem.start, end=drop) for drop in drops)
    )
