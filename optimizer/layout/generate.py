"""Rectangular layouts of any size: parallel aisles between cross-aisles.

Aisles run from the front (small y) to the back; a cross-aisle lies at the front, at the back and
between two blocks. Stations stand in front of the front cross-aisle. Walking lines are centre
lines.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId, ZoneId
from optimizer.layout.model import (
    Edge,
    Layout,
    Location,
    Node,
    Side,
    Station,
    StationKind,
    Zone,
)

STATION_SPACING_MM = 1_500
STATION_DISTANCE_MM = 2_500
"""How far stations stand in front of the front cross-aisle."""

CHECK_DIGITS = 900
"""Check digits run from 100 to 999, so that none is heard as shorter than it is."""


def generate_layout(
    *,
    name: str = "generated",
    aisles: int,
    positions: int,
    blocks: int = 1,
    levels: int = 1,
    zones: int = 1,
    packs: int = 1,
    one_way: bool = False,
    aisle_pitch_mm: int = 4_000,
    position_pitch_mm: int = 1_000,
    cross_aisle_mm: int = 3_000,
    seed: int = 1,
) -> Layout:
    """Return a rectangular layout with stations and zones.

    Locations are called ``A-03-1-07-L``: aisle, block counted from the front, position counted
    from the front of the block, side seen when walking to the back; with several levels the level
    (from 1) follows. Stations are ``start``, ``parking``, ``pack-1`` …, ``wall`` and, per zone,
    ``handover-Z1`` …; zones are groups of neighbouring aisles.

    Parameters
    ----------
    name
        Name of the layout.
    aisles, positions, blocks, levels
        Number of aisles; of positions per side, aisle and block; of blocks; of shelf levels. At
        least 1 each.
    zones
        Number of zones, 1 to ``aisles``.
    packs
        Number of pack stations, at least 1.
    one_way
        Aisles lead alternately to the back (odd ones) and to the front (even ones); cross-aisles
        stay open both ways. Needs at least 2 aisles.
    aisle_pitch_mm, position_pitch_mm, cross_aisle_mm
        Distance of the centre lines of two aisles; of two positions; width of a cross-aisle.
    seed
        Seed of the check digits.

    Raises
    ------
    LayoutError
        When a number is out of its range, or one aisle of one block has more than 900 locations
        (they would share check digits).
    """
    _require(
        aisles=aisles,
        positions=positions,
        blocks=blocks,
        levels=levels,
        packs=packs,
        aisle_pitch_mm=aisle_pitch_mm,
        position_pitch_mm=position_pitch_mm,
        cross_aisle_mm=cross_aisle_mm,
    )
    if not 1 <= zones <= aisles:
        raise LayoutError(f"zones must be 1 to {aisles} (the aisles), got {zones}")
    if one_way and aisles < 2:
        raise LayoutError("one-way aisles need at least 2 aisles, got 1")
    if 2 * positions * levels > CHECK_DIGITS:
        raise LayoutError(
            f"an aisle of one block has {2 * positions * levels} locations but only "
            f"{CHECK_DIGITS} check digits exist"
        )
    grid = _Grid(aisles, blocks, positions, aisle_pitch_mm, position_pitch_mm, cross_aisle_mm)
    stations = _stations(grid, zones, packs)
    front_nodes, front_edges = _front(grid, stations)
    return Layout(
        name=name,
        nodes=(*grid.nodes(), *front_nodes),
        edges=(*grid.edges(one_way), *front_edges),
        locations=tuple(_locations(grid, levels, zones, random.Random(seed))),
        stations=tuple(station for station, _ in stations),
        zones=tuple(Zone(ZoneId(f"Z{n}"), f"Zone {n}") for n in range(1, zones + 1)),
    )


def _require(**numbers: int) -> None:
    for name, value in numbers.items():
        if value < 1:
            raise LayoutError(f"{name} must be at least 1, got {value}")


@dataclass(frozen=True, slots=True)
class _Grid:
    """Aisles (columns, from the left) and cross-aisles (rows, from the front)."""

    aisles: int
    blocks: int
    positions: int
    aisle_pitch_mm: int
    position_pitch_mm: int
    cross_aisle_mm: int

    @property
    def depth_mm(self) -> int:
        """Distance of two cross-aisles."""
        return self.positions * self.position_pitch_mm + self.cross_aisle_mm

    def node(self, aisle: int, row: int) -> NodeId:
        return NodeId(f"N-{self.label(aisle)}-{row}")

    def label(self, aisle: int) -> str:
        width = max(2, len(str(self.aisles)))
        return f"{aisle + 1:0{width}d}"

    def nodes(self) -> Iterator[Node]:
        for aisle in range(self.aisles):
            for row in range(self.blocks + 1):
                x, y = aisle * self.aisle_pitch_mm, row * self.depth_mm
                yield Node(self.node(aisle, row), x, y)

    def edges(self, one_way: bool) -> Iterator[Edge]:
        """Yield the aisles and all cross-aisles but the front one, which stations divide."""
        for aisle in range(self.aisles):
            for row in range(self.blocks):
                ends = self.node(aisle, row), self.node(aisle, row + 1)
                if one_way and aisle % 2:
                    ends = ends[1], ends[0]
                yield Edge(*ends, self.depth_mm, one_way)
        for row in range(1, self.blocks + 1):
            for aisle in range(self.aisles - 1):
                ends = self.node(aisle, row), self.node(aisle + 1, row)
                yield Edge(*ends, self.aisle_pitch_mm)


def _stations(grid: _Grid, zones: int, packs: int) -> list[tuple[Station, int]]:
    """Return the stations with their x, from left to right, not closer than their spacing."""
    width = (grid.aisles - 1) * grid.aisle_pitch_mm
    wanted: list[tuple[float, str, StationKind, ZoneId | None]] = [
        (0.0, "start", StationKind.START, None),
        (0.0, "parking", StationKind.PARKING, None),
        (0.5, "wall", StationKind.WALL, None),
    ]
    wanted += [
        ((n + 1) / (packs + 1), f"pack-{n + 1}", StationKind.PACK, None) for n in range(packs)
    ]
    wanted += [
        (
            (n + 0.5) / zones,
            f"handover-Z{n + 1}",
            StationKind.HANDOVER,
            ZoneId(f"Z{n + 1}"),
        )
        for n in range(zones)
    ]
    placed: list[tuple[Station, int]] = []
    least = 0
    for share, id_, kind, zone in sorted(wanted, key=lambda one: one[0]):
        x = max(least, round(share * width))
        least = x + STATION_SPACING_MM
        placed.append((Station(StationId(PlaceId(id_)), NodeId(f"N-{id_}"), kind, zone), x))
    return placed


def _front(
    grid: _Grid, stations: list[tuple[Station, int]]
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Return the nodes of the stations and the front cross-aisle, divided where they stand."""
    line = {aisle * grid.aisle_pitch_mm: grid.node(aisle, 0) for aisle in range(grid.aisles)}
    nodes: list[Node] = []
    edges: list[Edge] = []
    for station, x in stations:
        if x not in line:
            line[x] = NodeId(f"N-front-{station.id}")
            nodes.append(Node(line[x], x, 0))
        nodes.append(Node(station.node, x, -STATION_DISTANCE_MM))
        edges.append(Edge(station.node, line[x], STATION_DISTANCE_MM))
    ordered = sorted(line.items())
    for (x, node), (next_x, next_node) in itertools.pairwise(ordered):
        edges.append(Edge(node, next_node, next_x - x))
    return tuple(nodes), tuple(edges)


def _locations(
    grid: _Grid, levels: int, zones: int, randomness: random.Random
) -> Iterator[Location]:
    width = max(2, len(str(grid.positions)))
    for aisle in range(grid.aisles):
        zone = ZoneId(f"Z{aisle * zones // grid.aisles + 1}")
        for block in range(grid.blocks):
            count = 2 * grid.positions * levels
            digits = iter(randomness.sample(range(100, 100 + CHECK_DIGITS), count))
            for position in range(grid.positions):
                offset = (
                    grid.cross_aisle_mm // 2
                    + position * grid.position_pitch_mm
                    + grid.position_pitch_mm // 2
                )
                for side in Side:
                    for level in range(levels):
                        id_ = (
                            f"A-{grid.label(aisle)}-{block + 1}-{position + 1:0{width}d}"
                            f"-{side.value[0].upper()}"
                        )
                        if levels > 1:
                            id_ += f"-{level + 1}"
                        yield Location(
                            id=LocationId(PlaceId(id_)),
                            edge=(grid.node(aisle, block), grid.node(aisle, block + 1)),
                            offset_mm=offset,
                            side=side,
                            level=level,
                            zone=zone,
                            check_digits=str(next(digits)),
                        )
