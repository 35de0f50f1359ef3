"""The visits of a stretch behind the price of a passage: who is picked when, walking which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.routing.parallel.transitions import Passage
from optimizer.routing.priced.passages import (
    BOTH,
    FROM_BACK,
    FROM_FRONT,
    LEFT,
    NONE,
    RIGHT,
    START,
    THREE_WAYS,
    best_cut,
    offsets_and_sides,
    once_through,
)

Picks = tuple[int, ...]
"""Picks in the order of a visit, numbered within their stretch."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of one stretch.

    ``through`` lead from the front to the back, ``front`` and ``back`` in and out at that end. All
    may be walked the other way round for the same price.
    """

    through: tuple[Picks, ...] = ()
    front: tuple[Picks, ...] = ()
    back: tuple[Picks, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """The picks of a stretch, its length and what is paid there.

    Parameters
    ----------
    along, sides
        As in :func:`~optimizer.routing.priced.passages.priced_passage_costs`.
    length_mm
        Length of the stretch.
    crossing, turning
        Prices in millimetres, ``BLOCKED`` where forbidden.
    """

    along: NDArray[np.int64]
    sides: NDArray[np.int64]
    length_mm: int
    crossing: int
    turning: int

    def visits(self, passage: Passage) -> Visits:
        """Return the visits whose price is that of the passage."""
        picks = range(len(self.along))
        if passage is Passage.EMPTY:
            return Visits()
        if passage is Passage.TWICE:
            return Visits(through=(self._but(picks, RIGHT), self._only(picks, RIGHT)))
        if passage is Passage.ONCE:
            return self._once(picks)
        if passage is Passage.FRONT:
            return Visits(front=self._from_front(picks))
        if passage is Passage.BACK:
            return Visits(back=self._from_back(picks))
        offsets, masks = self._offsets()
        _, cut = best_cut(offsets, masks, self.length_mm, self.crossing, self.turning)
        first = int(np.searchsorted(self.along, offsets[cut]))
        return Visits(front=self._from_front(picks[:first]), back=self._from_back(picks[first:]))

    def _offsets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return offsets_and_sides(self.along, self.sides)

    def _only(self, picks: Sequence[int], side: int) -> Picks:
        return tuple(pick for pick in picks if self.sides[pick] == side)

    def _but(self, picks: Sequence[int], side: int) -> Picks:
        """Return the picks without those on a side."""
        return tuple(pick for pick in picks if self.sides[pick] != side)

    def _from_front(self, picks: Sequence[int]) -> tuple[Picks, ...]:
        """Return the visits that take picks (ascending) in and out at the front."""
        return self._in_and_out(picks, [int(self.along[pick]) for pick in picks])

    def _from_back(self, picks: Sequence[int]) -> tuple[Picks, ...]:
        outwards = picks[::-1]
        return self._in_and_out(
            outwards, [self.length_mm - int(self.along[pick]) for pick in outwards]
        )

    def _in_and_out(self, picks: Sequence[int], reaches: Sequence[int]) -> tuple[Picks, ...]:
        """Return the visits of picks ordered by their walk from the end they are taken from."""
        farthest = [0, 0, 0]
        for pick, reach in zip(picks, reaches, strict=True):
            farthest[int(self.sides[pick])] = reach
        left, right = farthest[LEFT], farthest[RIGHT]
        nearer = RIGHT if left >= right else LEFT
        inwards, outwards = self._but(picks, nearer), self._only(picks, nearer)
        if self.crossing <= 2 * min(left, right) + self.turning:
            return (inwards + outwards[::-1],)
        return tuple(visit for visit in (inwards, outwards) if visit)

    def _once(self, picks: Sequence[int]) -> Visits:
        offsets, masks = self._offsets()
        best = np.empty((len(offsets) + 1, 3), dtype=np.int64)
        before = np.empty_like(best)
        _, ending, state = once_through(
            offsets, masks, self.length_mm, self.crossing, self.turning, best, before
        )
        if ending == THREE_WAYS:
            return Visits(through=(self._but(picks, RIGHT), self._only(picks, RIGHT), ()))
        first_of = [*np.searchsorted(self.along, offsets).tolist(), len(picks)]
        through: list[Picks] = []
        front: tuple[Picks, ...] = ()
        back: tuple[Picks, ...] = ()
        k, side = divmod(state, 3)
        if ending == FROM_BACK:
            rest = picks[first_of[k] :]
            apart = RIGHT if side in (NONE, LEFT) else LEFT
            through.append(self._but(rest, apart))
            back = (self._only(rest, apart)[::-1],)
        while True:
            came_from = int(before[k, side])
            if came_from == FROM_FRONT:
                apart = BOTH - side
                front = (self._only(picks[: first_of[k]], apart),)
                through.append(self._but(picks[: first_of[k]], apart))
                break
            if came_from == START:
                break
            a, earlier = divmod(came_from, 3)
            part = picks[first_of[a] : first_of[k]]
            if side == NONE:
                through.append(tuple(part))
            else:
                # The side on which the part is left comes last; in a zigzag it is walked back to.
                through.append(self._but(part, side) + self._only(part, side))
            k, side = a, earlier
        return Visits((tuple(pick for part in reversed(through) for pick in part),), front, back)
