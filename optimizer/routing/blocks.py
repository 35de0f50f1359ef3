"""The picks of a tour as the routing policies see them: block by block, from the start's side.

The literature puts the start at the front left corner. Here the *near* row of a block is its
cross-aisle on the side of the start, its *far* row the other one; blocks count from the start's
side, and so do the aisles: the picture is mirrored where the start stands at the back, or right
of the middle of the aisles with picks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def plan_trip(
    aisles: ParallelAisles,
    wanted: Iterable[LocationId],
    start: StationId,
    rank: Mapping[LocationId, int],
) -> Trip:
    """Return the trip through locations, at least one.

    Parameters
    ----------
    aisles
        The structure of the layout.
    wanted
        Locations of it.
    start
        Where the tour starts.
    rank
        Which of several locations at one point comes first.
    """
    spots = aisles.locations
    held = sorted(wanted, key=rank.__getitem__)
    n_blocks = aisles.n_rows - 1
    across = aisle_positions(aisles)
    columns = [spots[location].column for location in held]
    home = aisles.stations.get(start)
    from_back = home is not None and 2 * home.row > n_blocks
    middle = across[min(columns)] + across[max(columns)]
    from_right = home is not None and 2 * (across[home.column] + home.across_mm) > middle
    found: dict[tuple[int, int, int], list[LocationId]] = {}
    for location in held:
        spot = spots[location]
        block = min(spot.row, n_blocks - 1)
        missing = aisles.aisle_mm[spot.column, block] == MISSING
        found.setdefault((block, spot.column, spot.row if missing else block), []).append(location)
    blocks: list[list[SubAisle]] = [[] for _ in range(n_blocks)]
    for (block, column, row), places in found.items():
        position = across[-1] - across[column] if from_right else across[column]
        length = int(aisles.aisle_mm[column, block])
        if length == MISSING:
            # Nothing but locations at a crossing, with no aisle to walk in.
            at = (column, row)
            picks = tuple((0, location) for location in places)
            blocks[block].append(SubAisle(position, 0, picks, at, at))
            continue
        near, far = (block + 1, block) if from_back else (block, block + 1)
        picks = _picks({place: spots[place] for place in places}, length, block, from_back)
        blocks[block].append(SubAisle(position, length, picks, (column, near), (column, far)))
    for one in blocks:
        one.sort(key=lambda sub: sub.across_mm)
    row = 0 if home is None else home.row
    return Trip(
        tuple(tuple(block) for block in (reversed(blocks) if from_back else blocks)),
        from_back,
        n_blocks - row if from_back else row,
    )


def _picks(
    spots: Mapping[LocationId, Spot], length_mm: int, block: int, from_back: bool
) -> tuple[Pick, ...]:
    """Return the picks of a sub-aisle, those next to the near row first."""
    picks: list[Pick] = []
    for location, spot in spots.items():
        along = length_mm if spot.row > block else spot.along_mm
        picks.append((length_mm - along if from_back else along, location))
    return tuple(sorted(picks, key=lambda pick: pick[0]))


def aisle_positions(aisles: ParallelAisles) -> list[int]:
    """Return where the aisles lie along the cross-aisles, in millimetres from the first.

    The shortest walkable stretch counts where cross-aisles differ.
    """
    position = [0]
    for lengths in aisles.cross_mm.tolist():
        position.append(position[-1] + min((mm for mm in lengths if mm != MISSING), default=0))
    return position
