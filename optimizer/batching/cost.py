"""What a batch walks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class OneTrip:
    """The course of batches that are walked in one trip, whatever they visit."""

    start: StationId
    ends: tuple[StationId, ...]

    def through(self, places: frozenset[int]) -> Trip:
        """Return the trip through some places."""
        return Trip(places, self.start, self.ends)

    def __call__(self, places: frozenset[int]) -> tuple[Trip, ...]:
        """See :data:`Course`."""
        return (self.through(places),)


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
        return min(self.tours(trip), key=lambda pair: pair[0].length_mm)

    def tours(self, trip: Trip) -> list[tuple[Tour, StationId]]:
        """Return the tours of a trip to each of its ends, and the ends."""
        locations = [self._locations[place] for place in sorted(trip.places)]
        return [(self.router.route(locations, start=trip.start, end=end), end) for end in trip.ends]
