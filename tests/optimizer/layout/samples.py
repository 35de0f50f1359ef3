"""Layouts of the tests, small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import layouts
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.layout.parse import parse_layout


def sample(name: str) -> Layout:
    """Return a layout that comes with Wavepick."""
    return parse_layout(layouts.load(name))


def location(name: str) -> LocationId:
    return LocationId(PlaceId(name))


def locations(*names: str) -> list[LocationId]:
    return [location(name) for name in names]


def station(name: str) -> StationId:
    return StationId(PlaceId(name))


START = station("start")
PACK = station("pack-1")


def square(*, one_way: bool = False) -> Layout:
    """Return a round walk a-b-c-d of 4 x 10 m with one location in the middle of each side.

    With ``one_way`` it can only be walked in the order of the letters.
    """
    corners = {"a": (0, 0), "b": (10_000, 0), "c": (10_000, 10_000), "d": (0, 10_000)}
    nodes = tuple(Node(NodeId(name), *point) for name, point in corners.items())
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    return Layout(
        name="square",
        nodes=nodes,
        edges=tuple(Edge(NodeId(a), NodeId(b), 10_000, one_way) for a, b in pairs),
        locations=tuple(
            Location(location(f"{a}{b}"), edge=(NodeId(a), NodeId(b)), offset_mm=5_000)
            for a, b in pairs
        ),
        stations=(
            Station(START, NodeId("a"), StationKind.START),
            Station(PACK, NodeId("a"), StationKind.PACK),
        ),
    )


def with_edges(layout: Layout, *edges: Edge) -> Layout:
    """Return the layout with more edges."""
    return replace(layout, edges=(*layout.edges, *edges))
