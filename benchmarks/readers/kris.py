"""The text format of the set ``ibsrp``: batches, their sequence, several pickers, due dates.

A heading is a line that begins with ``//``; the numbers below it belong to it. The warehouse is an
explicit directed graph: location 0 is where pickers depart, the last one where they arrive, between
them lie products and crossings. Lengths and times are integers.

Traps. The capacity of a picker counts order *lines*, whatever the products' sizes say, and every
line costs its picking time, also where two products share a location. Due dates are hard; the
penalties of the file are 0. No arc leads to the departing or from the arriving depot, although the
table of shortest paths has lengths for that.

References
----------
Briant, O., Cambazard, H., Catusse, N., Lagrange, V., Masson, R. et al. (2023): arXiv 2303.17834,
from whose detailed results the optima of the set are taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import InstanceError

NO_WALK = np.int64(1) << 40
"""Distance between locations without a walk: longer than any tour."""


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order: the location of each of its lines, and when the batch must be done at the latest.

    ``number`` is the file's, from 1.
    """

    number: int
    due: int
    locations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """A walk of ``length`` from a location to another, one way."""

    start: int
    end: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class DueInstance:
    """An instance; times in the file's unit, lengths in the file's unit of distance.

    Parameters
    ----------
    name
        Name of the instance.
    n_pickers, capacity
        Pickers, and order lines in one batch at most.
    time_per_length, time_per_batch, time_per_line
        Durations: of a unit of length, of setting up a batch, of picking a line.
    orders
        The orders, in the file's sequence.
    start, end
        Locations where tours start and end.
    arcs
        The graph.
    places
        x and y of each location.
    distances
        Shape (n_locations, n_locations), int64: shortest walks as the file states them,
        ``NO_WALK`` where it states none.
    """

    name: str
    n_pickers: int
    capacity: int
    time_per_length: int
    time_per_batch: int
    time_per_line: int
    orders: tuple[DueOrder, ...]
    start: int
    end: int
    arcs: tuple[Arc, ...]
    places: tuple[tuple[float, float], ...]
    distances: NDArray[np.int64] = field(repr=False)

    def __post_init__(self) -> None:
        n_locations = len(self.places)
        named = {self.start, self.end}
        named.update(place for arc in self.arcs for place in (arc.start, arc.end))
        named.update(place for order in self.orders for place in order.locations)
        strange = [place for place in sorted(named) if not 0 <= place < n_locations]
        if strange:
            raise InstanceError(f"{self.name}: no location {strange[0]} of {n_locations}")
        for order in self.orders:
            if not 1 <= len(order.locations) <= self.capacity:
                raise InstanceError(
                    f"{self.name}: order {order.number} has {len(order.locations)} lines, "
                    f"a batch takes 1 to {self.capacity}"
                )
            stops = list(order.locations)
            reach = np.maximum(self.distances[self.start, stops], self.distances[stops, self.end])
            if reach.max() >= NO_WALK:
                raise InstanceError(f"{self.name}: order {order.number} cannot be reached")
        if self.n_pickers < 1 or not self.orders:
            raise InstanceError(f"{self.name}: has no picker or no order")


def parse_due_instance(name: str, text: str) -> DueInstance:
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
    n_locations = reading.value("NbLocations") + 1
    location_of = {product: place for product, place, *_ in reading.table("Idx Location", 3)}
    orders = tuple(_order(reading, row, location_of) for row in reading.table("Idx DueDate", 4))
    if len(orders) != reading.value("NbOrders"):
        raise InstanceError(f"{name}: has {len(orders)} orders, not NbOrders")
    distances = np.full((n_locations, n_locations), NO_WALK, dtype=np.int64)
    np.fill_diagonal(distances, 0)
    for start, end, length in reading.table("LocStart LocEnd", 3):
        if max(start, end) >= n_locations:
            raise InstanceError(f"{name}: a shortest path from {start} to {end} of {n_locations}")
        distances[start, end] = length
    return DueInstance(
        name=name,
        n_pickers=reading.value("NbPickers"),
        capacity=reading.value("CapaPicker"),
        time_per_length=reading.value("TimeToTravelOneDistanceUnit"),
        time_per_batch=reading.value("SetupTime"),
        time_per_line=reading.value("PickTime"),
        orders=orders,
        start=reading.value("DepartingDepot"),
        end=reading.value("ArrivalDepot"),
        arcs=tuple(Arc(start, end, length) for start, end, length in reading.table("Start End", 3)),
        places=reading.places("Loc x", n_locations),
        distances=distances,
    )


def heading_value(name: str, text: str, heading: str) -> int:
    """Return the one count below a heading without reading all of a file.

    Raises
    ------
    InstanceError
        When there is none.
    """
    found = re.search(rf"^//{re.escape(heading)}\s+(\d+)\s*$", text, re.MULTILINE)
    if found is None:
        raise InstanceError(f"{name}: {heading} is missing")
    return int(found[1])


def _order(reading: _Reading, row: Sequence[int], location_of: dict[int, int]) -> DueOrder:
    number, due, _, n_lines, *rest = row
    products = rest[::2]
    if len(rest) != 2 * n_lines:
        raise InstanceError(f"{reading.name}: order {number} has not the {n_lines} lines it states")
    missing = [product for product in products if product not in location_of]
    if missing:
        raise InstanceError(f"{reading.name}: order {number} asks for unknown product {missing[0]}")
    return DueOrder(number, due, tuple(location_of[product] for product in products))


class _Reading:
    """The lines of one file below their headings."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._tables: dict[str, list[tuple[int, str]]] = {}
        rows: list[tuple[int, str]] | None = None
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if stripped.startswith("//"):
                rows = self._tables.setdefault(stripped[2:].strip(), [])
            elif stripped:
                if rows is None:
                    raise InstanceError(f"{name}, line {number}: stands below no heading")
                rows.append((number, stripped))

    def value(self, heading: str) -> int:
        """Return the one count below a heading."""
        rows = self._tables.get(heading)
        if not rows:
            raise InstanceError(f"{self.name}: {heading} is missing")
        return self._counts(*rows[0], at_least=1)[0]

    def table(self, heading: str, at_least: int) -> list[list[int]]:
        """Return the rows of counts below the heading that begins so."""
        return [self._counts(*row, at_least=at_least) for row in self._rows(heading)]

    def places(self, heading: str, n_places: int) -> tuple[tuple[float, float], ...]:
        """Return x and y of the places, which are numbered from 0."""
        places: list[tuple[float, float]] = []
        for number, line in self._rows(heading):
            place, x, y, *_ = [*line.split(maxsplit=3), "", "", ""]
            try:
                found = int(place), float(x), float(y)
            except ValueError:
                raise self._wrong(number, line, 'is not "number x y name"') from None
            if found[0] != len(places):
                raise self._wrong(number, line, f"is not location {len(places)}")
            places.append(found[1:])
        if len(places) != n_places:
            raise InstanceError(f"{self.name}: has places of {len(places)} locations of {n_places}")
        return tuple(places)

    def _rows(self, heading: str) -> list[tuple[int, str]]:
        for title, rows in self._tables.items():
            if title.startswith(heading):
                return rows
        raise InstanceError(f'{self.name}: the table "{heading} ..." is missing')

    def _counts(self, number: int, line: str, *, at_least: int) -> list[int]:
        words = line.split()
        if len(words) < at_least or not all(word.isdigit() for word in words):
            raise self._wrong(number, line, f"is not {at_least} or more counts")
        return [int(word) for word in words]

    def _wrong(self, number: int, line: str, rule: str) -> InstanceError:
        return InstanceError(f'{self.name}, line {number}: "{line}" {rule}')
