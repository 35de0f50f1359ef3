"""The text format of the wave challenge of Mercado Libre (SBPO 2025): orders, aisles, limits.

The first line counts orders, items and aisles. A line for each order and then for each aisle
follows: how many items it names, then item and units in turn. Limits of the wave stand last: the
least and the most units. Everything counts from 0; the order of the lines is the number by which
solutions name orders and aisles.

References
----------
Mercado Libre, SOBRAPO (2025): Desafio SBPO 2025, optimal order selection for the wave.
https://github.com/mercadolibre/challenge-sbpo-2025
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.errors import InstanceError

Units: TypeAlias = tuple[tuple[int, int], ...]
"""Item and number of its units, at least 1; no item twice."""


@dataclass(frozen=True, slots=True)
class WaveInstance:
    """Open orders, what each aisle holds, and the limits of the units of a wave, both included."""

    name: str
    n_items: int
    orders: tuple[Units, ...]
    aisles: tuple[Units, ...]
    least_units: int
    most_units: int


def count_of_orders(name: str, text: str) -> int:
    """Return the number of orders without reading the rest; errors as :func:`count_of_aisles`."""
    return _sizes(name, text.partition("\n")[0])[0]


def count_of_aisles(name: str, text: str) -> int:
    """Return the number of aisles without reading the rest.

    Raises
    ------
    InstanceError
        When the first line is not three numbers.
    """
    return _sizes(name, text.partition("\n")[0])[2]


def parse_wave_instance(name: str, text: str) -> WaveInstance:
    """Return the instance of a file.

    Parameters
    ----------
    name
        Name of the instance, for messages.
    text
        Content of the file.

    Raises
    ------
    InstanceError
        When a line or a value breaks the format; names the line.
    """
    lines = [(at, line) for at, line in enumerate(text.splitlines(), start=1) if line.strip()]
    n_orders, n_items, n_aisles = _sizes(name, lines[0][1] if lines else "")
    if len(lines) != n_orders + n_aisles + 2:
        raise InstanceError(
            f"{name}: {len(lines)} lines, where {n_orders} orders and {n_aisles} aisles make "
            f"{n_orders + n_aisles + 2}"
        )
    rows = [_units(name, at, line, n_items) for at, line in lines[1:-1]]
    for (at, _), order in zip(lines[1:], rows[:n_orders], strict=False):
        if not order:
            raise InstanceError(f"{name}, line {at}: the order asks nothing")
    number, limits = lines[-1][0], _numbers(name, *lines[-1])
    if len(limits) != 2 or limits[0] > limits[1]:
        raise InstanceError(f"{name}, line {number}: is not the least and the most units")
    return WaveInstance(
        name, n_items, tuple(rows[:n_orders]), tuple(rows[n_orders:]), limits[0], limits[1]
    )


def _sizes(name: str, line: str) -> tuple[int, int, int]:
    sizes = _numbers(name, 1, line)
    if len(sizes) != 3:
        raise InstanceError(f"{name}, line 1: is not the numbers of orders, items and aisles")
    return sizes[0], sizes[1], sizes[2]


def _units(name: str, number: int, line: str, n_items: int) -> Units:
    count, *values = _numbers(name, number, line)
    if len(values) != 2 * count:
        raise InstanceError(
            f"{name}, line {number}: {count} items are announced, {len(values)} numbers follow"
        )
    units = tuple(zip(values[::2], values[1::2], strict=True))
    for item, quantity in units:
        if item >= n_items:
            raise InstanceError(f"{name}, line {number}: there is no item {item}")
        if quantity == 0:
            raise InstanceError(f"{name}, line {number}: item {item} with 0 units")
    if len({item for item, _ in units}) < count:
        raise InstanceError(f"{name}, line {number}: an item is named twice")
    return units


def _numbers(name: str, number: int, line: str) -> Sequence[int]:
    words = line.split()
    if not all(word.isascii() and word.isdigit() for word in words):
        raise InstanceError(f"{name}, line {number}: has other than whole numbers from 0 on")
    return [int(word) for word in words]
