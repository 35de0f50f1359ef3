"""What a batch walks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from optimizer.batching.demand import Demand
from optimizer.ids import LocationId, StationId, ZoneId
from optimizer.routing.router import Router, Tour


@dataclass(frozen=True, slots=True)
class Trip:
    """A tour to be walked: through ``places`` from ``start`` to the best of ``ends``."""

    places: frozenset[int]
    start: StationId
    ends: tuple[StationId, ...]
    zone: ZoneId | None = None


Course = Callable[[frozenset[int]], tuple[Trip, ...]]
"""The trips that visit a set of places: one, or one per zone with pick-and-pass."""


class Walks:
    """Routes trips; of several ends the one with the shortest tour, the first of equals."""

    def __init__(self, router: Router, locations: Sequence[LocationId]) -> None:
        self.router = router
        self._locations = locations

    def length_mm(self, trip: Trip) -> int:
        """Return the length of the tour of a trip."""
        locations = [self._locations[place] for place in trip.places]
        return min(self.router.length_mm(locations, start=trip.start, end=end) for end in trip.ends)

    def tour(self, trip: Trip) -> tuple[Tour, StationId]:
        """Return the tour of a trip and the station where it ends."""
        locations = [self._locations[place] for place in sorted(trip.places)]
        tours = [
            (self.router.route(locations, start=trip.start, end=end), end) for end in trip.ends
        ]
        return min(tours, key=lambda pair: pair[0].length_mm)


class BatchCost:
    """Length of a batch in millimetres: all trips of its demands' places."""

    def __init__(self, demands: Sequence[Demand], walks: Walks, course: Course) -> None:
        self._demands = demands
        self._walks = walks
        self._course = course

    def places(self, members: Iterable[int]) -> frozenset[int]:
        """Return the places that the demands of a batch need."""
        return frozenset().union(*(self._demands[member].places for member in members))

    def __call__(self, members: Iterable[int]) -> int:
        """Return the length of the batch's trips."""
        trips = self._course(self.places(members))
        return sum(self._walks.length_mm(trip) for trip in trips)
