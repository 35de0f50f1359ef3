"""Orders divided over two batches where that saves more walking than it costs.

A picker who fetches an order's one faraway line walks there for it alone, while another picker
passes by: the line may as well travel with that one and meet the rest at the packing table, at the
price of bringing the totes together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from optimizer.batching.capacity import CartRules, one_demand
from optimizer.batching.demand import Demand, Partition, Promise
from optimizer.ids import OrderId
from optimizer.stopping import Stop, seconds_left

ROUNDS = 4
"""Looks at all orders at most: later ones find next to nothing."""

Value = Callable[[frozenset[int]], int]
"""What a batch that visits some places costs."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A demand without its ``moved`` part, and what that saves in its batch."""

    saving: int
    member: int
    moved: Demand
    rest: Demand


@dataclass(frozen=True, slots=True)
class Division:
    """A part that goes to the batch ``target``, and what that gains after its price."""

    gain: int
    cut: _Cut
    target: int


def divide(
    demands: Sequence[Demand],
    partition: Partition,
    rules: CartRules,
    *,
    value_of: Value,
    cell_of: Callable[[int], int],
    price: int,
    stop: Stop,
) -> tuple[tuple[Demand, ...], Partition]:
    """Return the demands, some of them divided in two, and their batches.

    Every division lowers the value of all batches by more than the price. The best ones come
    first; an order is divided once, and never one that was bigger than a cart.

    Parameters
    ----------
    demands, partition
        Demands with totes of their own, and the batches they are in.
    rules
        How the cart is used.
    value_of
        Value of a batch by the places it visits.
    cell_of
        Cell of a place: what lies in one cell is divided together.
    price
        Of one division, in the unit of the values.
    stop
        Where it is a limit of time, the search ends with it, and what was found is done.
    """
    work = _Work(demands, partition, rules, value_of, cell_of, price)
    for _ in range(ROUNDS):
        found = []
        for member in work.divisible():
            if seconds_left(stop) == 0.0:
                break
            best = max(work.divisions(member), key=attrgetter("gain"), default=None)
            if best is not None:
                found.append(best)
        found.sort(key=lambda division: (-division.gain, division.cut.member))
        applied = [division for division in found if work.apply(division)]
        if not applied:
            break
    return tuple(work.demands), tuple(tuple(sorted(batch)) for batch in work.batches)


def rejoin(
    demands: Sequence[Demand], partition: Partition, rules: CartRules
) -> tuple[tuple[Demand, ...], Partition]:
    """Return the same with parts of one order that share a batch after all made one again."""
    kept: list[Demand] = []
    batches = []
    for batch in partition:
        numbers = []
        members = sorted([demands[member] for member in batch], key=attrgetter("rank", "alone"))
        for _, group in groupby(members, key=attrgetter("order", "alone")):
            for demand in _rejoined(tuple(group), rules):
                numbers.append(len(kept))
                kept.append(demand)
        batches.append(tuple(numbers))
    return tuple(kept), tuple(batches)


def _rejoined(parts: tuple[Demand, ...], rules: CartRules) -> tuple[Demand, ...]:
    if len(parts) == 1:
        return parts
    promises = [promise for part in parts for promise in part.promises]
    whole = _demand_like(parts[0], promises, rules)
    # Packed anew it may in rare cases take more totes than its parts did.
    if whole is None or whole.load.totes > sum(part.load.totes for part in parts):
        return parts
    return (whole,)


def _demand_like(demand: Demand, promises: Sequence[Promise], rules: CartRules) -> Demand | None:
    """Return some promises of a demand's order as a demand, ``None`` where they fit no cart."""
    key = attrgetter("place", "line", "location", "sku")
    joined = []
    for _, group in groupby(sorted(promises, key=key), key=key):
        same = list(group)
        joined.append(same[0].of(sum(promise.quantity for promise in same)))
    return one_demand(demand.order, joined, rules, rank=demand.rank, urgent=demand.urgent)


class _Work:
    """Batches while orders are divided."""

    def __init__(
        self,
        demands: Sequence[Demand],
        partition: Partition,
        rules: CartRules,
        value_of: Value,
        cell_of: Callable[[int], int],
        price: int,
    ) -> None:
        self.demands = list(demands)
        self.batches = [list(batch) for batch in partition]
        self._rules, self._value_of, self._cell_of, self._price = rules, value_of, cell_of, price
        self._batch_of = {
            member: number for number, batch in enumerate(self.batches) for member in batch
        }
        seen: set[OrderId] = set()
        self._in_parts: set[OrderId] = set()
        for demand in demands:
            if demand.order in seen:
                self._in_parts.add(demand.order)
            seen.add(demand.order)
        self._passing: dict[int, set[int]] = {}
        for number in range(len(self.batches)):
            self._note_cells(number)

    def divisible(self) -> list[int]:
        """Return the demands that may be divided."""
        return [
            member
            for member, demand in enumerate(self.demands)
            if demand.order not in self._in_parts and len(demand.places) > 1
        ]

    def divisions(self, member: int) -> Iterator[Division]:
        """Yield the divisions of a demand that pay."""
        in_cell: dict[int, list[Promise]] = {}
        for promise in self.demands[member].promises:
            in_cell.setdefault(self._cell_of(promise.place), []).append(promise)
        if len(in_cell) < 2:
            return
        cuts: dict[frozenset[int], _Cut | None] = {}
        near = {target for cell in in_cell for target in self._passing[cell]}
        for target in sorted(near - {self._batch_of[member]}):
            shared = frozenset(cell for cell in in_cell if target in self._passing[cell])
            tried = {frozenset((cell,)) for cell in shared}
            if len(shared) < len(in_cell):
                tried.add(shared)
            for cells in sorted(tried, key=sorted):
                if cells not in cuts:
                    moved = [promise for cell in sorted(cells) for promise in in_cell[cell]]
                    cuts[cells] = self._cut(member, moved)
                cut = cuts[cells]
                if cut is None or cut.saving <= self._price:
                    continue
                division = self._division(cut, target)
                if division is not None and division.gain > 0:
                    yield division

    def apply(self, division: Division) -> bool:
        """Divide if that still pays after what else was done; return whether."""
        cut = self._cut(division.cut.member, division.cut.moved.promises)
        anew = None if cut is None else self._division(cut, division.target)
        if anew is None or anew.gain <= 0:
            return False
        member, target = anew.cut.member, anew.target
        self.demands[member] = anew.cut.rest
        self.batches[target].append(len(self.demands))
        self._batch_of[len(self.demands)] = target
        self.demands.append(anew.cut.moved)
        self._in_parts.add(anew.cut.rest.order)
        for number in (self._batch_of[member], target):
            self._note_cells(number)
        return True

    def _cut(self, member: int, promises: Sequence[Promise]) -> _Cut | None:
        """Return what taking promises out of their batch saves; ``None`` where it cannot be."""
        demand, rules = self.demands[member], self._rules
        moving = frozenset(promise.place for promise in promises)
        stay = [promise for promise in demand.promises if promise.place not in moving]
        moved, rest = _demand_like(demand, promises, rules), _demand_like(demand, stay, rules)
        if moved is None or rest is None:
            return None
        here = self._others(self._batch_of[member], member)
        if not self._admits([*here, rest]):
            return None
        places = _places(here)
        saving = self._value_of(places | demand.places) - self._value_of(places | rest.places)
        return _Cut(saving, member, moved, rest)

    def _division(self, cut: _Cut, target: int) -> Division | None:
        """Return what comes of moving a part to a batch, ``None`` where it does not fit."""
        there = self._others(target, None)
        urgent = cut.moved.urgent
        if any(other.alone or other.urgent != urgent for other in there):
            return None
        if not self._admits([*there, cut.moved]):
            return None
        places = _places(there)
        more = self._value_of(places | cut.moved.places) - self._value_of(places)
        return Division(cut.saving - more - self._price, cut, target)

    def _others(self, batch: int, member: int | None) -> list[Demand]:
        return [self.demands[other] for other in self.batches[batch] if other != member]

    def _admits(self, demands: Sequence[Demand]) -> bool:
        load = demands[0].load
        for demand in demands[1:]:
            load = load + demand.load
        return self._rules.admits(load)

    def _note_cells(self, number: int) -> None:
        """Remember which cells a batch passes; ones that it no longer does only cost a look."""
        for place in _places(self._others(number, None)):
            self._passing.setdefault(self._cell_of(place), set()).add(number)


def _places(demands: Sequence[Demand]) -> frozenset[int]:
    return frozenset[int]().union(*(demand.places for demand in demands))
