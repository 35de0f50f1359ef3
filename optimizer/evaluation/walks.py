"""Checks of the walk: stations, lengths, durations, the walked line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from optimizer.evaluation.case import Case
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import PlaceId
from optimizer.layout.distances import UNREACHABLE, Point
from optimizer.layout.model import StationKind
from optimizer.plan import PickList
from optimizer.problem import Method

_SOURCES_AT_ONCE = 512
_ROUNDING_MM = 2
"""Access points on slanted edges are rounded to whole millimetres in x and in y."""


Legs = tuple[int, ...]
"""Millimetres from the start to the first stop, from stop to stop, from the last to the end."""


def walked_legs(case: Case) -> list[Legs | None]:
    """Return per list the legs of its walk; ``None`` where a place or a walk is missing."""
    known: set[PlaceId] = {*case.locations, *case.stations}
    legs: dict[int, set[int]] = {}
    walks: list[list[tuple[int, int]] | None] = []
    for pick_list in case.plan.lists:
        places = _places(pick_list)
        if not known.issuperset(places):
            walks.append(None)
            continue
        vertices = [case.graph.vertex(place) for place in places]
        walk = list(itertools.pairwise(vertices))
        walks.append(walk)
        for origin, target in walk:
            legs.setdefault(origin, set()).add(target)
    lengths = _leg_lengths(case, legs)
    result: list[Legs | None] = []
    for walk_or_none in walks:
        parts = () if walk_or_none is None else tuple(lengths[leg] for leg in walk_or_none)
        result.append(None if walk_or_none is None or UNREACHABLE in parts else parts)
    return result


def _leg_lengths(case: Case, legs: dict[int, set[int]]) -> dict[tuple[int, int], int]:
    sources = sorted(legs)
    lengths: dict[tuple[int, int], int] = {}
    for first in range(0, len(sources), _SOURCES_AT_ONCE):
        chunk = sources[first : first + _SOURCES_AT_ONCE]
        rows = case.graph.distances_from(chunk)
        for row, source in zip(rows, chunk, strict=True):
            for target in legs[source]:
                lengths[source, target] = int(row[target])
    return lengths


def _places(pick_list: PickList) -> list[PlaceId]:
    return [pick_list.start, *(stop.location for stop in pick_list.stops), pick_list.end]


def check_lengths(case: Case, walks: Sequence[Legs | None]) -> Iterator[Violation]:
    """Compare claimed lengths, and stated distances of stops, with the walked ones."""
    for pick_list, legs in zip(case.plan.lists, walks, strict=True):
        where = f'list "{pick_list.id}"'
        if legs is None:
            places = _places(pick_list)
            if all(place in case.locations or place in case.stations for place in places):
                yield Violation(
                    ViolationKind.NO_WALK, where, "no walk leads over the stops in their order"
                )
            continue
        if sum(legs) != pick_list.length_mm:
            yield Violation(
                ViolationKind.LENGTH,
                where,
                f"claims {pick_list.length_mm} mm, the walk over its stops is {sum(legs)} mm",
            )
        for number, (stop, leg) in enumerate(zip(pick_list.stops, legs, strict=False), start=1):
            if stop.distance_mm not in (None, leg):
                yield Violation(
                    ViolationKind.LENGTH,
                    f"{where}, stop {number}",
                    f"states {stop.distance_mm} mm from the stop before, it is {leg} mm",
                )


def check_stations(case: Case) -> Iterator[Violation]:
    """Check where lists start and end.

    A list starts at the problem's start station, or where the list it takes totes over from
    ended. It ends at a pack station; at the wall with sort-after and total; at a handover or the
    start station when another list goes on with its totes.
    """
    for pick_list in case.plan.lists:
        where = f'list "{pick_list.id}"'
        missing = [s for s in (pick_list.start, pick_list.end) if s not in case.stations]
        for station in missing:
            yield Violation(ViolationKind.UNKNOWN_STATION, where, f'no station "{station}"')
        if missing:
            continue
        totes = {tote.id for tote in pick_list.totes}
        before = [
            case.lists[id_]
            for id_ in pick_list.after
            if id_ in case.lists and not totes.isdisjoint(t.id for t in case.lists[id_].totes)
        ]
        starts = {other.end for other in before} or {case.problem.start}
        if starts != {pick_list.start}:
            expected = ", ".join(sorted(starts))
            yield Violation(
                ViolationKind.WRONG_START,
                where,
                f'starts at "{pick_list.start}", but its totes are at {expected}',
            )
        yield from _check_end(case, pick_list)


def _check_end(case: Case, pick_list: PickList) -> Iterator[Violation]:
    totes = {tote.id for tote in pick_list.totes}
    passed_on = any(
        not totes.isdisjoint(tote.id for tote in other.totes)
        for other in case.followers[pick_list.id]
    )
    end = pick_list.end
    if passed_on:
        right = end == case.problem.start or case.stations[end].kind is StationKind.HANDOVER
        expected = "a handover or the start station"
    elif pick_list.method in (Method.SORT_AFTER, Method.TOTAL):
        right, expected = end == case.problem.wall, "the wall"
    else:
        right, expected = end in case.problem.pack, "a pack station"
    if not right:
        yield Violation(
            ViolationKind.WRONG_END,
            f'list "{pick_list.id}"',
            f'ends at "{end}", must end at {expected}',
        )


def check_paths(case: Case) -> Iterator[Violation]:
    """Check that the walked line runs over start, stops and end and has the claimed length.

    Only in a layout whose edges are straight the line must be as long as the claim; elsewhere it
    may be shorter, since corner points are all that is known of a bent edge.
    """
    straight = _edges_are_straight(case)
    for pick_list in case.plan.lists:
        places = _places(pick_list)
        if any(place not in case.locations and place not in case.stations for place in places):
            continue
        problem = _path_problem(case, pick_list, places, straight=straight)
        if problem:
            yield Violation(ViolationKind.PATH, f'list "{pick_list.id}"', problem)


def _path_problem(
    case: Case, pick_list: PickList, places: Sequence[PlaceId], *, straight: bool
) -> str:
    path = pick_list.path
    if not path:
        return "has no walked line"
    for end, place in ((path[0], places[0]), (path[-1], places[-1])):
        if end != case.graph.point(place):
            return f'the walked line does not begin and end at its stations ("{place}")'
    missed = _first_missed(path, [case.graph.point(place) for place in places])
    if missed is not None:
        return f'the walked line does not run over "{places[missed]}" in its turn'
    drawn = sum(math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(path))
    slack = _ROUNDING_MM * (len(path) + len(places))
    if drawn > pick_list.length_mm + slack:
        return f"the walked line is {drawn:.0f} mm long, the list {pick_list.length_mm} mm"
    if straight and drawn < pick_list.length_mm - slack:
        return f"the walked line is only {drawn:.0f} mm long, the list {pick_list.length_mm} mm"
    return ""


def _edges_are_straight(case: Case) -> bool:
    points = {n.id: (n.x_mm, n.y_mm, n.floor) for n in case.problem.layout.nodes}
    for edge in case.problem.layout.edges:
        a, b = points[edge.start], points[edge.end]
        if a[2] != b[2] or abs(math.dist(a[:2], b[:2]) - edge.length_mm) > _ROUNDING_MM:
            return False
    return True


def _first_missed(path: Sequence[Point], points: Sequence[Point]) -> int | None:
    """Return the index of the first point the line does not reach after the ones before it."""
    segment, walked = 0, 0.0
    for index, point in enumerate(points):
        while True:
            a = path[segment]
            b = path[min(segment + 1, len(path) - 1)]
            at = _position_on(a, b, point)
            if at is not None and at >= walked - _ROUNDING_MM:
                walked = max(at, walked)
                break
            segment, walked = segment + 1, 0.0
            if segment >= len(path):
                return index
    return None


def _position_on(a: Point, b: Point, point: Point) -> float | None:
    """Return how far from ``a`` the point lies on the line to ``b``, ``None`` beside it."""
    if point[2] not in (a[2], b[2]):
        return None
    length = math.dist(a[:2], b[:2])
    to_a, to_b = math.dist(a[:2], point[:2]), math.dist(b[:2], point[:2])
    if length == 0:
        return 0.0 if to_a <= _ROUNDING_MM else None
    along = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    beside = math.sqrt(max(0.0, to_a**2 - along**2))
    if beside > _ROUNDING_MM or min(to_a, to_b) > length:
        return None
    return along if -_ROUNDING_MM <= along <= length + _ROUNDING_MM else None
