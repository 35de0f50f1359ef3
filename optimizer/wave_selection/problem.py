"""The problem: orders and aisles such that most units are picked per visited aisle.

A wave is a set of orders, with the aisles that its pickers visit. The stock of these aisles covers
what the orders ask, and the units of the wave lie within limits. Walking is not counted.

References
----------
Mercado Libre, SOBRAPO (2025): Desafio SBPO 2025, optimal order selection for the wave.
https://github.com/mercadolibre/challenge-sbpo-2025
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from optimizer.errors import ProblemError

Units: TypeAlias = tuple[tuple[int, int], ...]
"""Index of an item and a number of its units, at least 1; no item twice."""


@dataclass(frozen=True, slots=True)
class WaveProblem:
    """Open orders, stock by aisle, and how large the wave may be.

    Parameters
    ----------
    n_items
        Number of items; they are counted from 0.
    orders
        What each order asks. An order is picked whole or not at all.
    aisles
        What each aisle holds.
    least_units, most_units
        Limits of the units of the wave, both included.

    Raises
    ------
    ProblemError
        When a value breaks a rule; names the order or aisle by its index.
    """

    n_items: int
    orders: tuple[Units, ...]
    aisles: tuple[Units, ...]
    least_units: int
    most_units: int

    def __post_init__(self) -> None:
        if not 0 <= self.least_units <= self.most_units:
            raise ProblemError(
                f"a wave of {self.least_units} to {self.most_units} units: the least must be at "
                "least 0 and not above the most"
            )
        for kind, all_units in (("order", self.orders), ("aisle", self.aisles)):
            for index, units in enumerate(all_units):
                self._check(f"{kind} {index}", units)
        for index, order in enumerate(self.orders):
            if not order:
                raise ProblemError(f"order {index}: asks nothing")

    def _check(self, name: str, units: Units) -> None:
        if len({item for item, _ in units}) < len(units):
            raise ProblemError(f"{name}: an item is named twice")
        for item, quantity in units:
            if not 0 <= item < self.n_items:
                raise ProblemError(f"{name}: there is no item {item}")
            if quantity < 1:
                raise ProblemError(f"{name}, item {item}: {quantity} units, at least 1 is allowed")


@dataclass(frozen=True, slots=True)
class UnitsPerAisle:
    """An exact ratio, which is what a wave is measured by.

    Parameters
    ----------
    units
        At least 0.
    aisles
        At least 1.
    """

    units: int
    aisles: int

    def __float__(self) -> float:
        return self.units / self.aisles

    def is_better_than(self, other: UnitsPerAisle | None) -> bool:
        """Whether the ratio is larger; anything is better than none."""
        return other is None or self.units * other.aisles > other.units * self.aisles


@dataclass(frozen=True, slots=True)
class Wave:
    """Indices of the orders of a wave and of the aisles that are visited for it, both ascending."""

    orders: tuple[int, ...]
    aisles: tuple[int, ...]


def total(all_units: Iterable[Units]) -> Counter[int]:
    """Return the units by item of several orders or aisles together."""
    found: Counter[int] = Counter()
    for units in all_units:
        for item, quantity in units:
            found[item] += quantity
    return found
