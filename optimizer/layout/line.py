"""Straight lines of edges, cut at given stops: one aisle or one cross-aisle of a grid."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """An edge on a line: from coordinate ``low`` to ``high``, ``length_mm`` to walk.

    ``turned`` when the edge's own direction leads from ``high`` to ``low``.
    """

    edge: int
    low: int
    high: int
    length_mm: int
    turned: bool
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a stretch inside one gap: walked millimetres along the stretch, low end first.

    ``base_mm`` is the walk from the gap's low stop to the beginning of the piece.
    """

    stretch: Stretch
    from_mm: int
    to_mm: int
    gap: int
    base_mm: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line cut at stops.

    ``lengths[g]`` is the walk from stop g to stop g + 1, -1 where nothing leads there; ``passed``
    tells which edge runs over a stop without having a node there.
    """

    lengths: tuple[int, ...]
    pieces: dict[int, tuple[Piece, ...]]
    passed: dict[int, str]

    def place(self, edge: int, offset_mm: int) -> tuple[int, int]:
        """Return the gap and the walk from its low stop for an offset of an edge.

        A place exactly at a stop belongs to that stop: walk 0.
        """
        pieces = self.pieces[edge]
        stretch = pieces[0].stretch
        walked = stretch.length_mm - offset_mm if stretch.turned else offset_mm
        for piece in pieces:
            if walked <= piece.to_mm:
                break
        return self._normal(piece.gap, piece.base_mm + walked - piece.from_mm)

    def place_at(self, coordinate: int) -> tuple[int, int] | None:
        """Return the gap and the walk from its low stop for the coordinate of a node.

        ``None`` where no stretch of the line begins or ends.
        """
        for pieces in self.pieces.values():
            stretch = pieces[0].stretch
            if stretch.low == coordinate:
                return self._normal(pieces[0].gap, pieces[0].base_mm)
            if stretch.high == coordinate:
                last = pieces[-1]
                return self._normal(last.gap, last.base_mm + last.to_mm - last.from_mm)
        return None

    def _normal(self, gap: int, walked: int) -> tuple[int, int]:
        return (gap + 1, 0) if walked == self.lengths[gap] else (gap, walked)


def lay_line(stretches: Iterable[Stretch], stops: Sequence[int]) -> Line | str:
    """Return a line, or in words why its stretches make none.

    Stretches may leave gaps from stop to stop open; they must not overlap nor end between stops
    without a follower.

    Parameters
    ----------
    stretches
        The edges of the line, in any order.
    stops
        Coordinates of the stops, ascending.
    """
    pieces: dict[int, tuple[Piece, ...]] = {}
    passed: dict[int, str] = {}
    walked = [0] * max(len(stops) - 1, 0)
    reached: int | None = None
    for stretch in sorted(stretches, key=lambda one: one.low):
        if reached is not None and stretch.low < reached:
            return f"{stretch.name} overlaps another edge"
        if stretch.low < stops[0] or stretch.high > stops[-1]:
            return f"{stretch.name} leads out of the grid"
        if stretch.low != reached and (
            stretch.low not in stops or (reached is not None and reached not in stops)
        ):
            return f"{stretch.name} continues nothing"
        reached = stretch.high
        first, last = bisect_right(stops, stretch.low), bisect_left(stops, stretch.high)
        passed |= dict.fromkeys(range(first, last), stretch.name)
        pieces[stretch.edge] = _cut(stretch, stops, first, last, walked)
    if reached is not None and reached not in stops:
        return "a line ends between two crossings"
    lengths = tuple(length or -1 for length in walked)
    return Line(lengths, pieces, passed)


def _cut(
    stretch: Stretch, stops: Sequence[int], first: int, last: int, walked: list[int]
) -> tuple[Piece, ...]:
    """Return the pieces of a stretch between the stops it passes; add them to ``walked``."""
    cuts = [0]
    for stop in range(first, last):
        share = (stops[stop] - stretch.low) / (stretch.high - stretch.low)
        cuts.append(round(stretch.length_mm * share))
    cuts.append(stretch.length_mm)
    pieces = []
    for number, (from_mm, to_mm) in enumerate(itertools.pairwise(cuts)):
        gap = first - 1 + number
        pieces.append(Piece(stretch, from_mm, to_mm, gap, walked[gap]))
        walked[gap] += to_mm - from_mm
    return tuple(pieces)
