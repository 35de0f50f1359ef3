"""The walked line of a tour as SVG: each direction on its own side, arrows, numbered stops.

The line keeps a little to the right of the direction of travel, as on a road. So a stretch that is
walked up and down again shows two lines, and a way in and out of an aisle its turning point.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from optimizer.ids import LocationId
from optimizer.layout.distances import Point
from optimizer.layout.drawing import BACKGROUND, TOUR, Frame, Placed, Spot, arrow

_ASIDE = 3.5
"""From the middle of the walk to the line."""

_LANE = 4.0
"""Between two lines in the same direction."""

_SHORTEST_WITH_ARROW = 26.0

_ENDS = "#b91c1c"


@dataclass(frozen=True, slots=True)
class TourDrawing:
    """A tour to draw.

    Parameters
    ----------
    path
        The walked line as corner points, start and end included.
    stops
        The stops in walking order.
    title
        What is written above it, e.g. policy and length; nothing by default.
    """

    path: Sequence[Point]
    stops: Sequence[LocationId]
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A straight part of the line: its ends on the walk, its direction, how far it keeps aside."""

    origin: Spot
    target: Spot
    ahead: Spot
    aside: float

    @property
    def right(self) -> Spot:
        """The unit vector to the right of the direction of travel; y points down."""
        return (-self.ahead[1], self.ahead[0])

    def shifted(self, point: Spot) -> Spot:
        return _plus(point, self.right, self.aside)


def tour_parts(
    frame: Frame, tour: TourDrawing, places: Mapping[LocationId, Placed]
) -> Iterator[str]:
    """Yield the line with its arrows, the numbered stops, and the marks of start and end."""
    legs = _legs([frame.at(*point) for point in tour.path])
    if legs:
        yield (
            f'<path d="{_line(legs)}" fill="none" stroke="{TOUR}" stroke-width="2" '
            f'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    for leg in legs:
        origin, target = leg.shifted(leg.origin), leg.shifted(leg.target)
        if abs(target[0] - origin[0]) + abs(target[1] - origin[1]) > _SHORTEST_WITH_ARROW:
            yield arrow(origin, target, share=0.55, size=4.5, colour=TOUR)
    yield from _stops(frame, tour.stops, places)
    if tour.path:
        yield from _ends(frame.at(*tour.path[0]), frame.at(*tour.path[-1]))


def _legs(points: Sequence[Spot]) -> list[_Leg]:
    """Return the straight parts; a stretch walked again in the same direction gets a new lane."""
    legs: list[_Leg] = []
    for origin, target in itertools.pairwise(points):
        dx, dy = target[0] - origin[0], target[1] - origin[1]
        length = (dx * dx + dy * dy) ** 0.5
        if length < 0.01:
            continue
        ahead = (dx / length, dy / length)
        taken = {leg.aside for leg in legs if _overlap(leg, origin, target, ahead)}
        lanes = (_ASIDE + _LANE * lane for lane in itertools.count())
        legs.append(_Leg(origin, target, ahead, next(lane for lane in lanes if lane not in taken)))
    return legs


def _overlap(leg: _Leg, origin: Spot, target: Spot, ahead: Spot) -> bool:
    """Return whether a leg shares a stretch with another line in the same direction."""
    offset = (origin[0] - leg.origin[0], origin[1] - leg.origin[1])
    if _dot(ahead, leg.ahead) < 0.999 or abs(_cross(ahead, offset)) > 0.5:
        return False
    return max(_dot(ahead, origin), _dot(ahead, leg.origin)) + 1 < min(
        _dot(ahead, target), _dot(ahead, leg.target)
    )


def _line(legs: Sequence[_Leg]) -> str:
    """Return the path data of the shifted line: corners where it bends, arcs where it turns."""
    parts = [f"M{_at(legs[0].shifted(legs[0].origin))}"]
    for leg, following in itertools.pairwise(legs):
        before, after = leg.shifted(leg.target), following.shifted(leg.target)
        bend = _cross(leg.ahead, following.ahead)
        if abs(bend) > 0.2:
            # The point that lies on both shifted lines.
            forward = (following.aside - leg.aside * _dot(leg.ahead, following.ahead)) / -bend
            parts.append(f"L{_at(_plus(before, leg.ahead, forward))}")
        elif _dot(leg.ahead, following.ahead) < 0:
            radius = (leg.aside + following.aside) / 2
            parts.append(f"L{_at(before)}A{radius:.1f} {radius:.1f} 0 0 0 {_at(after)}")
        else:
            parts.append(f"L{_at(before)}L{_at(after)}")
    parts.append(f"L{_at(legs[-1].shifted(legs[-1].target))}")
    return "".join(parts)


def _stops(
    frame: Frame, stops: Sequence[LocationId], places: Mapping[LocationId, Placed]
) -> Iterator[str]:
    radius = max(6.5, min(9.0, 0.82 * frame.shelf))
    away = max(frame.shelf * 1.35, _ASIDE + radius + 2.5)
    for number, stop in enumerate(stops, start=1):
        x, y = frame.beside(places[stop], away)
        yield (
            f'<g><title>{number}: {escape(stop)}</title><circle cx="{x:.1f}" cy="{y:.1f}" '
            f'r="{radius:.1f}" fill="{BACKGROUND}" stroke="{TOUR}" stroke-width="1.5"/>'
            f'<text x="{x:.1f}" y="{y + 3.5:.1f}" font-size="10" font-weight="600" '
            f'text-anchor="middle" fill="{TOUR}">{number}</text></g>'
        )


def _ends(start: Spot, end: Spot) -> Iterator[str]:
    """Yield the marks S and E, or both in one."""
    same = abs(start[0] - end[0]) + abs(start[1] - end[1]) < 1
    marks = (
        [(start, "S/E", "start and end")] if same else [(start, "S", "start"), (end, "E", "end")]
    )
    for (x, y), letters, words in marks:
        size = 8 if same else 11
        base = y + size * 0.36
        yield (
            f'<g><title>{words}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{_ENDS}" '
            f'stroke="{BACKGROUND}" stroke-width="1.5"/><text x="{x:.1f}" y="{base:.1f}" '
            f'font-size="{size}" font-weight="700" text-anchor="middle" fill="{BACKGROUND}">'
            f"{letters}</text></g>"
        )


def _at(point: Spot) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _plus(point: Spot, direction: Spot, length: float) -> Spot:
    return (point[0] + direction[0] * length, point[1] + direction[1] * length)


def _dot(a: Spot, b: Spot) -> float:
    return a[0] * b[0] + a[1] * b[1]


def _cross(a: Spot, b: Spot) -> float:
    return a[0] * b[1] - a[1] * b[0]
