"""Short re-plans of a list that is being walked: where to take goods that were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.errors import OptimizerError, UnreachableError
from optimizer.ids import LocationId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph


@dataclass(frozen=True, slots=True)
class Detour:
    """Where to take ``quantity`` units instead, and when.

    ``position`` is the index in the remaining stops before which ``location`` is visited;
    ``is_new`` is false where it is visited there anyway, then ``position`` is that stop's own.
    """

    location: LocationId
    quantity: int
    position: int
    extra_mm: int
    is_new: bool


def cheapest_detour(
    graph: WalkingGraph,
    *,
    origin: PlaceId,
    remaining: Sequence[LocationId],
    end: StationId,
    free: Mapping[LocationId, int],
    quantity: int,
) -> Detour | None:
    """Return the alternative location that adds the fewest metres to the rest of a tour.

    The order of the remaining stops is kept: the picker has seen it, and open tasks keep their
    ids. A location that covers the whole quantity is preferred to one that covers more of it than
    another; among equals the shortest detour counts, then the location's id. One location is
    chosen, never several: what it does not cover stays short.

    Exact under these rules (cheapest insertion over all positions). O(n + m) shortest-path trees
    are read, n stops and m locations with stock.

    Parameters
    ----------
    graph
        The walking graph.
    origin
        Where the picker stands: the last visited place, or the start station.
    remaining
        Stops still to visit, in walking order.
    end
        Station where the tour ends.
    free
        Units (>= 1) that may be taken, by location.
    quantity
        Units wanted, at least 1.

    Returns
    -------
    Detour or None
        ``None`` where no location with stock can be reached.

    Raises
    ------
    OptimizerError
        The quantity is below 1.
    LayoutError
        A place does not exist.
    """
    if quantity < 1:
        raise OptimizerError(f"quantity must be at least 1, got {quantity}")
    best: tuple[tuple[int, int, str], Detour] | None = None
    for location in sorted(free):
        units = min(quantity, free[location])
        if units < 1:
            continue
        detour = _detour(graph, location, origin=origin, remaining=remaining, end=end, units=units)
        if detour is None:
            continue
        rank = (-units, detour.extra_mm, str(location))
        if best is None or rank < best[0]:
            best = (rank, detour)
    return None if best is None else best[1]


def _detour(
    graph: WalkingGraph,
    location: LocationId,
    *,
    origin: PlaceId,
    remaining: Sequence[LocationId],
    end: StationId,
    units: int,
) -> Detour | None:
    if location in remaining:
        return Detour(location, units, remaining.index(location), 0, is_new=False)
    places: list[PlaceId] = [origin, *remaining, end]
    best: Detour | None = None
    for position in range(len(places) - 1):
        before, after = places[position], places[position + 1]
        there, back = _length(graph, before, location), _length(graph, location, after)
        past = _length(graph, before, after)
        if there is None or back is None or past is None:
            continue
        extra = there + back - past
        if best is None or extra < best.extra_mm:
            best = Detour(location, units, position, extra, is_new=True)
    return best


def _length(graph: WalkingGraph, origin: PlaceId, target: PlaceId) -> int | None:
    """Return the length of the shortest walk, ``None`` where there is none."""
    try:
        # The graph keeps the last few hundred shortest-path trees, so this is a look-up.
        return graph.length_mm(origin, target)
    except UnreachableError:
        return None
