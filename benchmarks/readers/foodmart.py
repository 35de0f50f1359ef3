"""The text format of the set ``foodmart``: joint order batching and picker routing with boxes.

The warehouse is an explicit graph: location 0 is where pickers depart, the last one where they
arrive (the same place), between them lie products and crossings of two blocks of aisles. The
depot is joined to every front crossing by its straight line, so that it lies at no cross-aisle.
A trolley takes boxes; an order takes whole boxes of its own.

Traps. The header says that boxes mix orders; the published values are those without mixing, where
an order takes its pieces divided by the capacity of a box, rounded up: the second number of its
line. Lengths have two decimals; they are read as whole hundredths.

References
----------
Briant, O., Cambazard, H., Cattaruzza, D., Catusse, N., Ladier, A.-L., Ogier, M. (2020): An
efficient and general approach for the joint order batching and picker routing problem. European
Journal of Operational Research 285. DOI 10.1016/j.ejor.2020.01.059.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import InstanceError
from benchmarks.readers.headed_tables import HeadedTables

UNIT = 100
"""Parts of the file's unit of length in which lengths are read."""

NO_WALK = np.int64(1) << 40
"""Distance between locations without a walk: longer than any tour."""


@dataclass(frozen=True, slots=True)
class BoxedOrder:
    """An order: the location of each of its lines, and how many boxes it fills.

    ``number`` is the file's, from 1.
    """

    number: int
    boxes: int
    locations: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BoxInstance:
    """An instance; lengths and coordinates in parts of :data:`UNIT`.

    Parameters
    ----------
    name
        Name of the instance.
    n_boxes
        Boxes on a trolley.
    orders
        The orders, in the file's sequence.
    start, end
        Locations where tours start and end.
    arcs
        The graph: length of the walk from a location to another, one way.
    places
        x and y of each location.
    distances
        Shape (n_locations, n_locations), int64: shortest walks as the file states them,
        ``NO_WALK`` where it states none.
    """

    name: str
    n_boxes: int
    orders: tuple[BoxedOrder, ...]
    start: int
    end: int
    arcs: Mapping[tuple[int, int], int]
    places: tuple[tuple[int, int], ...]
    distances: NDArray[np.int64] = field(repr=False)

    def __post_init__(self) -> None:
        named = {self.start, self.end, *(place for arc in self.arcs for place in arc)}
        named.update(place for order in self.orders for place in order.locations)
        strange = [place for place in sorted(named) if not 0 <= place < len(self.places)]
        if strange:
            raise InstanceError(f"{self.name}: no location {strange[0]} of {len(self.places)}")
        if not self.orders:
            raise InstanceError(f"{self.name}: has no order")
        for order in self.orders:
            if not order.locations:
                raise InstanceError(f"{self.name}: order {order.number} has no line")
            if order.boxes > self.n_boxes:
                raise InstanceError(
                    f"{self.name}: order {order.number} fills {order.boxes} boxes, a trolley has "
                    f"{self.n_boxes}"
                )


def parse_box_instance(name: str, text: str) -> BoxInstance:
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
    tables = HeadedTables(name, text)
    if tables.value("NbDimensionsCapacity") != 1:
        raise InstanceError(f"{name}: the capacity of a box has more than one dimension")
    n_locations = tables.value("NbLocations") + 1
    products = {
        product: (location, size)
        for product, location, size, *_ in tables.counts("Idx Location", at_least=3)
    }
    box = tables.value("B: CapaBox")
    orders = tuple(_order(name, row, products, box) for row in tables.counts("Idx M", at_least=3))
    if len(orders) != tables.value("Nb Orders"):
        raise InstanceError(f"{name}: has {len(orders)} orders, not Nb Orders")
    distances = np.full((n_locations, n_locations), NO_WALK, dtype=np.int64)
    np.fill_diagonal(distances, 0)
    for start, end, length in tables.lengths("LocStart LocEnd", per_unit=UNIT):
        if not (0 <= start < n_locations and 0 <= end < n_locations):
            raise InstanceError(f"{name}: a shortest path from {start} to {end} of {n_locations}")
        distances[start, end] = length
    return BoxInstance(
        name=name,
        n_boxes=tables.value("K: NbBoxesTrolley"),
        orders=orders,
        start=tables.value("DepartingDepot"),
        end=tables.value("ArrivalDepot"),
        arcs={
            (start, end): length
            for start, end, length in tables.lengths("Start End", per_unit=UNIT)
        },
        places=tables.places("Vertices coordinates", per_unit=UNIT, count=n_locations),
        distances=distances,
    )


def number_of_orders(name: str, text: str) -> int:
    """Return the number of orders without reading all of a file.

    Raises
    ------
    InstanceError
        When it is missing.
    """
    found = re.search(r"^//Nb Orders\s+(\d+)\s*$", text, re.MULTILINE)
    if found is None:
        raise InstanceError(f"{name}: Nb Orders is missing")
    return int(found[1])


def _order(
    name: str, row: Sequence[int], products: Mapping[int, tuple[int, int]], box: int
) -> BoxedOrder:
    number, boxes, n_lines, *rest = row
    if len(rest) != 2 * n_lines:
        raise InstanceError(f"{name}: order {number} has not the {n_lines} lines it states")
    lines = list(zip(rest[::2], rest[1::2], strict=True))
    missing = [product for product, _ in lines if product not in products]
    if missing:
        raise InstanceError(f"{name}: order {number} asks for unknown product {missing[0]}")
    size = sum(quantity * products[product][1] for product, quantity in lines)
    if boxes != -(-size // box):
        raise InstanceError(
            f"{name}: order {number} of size {size} does not fill {boxes} boxes of {box}"
        )
    return BoxedOrder(number, boxes, tuple(products[product][0] for product, _ in lines))
