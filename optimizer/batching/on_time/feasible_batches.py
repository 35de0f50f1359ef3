"""All batches worth considering under prices, by search over sets of orders, size by size.

With prices of 0 these are all batches that fit a cart and can be done in time. With the prices of
a linear programme they are those of reduced cost up to a threshold: columns to add, or all that a
better solution can have.

References
----------
Briant, O., Cambazard, H., Cattaruzza, D., Catusse, N., Ladier, A.-L., Ogier, M. (2020): An
efficient and general approach for the joint order batching and picker routing problem. European
Journal of Operational Research 285(2), 497-512. DOI 10.1016/j.ejor.2020.01.059.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel

Lengths = Callable[[NDArray[np.int32], NDArray[np.int64]], NDArray[np.int64]]
"""Lengths of tours: points of all tours one after the other, where each begins (n + 1,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What a batch costs or how long it takes, per millimetre, per distinct stop, and at least."""

    per_mm: int
    per_stop: int
    per_batch: int


@dataclass(frozen=True, slots=True, eq=False)
class BatchRules:
    """What a batch may be, takes and costs, for ``n`` orders.

    A batch fits the cheapest cart that takes it. Its time is ``time`` plus the work of its orders
    and must not exceed the earliest of their due times. Times and costs must not fall when an
    order joins, which holds for lengths of shortest tours.

    Parameters
    ----------
    points, begins
        int32, and (n + 1,) int64: the points of order o are ``points[begins[o]:begins[o + 1]]``.
    n_points
        Points are numbered below this.
    sizes
        Shape (n, n_resources), int64, >= 0.
    capacities, cart_costs
        Shapes (n_carts, n_resources) and (n_carts,), int64.
    apart
        Shape (n, n), bool, symmetric: orders that never share a batch.
    due, work
        Shape (n,), int64.
    cost, time
        Rates of a batch.
    most_orders
        Most orders in a batch.
    lengths
        Lengths of shortest tours.
    """

    points: NDArray[np.int32]
    begins: NDArray[np.int64]
    n_points: int
    sizes: NDArray[np.int64]
    capacities: NDArray[np.int64]
    cart_costs: NDArray[np.int64]
    apart: NDArray[np.bool_]
    due: NDArray[np.int64]
    work: NDArray[np.int64]
    cost: Rates
    time: Rates
    most_orders: int
    lengths: Lengths

    @property
    def n(self) -> int:
        """Return the number of orders."""
        return len(self.due)


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Dual values in integers, ``scale`` for a unit of cost.

    The reduced cost of a batch is ``scale`` times its cost, plus the ``rush`` of its due time times
    its time, minus the prices of its orders, minus ``batch``. With ``scale`` 0 and all prices 0
    every batch has reduced cost 0.

    Parameters
    ----------
    order
        Shape (n,), int64, >= 0.
    rush
        Shape (n,), int64, >= 0: of a batch that is due with this order; never higher for a later
        due time.
    batch
        >= 0, for every batch.
    """

    scale: int
    order: NDArray[np.int64]
    rush: NDArray[np.int64]
    batch: int

    @classmethod
    def none(cls, n: int) -> Prices:
        """Return prices under which every batch counts the same."""
        return cls(0, np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), 0)


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """Batches side by side.

    Parameters
    ----------
    n
        Number of orders there are.
    members
        Shape (n_batches, width), int32: orders in no particular order, ``n`` where there are less.
    cost, time, due
        Shape (n_batches,), int64.
    first_due
        Shape (n_batches,), int32: an order of the batch that is due first.
    """

    n: int
    members: NDArray[np.int32]
    cost: NDArray[np.int64]
    time: NDArray[np.int64]
    due: NDArray[np.int64]
    first_due: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.cost)

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Batches:
        """Return the batches at some places."""
        return Batches(
            self.n,
            self.members[which],
            self.cost[which],
            self.time[which],
            self.due[which],
            self.first_due[which],
        )

    def orders(self, batch: int) -> tuple[int, ...]:
        """Return the orders of a batch, by number."""
        return tuple(sorted(int(one) for one in self.members[batch] if one < self.n))

    def reduced_costs(self, prices: Prices) -> NDArray[np.int64]:
        """Return the reduced costs, shape (n_batches,), int64; see :class:`Prices`."""
        order = np.append(prices.order, 0)
        reduced = prices.scale * self.cost + prices.rush[self.first_due] * self.time
        reduced -= order[self.members].sum(axis=1) + prices.batch
        return reduced


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Batches of a search, and whether they are all there are."""

    batches: Batches
    complete: bool


def search_batches(
    rules: BatchRules, prices: Prices, *, threshold: int, most: int, keep: int | None = None
) -> Found:
    """Return the batches of reduced cost up to a threshold.

    Sets grow by one order at a time, in a fixed sequence. A set is given up when no superset can
    reach the threshold: cost, time and rush never fall when orders join, and the prices that can
    still be collected are at most a fractional knapsack of the room left.

    Parameters
    ----------
    rules
        What a batch may be.
    prices
        Dual values.
    threshold
        In units of ``prices.scale``.
    most
        Most sets of one size; where there are more, the most promising of the size below are
        extended and the result is not complete.
    keep
        Most batches returned, those of least reduced cost; ``None``: all.
    """
    plan = _Sequence(rules, prices)
    level = _first_level(plan)
    found: list[Batches] = []
    complete = True
    for size in range(1, rules.most_orders + 1):
        level = _measured(plan, level)
        fits = level.reduced <= threshold
        found.append(_batches(plan, level, np.flatnonzero(fits)))
        if size == rules.most_orders or not len(level.members):
            break
        level, whole = _extended(plan, level, threshold, most)
        complete = complete and whole
        if not len(level.members):
            break
    batches = _joined(found, rules.n)
    if keep is not None and len(batches) > keep:
        best = np.argsort(batches.reduced_costs(prices), kind="stable")[:keep]
        batches = batches.only(best)
    return Found(batches, complete)


class _Sequence:
    """Orders in the sequence in which they join sets, by price per size, dearest first."""

    def __init__(self, rules: BatchRules, prices: Prices) -> None:
        self.rules, self.prices = rules, prices
        room = rules.capacities.max(axis=0)
        self.tight = int(np.argmax(rules.sizes.sum(axis=0) / np.maximum(room, 1)))
        self.room = int(room[self.tight])
        # Work costs at least the rush of the latest due time.
        gain = np.maximum(prices.order - prices.rush.min(initial=0) * rules.work, 0)
        size = rules.sizes[:, self.tight]
        free = (size == 0) & (gain > 0)
        ratio = np.where(free, np.inf, gain / np.maximum(size, 1))
        self.at = np.lexsort((np.arange(rules.n), -ratio)).astype(np.int32)
        self.gain = gain[self.at]
        self.tight_size = rules.sizes[self.at, self.tight]
        self.arrays = (
            rules.sizes[self.at],
            rules.due[self.at],
            rules.work[self.at],
            prices.order[self.at],
            prices.rush[self.at],
            rules.apart[np.ix_(self.at, self.at)],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Sets of one size, as places in the sequence; ``bound`` is below every superset's cost."""

    members: NDArray[np.int32]
    load: NDArray[np.int64]
    due: NDArray[np.int64]
    first_due: NDArray[np.int32]
    work: NDArray[np.int64]
    price: NDArray[np.int64]
    cost: NDArray[np.int64]
    time: NDArray[np.int64]
    reduced: NDArray[np.int64]

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> _Level:
        return _Level(
            self.members[which],
            self.load[which],
            self.due[which],
            self.first_due[which],
            self.work[which],
            self.price[which],
            self.cost[which],
            self.time[which],
            self.reduced[which],
        )


def _first_level(plan: _Sequence) -> _Level:
    sizes, due, work, price, _, _ = plan.arrays
    n = plan.rules.n
    numbers = np.arange(n, dtype=np.int32)
    zeros = np.zeros(n, dtype=np.int64)
    whole_price = price + plan.prices.batch
    return _Level(numbers[:, None], sizes, due, numbers, work, whole_price, zeros, zeros, zeros)


def _measured(plan: _Sequence, level: _Level) -> _Level:
    """Return the sets of a level that can be done in time, with cost and time."""
    rules, prices = plan.rules, plan.prices
    n_sets = len(level.members)
    orders = plan.at[level.members]
    room = int((rules.begins[1:] - rules.begins[:-1])[orders].sum())
    points = np.empty(room, dtype=np.int32)
    begins = np.zeros(n_sets + 1, dtype=np.int64)
    gather_points(orders, rules.points, rules.begins, np.full(rules.n_points, -1), points, begins)
    length = rules.lengths(points[: begins[-1]], begins)
    stops = np.diff(begins)
    cart = cheapest_carts(level.load, rules.capacities, rules.cart_costs)
    cost = rules.cost.per_mm * length + rules.cost.per_stop * stops + rules.cost.per_batch + cart
    time = rules.time.per_mm * length + rules.time.per_stop * stops + rules.time.per_batch
    time += level.work
    rush = plan.arrays[4][level.first_due]
    reduced = prices.scale * cost + rush * time - level.price
    measured = _Level(
        level.members,
        level.load,
        level.due,
        level.first_due,
        level.work,
        level.price,
        cost,
        time,
        reduced,
    )
    return measured.only(time <= level.due)


def _extended(plan: _Sequence, level: _Level, threshold: int, most: int) -> tuple[_Level, bool]:
    """Return the sets one order larger that may lead to the threshold, and whether they are all."""
    sizes, due, work, price, rush, apart = plan.arrays
    # Where there are too many, the sets of least reduced cost go first.
    level = level.only(np.argsort(level.reduced, kind="stable"))
    parent = np.empty(most, dtype=np.int64)
    joining = np.empty(most, dtype=np.int32)
    count = extend_sets(
        level.members,
        level.load,
        level.due,
        level.first_due,
        level.price,
        level.cost,
        level.time,
        (sizes, due, work, price, rush),
        apart,
        plan.rules.capacities,
        (plan.gain, plan.tight_size),
        (plan.tight, plan.room, plan.prices.scale, threshold),
        parent,
        joining,
    )
    whole = count <= most
    parent, joining = parent[: min(count, most)], joining[: min(count, most)]
    old = level.only(parent)
    earlier = due[joining] < old.due
    return _Level(
        np.concatenate((old.members, joining[:, None]), axis=1),
        old.load + sizes[joining],
        np.where(earlier, due[joining], old.due),
        np.where(earlier, joining, old.first_due).astype(np.int32),
        old.work + work[joining],
        old.price + price[joining],
        old.cost,
        old.time,
        old.reduced,
    ), whole


def _batches(plan: _Sequence, level: _Level, which: NDArray[np.int64]) -> Batches:
    chosen = level.only(which)
    return Batches(
        plan.rules.n,
        plan.at[chosen.members],
        chosen.cost,
        chosen.time,
        chosen.due,
        plan.at[chosen.first_due],
    )


def _joined(parts: list[Batches], n: int) -> Batches:
    """Return batches of all sizes side by side."""
    width = max(part.members.shape[1] for part in parts)
    padded = [
        np.pad(part.members, ((0, 0), (0, width - part.members.shape[1])), constant_values=n)
        for part in parts
    ]
    return Batches(
        n,
        np.concatenate(padded),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.time for part in parts]),
        np.concatenate([part.due for part in parts]),
        np.concatenate([part.first_due for part in parts]),
    )


@kernel
def gather_points(
    orders: NDArray[np.int32],
    points: NDArray[np.int32],
    begins: NDArray[np.int64],
    seen: NDArray[np.int64],
    tour_points: NDArray[np.int32],
    tour_begins: NDArray[np.int64],
) -> None:
    """Fill the distinct points of sets of orders, one set after the other.

    Parameters
    ----------
    orders
        Shape (n_sets, size), int32.
    points, begins
        Points of each order, see :class:`BatchRules`.
    seen
        Shape (n_points,), int64, all -1; overwritten.
    tour_points, tour_begins
        Filled; ``tour_begins`` has shape (n_sets + 1,) and begins with 0.
    """
    count = 0
    for one in range(orders.shape[0]):
        for place in range(orders.shape[1]):
            order = orders[one, place]
            for at in range(begins[order], begins[order + 1]):
                point = points[at]
                if seen[point] != one:
                    seen[point] = one
                    tour_points[count] = point
                    count += 1
        tour_begins[one + 1] = count


@kernel
def cheapest_carts(
    load: NDArray[np.int64], capacities: NDArray[np.int64], costs: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the cost of the cheapest cart for each load, which some cart takes."""
    found = np.zeros(load.shape[0], dtype=np.int64)
    for one in range(load.shape[0]):
        best = np.int64(-1)
        for cart in range(capacities.shape[0]):
            fits = True
            for resource in range(capacities.shape[1]):
                fits = fits and load[one, resource] <= capacities[cart, resource]
            if fits and (best < 0 or costs[cart] < best):
                best = costs[cart]
        found[one] = best
    return found


@kernel
def extend_sets(
    members: NDArray[np.int32],
    load: NDArray[np.int64],
    set_due: NDArray[np.int64],
    first_due: NDArray[np.int32],
    set_price: NDArray[np.int64],
    cost: NDArray[np.int64],
    time: NDArray[np.int64],
    order: tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int64],
    ],
    apart: NDArray[np.bool_],
    capacities: NDArray[np.int64],
    knapsack: tuple[NDArray[np.int64], NDArray[np.int64]],
    limits: tuple[int, int, int, int],
    parent: NDArray[np.int64],
    joining: NDArray[np.int32],
) -> int:
    """List the sets that are one order larger and may lead to the threshold.

    Parameters
    ----------
    members, load, set_due, first_due, set_price, cost, time
        The sets, as places in the sequence.
    order
        Sizes, due times, work, prices and rush of the orders in sequence.
    apart, capacities
        See :class:`BatchRules`, in sequence.
    knapsack
        What each order can bring at most, and its size in the tight resource; in sequence by
        their ratio.
    limits
        The tight resource, its largest capacity, the scale of prices, the threshold.
    parent, joining
        Filled: set and place in the sequence of the order that joins.

    Returns
    -------
    int
        Their number; larger than ``parent`` by one where there is no room for more.
    """
    sizes, due, work, price, rush = order
    gain, tight_size = knapsack
    tight, room, scale, threshold = limits
    n_sets, size = members.shape
    n = due.shape[0]
    n_carts, n_resources = capacities.shape
    count = 0
    for one in range(n_sets):
        last = members[one, size - 1]
        for place in range(last + 1, n):
            fits = False
            for cart in range(n_carts):
                within = True
                for resource in range(n_resources):
                    total = load[one, resource] + sizes[place, resource]
                    within = within and total <= capacities[cart, resource]
                fits = fits or within
            least_time = time[one] + work[place]
            if not fits or least_time > min(set_due[one], due[place]):
                continue
            for member in range(size):
                fits = fits and not apart[members[one, member], place]
            if not fits:
                continue
            pressing = max(rush[first_due[one]], rush[place])
            bound = scale * cost[one] + pressing * least_time - set_price[one] - price[place]
            left = room - load[one, tight] - tight_size[place]
            following = place + 1
            while following < n and bound > threshold and gain[following] > 0:
                if tight_size[following] <= left:
                    bound -= gain[following]
                    left -= tight_size[following]
                else:
                    # The part that still fits, rounded up.
                    bound -= (gain[following] * left) // tight_size[following] + 1
                    break
                following += 1
            if bound > threshold:
                continue
            if count == parent.shape[0]:
                return count + 1
            parent[count] = one
            joining[count] = place
            count += 1
    return count
