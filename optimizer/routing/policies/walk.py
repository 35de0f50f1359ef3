"""The literal walk of a routing policy: from crossing to crossing, and into aisles and back.

What a policy prescribes is a stretch along an aisle or a cross-aisle. Where a part of it is
missing in the layout, the picker takes the shortest way to its end instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.aisles import MISSING, ParallelAisles
from optimizer.layout.distances import Point, WalkingGraph, without_straight_points
from optimizer.layout.model import Location
from optimizer.routing.policies.blocks import Crossing, SubAisle, Trip, TripPlanner


@dataclass(slots=True)
class Walk:
    """A walk that is being laid down: where the picker turns, and what is picked on the way.

    ``turns`` holds crossings and, after the crossing from which it is entered, the location at
    which the picker turns round inside an aisle; ``dips_mm`` is the length of these ways in and
    out.
    """

    turns: list[Crossing | LocationId] = field(default_factory=list)
    stops: list[LocationId] = field(default_factory=list)
    dips_mm: int = 0

    def go(self, crossing: Crossing) -> None:
        """Walk to a crossing."""
        self.turns.append(crossing)

    def through(self, sub: SubAisle, *, from_far: bool) -> None:
        """Walk through a whole sub-aisle and pick everything in it."""
        self.go(sub.far if from_far else sub.near)
        self.stops += sub.inwards() if from_far else sub.outwards()
        self.go(sub.near if from_far else sub.far)

    def into(self, sub: SubAisle, n_picks: int | None = None, *, from_far: bool) -> None:
        """Walk into a sub-aisle as far as the last of its next picks and back.

        Parameters
        ----------
        sub
            The sub-aisle.
        n_picks
            How many picks, counted from where the picker enters; all by default. With none the
            sub-aisle is not even passed.
        from_far
            Whether it is entered from its far row.
        """
        picks = sub.picks[::-1] if from_far else sub.picks
        picks = picks[:n_picks]
        if not picks:
            return
        along, deepest = picks[-1]
        entry = sub.far if from_far else sub.near
        self.dip(entry, [location for _, location in picks], deepest)
        self.dips_mm += 2 * (sub.length_mm - along if from_far else along)

    def dip(self, entry: Crossing, stops: Sequence[LocationId], deepest: LocationId) -> None:
        """Walk from a crossing into an aisle as far as a location, and back; no length is added."""
        self.go(entry)
        self.turns.append(deepest)
        self.go(entry)
        self.stops += stops


class Ground:
    """Lengths and corner points of walks between the crossings and stations of a layout.

    Parameters
    ----------
    graph
        Walking graph of the layout.
    aisles
        Its structure.
    """

    def __init__(self, graph: WalkingGraph, aisles: ParallelAisles) -> None:
        self.aisles = aisles
        self.trips = TripPlanner(aisles, (place.id for place in graph.layout.locations))
        self._places = graph
        self._along = [_prefix(lengths) for lengths in aisles.aisle_mm.tolist()]
        self._across = [_prefix(lengths) for lengths in aisles.cross_mm.T.tolist()]

    def straight_mm(self, origin: Crossing, target: Crossing) -> int | None:
        """Return the walk straight along a row or column; ``None`` where a part is missing."""
        if origin[0] == target[0]:
            line, a, b = self._along[origin[0]], origin[1], target[1]
        elif origin[1] == target[1]:
            line, a, b = self._across[origin[1]], origin[0], target[0]
        else:
            return None
        (at_a, breaks_a), (at_b, breaks_b) = line[a], line[b]
        return abs(at_b - at_a) if breaks_a == breaks_b else None

    def leg_mm(self, origin: Crossing, target: Crossing) -> int:
        """Return the prescribed walk between crossings: straight, else the shortest."""
        straight = self.straight_mm(origin, target)
        if straight is None:
            return self._graph.length_mm(_mark(origin), _mark(target))
        return straight

    def from_station_mm(self, station: StationId, crossing: Crossing) -> int:
        """Return the shortest walk between a station and a crossing."""
        return self._graph.length_mm(station, _mark(crossing))

    def length_mm(self, walk: Walk, *, start: StationId, end: StationId) -> int:
        """Return the length of a walk with at least one stop, station to station."""
        crossings = [turn for turn in walk.turns if isinstance(turn, tuple)]
        legs = sum(self.leg_mm(a, b) for a, b in itertools.pairwise(crossings))
        first, last = crossings[0], crossings[-1]
        return (
            self.from_station_mm(start, first)
            + legs
            + walk.dips_mm
            + self.from_station_mm(end, last)
        )

    def points(self, walk: Walk, *, start: StationId, end: StationId) -> tuple[Point, ...]:
        """Return the corner points of a walk with at least one stop, station to station."""
        graph = self._graph
        places = [_mark(turn) if isinstance(turn, tuple) else turn for turn in walk.turns]
        points = list(graph.path(start, places[0]))
        for (a, b), (origin, target) in zip(
            itertools.pairwise(walk.turns), itertools.pairwise(places), strict=True
        ):
            if not (isinstance(a, tuple) and isinstance(b, tuple)):
                points.append(graph.point(target))
            elif self.straight_mm(a, b) is None:
                points.extend(graph.path(origin, target))
            else:
                points.extend(graph.point(_mark(passed)) for passed in self._passed(a, b))
        points.extend(graph.path(places[-1], end))
        return without_straight_points(points)

    def passage(
        self,
        walk: Walk,
        trip: Trip,
        column: int,
        *,
        rows: tuple[int, int],
        subs: Sequence[SubAisle] = (),
    ) -> None:
        """Lead a walk along an aisle from row to row (counted from the start's side).

        Where the aisle is interrupted no row is prescribed, and the picker takes the shortest
        way to what comes next.

        Parameters
        ----------
        walk
            The walk so far; it is continued.
        trip
            The tour to be walked.
        column
            The aisle.
        rows
            From where to where.
        subs
            Sub-aisles between them that are picked, from their near rows.
        """
        origin, target = (trip.crossing(column, row) for row in rows)
        unbroken = origin != target and self.straight_mm(origin, target) is not None
        if unbroken:
            walk.go(origin)
        for sub in subs:
            walk.through(sub, from_far=False)
        if unbroken:
            walk.go(target)

    def _passed(self, origin: Crossing, target: Crossing) -> list[Crossing]:
        """Return the crossings after one on the straight way to another, that one included.

        A line that is straight in the grid need not be so in the building.
        """
        line = 0 if origin[0] != target[0] else 1
        step = 1 if target[line] >= origin[line] else -1
        passed = []
        for number in range(origin[line], target[line], step):
            at = number + step
            crossing = (at, origin[1]) if line == 0 else (origin[0], at)
            if crossing in self._marks:
                passed.append(crossing)
        return passed

    @cached_property
    def _marks(self) -> Mapping[Crossing, Location]:
        return _marks(self.aisles)

    @cached_property
    def _graph(self) -> WalkingGraph:
        """The walking graph with a place at every crossing; made when first needed."""
        layout = self._places.layout
        marked = (*layout.locations, *self._marks.values())
        return WalkingGraph(replace(layout, locations=marked))


def _mark(crossing: Crossing) -> LocationId:
    """Return the name of the place at a crossing; ids of a layout hold no comma."""
    return LocationId(PlaceId(f"{crossing[0]},{crossing[1]}"))


def _prefix(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Return per stop of a line: the walk from its beginning, and the missing stretches before."""
    stops = [(0, 0)]
    for length in lengths:
        at, breaks = stops[-1]
        stops.append((at, breaks + 1) if length == MISSING else (at + length, breaks))
    return stops


def _marks(aisles: ParallelAisles) -> dict[Crossing, Location]:
    """Return a place for each crossing: its node, or the point where a line passes over it."""
    marks = {
        crossing: Location(_mark(crossing), node=node)
        for crossing, node in aisles.crossings.items()
    }
    for crossing, (edge, offset_mm) in aisles.passed.items():
        ends = (edge.start, edge.end)
        marks[crossing] = Location(_mark(crossing), edge=ends, offset_mm=offset_mm)
    return marks
