"""Spreading stock over a layout: items asked for most often lie nearest to where walks begin.

ABC classes by share of order lines are the storage policy of the literature (R. de Koster,
T. Le-Duc, K. J. Roodbergen, "Design and control of warehouse order picking", European Journal of
Operational Research 182(2), 2007, doi:10.1016/j.ejor.2006.07.009, section 4.2). Within a class
the items are laid out at random, seeded.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.errors import BadInput


@dataclass(frozen=True, slots=True)
class Demand:
    """How much of an item the orders ask for."""

    sku: str
    n_lines: int
    units: int


@dataclass(frozen=True, slots=True)
class SpreadRules:
    """How stock is spread.

    Attributes
    ----------
    cut_a, cut_b
        Shares of all order lines at which class A and class B end, 0 < cut_a <= cut_b <= 1.
    locations
        Locations wanted for an item of class A, B and C; fewer when the layout is short of them.
    factor
        Stock as a multiple of the units asked for; below 1 makes shortages on purpose.
    minimum
        Least units of each item.
    """

    cut_a: float = 0.80
    cut_b: float = 0.95
    locations: tuple[int, int, int] = (2, 1, 1)
    factor: float = 1.25
    minimum: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.cut_a <= self.cut_b <= 1:
            raise BadInput(
                f"cuts must be 0 < A <= B <= 1, got {self.cut_a:g} and {self.cut_b:g}", code="cuts"
            )
        if min(self.locations) < 1:
            raise BadInput("every class needs at least 1 location per item", code="locations")
        if self.factor <= 0 or self.minimum < 0:
            raise BadInput("factor must be above 0 and minimum not negative", code="factor")


@dataclass(frozen=True, slots=True)
class StockLine:
    """Opening stock of one item in one location."""

    location: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The result: stock lines in order of distance, and the class of each item."""

    lines: tuple[StockLine, ...]
    classes: Mapping[str, str]


def abc_classes(demand: Iterable[Demand], *, cut_a: float, cut_b: float) -> dict[str, str]:
    """Return the class of each item: A until ``cut_a`` of all order lines, B until ``cut_b``.

    Items are ranked by lines, then units, then sku. An item belongs to the class in which its
    own lines begin, so class A is never empty.
    """
    ranked = sorted(demand, key=lambda item: (-item.n_lines, -item.units, item.sku))
    total = sum(item.n_lines for item in ranked)
    classes: dict[str, str] = {}
    before = 0
    for item in ranked:
        # The first item is A even when no item has a line.
        share = before / total if total else 0.0
        classes[item.sku] = "A" if share < cut_a else "B" if share < cut_b else "C"
        before += item.n_lines
    return classes


def spread_stock(
    demand: Sequence[Demand],
    distances_mm: Mapping[str, int],
    *,
    rules: SpreadRules,
    seed: int,
) -> Spread:
    """Return opening stock for every item, one item per location.

    Parameters
    ----------
    demand
        Items with their demand; each sku once.
    distances_mm
        Free locations and how far each is from where walks begin, millimetres.
    rules
        Classes, locations per item, quantities.
    seed
        Decides between items of one class.

    Raises
    ------
    BadInput
        When there are more items than locations.
    """
    if len(demand) > len(distances_mm):
        raise BadInput(
            f"{len(demand):,} items need as many locations, the layout has only "
            f"{len(distances_mm):,} free",
            code="layout-too-small",
        )
    classes = abc_classes(demand, cut_a=rules.cut_a, cut_b=rules.cut_b)
    nearest = sorted(distances_mm, key=lambda code: (distances_mm[code], code))
    sequence = _sequence(classes, rules, room=len(nearest), rng=random.Random(seed))
    places: dict[str, list[str]] = {}
    for location, sku in zip(nearest, sequence, strict=False):
        places.setdefault(sku, []).append(location)
    lines = [
        StockLine(location, item.sku, quantity)
        for item in demand
        for location, quantity in _shares(item, places[item.sku], rules)
        if quantity
    ]
    rank = {location: number for number, location in enumerate(nearest)}
    return Spread(tuple(sorted(lines, key=lambda line: rank[line.location])), classes)


def _sequence(
    classes: Mapping[str, str], rules: SpreadRules, *, room: int, rng: random.Random
) -> list[str]:
    """Return skus in the order in which locations are filled, nearest first."""
    wanted = dict(zip("ABC", rules.locations, strict=True))
    spare = room - len(classes)
    sequence: list[str] = []
    for name in "ABC":
        members = [sku for sku, found in classes.items() if found == name]
        group = list(members)
        for _ in range(wanted[name] - 1):
            # Second locations go to the items asked for most often, as long as there is room.
            more = members[: max(0, spare)]
            spare -= len(more)
            group += more
        rng.shuffle(group)
        sequence += group
    return sequence


def _shares(item: Demand, places: Sequence[str], rules: SpreadRules) -> list[tuple[str, int]]:
    """Return the item's stock divided over its locations as evenly as whole units allow."""
    total = max(rules.minimum, math.ceil(item.units * rules.factor))
    share, rest = divmod(total, len(places))
    return [(place, share + (number < rest)) for number, place in enumerate(places)]
