"""The text format of Heßler and Irnich: parallel aisles, one block, articles in cells.

Used by the sets ``sprp``, ``sprp-ss``, ``bahceci-oncan`` and ``henn-waescher``. Lengths are read as
exact integers, a thousandth of the file's unit each, so that 1.5 and 2.4 stay exact.

Two traps. Cell 0 is the one nearest to the *top* cross-aisle. And an article may lie in several
cells, of which each holds a quantity.

References
----------
Heßler, K., Irnich, S. (2024): Exact solution of the single-picker routing problem with scattered
storage. INFORMS Journal on Computing. DOI 10.1287/ijoc.2023.0075.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from benchmarks.errors import InstanceError

UNIT = 1000
"""Integers per unit of length of the file."""

_PAIR = re.compile(r"([A-Z_]+) ([^\s:]+)")


@dataclass(frozen=True, slots=True)
class Supply:
    """``quantity`` pieces of an article in a cell of an aisle (both counted from 0)."""

    article: int
    aisle: int
    cell: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Demand:
    """``quantity`` pieces of an article."""

    article: int
    quantity: int


@dataclass(frozen=True, slots=True)
class AisleInstance:
    """An instance. Lengths in thousandths of the file's unit (``UNIT``).

    ``depot_at_top`` tells at which end of aisle ``depot_aisle`` the depot stands, ``to_depot`` is
    its distance from there. ``capacity`` is the number of pieces on one tour, ``None`` without a
    limit. A set about single tours has one order.
    """

    name: str
    n_aisles: int
    n_cells: int
    depot_aisle: int
    depot_at_top: bool
    aisle_pitch: int
    cell_pitch: int
    top_to_cell: int
    bottom_to_cell: int
    to_depot: int
    supplies: tuple[Supply, ...]
    orders: tuple[tuple[Demand, ...], ...]
    capacity: int | None

    def __post_init__(self) -> None:
        if not 0 <= self.depot_aisle < self.n_aisles:
            raise InstanceError(f"{self.name}: no depot aisle {self.depot_aisle}")
        stocked: dict[int, int] = {}
        for supply in self.supplies:
            if not (0 <= supply.aisle < self.n_aisles and 0 <= supply.cell < self.n_cells):
                raise InstanceError(
                    f"{self.name}: no cell {supply.cell} in an aisle {supply.aisle}"
                )
            stocked[supply.article] = stocked.get(supply.article, 0) + supply.quantity
        for order in self.orders:
            for demand in order:
                if stocked.get(demand.article, 0) < demand.quantity:
                    raise InstanceError(
                        f"{self.name}: {demand.quantity} of article {demand.article} are asked, "
                        f"{stocked.get(demand.article, 0)} are there"
                    )


def parse_instance(name: str, text: str) -> AisleInstance:
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
    reading = _Reading(name, text)
    depot_end = reading.word("DEPOT_LOCATION")
    if depot_end not in ("top", "bottom"):
        raise InstanceError(f'{name}: DEPOT_LOCATION "{depot_end}" is neither top nor bottom')
    layout = reading.word("LAYOUT")
    if layout != "single-block":
        raise InstanceError(f'{name}: LAYOUT "{layout}" is not single-block')
    has_capacity = "PICKER_CAPACITY" in reading.header
    return AisleInstance(
        name=name,
        n_aisles=reading.count("NUM_AISLES"),
        n_cells=reading.count("NUM_CELLS"),
        depot_aisle=reading.count("DEPOT_AISLE"),
        depot_at_top=depot_end == "top",
        aisle_pitch=reading.length("DISTANCE_AISLE_TO_AISLE"),
        cell_pitch=reading.length("DISTANCE_CELL_TO_CELL"),
        top_to_cell=reading.length("DISTANCE_TOP_TO_CELL"),
        bottom_to_cell=reading.length("DISTANCE_BOTTOM_TO_CELL"),
        to_depot=reading.length("DISTANCE_TOP_OR_BOTTOM_TO_DEPOT"),
        supplies=tuple(reading.supplies),
        orders=tuple(tuple(order) for order in reading.orders),
        capacity=reading.count("PICKER_CAPACITY") if has_capacity else None,
    )


class _Reading:
    """The lines of one file, sorted into header, supplies and orders."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.header: dict[str, str] = {}
        self.supplies: list[Supply] = []
        self.orders: list[list[Demand]] = []
        section = "HEADER"
        for number, line in _lines(text):
            if line.endswith("_SECTION"):
                section = line
                continue
            key, colon, value = (part.strip() for part in line.partition(":"))
            if section == "HEADER":
                if not colon:
                    raise self._wrong(number, line, 'is not "KEY : value"')
                self.header[key] = value
            elif section == "SKU_SECTION" and not colon:
                self.supplies.append(self._supply(number, line))
            elif section == "ORDER_SECTION":
                self._read_order(number, line, key if colon else "")
            elif section not in ("ARTICLE_SECTION", "SKU_SECTION"):
                raise self._wrong(number, line, f"stands in the unknown section {section}")
        if not self.orders or not self.supplies:
            raise InstanceError(f"{name}: has no order or no supply")

    def word(self, key: str) -> str:
        """Return a value of the header."""
        try:
            return self.header[key]
        except KeyError:
            raise InstanceError(f"{self.name}: {key} is missing") from None

    def count(self, key: str) -> int:
        """Return a value of the header that is a number >= 0."""
        value = self.word(key)
        if not value.isdigit():
            raise InstanceError(f'{self.name}: {key} "{value}" is not a count')
        return int(value)

    def length(self, key: str) -> int:
        """Return a length of the header in thousandths."""
        value = self.word(key)
        try:
            scaled = Decimal(value) * UNIT
        except InvalidOperation:
            raise InstanceError(f'{self.name}: {key} "{value}" is not a number') from None
        if scaled != int(scaled) or scaled < 0:
            raise InstanceError(f"{self.name}: {key} {value} is not a multiple of 1/{UNIT}")
        return int(scaled)

    def _read_order(self, number: int, line: str, key: str) -> None:
        if key == "NUM_ORDERS":
            return
        if key in ("NUM_ARTICLES", "NUM_ARTICLES_IN_ORDER"):
            self.orders.append([])
            return
        if not self.orders or key:
            raise self._wrong(number, line, "is no line of an order")
        fields = dict(_PAIR.findall(line))
        self.orders[-1].append(Demand(*self._numbers(number, fields, "ID", "QUANTITY")))

    def _supply(self, number: int, line: str) -> Supply:
        fields = dict(_PAIR.findall(line))
        return Supply(*self._numbers(number, fields, "ID", "AISLE", "CELL", "QUANTITY"))

    def _numbers(self, number: int, fields: dict[str, str], *keys: str) -> list[int]:
        values = [fields.get(key, "") for key in keys]
        for key, value in zip(keys, values, strict=True):
            if not value.isdigit():
                raise self._wrong(number, f"{key} {value}", "is not a count")
        return [int(value) for value in values]

    def _wrong(self, number: int, line: str, rule: str) -> InstanceError:
        return InstanceError(f'{self.name}, line {number}: "{line}" {rule}')


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, up to the end mark, with their numbers from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped == "EOF":
            return
        if stripped:
            yield number, stripped
