"""Input and output of routing with scattered storage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from optimizer.errors import ProblemError
from optimizer.ids import LocationId, Sku
from optimizer.routing.router import Tour


class Ended(StrEnum):
    """Why a search ended."""

    PROVEN = "proven"
    """No other choice gives a shorter walk."""
    LIMIT = "limit"
    """Its limits were met before a proof."""
    STOPPED = "stopped"
    """The stopping criterion said so."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Pieces of an item at a location."""

    location: LocationId
    pieces: int

    def __post_init__(self) -> None:
        if self.pieces < 1:
            raise ProblemError(
                f'location "{self.location}": pieces must be at least 1, got {self.pieces}'
            )


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that may be taken from several locations.

    Parameters
    ----------
    sku
        The item.
    needed
        Pieces to take, >= 1.
    supplies
        Where it lies; each location once.

    Raises
    ------
    ProblemError
        When ``needed`` is below 1, a location is named twice, or there are too few pieces.
    """

    sku: Sku
    needed: int
    supplies: tuple[Supply, ...]

    def __post_init__(self) -> None:
        if self.needed < 1:
            raise ProblemError(f'item "{self.sku}": needed must be at least 1, got {self.needed}')
        seen: set[LocationId] = set()
        for supply in self.supplies:
            if supply.location in seen:
                raise ProblemError(
                    f'item "{self.sku}": location "{supply.location}" is named twice'
                )
            seen.add(supply.location)
        held = sum(supply.pieces for supply in self.supplies)
        if held < self.needed:
            raise ProblemError(
                f'item "{self.sku}": {self.needed} pieces are needed, its locations hold {held}'
            )


@dataclass(frozen=True, slots=True)
class Take:
    """Pieces of an item to take at a location."""

    sku: Sku
    location: LocationId
    pieces: int


@dataclass(frozen=True, slots=True)
class ScatteredTour:
    """Chosen locations and the tour through them.

    ``takes`` follow the stops of the tour; each item comes from as few of the visited locations
    as possible. ``bound_mm`` is a length no tour is below, whatever locations are chosen; the
    tour is a shortest one where ``ended`` is ``Ended.PROVEN``.
    """

    takes: tuple[Take, ...]
    tour: Tour
    bound_mm: int
    ended: Ended

    @property
    def proven(self) -> bool:
        """Whether no choice of locations gives a shorter tour."""
        return self.ended is Ended.PROVEN


def allot(choices: tuple[Choice, ...], visited: frozenset[LocationId]) -> tuple[Take, ...]:
    """Return what to take where, the fullest locations of an item first.

    Parameters
    ----------
    choices
        The items.
    visited
        Locations that together hold the demand.
    """
    takes: list[Take] = []
    for choice in choices:
        lacking = choice.needed
        for supply in sorted(choice.supplies, key=lambda supply: -supply.pieces):
            if supply.location in visited and lacking > 0:
                pieces = min(lacking, supply.pieces)
                takes.append(Take(choice.sku, supply.location, pieces))
                lacking -= pieces
    return tuple(takes)
