"""How far one has walked along a drawn line when a stop is reached."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.layout.distances import Point

_ON_THE_LINE_MM = 50
"""A stop this near to the drawn line lies on it: lines bend between crossings, rounded."""


def walked_along(path: Sequence[Point], stops: Sequence[Point], length_mm: int) -> tuple[int, ...]:
    """Return the length walked along a prescribed line when each stop is reached.

    Where edges are longer than their straight lines, the walk is spread evenly over the line.

    Parameters
    ----------
    path
        Corner points of the line.
    stops
        Points on it, in walking order.
    length_mm
        Length of the whole walk.
    """
    legs = list(itertools.pairwise(path))
    spans = [((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for a, b in legs]
    begins = [0.0, *itertools.accumulate(spans)]
    stretch = length_mm / begins[-1] if begins[-1] else 1.0
    walked: list[int] = []
    current, reached = 0, 0.0
    for stop in stops:
        candidates: list[tuple[float, float]] = []
        for leg in range(current, len(legs)):
            away, along = _nearest(*legs[leg], stop)
            if begins[leg] + along >= reached - 1 and legs[leg][0][2] == stop[2]:
                candidates.append((away, begins[leg] + along))
        on_it = [at for away, at in candidates if away <= _ON_THE_LINE_MM]
        nearest = on_it[0] if on_it else min(candidates, default=(0.0, reached))[1]
        reached = max(reached, nearest)
        while current + 1 < len(legs) and begins[current + 1] < reached:
            current += 1
        walked.append(round(reached * stretch))
    return tuple(walked)


def _nearest(a: Point, b: Point, point: Point) -> tuple[float, float]:
    """Return how far a point lies from a straight leg, and how far along it."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    along = min(max(((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length, 0.0), length)
    x, y = a[0] + dx * along / length, a[1] + dy * along / length
    return ((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5, along
