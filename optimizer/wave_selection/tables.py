"""The problem as arrays for compiled code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.wave_selection.problem import Units, WaveProblem, total

Integers = NDArray[np.int64]


class Rows(NamedTuple):
    """Rows of different lengths, one after the other.

    Row r lies at ``first[r]`` to ``first[r + 1]`` of ``target`` and ``quantity``.
    """

    first: Integers
    target: Integers
    quantity: Integers


class Tables(NamedTuple):
    """Orders and aisles by item and the other way round. All arrays are int64.

    ``orders`` and ``aisles`` hold items, ``asking`` and ``stocking`` hold for each item the orders
    that ask it, the largest first, and the aisles that hold it. ``units``, shape (n_orders,), is
    the size of each order.
    """

    orders: Rows
    aisles: Rows
    asking: Rows
    stocking: Rows
    units: Integers


def servable_orders(problem: WaveProblem) -> tuple[int, ...]:
    """Return the orders that the stock of all aisles covers, each taken alone, and that fit."""
    stock = total(problem.aisles)
    return tuple(
        index
        for index, order in enumerate(problem.orders)
        if all(quantity <= stock[item] for item, quantity in order)
        and sum(quantity for _, quantity in order) <= problem.most_units
    )


def tables_of(problem: WaveProblem, orders: Sequence[int]) -> Tables:
    """Return the arrays of some of the orders, counted anew, and of all aisles.

    Stock is counted only as far as these orders ask it.
    """
    asked = [problem.orders[index] for index in orders]
    demand = total(asked)
    stocked = [
        tuple((item, min(held, demand[item])) for item, held in aisle if item in demand)
        for aisle in problem.aisles
    ]
    units = [sum(quantity for _, quantity in order) for order in asked]
    largest_first = sorted(range(len(asked)), key=lambda index: -units[index])
    return Tables(
        orders=_rows(asked),
        aisles=_rows(stocked),
        asking=_by_item(problem.n_items, [(index, asked[index]) for index in largest_first]),
        stocking=_by_item(problem.n_items, enumerate(stocked)),
        units=np.array(units, dtype=np.int64),
    )


def _by_item(n_items: int, holders: Iterable[tuple[int, Units]]) -> Rows:
    found: list[list[tuple[int, int]]] = [[] for _ in range(n_items)]
    for holder, units in holders:
        for item, quantity in units:
            found[item].append((holder, quantity))
    return _rows(found)


def _rows(rows: Sequence[Sequence[tuple[int, int]]]) -> Rows:
    first = np.zeros(len(rows) + 1, dtype=np.int64)
    first[1:] = np.cumsum([len(row) for row in rows])
    flat = np.array([entry for row in rows for entry in row], dtype=np.int64).reshape(-1, 2)
    return Rows(first, flat[:, 0].copy(), flat[:, 1].copy())
