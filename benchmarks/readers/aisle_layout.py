"""Instances of Heßler and Irnich as layouts: one block, or two with a middle cross-aisle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.errors import InstanceError
from benchmarks.readers.hessler_irnich import AisleInstance
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind

DEPOT = StationId(PlaceId("depot"))

Cell = tuple[int, int]
"""Aisle and cell, both from 0; cell 0 is nearest to the top."""


def location_id(cell: Cell) -> LocationId:
    """Return how the location of a cell is called."""
    return LocationId(PlaceId(f"A{cell[0]}-C{cell[1]}"))


@dataclass(frozen=True, slots=True)
class AisleGeometry:
    """Where the cells of an instance lie; lengths in the instance's integers, from the bottom.

    With ``two_blocks`` a middle cross-aisle lies between the cells C/2-1 and C/2 (0-based), each of
    which is then as far from its centre line as the first cell is from the top: in the sets of
    Heßler and Irnich 1, so that the distance of these two cells grows from 1 to 2.
    """

    instance: AisleInstance
    two_blocks: bool

    @property
    def row_positions(self) -> tuple[int, ...]:
        """Positions of the cross-aisles, from the bottom (0) to the top."""
        inner = self.instance
        if not self.two_blocks:
            return (0, inner.bottom_to_cell + self._run(inner.n_cells) + inner.top_to_cell)
        middle = inner.bottom_to_cell + self._run(self._lower_cells) + inner.top_to_cell
        upper = inner.top_to_cell + self._run(inner.n_cells - self._lower_cells)
        return (0, middle, middle + upper + inner.top_to_cell)

    def position(self, cell: int) -> int:
        """Return how far a cell lies from the bottom cross-aisle.

        Counted from the bottom, cell C-1 comes first: y = bottom + (C - 1 - cell) * pitch, plus
        what a middle cross-aisle below it adds.
        """
        inner = self.instance
        from_bottom = inner.n_cells - 1 - cell
        if not self.two_blocks or from_bottom < self._lower_cells:
            return inner.bottom_to_cell + from_bottom * inner.cell_pitch
        above = from_bottom - self._lower_cells
        return self.row_positions[1] + inner.top_to_cell + above * inner.cell_pitch

    @property
    def _lower_cells(self) -> int:
        """Number of cells below the middle: those numbered C/2 to C-1."""
        return self.instance.n_cells - self.instance.n_cells // 2

    def _run(self, cells: int) -> int:
        return (cells - 1) * self.instance.cell_pitch


def instance_layout(
    instance: AisleInstance, *, two_blocks: bool = False, cells: Iterable[Cell] | None = None
) -> Layout:
    """Return the walking graph of an instance, one millimetre per thousandth of a unit.

    Parameters
    ----------
    instance
        The instance.
    two_blocks
        Whether to add the middle cross-aisle of the two-block variant.
    cells
        The cells to make locations of; default: all that hold something.

    Raises
    ------
    InstanceError
        When two blocks are asked of an instance with fewer than two cells per aisle.
    """
    if two_blocks and instance.n_cells < 2:
        raise InstanceError(f"{instance.name}: {instance.n_cells} cell per aisle, no two blocks")
    geometry = AisleGeometry(instance, two_blocks)
    wanted = (
        ((supply.aisle, supply.cell) for supply in instance.supplies) if cells is None else cells
    )
    rows = geometry.row_positions
    depot_row = len(rows) - 1 if instance.depot_at_top else 0
    depot_node = _node(instance.depot_aisle, depot_row)
    nodes = list(_nodes(instance, rows))
    edges = list(_edges(instance, rows))
    if instance.to_depot:
        beyond = instance.to_depot if instance.depot_at_top else -instance.to_depot
        corner, depot_node = depot_node, NodeId("depot")
        x = instance.depot_aisle * instance.aisle_pitch
        nodes.append(Node(depot_node, x, rows[depot_row] + beyond))
        edges.append(Edge(depot_node, corner, instance.to_depot))
    return Layout(
        name=instance.name,
        nodes=tuple(nodes),
        edges=tuple(edges),
        locations=tuple(_location(geometry, rows, cell) for cell in sorted(set(wanted))),
        stations=(Station(DEPOT, depot_node, StationKind.START),),
    )


def _node(aisle: int, row: int) -> NodeId:
    return NodeId(f"N{aisle}-{row}")


def _nodes(instance: AisleInstance, rows: tuple[int, ...]) -> Iterator[Node]:
    for aisle in range(instance.n_aisles):
        for row, y in enumerate(rows):
            yield Node(_node(aisle, row), aisle * instance.aisle_pitch, y)


def _edges(instance: AisleInstance, rows: tuple[int, ...]) -> Iterator[Edge]:
    for aisle in range(instance.n_aisles):
        for row in range(len(rows) - 1):
            length = rows[row + 1] - rows[row]
            yield Edge(_node(aisle, row), _node(aisle, row + 1), length)
    for aisle in range(instance.n_aisles - 1):
        for row in range(len(rows)):
            yield Edge(_node(aisle, row), _node(aisle + 1, row), instance.aisle_pitch)


def _location(geometry: AisleGeometry, rows: tuple[int, ...], cell: Cell) -> Location:
    y = geometry.position(cell[1])
    row = max(row for row in range(len(rows) - 1) if rows[row] <= y)
    edge = _node(cell[0], row), _node(cell[0], row + 1)
    return Location(location_id(cell), edge=edge, offset_mm=y - rows[row])
