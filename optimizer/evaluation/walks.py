"""Checks of the walk: stations, lengths, durations, the walked line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from optimizer.evaluation.case import Case
from optimizer.evaluation.legs import Legs as ShortestLegs
from optimizer.evaluation.violations import Violation, ViolationKind
from optimizer.ids import PlaceId
from optimizer.layout.distances import UNREACHABLE, Point
from optimizer.layout.model import StationKind
from optimizer.plan import PickList
from optimizer.problem import Method

_ROUNDING_MM = 2
"""Access points on slanted edges are rounded to whole millimetres in x and in y."""
_NEAR_MM = 3
"""No point that far left, right, above and below of a line is within the rounding of it."""


Legs = tuple[int, ...]
"""Millimetres from the start to the first stop, from stop to stop, from the last to the end."""


def walked_legs(case: Case) -> list[Legs | None]:
    """Return per list the legs of its walk; ``None`` where a place or a walk is missing."""
    walks = [_places(pick_list) for pick_list in case.plan.lists]
    is_known = [case.places.issuperset(places) for places in walks]
    origins: list[PlaceId] = []
    targets: list[PlaceId] = []
    for places, known in zip(walks, is_known, strict=True):
        if known:
            origins += places[:-1]
            targets += places[1:]
    lengths = ShortestLegs(case.graph).lengths_mm(origins, targets).tolist()
    result: list[Legs | None] = []
    first = 0
    for places, known in zip(walks, is_known, strict=True):
        if not known:
            result.append(None)
            continue
        legs = tuple(lengths[first : first + len(places) - 1])
        first += len(legs)
        result.append(None if UNREACHABLE in legs else legs)
    return result


def _places(pick_list: PickList) -> list[PlaceId]:
    return [pick_list.start, *(stop.location for stop in pick_list.stops), pick_list.end]


def check_lengths(case: Case, walks: Sequence[Legs | None]) -> Iterator[Violation]:
    """Compare claimed lengths, and stated distances of stops, with the walked ones."""
    for pick_list, legs in zip(case.plan.lists, walks, strict=True):
        if legs is None:
            if case.places.issuperset(_places(pick_list)):
                yield Violation(
                    ViolationKind.NO_WALK,
                    f'list "{pick_list.id}"',
                    "no walk leads over the stops in their order",
                )
            continue
        if sum(legs) != pick_list.length_mm:
            yield Violation(
                ViolationKind.LENGTH,
                f'list "{pick_list.id}"',
                f"claims {pick_list.length_mm} mm, the walk over its stops is {sum(legs)} mm",
            )
        for number, (stop, leg) in enumerate(zip(pick_list.stops, legs, strict=False), start=1):
            if stop.distance_mm != leg and stop.distance_mm is not None:
                yield Violation(
                    ViolationKind.LENGTH,
                    f'list "{pick_list.id}", stop {number}',
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
        if not case.places.issuperset(places):
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
    missed = _first_missed(path, list(map(case.graph.point, places)))
    if missed is not None:
        return f'the walked line does not run over "{places[missed]}" in its turn'
    drawn = sum(math.hypot(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(path))
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
    x, y, floor = point
    ax, ay, a_floor = a
    bx, by, b_floor = b
    # Most segments that are asked about lie elsewhere: whole numbers tell so at once.
    if (x < ax - _NEAR_MM and x < bx - _NEAR_MM) or (x > ax + _NEAR_MM and x > bx + _NEAR_MM):
        return None
    if (y < ay - _NEAR_MM and y < by - _NEAR_MM) or (y > ay + _NEAR_MM and y > by + _NEAR_MM):
        return None
    if floor not in (a_floor, b_floor):
        return None
    dx, dy = bx - ax, by - ay
    if not (dx or dy):
        return 0.0 if math.hypot(x - ax, y - ay) <= _ROUNDING_MM else None
    length = math.hypot(dx, dy)
    along = ((x - ax) * dx + (y - ay) * dy) / length
    beside = abs((x - ax) * dy - (y - ay) * dx) / length
    if beside > _ROUNDING_MM or not -_ROUNDING_MM <= along <= length + _ROUNDING_MM:
        return None
    return along
