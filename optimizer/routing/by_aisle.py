"""What the aisle-by-aisle policies share: picks seen block by block from the start, and walking.

A policy fixes the *order* of the stops. From stop to stop the picker walks the shortest way, so a
tour is never longer than the walk of the literature's definition, and the length is that of the
walked line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import MISSING, NotParallel, ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Layout
from optimizer.layout.terminals import Terminals
from optimizer.routing.by_line import LineByLine
from optimizer.routing.router import Tour

Pick = tuple[int, LocationId]
"""Walk from the near row of its sub-aisle in millimetres, location."""


@dataclass(frozen=True, slots=True)
class SubAisle:
    """The picks of one aisle inside one block, those next to the start's side first.

    ``across_mm`` is where the aisle lies, counted from the side of the start; ``length_mm`` the
    walk from the near row to the far row.
    """

    across_mm: int
    length_mm: int
    picks: tuple[Pick, ...]

    def outwards(self) -> list[LocationId]:
        """Return the locations in the order of walking away from the start's side."""
        return [location for _, location in self.picks]

    def inwards(self) -> list[LocationId]:
        """Return the locations in the order of walking towards the start's side."""
        return self.outwards()[::-1]


Block = tuple[SubAisle, ...]
"""The sub-aisles with picks of one block, from the start's side to the other."""


def outward_and_back(blocks: tuple[Block, ...]) -> tuple[list[LocationId], list[Block], int]:
    """Split a tour as all policies for several blocks do (Roodbergen and de Koster 2001).

    The picker walks through the first pick aisle to the farthest block, picking on the way, then
    works the blocks from the farthest to the nearest.

    Returns
    -------
    tuple
        The stops on the way out; the blocks that remain, farthest first, empty ones left out;
        where the first pick aisle lies.
    """
    worked = [number for number, block in enumerate(blocks) if block]
    farthest = worked[-1]
    first = min(sub.across_mm for block in blocks for sub in block)
    way_out: list[LocationId] = []
    remaining: list[Block] = [blocks[farthest]]
    for number in reversed(worked[:-1]):
        block = blocks[number]
        remaining.append(tuple(sub for sub in block if sub.across_mm != first))
    for number in worked[:-1]:
        if blocks[number][0].across_mm == first:
            way_out += blocks[number][0].outwards()
    return way_out, [block for block in remaining if block], first


def nearest_side_first(block: Block, across_mm: int) -> Block:
    """Return a block's sub-aisles from the end that is nearer to where the picker is."""
    to_first = abs(block[0].across_mm - across_mm)
    to_last = abs(block[-1].across_mm - across_mm)
    return block if to_first <= to_last else block[::-1]


class AisleByAisleRouter(ABC):
    """Base of the policies that visit aisle after aisle.

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
        self._rank = {location.id: number for number, location in enumerate(layout.locations)}
        self._structure = recognise_aisles(layout)
        if isinstance(self._structure, NotParallel) and not self.anywhere:
            raise LayoutError(
                f"the policy {self.policy} needs parallel aisles: {self._structure.reason}"
            )
        self._by_line = LineByLine(self._graph, self._terminals)

    def route(self, locations: Iterable[LocationId], *, start: StationId, end: StationId) -> Tour:
        """Return a tour; see :class:`~optimizer.routing.router.Router`."""
        wanted = set(locations)
        points = self._terminals.points(wanted)
        order = self._order(wanted, start)
        length = self._walked_mm(order, start, end)
        optimal = len(points) <= 1
        return Tour(tuple(order), length, self.policy, optimal, length if optimal else None)

    def length_mm(
        self, locations: Iterable[LocationId], *, start: StationId, end: StationId
    ) -> int:
        """Return the length of the tour of :meth:`route`."""
        return self._walked_mm(self._order(set(locations), start), start, end)

    @abstractmethod
    def _in_aisles(self, blocks: tuple[Block, ...]) -> list[LocationId]:
        """Return the stops of a tour with at least one pick; nearest block first."""

    def _order(self, wanted: set[LocationId], start: StationId) -> list[LocationId]:
        self._terminals.points(wanted)
        if not wanted:
            return []
        if isinstance(self._structure, NotParallel):
            return self._by_line.order(wanted, start)
        return self._in_aisles(self._blocks(self._structure, wanted, start))

    def _walked_mm(self, order: list[LocationId], start: StationId, end: StationId) -> int:
        point = self._terminals.point
        return self._terminals.walked_mm([point(start), *map(point, order), point(end)])

    def _blocks(
        self, aisles: ParallelAisles, wanted: set[LocationId], start: StationId
    ) -> tuple[Block, ...]:
        """Return the picks by block and sub-aisle, both counted from where the start stands."""
        spots = aisles.locations
        n_blocks = aisles.n_rows - 1
        across = _positions(aisles)
        columns = sorted({spots[location].column for location in wanted})
        home = aisles.stations.get(start)
        from_back = home is not None and 2 * home.row > n_blocks
        middle = across[columns[0]] + across[columns[-1]]
        from_right = home is not None and 2 * (across[home.column] + home.across_mm) > middle
        picks: dict[tuple[int, int], list[Pick]] = {}
        for location in sorted(wanted, key=self._rank.__getitem__):
            spot = spots[location]
            block = min(spot.row, n_blocks - 1)
            length = max(int(aisles.aisle_mm[spot.column, block]), 0)
            along = length if spot.row > block else spot.along_mm
            picks.setdefault((block, spot.column), []).append(
                (length - along if from_back else along, location)
            )
        blocks: list[list[SubAisle]] = [[] for _ in range(n_blocks)]
        for (block, column), found in picks.items():
            length = max(int(aisles.aisle_mm[column, block]), 0)
            place = across[-1] - across[column] if from_right else across[column]
            ordered = tuple(sorted(found, key=lambda pick: pick[0]))
            blocks[block].append(SubAisle(place, length, ordered))
        for one in blocks:
            one.sort(key=lambda sub: sub.across_mm)
        return tuple(tuple(block) for block in (reversed(blocks) if from_back else blocks))


def _positions(aisles: ParallelAisles) -> list[int]:
    """Return where the aisles lie along the cross-aisles, in millimetres from the first.

    The shortest walkable stretch counts where cross-aisles differ.
    """
    position = [0]
    for lengths in aisles.cross_mm.tolist():
        position.append(position[-1] + min((mm for mm in lengths if mm != MISSING), default=0))
    return position
