"""A policy's order of stops, walked the shortest way from stop to stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from optimizer.ids import LocationId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.terminals import Terminals
from optimizer.routing.router import Tour


class Ordering(Protocol):
    """What fixes the order of stops; errors as for a router."""

    @property
    def policy(self) -> str:
        """Name of the routing policy."""
        ...

    def order(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> list[LocationId]:
        """Return the locations in walking order, each once."""
        ...


class InOrder:
    """Router that takes over the order of a policy, but none of its detours.

    A picker who follows a list walks from stop to stop; nobody makes them walk an aisle to its
    end after the last pick. Plans are therefore measured so. The tour keeps the policy's name, has
    no prescribed path, and is never longer than the policy's own.

    Parameters
    ----------
    ordering
        The policy.
    graph
        Walking graph of its layout.
    """

    def __init__(self, ordering: Ordering, graph: WalkingGraph) -> None:
        self._ordering = ordering
        self._terminals = Terminals(graph)

    @property
    def policy(self) -> str:
        """Name of the policy."""
        return self._ordering.policy

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        order = self._ordering.order(locations, start=start, end=end)
        length = self._walked_mm(order, start, end)
        optimal = len(self._terminals.points(order)) <= 1
        return Tour(tuple(order), length, self.policy, optimal, length if optimal else None)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        return self._walked_mm(self._ordering.order(locations, start=start, end=end), start, end)

    def _walked_mm(self, order: list[LocationId], start: StationId, end: StationId) -> int:
        point = self._terminals.point
        return self._terminals.walked_mm([point(start), *map(point, order), point(end)])
