"""A walked line from one stop to a later one, cut at the stops it passes on its way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_NEAR = 0.25
"""Share of the way to the neighbouring stop."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line from stop ``first`` on.

    ``cuts[n]`` is the walk in millimetres from its beginning to stop ``first + n``: 0 at first,
    its whole length at last, ascending.
    """

    first: int
    cuts: tuple[int, ...]

    @property
    def last(self) -> int:
        """The stop where the line ends."""
        return self.first + len(self.cuts) - 1

    @property
    def passed(self) -> range:
        """The stops between the first and the last."""
        return range(self.first + 1, self.last)

    def place(self, walked_mm: int) -> tuple[int, int]:
        """Return the last stop at or before a place of the line, and the walk on from there."""
        number = bisect_right(self.cuts, walked_mm) - 1
        return self.first + number, walked_mm - self.cuts[number]


def lay_line(first: int, last: int, walks_mm: Sequence[int], where: Sequence[float]) -> Line:
    """Return a line between two stops that passes the stops between in proportion.

    It passes them at a node of the line where one lies nearer than a quarter of the way to the
    neighbouring stops.

    Parameters
    ----------
    first, last
        Numbers of the stops, ``first < last``.
    walks_mm
        Walk from the beginning to each later node of the line, ascending; the last is its length.
    where
        Coordinates of all stops, not necessarily ascending where they are inexact.
    """
    length = walks_mm[-1]
    whole = where[last] - where[first]
    cuts = [0]
    for stop in range(first + 1, last):
        share = (where[stop] - where[first]) / whole if whole > 0 else 0.0
        cut = round(length * share)
        node = min(walks_mm, key=lambda walk: abs(walk - cut))
        gap = min(where[stop] - where[stop - 1], where[stop + 1] - where[stop])
        near = node < length and abs(node - cut) * whole < _NEAR * gap * length
        cuts.append(min(max(node if near else cut, cuts[-1]), length))
    return Line(first, (*cuts, length))
