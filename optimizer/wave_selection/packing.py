"""Orders packed into the stock of the open aisles, changed by one aisle or one order at a time.

Compiled. Every change is noted, so that a move can be taken back at the price of its own size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.kernel import kernel
from optimizer.routing.local_search import draw
from optimizer.wave_selection.tables import Integers, Tables

UNITS, N_OPEN, N_CHOSEN, N_NOTES = 0, 1, 2, 3
"""Places in :attr:`Packing.counts`."""

NONE = -1
"""Stands for no order."""


class Packing(NamedTuple):
    """A wave that is being changed.

    Parameters
    ----------
    is_open, shape (n_aisles,), and is_chosen, shape (n_orders,), bool
        The aisles that are visited and the orders of the wave.
    free, shape (n_items,), int64
        Stock of the open aisles that no chosen order takes; never negative between two moves.
    counts, shape (4,), int64
        Units, open aisles, chosen orders, notes.
    notes, shape (4 n_aisles + 4 n_orders,), int64
        What the present move has changed: an order, or -1 - an aisle. A move takes every order out
        at most once and puts it in at most twice.
    aisles, shape (n_aisles,), and aisle_place, shape (n_aisles,), int64
        All aisles, the open ones first; where each stands.
    orders, shape (n_orders,), and order_place, shape (n_orders,), int64
        All orders, the chosen ones first; where each stands.
    """

    is_open: NDArray[np.bool_]
    is_chosen: NDArray[np.bool_]
    free: Integers
    counts: Integers
    notes: Integers
    aisles: Integers
    aisle_place: Integers
    orders: Integers
    order_place: Integers


def empty_packing(tables: Tables) -> Packing:
    """Return the wave without orders and aisles."""
    n_aisles, n_orders = len(tables.aisles.first) - 1, len(tables.units)
    return Packing(
        is_open=np.zeros(n_aisles, dtype=np.bool_),
        is_chosen=np.zeros(n_orders, dtype=np.bool_),
        free=np.zeros(len(tables.asking.first) - 1, dtype=np.int64),
        counts=np.zeros(4, dtype=np.int64),
        notes=np.zeros(4 * (n_aisles + n_orders), dtype=np.int64),
        aisles=np.arange(n_aisles),
        aisle_place=np.arange(n_aisles),
        orders=np.arange(n_orders),
        order_place=np.arange(n_orders),
    )


@kernel
def forget(packing: Packing) -> None:
    """Begin a move: what was changed so far stays."""
    packing.counts[N_NOTES] = 0


@kernel
def take_back(tables: Tables, packing: Packing) -> None:
    """Undo the present move."""
    for at in range(packing.counts[N_NOTES] - 1, -1, -1):
        note = packing.notes[at]
        if note >= 0:
            _turn_order(tables, packing, note)
        else:
            _turn_aisle(tables, packing, -1 - note)
    packing.counts[N_NOTES] = 0


@kernel
def become(
    tables: Tables, packing: Packing, is_open: NDArray[np.bool_], is_chosen: NDArray[np.bool_]
) -> None:
    """Turn into another wave, of which the open aisles cover the chosen orders."""
    for aisle in range(len(is_open)):
        if packing.is_open[aisle] != is_open[aisle]:
            _turn_aisle(tables, packing, aisle)
    for order in range(len(is_chosen)):
        if packing.is_chosen[order] != is_chosen[order]:
            _turn_order(tables, packing, order)


@kernel
def open_aisle(
    tables: Tables, packing: Packing, aisle: int, most_units: int, random: NDArray[np.uint64]
) -> None:
    """Visit an aisle and add the orders that its stock makes possible."""
    _turn_aisle(tables, packing, aisle)
    first, last = tables.aisles.first[aisle], tables.aisles.first[aisle + 1]
    _fill_items(tables, packing, tables.aisles.target[first:last], most_units, random)


@kernel
def close_aisle(
    tables: Tables, packing: Packing, aisle: int, most_units: int, random: NDArray[np.uint64]
) -> None:
    """Visit an aisle no more; orders whose stock is missing then give way to others."""
    mark = packing.counts[N_NOTES]
    _turn_aisle(tables, packing, aisle)
    for at in range(tables.aisles.first[aisle], tables.aisles.first[aisle + 1]):
        _evict(tables, packing, tables.aisles.target[at], 0, NONE)
    _fill_freed(tables, packing, mark, most_units, random)


@kernel
def force_order(
    tables: Tables, packing: Packing, order: int, most_units: int, random: NDArray[np.uint64]
) -> bool:
    """Put an order into the wave at the cost of others; tell whether the open aisles cover it."""
    orders, units = tables.orders, tables.units
    mark = packing.counts[N_NOTES]
    for at in range(orders.first[order], orders.first[order + 1]):
        if not _evict(tables, packing, orders.target[at], orders.quantity[at], order):
            return False
    while packing.counts[UNITS] + units[order] > most_units:
        other = packing.orders[draw(random, packing.counts[N_CHOSEN])]
        _turn_order(tables, packing, other)
    _turn_order(tables, packing, order)
    _fill_freed(tables, packing, mark, most_units, random)
    return True


@kernel
def _evict(tables: Tables, packing: Packing, item: int, wanted: int, protected: int) -> bool:
    """Take out orders that ask an item, the smallest first, until ``wanted`` of it is free."""
    asking = tables.asking
    for at in range(asking.first[item + 1] - 1, asking.first[item] - 1, -1):
        if packing.free[item] >= wanted:
            return True
        order = asking.target[at]
        if packing.is_chosen[order] and order != protected:
            _turn_order(tables, packing, order)
    return bool(packing.free[item] >= wanted)


@kernel
def _fill_freed(
    tables: Tables, packing: Packing, mark: int, most_units: int, random: NDArray[np.uint64]
) -> None:
    """Add orders that ask what the orders gave back that were taken out since ``mark``."""
    orders = tables.orders
    until = packing.counts[N_NOTES]
    for at in range(mark, until):
        note = packing.notes[at]
        if note >= 0 and not packing.is_chosen[note]:
            items = orders.target[orders.first[note] : orders.first[note + 1]]
            _fill_items(tables, packing, items, most_units, random)


@kernel
def _fill_items(
    tables: Tables, packing: Packing, items: Integers, most_units: int, random: NDArray[np.uint64]
) -> None:
    """Add orders that ask one of some items and fit, beginning at a random one of the items."""
    n_items = len(items)
    if n_items == 0:
        return
    asking = tables.asking
    begin = draw(random, n_items)
    for step in range(n_items):
        item = items[(begin + step) % n_items]
        for at in range(asking.first[item], asking.first[item + 1]):
            if packing.counts[UNITS] >= most_units or packing.free[item] == 0:
                break
            order = asking.target[at]
            if not packing.is_chosen[order] and asking.quantity[at] <= packing.free[item]:
                _add_if_it_fits(tables, packing, order, most_units)


@kernel
def _add_if_it_fits(tables: Tables, packing: Packing, order: int, most_units: int) -> None:
    orders = tables.orders
    if packing.counts[UNITS] + tables.units[order] > most_units:
        return
    for at in range(orders.first[order], orders.first[order + 1]):
        if packing.free[orders.target[at]] < orders.quantity[at]:
            return
    _turn_order(tables, packing, order)


@kernel
def _turn_order(tables: Tables, packing: Packing, order: int) -> None:
    """Put an order in, or take it out where it is in."""
    orders, counts = tables.orders, packing.counts
    sign = -1 if packing.is_chosen[order] else 1
    packing.is_chosen[order] = not packing.is_chosen[order]
    for at in range(orders.first[order], orders.first[order + 1]):
        packing.free[orders.target[at]] -= sign * orders.quantity[at]
    counts[UNITS] += sign * tables.units[order]
    border = counts[N_CHOSEN] if sign > 0 else counts[N_CHOSEN] - 1
    _exchange(packing.orders, packing.order_place, packing.order_place[order], border)
    counts[N_CHOSEN] += sign
    packing.notes[counts[N_NOTES]] = order
    counts[N_NOTES] += 1


@kernel
def _turn_aisle(tables: Tables, packing: Packing, aisle: int) -> None:
    """Open an aisle, or close it where it is open."""
    aisles, counts = tables.aisles, packing.counts
    sign = -1 if packing.is_open[aisle] else 1
    packing.is_open[aisle] = not packing.is_open[aisle]
    for at in range(aisles.first[aisle], aisles.first[aisle + 1]):
        packing.free[aisles.target[at]] += sign * aisles.quantity[at]
    border = counts[N_OPEN] if sign > 0 else counts[N_OPEN] - 1
    _exchange(packing.aisles, packing.aisle_place, packing.aisle_place[aisle], border)
    counts[N_OPEN] += sign
    packing.notes[counts[N_NOTES]] = -1 - aisle
    counts[N_NOTES] += 1


@kernel
def _exchange(members: Integers, place: Integers, one: int, other: int) -> None:
    members[one], members[other] = members[other], members[one]
    place[members[one]] = one
    place[members[other]] = other
