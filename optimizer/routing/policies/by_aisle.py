"""What the policies for parallel aisles share: from the definition's walk to a tour.

How blocks, aisles, rows and sides are named is told in :mod:`optimizer.routing.policies.blocks`;
what happens where a prescribed stretch is missing in :mod:`optimizer.routing.policies.walk`.

**Several blocks.** Every policy but aisle-by-aisle follows the scheme of Roodbergen and de Koster
2001: the picker goes to the first aisle that holds a pick in any block, walks in it, picking, to
the near row of the farthest block with picks, and then works the blocks from the farthest to the
nearest. A block is left at its near row. From there the picker walks on in the same aisle to the
far row of the next block with picks, and begins there with the first or the last of its
sub-aisles, whichever is nearer. What was picked on the way out is not visited again.

**Start and end.** The way from the start to the first prescribed point, and from the near row of
the last sub-aisle to the end, is the shortest. Start and end may differ and stand anywhere. From a
start between two blocks the picker follows the first aisle from the start's own row, or from the
near row of the nearest block in which that aisle holds a pick, if that lies nearer to the front.

References
----------
Roodbergen, K. J., de Koster, R. (2001): Routing methods for warehouses with multiple cross aisles.
International Journal of Production Research 39(9), 1865-1883. DOI 10.1080/00207540110028128. We
mirror their picture where the start stands at the back or on the right; on a front left corner the
walk is theirs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import NotParallel, ParallelAisles, recognise_aisles
from optimizer.layout.distances import UNREACHABLE, WalkingGraph
from optimizer.layout.model import Layout
from optimizer.layout.terminals import Terminals
from optimizer.routing.policies.blocks import Block, SubAisle, Trip, nearest_side_first
from optimizer.routing.policies.by_line import LineByLine
from optimizer.routing.policies.walk import Ground, Walk
from optimizer.routing.router import Tour


class AisleByAisleRouter(ABC):
    """Base of the policies that visit aisle after aisle.

    The tour's ``path`` is the walk that the policy prescribes, and its length that of the walk:
    more, as a rule, than the shortest way from stop to stop. It is ``optimal`` with one stop where
    the walk happens to be the shortest.

    Parameters
    ----------
    layout
        The layout.
    graph
        Its walking graph where the caller has one already.

    Raises
    ------
    LayoutError
        When the layout has no parallel aisles and the policy needs them.
    """

    policy: str
    anywhere: ClassVar[bool] = False
    """Whether the policy falls back to an order line by line where aisles are not parallel."""

    def __init__(self, layout: Layout, graph: WalkingGraph | None = None) -> None:
        self._graph = WalkingGraph(layout) if graph is None else graph
        self._terminals = Terminals(self._graph)
        structure = recognise_aisles(layout)
        if isinstance(structure, NotParallel) and not self.anywhere:
            raise LayoutError(f"the policy {self.policy} needs parallel aisles: {structure.reason}")
        self._ground = (
            Ground(self._graph, structure) if isinstance(structure, ParallelAisles) else None
        )
        self._reached: dict[StationId, set[int]] = {}
        self._by_line = LineByLine(self._graph, self._terminals)

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        points = self._terminals.points(wanted)
        bound = self._shortest_mm(points, start, end) if len(points) <= 1 else None
        if not wanted or self._ground is None:
            order = self._by_line.order(wanted, start) if wanted else []
            length = self._shortest_mm(map(self._terminals.point, order), start, end)
            return Tour(tuple(order), length, self.policy, length == bound, bound)
        walk = self._walk(self._ground, wanted, start, end)
        length = self._ground.length_mm(walk, start=start, end=end)
        path = self._ground.points(walk, start=start, end=end)
        return Tour(tuple(walk.stops), length, self.policy, length == bound, bound, path)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        wanted = set(locations)
        if not wanted or self._ground is None:
            order = self.order(wanted, start=start, end=end)
            return self._shortest_mm(map(self._terminals.point, order), start, end)
        walk = self._walk(self._ground, wanted, start, end)
        return self._ground.length_mm(walk, start=start, end=end)

    def order(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> list[LocationId]:
        """Return the stops of the tour of :meth:`route`, in walking order."""
        wanted = set(locations)
        self._terminals.points(wanted)
        if not wanted:
            return []
        if self._ground is None:
            return self._by_line.order(wanted, start)
        return self._walk(self._ground, wanted, start, end).stops

    @abstractmethod
    def _prescribe(self, ground: Ground, trip: Trip, *, start: StationId, end: StationId) -> Walk:
        """Return the walk of a trip with at least one pick."""

    def _walk(
        self, ground: Ground, wanted: set[LocationId], start: StationId, end: StationId
    ) -> Walk:
        self._require_walks(wanted, start, end)
        trip = ground.trips.trip(wanted, start)
        return self._prescribe(ground, trip, start=start, end=end)

    def _require_walks(self, wanted: set[LocationId], start: StationId, end: StationId) -> None:
        """Refuse what cannot be reached; a grid has no one-way stretches, so one look will do."""
        origin = self._terminals.point(start)
        reached = self._reached.setdefault(start, set())
        for point in [*self._terminals.points(wanted), self._terminals.point(end)]:
            if point in reached:
                continue
            if self._terminals.length_mm(origin, point) == UNREACHABLE:
                raise UnreachableError(start, self._terminals.name(point))
            reached.add(point)

    def _shortest_mm(self, points: Iterable[int], start: StationId, end: StationId) -> int:
        point = self._terminals.point
        return self._terminals.walked_mm([point(start), *points, point(end)])


class BlockByBlockRouter(AisleByAisleRouter):
    """Base of the policies that work the blocks from the farthest to the nearest."""

    def _prescribe(self, ground: Ground, trip: Trip, *, start: StationId, end: StationId) -> Walk:
        walk = Walk()
        *nearer, row = trip.worked
        first = last = _way_out(ground, trip, walk)
        last = self._work(nearest_side_first(trip.blocks[row], last.across_mm), walk, ground, False)
        for number in reversed(nearer):
            block = trip.blocks[number]
            left = tuple(sub for sub in block if sub.across_mm != first.across_mm)
            if left:
                ground.passage(walk, trip, last.column, rows=(row, number + 1))
                ordered = nearest_side_first(left, last.across_mm)
                last, row = self._work(ordered, walk, ground, True), number
        return walk

    @abstractmethod
    def _work(self, block: Block, walk: Walk, ground: Ground, at_far_row: bool) -> SubAisle:
        """Walk through a block with picks and leave it at its near row.

        Parameters
        ----------
        block
            Its sub-aisles with picks, from the end at which the picker begins.
        walk
            The walk so far.
        ground
            Lengths of legs.
        at_far_row
            Whether the picker stands at the far row of the block; else at its near row, which is
            so in the farthest block only.

        Returns
        -------
        SubAisle
            At whose near crossing the picker stands at last.
        """


def _way_out(ground: Ground, trip: Trip, walk: Walk) -> SubAisle:
    """Walk in the first aisle to the farthest block; return a sub-aisle of that aisle."""
    *nearer, farthest = trip.worked
    first = trip.first
    on_the_way = [
        (number, sub)
        for number in nearer
        for sub in trip.blocks[number]
        if sub.across_mm == first.across_mm
    ]
    row = min(trip.start_row, farthest, *(number for number, _ in on_the_way))
    subs = [sub for _, sub in on_the_way]
    ground.passage(walk, trip, first.column, rows=(row, farthest), subs=subs)
    return first
