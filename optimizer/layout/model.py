"""The walking graph: nodes, edges, locations, stations, zones.

Pure data in integer millimetres. Rules that need more than one object (reachability, duplicate
codes, edges shorter than their straight line) are checked by :mod:`optimizer.layout.check`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, StationId, ZoneId


class Side(StrEnum):
    """Side of an edge on which a location lies, seen from the edge's first node to its second."""

    LEFT = "left"
    RIGHT = "right"


class StationKind(StrEnum):
    """What a station is for; a tour starts or ends at a station."""

    START = "start"
    PACK = "pack"
    WALL = "wall"
    HANDOVER = "handover"
    PARKING = "parking"
    CONVEYOR = "conveyor"


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the walking graph."""

    id: NodeId
    x_mm: int
    y_mm: int
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A walkable connection; ``one_way`` allows only ``start`` to ``end``.

    ``length_mm`` is positive; parsing fills in the straight line where a document leaves it out.
    """

    start: NodeId
    end: NodeId
    length_mm: int
    one_way: bool = False

    def __post_init__(self) -> None:
        if self.length_mm <= 0:
            raise LayoutError(
                f'edge "{self.start}"-"{self.end}": length_mm must be positive, '
                f"got {self.length_mm}"
            )


@dataclass(frozen=True, slots=True)
class Location:
    """An addressed place that holds stock.

    Reached at ``node``, or on ``edge`` (a pair of node ids naming an :class:`Edge`) at
    ``offset_mm`` from the pair's first node. Exactly one of the two is given.
    """

    id: LocationId
    node: NodeId | None = None
    edge: tuple[NodeId, NodeId] | None = None
    offset_mm: int = 0
    side: Side | None = None
    level: int = 0
    zone: ZoneId | None = None
    check_digits: str | None = None

    def __post_init__(self) -> None:
        if (self.node is None) == (self.edge is None):
            raise LayoutError(f'location "{self.id}": needs either "node" or "edge"')


@dataclass(frozen=True, slots=True)
class Station:
    """A place where tours start or end."""

    id: StationId
    node: NodeId
    kind: StationKind
    zone: ZoneId | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """Locations worked together."""

    id: ZoneId
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A warehouse as a walking graph."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    locations: tuple[Location, ...]
    stations: tuple[Station, ...]
    zones: tuple[Zone, ...] = ()
