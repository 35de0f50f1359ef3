"""Finding the tours that ``wavepick route`` prints."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from server.cli.route_line import walked_along
from server.errors import BadInput

if TYPE_CHECKING:
    from optimizer import Layout
    from optimizer.ids import LocationId, StationId
    from optimizer.layout.distances import Point, WalkingGraph
    from optimizer.layout.model import StationKind
    from optimizer.routing.router import Router, Tour

POLICY_NAMES = (
    "best",
    "exact",
    "graph",
    "s-shape",
    "return",
    "midpoint",
    "largest-gap",
    "combined",
    "aisle-by-aisle",
)
"""As in ``optimizer.routing.policies.registry``, which --help must not import; a test compares
them."""

COMPARED = POLICY_NAMES[3:]
"""What is compared with the tour of ``best``."""


@dataclass(frozen=True, slots=True)
class FoundTour:
    """A tour with its ends, its walked line and the walked length up to each stop.

    ``shortest_mm`` is the proven shortest length between the start and any of the ends asked for;
    ``None`` where it is not known.
    """

    start: StationId
    end: StationId
    tour: Tour
    path: tuple[Point, ...]
    walked_mm: tuple[int, ...]
    shortest_mm: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tour of ``best`` first, then one per policy; and why the other policies have none."""

    tours: tuple[FoundTour, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Errand:
    """Where to go on which layout: what all policies have in common."""

    layout: Layout
    graph: WalkingGraph
    source: str
    wanted: tuple[LocationId, ...]
    start: StationId
    ends: tuple[StationId, ...]

    def router(self, policy: str) -> Router:
        """Return the router of a policy; BadInput where the layout lacks what it needs."""
        from optimizer.errors import LayoutError
        from optimizer.routing.policies.registry import make_router

        try:
            return make_router(policy, self.layout, self.graph)
        except LayoutError as error:
            raise BadInput(error.message, code="bad-layout", pointer=self.source) from error

    def shortest_mm(self, tour: Tour) -> int | None:
        """Return the proven shortest length, over all ends, where a router knows it.

        ``tour`` is one found for this errand; where it is optimal itself nothing is computed.
        """
        if tour.optimal:
            return tour.length_mm
        best, _ = self.walk(self.router("best"))
        return best.length_mm if best.optimal else None

    def walk(self, router: Router) -> tuple[Tour, StationId]:
        """Return the shortest of a router's tours to the ends, and its end; the first of equals.

        It counts as optimal where no tour to another end could be shorter. Ends to which no walk
        leads are left out; BadInput where that is so for all.
        """
        from optimizer.errors import LayoutError, UnreachableError

        tours: list[Tour] = []
        ends: list[StationId] = []
        unreachable: UnreachableError | None = None
        for end in self.ends:
            try:
                tours.append(router.route(self.wanted, start=self.start, end=end))
                ends.append(end)
            except LayoutError as error:
                raise BadInput(error.message, code="bad-layout", pointer=self.source) from error
            except UnreachableError as error:
                unreachable = error
        if not tours:
            raise BadInput(
                str(unreachable), code="unreachable", pointer=self.source
            ) from unreachable
        tour, end = min(zip(tours, ends, strict=True), key=lambda each: each[0].length_mm)
        bounds = [each.bound_mm for each in tours if each.bound_mm is not None]
        bound = min(bounds) if len(bounds) == len(tours) else None
        return replace(tour, optimal=tour.length_mm == bound, bound_mm=bound), end

    def found(self, tour: Tour, end: StationId, shortest_mm: int | None) -> FoundTour:
        """Return a tour of this errand with its line."""
        from optimizer.routing.router import tour_path

        path = tour_path(self.graph, tour, start=self.start, end=end)
        places = [self.start, *tour.stops]
        if tour.path:
            points = [self.graph.point(stop) for stop in tour.stops]
            walked = walked_along(path, points, tour.length_mm)
        else:
            legs = (self.graph.length_mm(a, b) for a, b in itertools.pairwise(places))
            walked = tuple(itertools.accumulate(legs))
        return FoundTour(self.start, end, tour, path, walked, shortest_mm)


def errand(
    layout: Layout,
    locations: str,
    *,
    source: str,
    start: str | None,
    ends: Sequence[str],
) -> Errand:
    """Return where a person wants to go.

    Parameters
    ----------
    layout
        The layout.
    locations
        Location ids, separated by commas.
    source
        Name of the layout file, for messages.
    start
        Station id; ``None`` for the layout's usual one.
    ends
        Station ids, of which one is to be chosen; none for the layout's usual one.

    Raises
    ------
    BadInput
        When a place is unknown or the layout has no station of the usual kinds.
    """
    from optimizer.layout.check import DROP_KINDS, START_KINDS
    from optimizer.layout.distances import WalkingGraph

    wanted = tuple(_known_locations(layout, locations, source))
    first = _station(layout, start, START_KINDS, "start", source)
    names: Sequence[str | None] = ends or (None,)
    last = tuple(dict.fromkeys(_station(layout, name, DROP_KINDS, "end", source) for name in names))
    return Errand(layout, WalkingGraph(layout), source, wanted, first, last)


def find_tour(asked: Errand, policy: str) -> FoundTour:
    """Return the tour of a policy.

    Raises
    ------
    BadInput
        When no walk leads through the locations, or the layout lacks what the policy needs.
    """
    tour, end = asked.walk(asked.router(policy))
    return asked.found(tour, end, asked.shortest_mm(tour))


def compare_tours(asked: Errand) -> Comparison:
    """Return the tours of all policies that the layout allows; errors as for ``best``."""
    best, end = asked.walk(asked.router("best"))
    shortest = best.length_mm if best.optimal else None
    found = [asked.found(best, end, shortest)]
    refused: list[tuple[str, str]] = []
    for policy in COMPARED:
        try:
            router = asked.router(policy)
        except BadInput as error:
            refused.append((policy, error.message))
            continue
        found.append(asked.found(*asked.walk(router), shortest))
    return Comparison(tuple(found), tuple(refused))


def _known_locations(layout: Layout, text: str, source: str) -> list[LocationId]:
    known: dict[str, LocationId] = {location.id: location.id for location in layout.locations}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise BadInput("--locations names no location", code="no-locations")
    for name in names:
        if name not in known:
            raise BadInput(
                f'no location "{name}"{_similar(name, known)}', code="unknown-place", pointer=source
            )
    return [known[name] for name in names]


def _station(
    layout: Layout,
    name: str | None,
    kinds: frozenset[StationKind],
    what: str,
    source: str,
) -> StationId:
    """Return the station of that name, else the first of the kinds, in the kinds' usual order."""
    if name is not None:
        for station in layout.stations:
            if station.id == name:
                return station.id
        ids = [station.id for station in layout.stations]
        raise BadInput(
            f'no station "{name}"; there are {", ".join(ids) or "none"}',
            code="unknown-place",
            pointer=source,
        )
    usual = ("start", "pack")
    fitting = [station for station in layout.stations if station.kind in kinds]
    fitting.sort(key=lambda station: station.kind.value not in usual)
    if not fitting:
        raise BadInput(
            f"the layout has no station to {what} at; name one with --{what}",
            code="no-station",
            pointer=source,
        )
    return fitting[0].id


def _similar(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    return f"; similar: {', '.join(close)}" if close else ""
