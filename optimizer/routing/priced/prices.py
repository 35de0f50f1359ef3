"""What a walk costs beyond its length, and the judge of priced walks.

Prices are equivalents in millimetres of walking, so that one number is minimised. They are defined
on the *edges* of the layout. Nodes are crossings: turning and changing sides is free there. An
aisle that a picker cannot turn in between two cross-aisles is therefore one edge; a node in the
middle of it is a turning place. All edges have the same prices. Prices of single edges (narrow and
wide aisles in one building) would be asked for where :attr:`WalkPrices.of_turning` and
:attr:`WalkPrices.of_crossing` are asked for now: every place there knows its edge.

A *visit* of an edge is a part of the walk strictly inside that edge, from the node by which it is
entered to the node by which it is left. A location at offset 0 or at the full length of an edge,
like a location at a node, lies at the node and belongs to no visit.

Crossings of a visit
    The sides of its stops are read in the order of the visit, stops without a side left out; every
    change from one side to the other is one crossing. Two stops at the same offset on opposite
    sides are no exception. Passing a location without stopping there counts nothing.
U-turns of a visit
    Its moves are read in order, moves of length 0 left out; every change of direction is one
    U-turn. An edge left by the node where it was entered has an odd number of them.
Floor changes
    An edge whose nodes lie on floors that differ by d costs d floor changes when it is walked from
    end to end; a stop on it lies on the floor of its nearer node (of the edge's first node when it
    is exactly in the middle).
Levels
    The sum over all stops of the location's level, 0 at the bottom.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from optimizer.errors import OptimizerError
from optimizer.layout.distances import Point

HIGHEST_PRICE_MM = 100_000_000
"""Largest price: 100 km, so that sums of a tour stay far inside 64 bits."""


class Forbidden(StrEnum):
    """What stands in the place of a price for what must not happen."""

    FORBIDDEN = "forbid"


FORBIDDEN = Forbidden.FORBIDDEN

Price = int | Forbidden


class PriceError(OptimizerError):
    """A price is out of its range; the message names it."""


@dataclass(frozen=True, slots=True)
class WalkPrices:
    """Prices of what a body does on its way, in millimetres of walking; see the module.

    Parameters
    ----------
    crossing_mm
        Per change of the side of an aisle within one visit (wide aisles), or ``FORBIDDEN``.
    level_mm
        Per level above the ground and stop (ladders).
    u_turn_mm
        Per turning round inside an edge (narrow aisles), or ``FORBIDDEN``.
    floor_change_mm
        Per floor climbed or descended, or ``FORBIDDEN``.
    max_length_mm
        Longest walk allowed (its length, not its cost); ``None`` for no limit.

    Raises
    ------
    PriceError
        When a number is negative, or a price above ``HIGHEST_PRICE_MM``.
    """

    crossing_mm: Price = 0
    level_mm: int = 0
    u_turn_mm: Price = 0
    floor_change_mm: Price = 0
    max_length_mm: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int):
                continue
            if value < 0:
                raise PriceError(f"{field.name} must not be negative, got {value}")
            if value > HIGHEST_PRICE_MM and field.name != "max_length_mm":
                raise PriceError(f"{field.name} must be at most {HIGHEST_PRICE_MM}, got {value}")

    @property
    def of_turning(self) -> int | None:
        """The price of a U-turn in millimetres, ``None`` where forbidden."""
        return None if isinstance(self.u_turn_mm, Forbidden) else self.u_turn_mm

    @property
    def of_crossing(self) -> int | None:
        """The price of a crossing in millimetres, ``None`` where forbidden."""
        return None if isinstance(self.crossing_mm, Forbidden) else self.crossing_mm

    @property
    def of_floors(self) -> int | None:
        """The price of one floor in millimetres, ``None`` where forbidden."""
        return None if isinstance(self.floor_change_mm, Forbidden) else self.floor_change_mm

    def cost_mm(self, walk: PricedWalk) -> int:
        """Return length and prices of a walk together."""
        return (
            walk.length_mm
            + walk.crossings * (self.of_crossing or 0)
            + walk.levels * self.level_mm
            + walk.u_turns * (self.of_turning or 0)
            + walk.floor_changes * (self.of_floors or 0)
        )

    @property
    def change_the_walk(self) -> bool:
        """Whether another walk than the shortest may be the cheapest."""
        return bool(self.crossing_mm or self.u_turn_mm or self.floor_change_mm)


@dataclass(frozen=True, slots=True)
class PricedWalk:
    """A walk over stops and what it costs.

    Parameters
    ----------
    length_mm
        Its length.
    crossings, levels, u_turns, floor_changes
        How often each price is paid.
    cost_mm
        Length and prices together.
    path
        Corner points from start to end; where the walker turns round, the line folds back.
    """

    length_mm: int
    crossings: int
    levels: int
    u_turns: int
    floor_changes: int
    cost_mm: int
    path: tuple[Point, ...] = ()


def parse_price(text: str) -> Price:
    """Return the price that a person wrote: a whole number of millimetres, or ``forbid``.

    Raises
    ------
    PriceError
        For anything else.
    """
    if text == FORBIDDEN:
        return FORBIDDEN
    if not (text.isascii() and text.isdigit()):
        raise PriceError(f'a price must be a number of millimetres or "{FORBIDDEN}", got "{text}"')
    return int(text)
