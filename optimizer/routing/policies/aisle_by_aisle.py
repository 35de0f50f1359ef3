"""Aisle-by-aisle routing: each aisle is finished, through all blocks, before the next."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from optimizer.ids import StationId
from optimizer.routing.policies.blocks import Crossing, Pick, SubAisle, Trip
from optimizer.routing.policies.by_aisle import AisleByAisleRouter
from optimizer.routing.policies.walk import Ground, Walk


@dataclass(frozen=True, slots=True)
class _Aisle:
    """An aisle with picks: its crossings and picks, with their places along it in millimetres.

    All are counted from the start's side; a crossing is named by its number in this aisle.
    """

    crossings: tuple[Crossing, ...]
    at: tuple[int, ...]
    picks: tuple[Pick, ...]

    def length_mm(self, entry: int, leave: int) -> int:
        """Return the shortest walk from a crossing over all picks to another."""
        low, high = sorted((self.at[entry], self.at[leave]))
        below = max(0, low - self.picks[0][0])
        beyond = max(0, self.picks[-1][0] - high)
        return high - low + 2 * (below + beyond)

    def walk(self, walk: Walk, entry: int, leave: int) -> None:
        """Lead a walk from one crossing over all picks to another."""
        up = self.at[entry] <= self.at[leave]
        low, high = sorted((self.at[entry], self.at[leave]))
        below = [pick for pick in reversed(self.picks) if pick[0] < low]
        between = [place for at, place in self.picks if low <= at <= high]
        beyond = [pick for pick in self.picks if pick[0] > high]
        first, last = (below, beyond) if up else (beyond, below)
        walk.go(self.crossings[entry])
        self._dip(walk, entry, first)
        walk.stops += between if up else between[::-1]
        walk.go(self.crossings[leave])
        self._dip(walk, leave, last)

    def _dip(self, walk: Walk, crossing: int, picks: list[Pick]) -> None:
        if picks:
            at, deepest = picks[-1]
            walk.dip(self.crossings[crossing], [place for _, place in picks], deepest)
            walk.dips_mm += 2 * abs(at - self.at[crossing])


@dataclass(frozen=True, slots=True)
class _Partial:
    """The best way over the first aisles that stands at one crossing of the last of them."""

    length_mm: int
    visits: tuple[tuple[int, int], ...] = ()
    """Per aisle: the crossings at which it is entered and left."""


class AisleByAisleProgrammeRouter(AisleByAisleRouter):
    """Router for the aisle-by-aisle policy between parallel aisles.

    The aisles with picks, from the start's side to the other, are each visited once: all picks of
    an aisle, in whatever block, are taken before the picker moves on along one of the
    cross-aisles to the next aisle with picks. By which cross-aisle is found by a dynamic programme
    over the aisles, whose states are the crossings at which an aisle is left. Inside an aisle the
    walk is the shortest: from where it is entered to the picks that lie away from where it is
    left, then over all others there, with a way in and out to those beyond.

    One block: every aisle is walked through or left where it was entered, as by the combined
    policy.

    Start and end: the first aisle is entered at the row on which the start stands, the last one
    left at that of the end; any row where these have no such crossing. An aisle that is
    interrupted counts as several, the nearest first. Where no cross-aisle leads straight from an
    aisle to the next, the picker takes the shortest way. Heuristic; O(n_aisles n_rows^2).

    References
    ----------
    Vaughan, T. S., Petersen, C. G. (1999): The effect of warehouse cross aisles on order picking
    efficiency. International Journal of Production Research 37(4), 881-897.
    DOI 10.1080/002075499191580.
    """

    policy = "aisle-by-aisle"

    def _prescribe(self, ground: Ground, trip: Trip, *, start: StationId, end: StationId) -> Walk:
        aisles = _aisles(trip, ground)
        best = [
            _Partial(ground.from_station_mm(start, aisles[0].crossings[entry]), ((entry, entry),))
            for entry in _rows_of(start, aisles[0], ground)
        ]
        done: list[_Partial] = []
        for number, aisle in enumerate(aisles):
            if number:
                best = _move(done, aisles[number - 1], aisle, ground)
            done = [
                min((_leave(partial, aisle, row) for partial in best), key=_length)
                for row in range(len(aisle.crossings))
            ]
        last = aisles[-1]
        ways_home = [
            _Partial(
                done[row].length_mm + ground.from_station_mm(end, last.crossings[row]),
                done[row].visits,
            )
            for row in _rows_of(end, last, ground)
        ]
        walk = Walk()
        visits = min(ways_home, key=_length).visits
        for aisle, (entry, leave) in zip(aisles, visits, strict=True):
            aisle.walk(walk, entry, leave)
        return walk


def _length(partial: _Partial) -> int:
    return partial.length_mm


def _rows_of(station: StationId, aisle: _Aisle, ground: Ground) -> list[int]:
    """Return the crossing of an aisle on a station's row, else all of them."""
    spot = ground.aisles.stations.get(station)
    rows = (
        [] if spot is None else [n for n, (_, row) in enumerate(aisle.crossings) if row == spot.row]
    )
    return rows or list(range(len(aisle.crossings)))


def _leave(partial: _Partial, aisle: _Aisle, leave: int) -> _Partial:
    """Return a partial walk that has entered an aisle, after the aisle."""
    entry = partial.visits[-1][0]
    return _Partial(
        partial.length_mm + aisle.length_mm(entry, leave), (*partial.visits[:-1], (entry, leave))
    )


def _move(done: list[_Partial], before: _Aisle, after: _Aisle, ground: Ground) -> list[_Partial]:
    """Return the partial walks that have entered the next aisle, the best for each crossing."""
    straight = [
        (a, b)
        for (a, one), (b, other) in itertools.product(
            enumerate(before.crossings), enumerate(after.crossings)
        )
        if one[1] == other[1] and ground.straight_mm(one, other) is not None
    ]
    everywhere = itertools.product(range(len(before.crossings)), range(len(after.crossings)))
    best: dict[int, _Partial] = {}
    for a, b in straight or everywhere:
        length = done[a].length_mm + ground.leg_mm(before.crossings[a], after.crossings[b])
        if b not in best or length < best[b].length_mm:
            best[b] = _Partial(length, (*done[a].visits, (b, b)))
    return [best[b] for b in sorted(best)]


def _aisles(trip: Trip, ground: Ground) -> list[_Aisle]:
    """Return the aisles with picks from the start's side to the other; pieces from the front."""
    pieces: dict[tuple[int, Crossing], tuple[list[int], list[tuple[int, SubAisle]]]] = {}
    n_rows = len(trip.blocks) + 1
    for block in trip.blocks:
        for sub in block:
            rows = [
                row
                for row in range(n_rows)
                if ground.straight_mm(sub.near, trip.crossing(sub.column, row)) is not None
            ]
            base = trip.crossing(sub.column, rows[0])
            offset = ground.leg_mm(base, sub.near)
            pieces.setdefault((sub.across_mm, base), (rows, []))[1].append((offset, sub))
    aisles = []
    for (_, base), (rows, subs) in sorted(pieces.items(), key=lambda item: item[0][0]):
        crossings = tuple(trip.crossing(base[0], row) for row in rows)
        picks: list[Pick] = [
            (offset + along, location) for offset, sub in subs for along, location in sub.picks
        ]
        at = tuple(ground.leg_mm(base, crossing) for crossing in crossings)
        aisles.append(_Aisle(crossings, at, tuple(sorted(picks, key=lambda pick: pick[0]))))
    return aisles
