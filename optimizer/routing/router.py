"""What a router promises, and the walk of a tour."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import Point, WalkingGraph, without_straight_points


@dataclass(frozen=True, slots=True)
class Tour:
    """Locations in walking order, each once; start and end station are not among them.

    ``length_mm`` is the walk from the start over all stops to the end. ``optimal`` is true only
    where no shorter tour exists; ``bound_mm`` is a length no tour can be below, ``None`` where
    none is known. ``path`` holds the corner points of the walk, start and end included, where the
    policy prescribes it; empty: the shortest way is walked from stop to stop.
    """

    stops: tuple[LocationId, ...]
    length_mm: int
    policy: str
    optimal: bool
    bound_mm: int | None = None
    path: tuple[Point, ...] = ()


class Router(Protocol):
    """Finds a tour through locations.

    Deterministic: the same set of locations, start and end give the same tour, in whatever order
    and however often the locations are named. :meth:`length_mm` is the length of the tour that
    :meth:`route` returns and is meant to be called often.

    Both raise :class:`~optimizer.errors.LayoutError` for an unknown place and
    :class:`~optimizer.errors.UnreachableError` where no walk leads.
    """

    @property
    def policy(self) -> str:
        """Name of the routing policy, as on the command line."""
        ...

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour from ``start`` through all locations to ``end``."""
        ...

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        ...


def tour_path(
    graph: WalkingGraph, tour: Tour, *, start: StationId, end: StationId
) -> tuple[Point, ...]:
    """Return the walked line of a tour as corner points, start and end included.

    A path that the tour prescribes is returned as it is. Points where the walker turns round are
    kept, since the line folds back there.
    """
    if tour.path:
        return tour.path
    places: list[PlaceId] = [start, *tour.stops, end]
    points: list[Point] = []
    for origin, target in itertools.pairwise(places):
        points.extend(graph.path(origin, target))
    return without_straight_points(points)


def walked_mm(
    graph: WalkingGraph, stops: Iterable[LocationId], *, start: StationId, end: StationId
) -> int:
    """Return the length of walking from ``start`` over the stops, in their order, to ``end``."""
    places: list[PlaceId] = [start, *stops, end]
    return sum(graph.length_mm(origin, target) for origin, target in itertools.pairwise(places))
