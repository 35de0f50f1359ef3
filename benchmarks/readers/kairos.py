"""Instances of order batching in an open hall with rectangular obstacles, and their solutions.

A layout is a file of coordinates (places 0 and 1 are where tours start and end) and one of
obstacles; an instance names the places its orders visit; a cart takes a number of orders. The
number of vehicles in the file limits nothing.

The authors keep distances as 16-bit floats, in layout ``Conventional`` with every straight leg cut
to an integer. Such floats are multiples of 1/1024 from 1 on, which makes lengths integers here
(``UNIT``). Measured on the 179 published solutions: in ``Conventional`` every batch has its
published length; elsewhere the published objectives agree within 0.006 % (within 0.016 % without
the 16-bit floats), and 98 to 99 % of the single batches within 0.006. The largest difference of a
batch is 0.065, in ``SingleRack``; it is not explained.

References
----------
Oxenstierna, J. (SBI heuristic): the instances are published on GitHub as
johanoxenstierna/OBP_instances.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import InstanceError
from optimizer.errors import LayoutError
from optimizer.layout.obstacles import Rectangle, lengths_around

UNIT = 1024
"""Integers per unit of length of the file."""

START, END = 0, 1
"""Places where tours start and end."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A layout: its places (x, y), and what stands in the way.

    ``whole_legs`` tells whether a straight leg counts the integer below its length.
    """

    name: str
    places: tuple[tuple[int, int], ...]
    obstacles: tuple[Rectangle, ...]
    whole_legs: bool

    def distances(self) -> NDArray[np.int64]:
        """Return the shortest walks, shape (n_places, n_places), int64, in 1/``UNIT``."""
        places = np.array(self.places, dtype=np.int64)
        try:
            lengths = lengths_around(
                places, self.obstacles, leg_length=np.floor if self.whole_legs else None
            )
        except LayoutError as error:
            raise InstanceError(f"{self.name}: {error.message}") from None
        if not np.isfinite(lengths).all():
            raise InstanceError(f"{self.name}: no walk leads from some place to another")
        return np.rint(lengths.astype(np.float16).astype(np.float64) * UNIT).astype(np.int64)


@dataclass(frozen=True, slots=True)
class HallInstance:
    """Orders (by number) and the places each visits; ``capacity`` orders per batch."""

    name: str
    capacity: int
    orders: Mapping[int, tuple[int, ...]]


def parse_hall(name: str, coordinates: str, obstacles: str, *, whole_legs: bool) -> Hall:
    """Return a layout.

    Parameters
    ----------
    name
        Name of the layout, for messages.
    coordinates, obstacles
        Content of ``tsplib_parent.txt`` and of ``obstacles_all.json``.
    whole_legs
        See :class:`Hall`.

    Raises
    ------
    InstanceError
        When a line breaks the format, or places are not numbered from 0.
    """
    _, heading, lines = coordinates.partition("LOCATION_COORD_SECTION")
    if not heading:
        raise InstanceError(f"{name}: LOCATION_COORD_SECTION is missing")
    places: list[tuple[int, int]] = []
    for line in lines.splitlines():
        fields = line.split()
        if not fields or not fields[0].isdigit():
            continue
        if len(fields) != 3 or not all(field.isdigit() for field in fields):
            raise InstanceError(f'{name}: "{line.strip()}" is not a place with two coordinates')
        if int(fields[0]) != len(places):
            raise InstanceError(f"{name}: place {fields[0]} follows place {len(places) - 1}")
        places.append((int(fields[1]), int(fields[2])))
    try:
        boxes = [entry["corners"] for entry in json.loads(obstacles).values()]
        rectangles = tuple(_rectangle(corners) for corners in boxes)
    except (ValueError, TypeError, KeyError, AttributeError, LayoutError) as error:
        raise InstanceError(f"{name}: obstacles cannot be read: {error}") from error
    return Hall(name, tuple(places), rectangles, whole_legs)


def _rectangle(corners: list[list[int]]) -> Rectangle:
    across, up = ([int(corner[axis]) for corner in corners] for axis in (0, 1))
    return Rectangle(min(across), min(up), max(across), max(up))


def parse_hall_instance(name: str, text: str) -> HallInstance:
    """Return an instance of a file ``<name>.json``.

    Raises
    ------
    InstanceError
        When it lacks something or an order asks for an unknown visit.
    """
    try:
        document = json.loads(text)
        visits = document["VISIT_LOCATION_SECTION"]
        orders = {
            int(order): tuple(int(visits[visit]) for visit in wanted)
            for order, wanted in document["ORDERS"].items()
        }
        return HallInstance(name, int(document["CAPACITIES"]), dict(sorted(orders.items())))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InstanceError(f"{name}: cannot be read: {error!r}") from error


def published_solution(name: str, text: str) -> list[tuple[list[int], list[int]]]:
    """Return orders and stops of each batch of a file ``<name>_sol.json``.

    Raises
    ------
    InstanceError
        When it cannot be read.
    """
    try:
        batches = cast("dict[str, dict[str, list[str]]]", json.loads(text))
        return [
            ([int(one) for one in batch["orders"]], [int(one) for one in batch["pickRoute"]])
            for batch in batches.values()
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InstanceError(f"{name}: cannot be read: {error!r}") from error
