"""A grid of aisles with one start and one end, laid out for compiled lengths.

Pick points become bits: each stretch of an aisle has a row of 64-bit words, one bit per point in
walking order, so that a set of picks is gathered, without sorting, by setting bits. A station that
both starts and ends tours is one more point that is always visited; a station between two aisles
gets a column of its own, without an aisle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.layout.aisles import MISSING, ParallelAisles, Spot
from optimizer.routing.parallel.lanes import NEVER

NO_MARK = -1
"""Stands for the column of an end where start and end are one point."""


class Course(NamedTuple):
    """What compiled functions need to know of a layout and two stations (hence no dataclass).

    Columns are the aisles and the places of stations between two aisles, from left to right;
    stretch ``column * (n_rows - 1) + gap`` leads from row ``gap`` of a column to the next row.

    Parameters
    ----------
    point_word, point_bit
        Shape (n_points,), int32 and uint64: the bit of each pick point.
    point_at
        Shape (64 * n_words,), int32: the pick point of each bit, -1 where there is none.
    always
        Shape (n_words,), uint64: bits that every tour visits; ``n_per_stretch`` words per stretch.
    front_mm, back_mm
        Shape (64 * n_words,), int32: per bit the walk from the front row of its stretch and back,
        and from its back row and back; ``NEVER`` where the stretch is missing on that side.
    aisle_mm
        Shape (n_stretches,), int32: length of each stretch, ``NEVER`` where it is missing.
    row_mm, row_breaks
        Shape (n_columns, n_rows), int64: place of each column along each row in millimetres, a
        missing stretch counted as 0; number of missing stretches to the left of it.
    kept
        Shape (n_columns,), bool: columns that are walked past even when they hold no pick.
    left_column, left_row, right_column, right_row
        Where the walk begins and ends, the left one first (walks have no direction here);
        columns are ``NO_MARK`` where both are one point.
    start_column, start_row
        Where the walk starts.
    base
        Shape (n_columns,), int32: the aisle of each column, of a station's own column the aisle
        at or left of it.
    n_per_stretch
        Words per stretch.
    """

    point_word: NDArray[np.int32]
    point_bit: NDArray[np.uint64]
    point_at: NDArray[np.int32]
    always: NDArray[np.uint64]
    front_mm: NDArray[np.int32]
    back_mm: NDArray[np.int32]
    aisle_mm: NDArray[np.int32]
    row_mm: NDArray[np.int64]
    row_breaks: NDArray[np.int64]
    kept: NDArray[np.bool_]
    left_column: int
    left_row: int
    right_column: int
    right_row: int
    start_column: int
    start_row: int
    base: NDArray[np.int32]
    n_per_stretch: int


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the course: an aisle (``bare`` false), or a place beside or at one."""

    base: int
    bare: bool
    station: Spot | None = None


def lay_course(aisles: ParallelAisles, points: Sequence[Spot], *, start: Spot, end: Spot) -> Course:
    """Return the course for tours between two stations.

    Parameters
    ----------
    aisles
        The recognised structure.
    points
        The pick points, distinct, in the order of their numbers.
    start, end
        Where tours start and end; their stubs are not counted.
    """
    round_trip = _corner(start) == _corner(end)
    stations = [start] if round_trip else sorted((start, end), key=_corner)
    columns = _columns(aisles, stations)
    row_mm, row_breaks = _rows(aisles, columns)
    of_aisle = {column.base: n for n, column in enumerate(columns) if not column.bare}
    at = [_column_of(station, columns, of_aisle) for station in stations]
    n_gaps = aisles.n_rows - 1
    lengths = np.full((len(columns), n_gaps), MISSING, dtype=np.int64)
    for base, n in of_aisle.items():
        lengths[n] = aisles.aisle_mm[base]
    places = [
        _place(lengths, of_aisle[point.column], point.row, point.along_mm) for point in points
    ]
    touched = [_place(lengths, at[0], start.row, 0)] if round_trip else []
    bits = _number_bits([*places, *touched], lengths.size)
    kept = np.full(len(columns), not aisles.regular)
    kept[at] = True
    point_at = np.full(64 * lengths.size * bits.n_per_stretch, -1, dtype=np.int32)
    for point, place in enumerate(places):
        point_at[64 * bits.word[place] + bits.bit[place].bit_length() - 1] = point
    course = Course(
        point_word=np.array([bits.word[place] for place in places], dtype=np.int32),
        point_bit=np.array([bits.bit[place] for place in places], dtype=np.uint64),
        point_at=point_at,
        always=np.zeros(lengths.size * bits.n_per_stretch, dtype=np.uint64),
        front_mm=bits.front_mm,
        back_mm=bits.back_mm,
        aisle_mm=np.where(lengths == MISSING, NEVER, np.minimum(lengths, NEVER))
        .astype(np.int32)
        .ravel(),
        row_mm=row_mm,
        row_breaks=row_breaks,
        kept=kept,
        left_column=NO_MARK if round_trip else at[0],
        left_row=stations[0].row,
        right_column=NO_MARK if round_trip else at[1],
        right_row=stations[-1].row,
        start_column=at[stations.index(start)],
        start_row=start.row,
        base=np.array([column.base for column in columns], dtype=np.int32),
        n_per_stretch=bits.n_per_stretch,
    )
    for place in touched:
        word, bit = bits.word[place], bits.bit[place]
        course.always[word] |= bit
        # Reached from the other row it would be the tip of an excursion, at which no walk begins;
        # walking the stretch twice costs the same and passes the station.
        other = course.back_mm if place.front_mm == 0 else course.front_mm
        other[64 * word + bit.bit_length() - 1] = NEVER
    return course


def _corner(spot: Spot) -> tuple[int, int, int]:
    return (spot.column, spot.across_mm, spot.row)


def _columns(aisles: ParallelAisles, stations: Sequence[Spot]) -> list[_Column]:
    """Return all aisles, and columns without an aisle for stations that need one."""
    columns: list[_Column] = []
    for base in range(aisles.n_columns):
        columns.append(_Column(base, bare=False))
        here = [station for station in stations if station.column == base]
        at_aisle = [station for station in here if station.across_mm == 0]
        # Two ends at one aisle: the second gets a place of its own, no step away.
        columns += [_Column(base, bare=True, station=station) for station in at_aisle[1:]]
        columns += [_Column(base, bare=True, station=one) for one in here if one.across_mm > 0]
    return columns


def _column_of(station: Spot, columns: Sequence[_Column], of_aisle: dict[int, int]) -> int:
    for n, column in enumerate(columns):
        if column.station is station:
            return n
    return of_aisle[station.column]


def _rows(
    aisles: ParallelAisles, columns: Sequence[_Column]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``row_mm`` and ``row_breaks``; a station moves its column along its own row only."""
    missing = aisles.cross_mm == MISSING
    base_mm = np.zeros((aisles.n_columns, aisles.n_rows), dtype=np.int64)
    breaks = np.zeros_like(base_mm)
    np.cumsum(np.where(missing, 0, aisles.cross_mm), axis=0, out=base_mm[1:])
    np.cumsum(missing, axis=0, out=breaks[1:])
    row_mm = base_mm[[column.base for column in columns]]
    for n, column in enumerate(columns):
        if column.station is not None:
            row_mm[n, column.station.row] += column.station.across_mm
    return np.maximum.accumulate(row_mm, axis=0), breaks[[column.base for column in columns]]


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A point of a stretch: there and back from its front row and from its back row."""

    stretch: int
    front_mm: int
    back_mm: int


def _place(lengths: NDArray[np.int64], column: int, row: int, along_mm: int) -> _Place:
    """Return the place of a point; one on the last row lies at the end of the stretch before."""
    n_gaps = lengths.shape[1]
    gap = min(row, n_gaps - 1)
    length = int(lengths[column, gap])
    if length == MISSING:
        # Only the rows themselves can be reached.
        front, back = (0, NEVER) if row == gap else (NEVER, 0)
    else:
        along = along_mm if row == gap else length
        front, back = min(2 * along, NEVER), min(2 * (length - along), NEVER)
    return _Place(column * n_gaps + gap, front, back)


@dataclass(frozen=True, slots=True)
class _Bits:
    word: dict[_Place, int]
    bit: dict[_Place, int]
    front_mm: NDArray[np.int32]
    back_mm: NDArray[np.int32]
    n_per_stretch: int


def _number_bits(places: Sequence[_Place], n_stretches: int) -> _Bits:
    """Give each distinct place a bit, in walking order within its stretch."""
    of_stretch: dict[int, list[_Place]] = {}
    for place in sorted(set(places)):
        of_stretch.setdefault(place.stretch, []).append(place)
    n_per_stretch = max((len(found) + 63) // 64 for found in of_stretch.values()) if places else 1
    front = np.full(64 * n_stretches * n_per_stretch, NEVER, dtype=np.int32)
    back = front.copy()
    word: dict[_Place, int] = {}
    bit: dict[_Place, int] = {}
    for stretch, found in of_stretch.items():
        for n, place in enumerate(found):
            word[place] = stretch * n_per_stretch + n // 64
            bit[place] = 1 << n % 64
            front[64 * word[place] + n % 64] = place.front_mm
            back[64 * word[place] + n % 64] = place.back_mm
    return _Bits(word, bit, front, back, n_per_stretch)
