"""Layouts of the tests with stations at other corners."""

from __future__ import annotations

from dataclasses import replace

from optimizer.ids import NodeId, StationId
from optimizer.layout.model import Layout, Station, StationKind
from tests.optimizer.layout.samples import station


def with_station(layout: Layout, node: str) -> tuple[Layout, StationId]:
    """Return the layout with a station at a node, and the station's id."""
    added = Station(station(f"at {node}"), NodeId(node), StationKind.PACK)
    return replace(layout, stations=(*layout.stations, added)), added.id
