"""Tours on any walking graph: exact for few stops, iterated local search for more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import UnreachableError
from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Layout
from optimizer.layout.terminals import Terminals
from optimizer.routing.held_karp import MOST_STOPS, held_karp
from optimizer.routing.local_search import (
    continue_search,
    iterated_local_search,
    start_search,
)
from optimizer.routing.lower_bound import path_lower_bound
from optimizer.routing.router import Tour
from optimizer.stopping import Stop

NO_WALK_MM = 1 << 40
"""Length of a missing connection inside the search: longer than any real tour."""

_KEPT_TOURS = 1 << 15

_SLICE = 100
"""Kicks between two looks at a stopping criterion: about half a millisecond."""


class GraphTourRouter:
    """Router for layouts of any shape.

    Up to ``exact_up_to`` distinct access points the tour is optimal (Held-Karp); beyond, an
    iterated local search with ``kicks`` perturbations, and a lower bound that tells how far from
    optimal it can be at most. Distances are computed once per access point, on first use; tours of
    a set of points are kept.

    Parameters
    ----------
    layout
        The layout.
    graph
        Its walking graph where the caller has one already.
    kicks
        Perturbations per tour, >= 0. 500 kicks cost about 3 ms at 30 stops, 5 ms at 100.
    seed
        Seed of the perturbations, >= 0.
    exact_up_to
        Largest number of access points solved exactly, at most 12.
    bound_iterations
        Work for the bound of a searched tour, >= 0; 0: none. It is spent by :meth:`route` only,
        never by :meth:`length_mm`. 200 iterations cost about 0.6 ms at 30 stops and 5 ms at 100,
        and end 0.2 % and 0.8 % below the best tour known (median).
    """

    policy = "graph"

    def __init__(
        self,
        layout: Layout,
        graph: WalkingGraph | None = None,
        *,
        kicks: int = 500,
        seed: int = 1,
        exact_up_to: int = MOST_STOPS,
        bound_iterations: int = 200,
    ) -> None:
        if not 0 <= exact_up_to <= MOST_STOPS:
            raise ValueError(f"exact_up_to must be 0 to {MOST_STOPS}, got {exact_up_to}")
        if min(kicks, seed, bound_iterations) < 0:
            raise ValueError("kicks, seed and bound_iterations must not be negative")
        self._graph = graph = WalkingGraph(layout) if graph is None else graph
        self._kicks = kicks
        self._seed = seed
        self._exact_up_to = exact_up_to
        self._bound_iterations = bound_iterations
        self._order = {location.id: number for number, location in enumerate(layout.locations)}
        self._terminals = Terminals(self._graph)
        self._kept: dict[tuple[int, ...], tuple[int, tuple[int, ...]]] = {}
        self._bounds: dict[tuple[int, ...], int | None] = {}

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        points = self._terminals.points(wanted)
        length, order = self._solve(points, start, end)
        if len(points) <= self._exact_up_to:
            return self._tour(wanted, order, length, length)
        key = (self._terminals.point(start), *points, self._terminals.point(end))
        if key not in self._bounds:
            self._bounds[key] = self._bound(self._lengths(key), length)
        return self._tour(wanted, order, length, self._bounds[key])

    def route_until(
        self,
        locations: Iterable[LocationId],
        *,
        start: StationId,
        end: StationId,
        stop: Stop,
    ) -> Tour:
        """Return the best tour found before ``stop`` says so; errors as :meth:`route`.

        For a single walk that is worth some time: ``kicks`` does not count here. ``stop`` is asked
        after every hundred kicks; the first answer is there before it is asked. Ends by itself
        once the tour is proven optimal, so a criterion that never stops can run for ever.
        """
        wanted = set(locations)
        points = self._terminals.points(wanted)
        if len(points) <= self._exact_up_to:
            return self.route(wanted, start=start, end=end)
        key = (self._terminals.point(start), *points, self._terminals.point(end))
        lengths = self._lengths(key)
        search = start_search(lengths, self._seed)
        length = int(search.found[1])
        bound = None
        while not stop():
            length = continue_search(search, _SLICE, -1 if bound is None else bound)
            if bound is None:
                bound = self._bound(lengths, length)
            if length == bound:
                break
        if length >= NO_WALK_MM:
            self._refuse(lengths, key, start, end)
        order = tuple(key[row] for row in search.best[1:-1].tolist())
        return self._tour(wanted, order, length, bound)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        return self._solve(self._terminals.points(locations), start, end)[0]

    def _solve(
        self, points: Sequence[int], start: StationId, end: StationId
    ) -> tuple[int, tuple[int, ...]]:
        """Return the length and the points in walking order; tours are kept."""
        key = (self._terminals.point(start), *points, self._terminals.point(end))
        known = self._kept.get(key)
        if known is None:
            known = self._search(key, start, end)
            if len(self._kept) >= _KEPT_TOURS:
                self._kept.clear()
                self._bounds.clear()
            self._kept[key] = known
        return known

    def _search(
        self, key: tuple[int, ...], start: StationId, end: StationId
    ) -> tuple[int, tuple[int, ...]]:
        lengths = self._lengths(key)
        n_stops = len(key) - 2
        if n_stops == 0:
            length, order = int(lengths[0, 1]), np.zeros(0, dtype=np.int64)
        elif n_stops <= self._exact_up_to:
            length, order = held_karp(lengths)
        else:
            length, order = iterated_local_search(lengths, self._kicks, self._seed)
        if length >= NO_WALK_MM:
            self._refuse(lengths, key, start, end)
        return int(length), tuple(key[row] for row in order.tolist())

    def _lengths(self, key: tuple[int, ...]) -> NDArray[np.int64]:
        """Return the matrix of some points, with :data:`NO_WALK_MM` where no walk leads."""
        lengths = self._terminals.matrix(key)
        lengths[lengths == UNREACHABLE] = NO_WALK_MM
        return lengths

    def _bound(self, lengths: NDArray[np.int64], length: int) -> int | None:
        if not self._bound_iterations:
            return None
        return path_lower_bound(lengths, length, self._bound_iterations)

    def _tour(
        self, wanted: set[LocationId], order: Sequence[int], length: int, bound: int | None
    ) -> Tour:
        """Return the tour through points in a given order."""
        at_point: dict[int, list[LocationId]] = {}
        for location in sorted(wanted, key=self._order.__getitem__):
            at_point.setdefault(self._terminals.point(location), []).append(location)
        stops = tuple(location for point in order for location in at_point[point])
        return Tour(stops, length, self.policy, bound == length, bound)

    def _refuse(
        self, lengths: NDArray[np.int64], key: tuple[int, ...], start: StationId, end: StationId
    ) -> NoReturn:
        """Raise for the first connection that every tour would need."""
        for row in range(1, len(key) - 1):
            if lengths[0, row] >= NO_WALK_MM:
                raise UnreachableError(start, self._terminals.name(key[row]))
            if lengths[row, -1] >= NO_WALK_MM:
                raise UnreachableError(self._terminals.name(key[row]), end)
        for row in range(1, len(key) - 1):
            for other in range(1, row):
                if lengths[row, other] >= NO_WALK_MM and lengths[other, row] >= NO_WALK_MM:
                    raise UnreachableError(
                        self._terminals.name(key[row]), self._terminals.name(key[other])
                    )
        raise UnreachableError(start, end)
