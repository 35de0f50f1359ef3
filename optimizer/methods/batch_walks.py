"""What a batch of a method costs: the tours that a search goes by, and those that are walked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.batching.cells import number_cells
from optimizer.batching.cost import Course, OneTrip, Walks
from optimizer.batching.problem import Objective
from optimizer.batching.walks import (
    ANY_NUMBER,
    Walk,
    called_walk,
    grid_walk,
    matrix_walk,
)
from optimizer.ids import StationId
from optimizer.layout.distances import UNREACHABLE
from optimizer.methods.prepared import Prepared
from optimizer.params import Minimise
from optimizer.routing.exact import ExactRouter
from optimizer.routing.router import Router

_MATRIX_UP_TO = 2_000
"""Places between which all distances are kept: 32 MB."""

_MATRIX_STOPS = 20
"""Mean stops of a batch up to which tours over a matrix are taken: with 8 stops they take a tenth
of the time that the router does, with 16 as long, with 64 four times as long."""

_FAR = 1 << 40
"""Distance where no walk leads: above any tour, and far below overflow in a sum."""

LENGTH = Objective()
"""Batches cost what they walk, in millimetres."""

KEPT_LENGTHS = 100_000
"""Lengths of batches that are kept where each is a call into Python: some 100 MB at most."""


def walk_of(
    prepared: Prepared, course: Course, places: Sequence[frozenset[int]], *, n_batches: int
) -> tuple[Walk, NDArray[np.int32]]:
    """Return the lengths that a search goes by, and the point of each place.

    Exact in compiled code where the layout is a grid; else short tours over a matrix of distances;
    where there are several ends, zones, too many places or long tours, whatever the router says.

    Parameters
    ----------
    prepared, course
        The problem, and what a batch walks.
    places
        Of each demand.
    n_batches
        About how many batches there will be.
    """
    locations = prepared.problem.layout.locations
    router = prepared.estimates.router
    if isinstance(course, OneTrip) and isinstance(router, ExactRouter):
        ways = [router.course(course.start, end) for end in course.ends]
        known = [way for way in ways if way is not None]
        if len(known) == len(ways):
            points = [int(router.points((location.id,))[0]) for location in locations]
            return grid_walk(known), np.array(points, dtype=np.int32)

    if isinstance(course, OneTrip) and len(course.ends) == 1:
        together = frozenset().union(*places)
        stops = sum(map(len, places)) / n_batches
        if stops <= _MATRIX_STOPS and len(together) <= _MATRIX_UP_TO:
            return _matrix_walk(prepared, course, sorted(together))

    @lru_cache(maxsize=KEPT_LENGTHS)
    def length_mm(places: frozenset[int]) -> int:
        return length_mm_of(prepared.estimates, course, places)

    walk = called_walk(
        lambda points: length_mm(frozenset(points.tolist())),
        shortest_up_to=ANY_NUMBER if _is_exact(router, prepared) else 0,
    )
    return walk, np.arange(len(locations), dtype=np.int32)


def _matrix_walk(
    prepared: Prepared, course: OneTrip, places: list[int]
) -> tuple[Walk, NDArray[np.int32]]:
    locations, graph = prepared.problem.layout.locations, prepared.graph
    stops = [course.start, *(locations[place].id for place in places), course.ends[0]]
    vertices = [graph.vertex(stop) for stop in stops]
    distances = graph.distances_from(vertices)[:, vertices]
    distances[distances == UNREACHABLE] = _FAR
    point_of = np.zeros(len(locations), dtype=np.int32)
    point_of[places] = np.arange(1, len(places) + 1)
    return matrix_walk(distances, start=0, end=len(places) + 1), point_of


def objective_of(prepared: Prepared, points: NDArray[np.int32]) -> Objective:
    """Return what a batch costs: its length, or its time in parts of a millisecond.

    What lines, units and totes take is the same in every batch. Stops are, too, unless orders share
    them, which counts where every place is a point of its own.
    """
    if prepared.params.minimise is Minimise.METRES:
        return LENGTH
    model = prepared.time_model
    are_apart = len(np.unique(points)) == len(points)
    return Objective(
        per_mm=1000,
        per_stop=model.stop_ms * model.walk_mm_per_s if are_apart else 0,
        per_batch=model.list_ms * model.walk_mm_per_s,
    )


def _is_exact(router: Router, prepared: Prepared) -> bool:
    """Return whether a router finds shortest tours between any two stations of the layout."""
    if not isinstance(router, ExactRouter):
        return False
    stations: list[StationId] = [station.id for station in prepared.problem.layout.stations]
    return all(router.course(start, end) is not None for start in stations for end in stations)


def cells_of(prepared: Prepared) -> NDArray[np.int32]:
    """Return the cell of every place: its stretch of a path, whatever the layout."""
    locations = prepared.problem.layout.locations
    return number_cells([prepared.graph.point(location.id) for location in locations])


def length_mm_of(walks: Walks, course: Course, places: frozenset[int]) -> int:
    """Return the length of all trips of a batch."""
    return sum(walks.length_mm(trip) for trip in course(places))


def batch_value(
    prepared: Prepared, course: Course, visited: frozenset[int], objective: Objective
) -> int:
    """Return what one batch costs as it is walked."""
    walked = objective.per_mm * length_mm_of(prepared.walks, course, visited)
    return walked + objective.per_stop * len(visited) + objective.per_batch
