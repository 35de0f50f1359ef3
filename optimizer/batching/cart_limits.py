"""The rules of a cart as the engine sees them: sizes that add up, company, shared totes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.capacity import CartRules
from optimizer.batching.demand import Demand
from optimizer.batching.problem import Cart, Filling

URGENT, ORDINARY = np.uint64(1), np.uint64(2)
"""Kinds of demands that refuse each other."""


@dataclass(frozen=True, slots=True)
class CartLimits:
    """What decides whether demands may travel together.

    See :class:`~optimizer.batching.problem.BatchingProblem` for the fields. ``is_least``: no other
    way to pack the same orders takes less of a cart, so that a bound on batches within these
    limits bounds them whatever the packing.
    """

    sizes: NDArray[np.int64]
    cart: Cart
    kinds: NDArray[np.uint64] | None
    refuses: NDArray[np.uint64] | None
    filling: Filling | None
    is_least: bool


def cart_limits(demands: Sequence[Demand], rules: CartRules) -> CartLimits:
    """Return the limits of a cart for demands that each fit it by themselves.

    Demands may travel together where their sizes add up to the capacity at most, no kinds refuse
    each other, and shared totes hold them: what
    :meth:`~optimizer.batching.capacity.CartRules.admits` says of the sum of their loads, and with
    shared totes :meth:`~optimizer.batching.capacity.CartRules.takes` of their promises, the lowest
    demand first. Limits that can never be reached are left out: fewer sizes, quicker moves.

    Parameters
    ----------
    demands
        None of them travels alone.
    rules
        How the cart is used.
    """
    sizes, capacity = _sizes(demands, rules)
    binding = binding_columns(sizes, capacity)
    urgent = np.array([demand.urgent for demand in demands], dtype=np.bool_)
    kinds = refuses = None
    if urgent.any() and not urgent.all():
        kinds = np.where(urgent, URGENT, ORDINARY)
        refuses = np.where(urgent, ORDINARY, URGENT)
    filling = _filling(demands, rules) if rules.shared_totes else None
    return CartLimits(
        np.ascontiguousarray(sizes[:, binding]),
        Cart(tuple(int(capacity[column]) for column in binding)),
        kinds,
        refuses,
        filling,
        filling is None and (rules.shared_totes or _packed_least(demands, rules)),
    )


def binding_columns(sizes: NDArray[np.int64], capacity: Sequence[int]) -> list[int]:
    """Return the resources that can forbid a batch which the other returned ones allow.

    A resource is left out where even the largest demands, as many as a batch can have by the
    others, stay within it. At least one is returned.

    Parameters
    ----------
    sizes
        Shape (n, n_resources), int64, >= 0.
    capacity
        Of a batch, per resource.
    """
    n = len(sizes)
    ascending = np.cumsum(np.sort(sizes, axis=0), axis=0)
    widest = [
        int(np.searchsorted(ascending[:, column], limit, side="right"))
        for column, limit in enumerate(capacity)
    ]
    totals = ascending[-1] if n else np.zeros(len(capacity), dtype=np.int64)
    kept: list[int] = []
    width = n
    for column in sorted(range(len(capacity)), key=lambda column: (widest[column], column)):
        largest = totals[column] - (ascending[n - width - 1, column] if width < n else 0)
        if largest > capacity[column] or not kept:
            kept.append(column)
            width = min(width, widest[column])
    return sorted(kept)


def _sizes(
    demands: Sequence[Demand], rules: CartRules
) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    cart = rules.cart
    columns = [[load.weight_g for load in (demand.load for demand in demands)]]
    capacity = [cart.max_weight_g]
    for index in range(rules.n_lists):
        columns.append([demand.load.lines[index] for demand in demands])
        capacity.append(cart.max_lines)
    if rules.max_orders is not None:
        columns.append([demand.load.orders for demand in demands])
        capacity.append(rules.max_orders)
    if rules.shared_totes:
        capacity[0] = min(cart.max_weight_g, cart.slots * cart.tote_weight_g)
        columns.append([demand.load.volume_ml for demand in demands])
        capacity.append(cart.slots * cart.tote_volume_ml)
    else:
        columns.append([demand.load.totes for demand in demands])
        capacity.append(cart.slots)
    sizes = np.array(columns, dtype=np.int64).reshape(len(capacity), len(demands)).T
    return sizes, tuple(capacity)


def _filling(demands: Sequence[Demand], rules: CartRules) -> Filling | None:
    """Return the shared totes, ``None`` where they hold whatever weight and volume allow."""
    cart = rules.cart
    promises = [promise for demand in demands for promise in demand.promises]
    if _always_packable(demands, rules):
        return None
    begins = np.zeros(len(demands) + 1, dtype=np.int64)
    np.cumsum([len(demand.promises) for demand in demands], out=begins[1:])
    return Filling(
        begins,
        np.array([promise.weight_g for promise in promises], dtype=np.int64),
        np.array([promise.volume_ml for promise in promises], dtype=np.int64),
        np.array([promise.quantity for promise in promises], dtype=np.int64),
        cart.tote_weight_g,
        cart.tote_volume_ml,
        cart.slots,
        cart.max_lines,
    )


def _always_packable(demands: Sequence[Demand], rules: CartRules) -> bool:
    """Return whether totes filled one after the other, in any order, hold any admitted load.

    A tote is closed only when the next unit does not fit, so it is full but for less than the
    largest unit, in weight or in volume.
    """
    cart = rules.cart
    promises = [promise for demand in demands for promise in demand.promises]
    unit_weight_g = max((promise.weight_g for promise in promises), default=0)
    unit_volume_ml = max((promise.volume_ml for promise in promises), default=0)
    weight_g = min(
        sum(demand.load.weight_g for demand in demands),
        cart.max_weight_g,
        cart.slots * cart.tote_weight_g,
    )
    volume_ml = min(
        sum(demand.load.volume_ml for demand in demands), cart.slots * cart.tote_volume_ml
    )
    lines = min(sum(demand.load.lines[0] for demand in demands), cart.max_lines)
    totes = (
        weight_g // (cart.tote_weight_g - unit_weight_g + 1)
        + volume_ml // (cart.tote_volume_ml - unit_volume_ml + 1)
        + 1
    )
    return totes <= cart.slots and lines + totes - 1 <= cart.max_lines


def _packed_least(demands: Sequence[Demand], rules: CartRules) -> bool:
    """Return whether no order could do with fewer totes or picks than it was packed into."""
    cart = rules.cart
    for demand in demands:
        load = demand.load
        if load.totes == 1:
            continue
        least = max(
            -(-load.weight_g // cart.tote_weight_g), -(-load.volume_ml // cart.tote_volume_ml)
        )
        picks = {(promise.line, promise.place) for promise in demand.promises}
        if load.totes > least or sum(load.lines) > len(picks):
            return False
    return True
