"""Layouts as the offline commands need them: checked, and with walking distances.

The optimizer is imported when a function is called, never with the module.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.cli.plan_input import read_json
from server.errors import BadInput

if TYPE_CHECKING:
    from optimizer import Layout


def checked_layout(path: Path) -> dict[str, Any]:
    """Return the document of a layout file in which nothing is broken.

    Raises
    ------
    BadInput
        The file cannot be read, or the layout breaks a rule; the pointer is ``file#/json/pointer``.
    """
    from optimizer.layout.check import Severity, check_layout

    document = read_json(path)
    if not isinstance(document, dict):
        raise BadInput("must be a JSON object", code="bad-layout", pointer=f"{path.name}#/")
    for finding in check_layout(_parsed(document, path.name)):
        if finding.severity is Severity.ERROR:
            raise BadInput(
                finding.message, code="bad-layout", pointer=f"{path.name}#{finding.pointer}"
            )
    return document


def generated_layout(
    *, name: str, aisles: int, positions: int, blocks: int, zones: int
) -> dict[str, Any]:
    """Return the document of a rectangular layout with pack stations and a put wall."""
    from optimizer.layout.generate import generate_layout
    from optimizer.layout.parse import layout_document

    layout = generate_layout(
        name=name, aisles=aisles, positions=positions, blocks=blocks, zones=zones, packs=2
    )
    return dict(layout_document(layout))


def walking_distances_mm(document: Mapping[str, Any], *, source: str) -> dict[str, int]:
    """Return how far each location is from where walks begin: the nearest start station.

    Locations that cannot be reached are left out.

    Raises
    ------
    BadInput
        The layout is broken or has no station from which walks begin.
    """
    from optimizer.layout.check import START_KINDS
    from optimizer.layout.distances import UNREACHABLE, WalkingGraph

    layout = _parsed(document, source)
    starts = [station.id for station in layout.stations if station.kind in START_KINDS]
    if not starts:
        raise BadInput(
            "the layout has no start station", code="bad-layout", pointer=f"{source}#/stations"
        )
    graph = WalkingGraph(layout)
    rows = graph.distances_from([graph.vertex(start) for start in starts])
    distances: dict[str, int] = {}
    for location in layout.locations:
        walks = [int(row[graph.vertex(location.id)]) for row in rows]
        reachable = [walk for walk in walks if walk != UNREACHABLE]
        if reachable:
            distances[location.id] = min(reachable)
    return distances


def _parsed(document: Mapping[str, Any], source: str) -> Layout:
    from optimizer.errors import LayoutError
    from optimizer.layout.parse import parse_layout

    try:
        return parse_layout(document)
    except LayoutError as error:
        raise BadInput(
            error.message, code="bad-layout", pointer=f"{source}#{error.pointer}"
        ) from error
