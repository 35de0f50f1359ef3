"""What a tour with side constraints must keep, and what comes out: data only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from optimizer.errors import ProblemError
from optimizer.ids import LocationId
from optimizer.plan import Termination


class Handling(IntEnum):
    """How a stop's goods are to be stacked: within a trip, none comes before a lower one."""

    HEAVY = 0
    NORMAL = 1
    CRUSHABLE = 2


@dataclass(frozen=True, slots=True)
class ConstrainedStop:
    """One location to visit.

    Parameters
    ----------
    location
        Where; each location once.
    weight_g
        Weight taken there, >= 0.
    service_ms
        Time spent there, >= 0.
    handling
        Place of its goods in the stack.
    earliest_ms, latest_ms
        When service may begin, counted from the start of the first trip; who comes early waits.
        ``latest_ms`` None: at any time from ``earliest_ms`` on.
    """

    location: LocationId
    weight_g: int = 0
    service_ms: int = 0
    handling: Handling = Handling.NORMAL
    earliest_ms: int = 0
    latest_ms: int | None = None

    def __post_init__(self) -> None:
        for name in ("weight_g", "service_ms", "earliest_ms"):
            if getattr(self, name) < 0:
                raise ProblemError(
                    f'stop "{self.location}": {name} must be at least 0, got {getattr(self, name)}'
                )
        if self.latest_ms is not None and self.latest_ms < self.earliest_ms:
            raise ProblemError(
                f'stop "{self.location}": latest_ms {self.latest_ms} lies before earliest_ms '
                f"{self.earliest_ms}"
            )


@dataclass(frozen=True, slots=True)
class TripRules:
    """What holds for all stops together.

    One person walks the trips one after another, each from the start to the end station; the walk
    back from the end to the start between two trips counts.

    Parameters
    ----------
    precedences
        Pairs of locations: the first is visited before the second, on the same or an earlier trip.
    most_weight_g, most_length_mm
        Most that one trip carries, and farthest that it walks; None: no limit.
    most_trips
        Largest number of trips; None: as many as there are stops.
    turnaround_ms
        Time between the end of a trip and the walk back, e.g. for unloading.
    speed_mm_s
        Walking speed, millimetres per second.
    """

    precedences: tuple[tuple[LocationId, LocationId], ...] = ()
    most_weight_g: int | None = None
    most_length_mm: int | None = None
    most_trips: int | None = None
    turnaround_ms: int = 0
    speed_mm_s: int = 1_000

    def __post_init__(self) -> None:
        for name in ("most_weight_g", "most_length_mm", "turnaround_ms"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ProblemError(f"{name} must be at least 0, got {value}")
        if self.most_trips is not None and self.most_trips < 1:
            raise ProblemError(f"most_trips must be at least 1, got {self.most_trips}")
        if self.speed_mm_s < 1:
            raise ProblemError(f"speed_mm_s must be at least 1, got {self.speed_mm_s}")

    def walk_ms(self, length_mm: int) -> int:
        """Return how long a walk takes, rounded up to whole milliseconds."""
        return -(-length_mm * 1_000 // self.speed_mm_s)


@dataclass(frozen=True, slots=True)
class SearchLimit:
    """When the Routing library stops: after so many solutions (deterministic) or seconds."""

    solutions: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.solutions is None and self.seconds is None:
            raise ValueError("a search needs a limit: solutions or seconds")
        if self.solutions is not None and self.solutions < 1:
            raise ValueError(f"solutions must be at least 1, got {self.solutions}")
        if self.seconds is not None and self.seconds <= 0:
            raise ValueError(f"seconds must be positive, got {self.seconds}")


class TripsStatus(StrEnum):
    """What is known about the trips."""

    FEASIBLE = "feasible"
    """Trips that keep every rule; optimal where the bound equals the length."""
    INFEASIBLE = "infeasible"
    """No trips can keep every rule; ``reasons`` say which rules stand against it."""
    NOT_FOUND = "not-found"
    """None were found before the search stopped."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Locations in walking order and the walk from the start over them to the end."""

    stops: tuple[LocationId, ...]
    length_mm: int


@dataclass(frozen=True, slots=True)
class ConstrainedTour:
    """The answer: trips in the order they are walked.

    ``length_mm`` includes the walks back between trips. ``termination.bound_mm`` is a length that
    no feasible trips can be below. ``reasons`` name the culprits where nothing is feasible.
    """

    status: TripsStatus
    trips: tuple[Trip, ...]
    length_mm: int
    termination: Termination
    reasons: tuple[str, ...] = ()


def check_stops(stops: Sequence[ConstrainedStop], rules: TripRules) -> None:
    """Raise for stops and rules that contradict themselves.

    Raises
    ------
    ProblemError
        When a location is named twice, or a precedence names a location that is no stop or itself.
    """
    seen: set[LocationId] = set()
    for stop in stops:
        if stop.location in seen:
            raise ProblemError(f'stop "{stop.location}" is named twice')
        seen.add(stop.location)
    for first, second in rules.precedences:
        for place in (first, second):
            if place not in seen:
                raise ProblemError(f'precedence "{first}" before "{second}": "{place}" is no stop')
        if first == second:
            raise ProblemError(f'stop "{first}" cannot come before itself')
