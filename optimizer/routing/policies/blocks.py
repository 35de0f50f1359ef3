"""The picks of a tour as the routing policies see them: block by block, from the start's side.

The literature puts the start at the front left corner. Here the *near* row of a block is its
cross-aisle on the side of the start, its *far* row the other one; blocks count from the start's
side, and so do the aisles: the picture is mirrored where the start stands at the back, or right
of the middle of the aisles with picks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.ids import LocationId, StationId
from optimizer.layout.aisles import MISSING, ParallelAisles, Spot

Pick = tuple[int, LocationId]
"""Walk from the near row of its sub-aisle in millimetres, location."""

Crossing = tuple[int, int]
"""Column and row as in the layout."""


@dataclass(frozen=True, slots=True)
class SubAisle:
    """The picks of one aisle inside one block, those next to the near row first.

    ``across_mm`` is where the aisle lies, counted from the side of the start; ``length_mm`` the
    walk from the near row to the far row.
    """

    across_mm: int
    length_mm: int
    picks: tuple[Pick, ...]
    near: Crossing = (0, 0)
    far: Crossing = (0, 1)

    @property
    def column(self) -> int:
        """The column of the layout."""
        return self.near[0]

    def outwards(self) -> list[LocationId]:
        """Return the locations in the order of walking away from the near row."""
        return [location for _, location in self.picks]

    def inwards(self) -> list[LocationId]:
        """Return the locations in the order of walking towards the near row."""
        return self.outwards()[::-1]


Block = tuple[SubAisle, ...]
"""The sub-aisles with picks of one block, from the start's side to the other."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A tour to be walked: the picks of every block, nearest first, and where the start stands.

    ``start_row`` counts from the start's side: 0 on the cross-aisle at the front of it all, the
    number of blocks at the back; a start off the grid counts as 0.
    """

    blocks: tuple[Block, ...]
    from_back: bool
    start_row: int

    @property
    def worked(self) -> list[int]:
        """Numbers of the blocks with picks, nearest first."""
        return [number for number, block in enumerate(self.blocks) if block]

    @property
    def first(self) -> SubAisle:
        """A sub-aisle with picks of the first aisle that has any."""
        return min((sub for block in self.blocks for sub in block), key=lambda sub: sub.across_mm)

    def crossing(self, column: int, row: int) -> Crossing:
        """Return the crossing of a column with the row of that number from the start's side."""
        return (column, len(self.blocks) - row if self.from_back else row)


def nearest_side_first(block: Block, across_mm: int) -> Block:
    """Return a block's sub-aisles from the end that is nearer to where the picker is."""
    to_first = abs(block[0].across_mm - across_mm)
    to_last = abs(block[-1].across_mm - across_mm)
    return block if to_first <= to_last else block[::-1]


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a location lies, seen from the front.

    ``length_mm`` is that of its sub-aisle; ``MISSING`` where it lies at a crossing without an
    aisle to walk in: then ``rows`` names the crossing twice, else the ends of the sub-aisle.
    """

    block: int
    column: int
    rows: tuple[int, int]
    length_mm: int
    along_mm: int


class TripPlanner:
    """Lays out trips on a layout.

    Parameters
    ----------
    aisles
        The structure of the layout.
    locations
        All locations of the layout; of several at one point the first named is visited first.
    """

    def __init__(self, aisles: ParallelAisles, locations: Iterable[LocationId]) -> None:
        self._aisles = aisles
        self._across = aisle_positions(aisles)
        self._cells = {
            location: _cell(aisles, aisles.locations[location]) for location in locations
        }
        self._rank = {location: number for number, location in enumerate(self._cells)}

    def trip(self, wanted: Iterable[LocationId], start: StationId) -> Trip:
        """Return the trip through locations, at least one, from a station."""
        held = sorted(wanted, key=self._rank.__getitem__)
        n_blocks = self._aisles.n_rows - 1
        home = self._aisles.stations.get(start)
        from_back = home is not None and 2 * home.row > n_blocks
        from_right = home is not None and self._is_right(home, held)
        found: dict[tuple[int, tuple[int, int]], list[LocationId]] = {}
        for location in held:
            cell = self._cells[location]
            found.setdefault((cell.column, cell.rows), []).append(location)
        blocks: list[list[SubAisle]] = [[] for _ in range(n_blocks)]
        for places in found.values():
            block = self._cells[places[0]].block
            blocks[block].append(self._sub_aisle(places, from_back, from_right))
        for one in blocks:
            one.sort(key=lambda sub: sub.across_mm)
        row = 0 if home is None else home.row
        return Trip(
            tuple(tuple(block) for block in (reversed(blocks) if from_back else blocks)),
            from_back,
            n_blocks - row if from_back else row,
        )

    def _is_right(self, home: Spot, held: list[LocationId]) -> bool:
        """Return whether a station stands right of the middle of the aisles with picks."""
        columns = [self._cells[location].column for location in held]
        middle = self._across[min(columns)] + self._across[max(columns)]
        return 2 * (self._across[home.column] + home.across_mm) > middle

    def _sub_aisle(self, places: list[LocationId], from_back: bool, from_right: bool) -> SubAisle:
        """Return a sub-aisle with its picks, those next to the near row first."""
        cell = self._cells[places[0]]
        length = max(cell.length_mm, 0)
        picks: list[Pick] = []
        for place in places:
            along = self._cells[place].along_mm
            picks.append((length - along if from_back else along, place))
        picks.sort(key=lambda pick: pick[0])
        across = self._across[cell.column]
        near, far = cell.rows[::-1] if from_back else cell.rows
        return SubAisle(
            self._across[-1] - across if from_right else across,
            length,
            tuple(picks),
            (cell.column, near),
            (cell.column, far),
        )


def _cell(aisles: ParallelAisles, spot: Spot) -> _Cell:
    """Return the sub-aisle of a spot: at a crossing the one behind it, where there is one."""
    block = min(spot.row, aisles.n_rows - 2)
    length = int(aisles.aisle_mm[spot.column, block])
    if length == MISSING:
        return _Cell(block, spot.column, (spot.row, spot.row), length, 0)
    along = length if spot.row > block else spot.along_mm
    return _Cell(block, spot.column, (block, block + 1), length, along)


def aisle_positions(aisles: ParallelAisles) -> list[int]:
    """Return where the aisles lie along the cross-aisles, in millimetres from the first.

    The shortest walkable stretch counts where cross-aisles differ.
    """
    position = [0]
    for lengths in aisles.cross_mm.tolist():
        position.append(position[-1] + min((mm for mm in lengths if mm != MISSING), default=0))
    return position
