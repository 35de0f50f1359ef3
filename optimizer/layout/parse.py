"""Layout documents (`wavepick-layout/1`) to :class:`~optimizer.layout.model.Layout` and back.

A document is what ``json.load`` returns. Reading files is the caller's part.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from optimizer.errors import LayoutError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId, ZoneId
from optimizer.layout.check import reference_findings
from optimizer.layout.fields import Fields, checked_array, checked_id, shown
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

FORMAT = "wavepick-layout/1"

FARTHEST_MM = 100_000_000
"""Largest coordinate or length: 100 km, so that sums stay far inside 64 bits."""

HIGHEST = 1_000
"""Largest floor or level number."""

_CHECK_DIGITS = re.compile(r"[0-9]{1,6}")


def parse_layout(document: Mapping[str, object]) -> Layout:
    """Return the layout of a document whose references hold.

    Reachability and other findings that leave a layout usable are the business of
    :func:`optimizer.layout.check.check_layout`.

    Parameters
    ----------
    document
        A JSON object of format ``wavepick-layout/1``.

    Raises
    ------
    LayoutError
        With the JSON pointer of the first value that breaks the format (missing or unknown field,
        wrong type, out of range) or refers to something unknown or ambiguous.
    """
    layout = parse_unchecked(document)
    for finding in reference_findings(layout):
        raise LayoutError(finding.message, pointer=finding.pointer)
    return layout


def parse_unchecked(document: Mapping[str, object]) -> Layout:
    """Return the layout of a document, its references unchecked: input for ``check_layout``.

    Raises
    ------
    LayoutError
        As :func:`parse_layout`, for the format of single values only.
    """
    root = Fields(document, "")
    found = root.text("format")
    if found != FORMAT:
        raise LayoutError(f'format must be "{FORMAT}", got "{found}"', pointer="/format")
    name = root.text("name")
    nodes = root.each("nodes", _node)
    points: dict[NodeId, Node] = {}
    for node in nodes:
        points.setdefault(node.id, node)
    layout = Layout(
        name=name,
        nodes=nodes,
        edges=root.each("edges", lambda fields: _edge(fields, points)),
        locations=root.each("locations", _location),
        stations=root.each("stations", _station),
        zones=root.each("zones", _zone, optional=True),
    )
    root.refuse_others()
    return layout


def layout_document(layout: Layout) -> dict[str, object]:
    """Return the document of a layout; ``parse_layout`` of it gives an equal layout."""
    return {
        "format": FORMAT,
        "name": layout.name,
        "nodes": [
            {"id": node.id, "x_mm": node.x_mm, "y_mm": node.y_mm, "floor": node.floor}
            for node in layout.nodes
        ],
        "edges": [
            {
                "from": edge.start,
                "to": edge.end,
                "length_mm": edge.length_mm,
                **({"one_way": True} if edge.one_way else {}),
            }
            for edge in layout.edges
        ],
        "locations": [_location_document(location) for location in layout.locations],
        "stations": [
            {
                "id": station.id,
                "node": station.node,
                "kind": station.kind.value,
                **({} if station.zone is None else {"zone": station.zone}),
            }
            for station in layout.stations
        ],
        "zones": [{"id": zone.id, "name": zone.name} for zone in layout.zones],
    }


def _location_document(location: Location) -> dict[str, object]:
    document: dict[str, object] = {"id": location.id}
    if location.edge is None:
        document["node"] = location.node
    else:
        document |= {"edge": list(location.edge), "offset_mm": location.offset_mm}
    if location.side is not None:
        document["side"] = location.side.value
    if location.level:
        document["level"] = location.level
    if location.zone is not None:
        document["zone"] = location.zone
    if location.check_digits is not None:
        document["check_digits"] = location.check_digits
    return document


def _node(fields: Fields) -> Node:
    return Node(
        id=NodeId(fields.id("id")),
        x_mm=fields.integer("x_mm", least=-FARTHEST_MM, most=FARTHEST_MM),
        y_mm=fields.integer("y_mm", least=-FARTHEST_MM, most=FARTHEST_MM),
        floor=fields.integer("floor", least=-HIGHEST, most=HIGHEST, default=0),
    )


def _edge(fields: Fields, points: Mapping[NodeId, Node]) -> Edge:
    start, end = NodeId(fields.id("from")), NodeId(fields.id("to"))
    if fields.has("length_mm"):
        length = fields.integer("length_mm", least=1, most=FARTHEST_MM)
    else:
        length = _straight_line(fields, start, end, points)
    return Edge(start, end, length, fields.truth("one_way"))


def _straight_line(
    fields: Fields, start: NodeId, end: NodeId, points: Mapping[NodeId, Node]
) -> int:
    for name, node in (("from", start), ("to", end)):
        if node not in points:
            raise LayoutError(f'no node "{node}"', pointer=fields.at(name))
    a, b = points[start], points[end]
    if a.floor != b.floor:
        raise LayoutError('"length_mm" is required between two floors', pointer=fields.pointer)
    length = round(math.hypot(b.x_mm - a.x_mm, b.y_mm - a.y_mm))
    if length == 0:
        raise LayoutError(
            '"length_mm" is required between two nodes at the same point', pointer=fields.pointer
        )
    return length


def _location(fields: Fields) -> Location:
    id_ = LocationId(PlaceId(fields.id("id")))
    if fields.has("node") == fields.has("edge"):
        raise LayoutError('needs either "node" or "edge"', pointer=fields.pointer)
    node, edge, offset = None, None, 0
    if fields.has("node"):
        node = NodeId(fields.id("node"))
    else:
        ends = checked_array(fields.take("edge"), fields.at("edge"))
        if len(ends) != 2:
            raise LayoutError("must name two nodes", pointer=fields.at("edge"))
        first, second = (
            NodeId(checked_id(end, f"{fields.at('edge')}/{number}"))
            for number, end in enumerate(ends)
        )
        edge = (first, second)
        offset = fields.integer("offset_mm", least=0, most=FARTHEST_MM)
    digits = fields.take("check_digits") if fields.has("check_digits") else None
    if digits is not None and not (isinstance(digits, str) and _CHECK_DIGITS.fullmatch(digits)):
        raise LayoutError(
            f"must be a text of 1 to 6 digits, got {shown(digits)}",
            pointer=fields.at("check_digits"),
        )
    return Location(
        id=id_,
        node=node,
        edge=edge,
        offset_mm=offset,
        side=fields.choice("side", Side) if fields.has("side") else None,
        level=fields.integer("level", least=0, most=HIGHEST, default=0),
        zone=ZoneId(fields.id("zone")) if fields.has("zone") else None,
        check_digits=digits,
    )


def _station(fields: Fields) -> Station:
    return Station(
        id=StationId(PlaceId(fields.id("id"))),
        node=NodeId(fields.id("node")),
        kind=fields.choice("kind", StationKind),
        zone=ZoneId(fields.id("zone")) if fields.has("zone") else None,
    )


def _zone(fields: Fields) -> Zone:
    return Zone(ZoneId(fields.id("id")), fields.text("name"))
