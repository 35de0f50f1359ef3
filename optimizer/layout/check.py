"""What is wrong with a layout, named by JSON pointer into its document."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from optimizer.errors import LayoutError
from optimizer.ids import NodeId, PlaceId, ZoneId
from optimizer.layout.distances import UNREACHABLE, WalkingGraph, access_of, edge_numbers
from optimizer.layout.model import Edge, Layout, Location, StationKind

START_KINDS = frozenset({StationKind.START, StationKind.PARKING})
"""Stations from which pickers set out."""

DROP_KINDS = frozenset(
    {StationKind.PACK, StationKind.WALL, StationKind.HANDOVER, StationKind.CONVEYOR}
)
"""Stations at which totes are dropped."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The layout, or this part of it, cannot be worked."""
    WARNING = "warning"
    """Works, but is most likely a mistake."""


class Rule(StrEnum):
    """The closed list of what a layout can be found to break."""

    DUPLICATE_NODE = "duplicate-node"
    DUPLICATE_ZONE = "duplicate-zone"
    DUPLICATE_PLACE = "duplicate-place"
    """Two locations or stations with one id."""
    DUPLICATE_EDGE = "duplicate-edge"
    """Two edges that connect the same nodes in the same direction."""
    DUPLICATE_CHECK_DIGITS = "duplicate-check-digits"
    """Two locations of one aisle edge or node that a wrong scan cannot tell apart."""
    SAME_PLACE = "same-place"
    """Two locations at the same offset, side and level."""
    UNKNOWN_NODE = "unknown-node"
    UNKNOWN_EDGE = "unknown-edge"
    UNKNOWN_ZONE = "unknown-zone"
    LOOP = "loop"
    """An edge from a node to itself."""
    OFFSET_BEYOND_EDGE = "offset-beyond-edge"
    SHORT_EDGE = "short-edge"
    """An edge shorter than the straight line between its ends."""
    NO_START = "no-start"
    NO_DROP = "no-drop"
    UNREACHABLE = "unreachable"
    """No walk leads there from any start."""
    ONE_WAY_TRAP = "one-way-trap"
    """A walk leads there but none on to a station where totes are dropped."""
    DISCONNECTED_NODE = "disconnected-node"
    """A node to which no edge leads from the starts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where (JSON pointer), how bad, which rule, in words."""

    pointer: str
    severity: Severity
    rule: Rule
    message: str


def check_layout(layout: Layout) -> tuple[Finding, ...]:
    """Return everything that is wrong with a layout, in the order of its document's sections.

    Parts with broken references are left out of the walk, so that one typing error does not hide
    the other findings.
    """
    broken = tuple(reference_findings(layout))
    findings = [*broken, *_geometry_findings(layout), *_code_findings(layout)]
    findings.extend(_station_findings(layout))
    sound = _sound_part(layout, {finding.pointer for finding in broken})
    findings.extend(_walk_findings(layout, sound))
    return tuple(findings)


def reference_findings(layout: Layout) -> Iterator[Finding]:
    """Yield ids that are not unique and references that lead nowhere: all errors."""
    for section, rule, ids in (
        ("nodes", Rule.DUPLICATE_NODE, [node.id for node in layout.nodes]),
        ("zones", Rule.DUPLICATE_ZONE, [zone.id for zone in layout.zones]),
    ):
        yield from _repeated(((f"/{section}/{n}/id", id_) for n, id_ in enumerate(ids)), rule)
    places: list[tuple[str, PlaceId]] = [
        *((f"/locations/{n}/id", location.id) for n, location in enumerate(layout.locations)),
        *((f"/stations/{n}/id", station.id) for n, station in enumerate(layout.stations)),
    ]
    yield from _repeated(places, Rule.DUPLICATE_PLACE)
    nodes = {node.id for node in layout.nodes}
    yield from _edge_references(layout, nodes)
    yield from _location_references(layout, nodes)
    for n, station in enumerate(layout.stations):
        if station.node not in nodes:
            yield _error(f"/stations/{n}/node", Rule.UNKNOWN_NODE, f'no node "{station.node}"')
    zones = {zone.id for zone in layout.zones}
    zoned: list[tuple[str, ZoneId | None]] = [
        *((f"/locations/{n}/zone", place.zone) for n, place in enumerate(layout.locations)),
        *((f"/stations/{n}/zone", place.zone) for n, place in enumerate(layout.stations)),
    ]
    for pointer, zone in zoned:
        if zone is not None and zone not in zones:
            yield _error(pointer, Rule.UNKNOWN_ZONE, f'no zone "{zone}"')


def _edge_references(layout: Layout, nodes: set[NodeId]) -> Iterator[Finding]:
    seen: dict[tuple[NodeId, NodeId], int] = {}
    for n, edge in enumerate(layout.edges):
        for name, node in (("from", edge.start), ("to", edge.end)):
            if node not in nodes:
                yield _error(f"/edges/{n}/{name}", Rule.UNKNOWN_NODE, f'no node "{node}"')
        if edge.start == edge.end:
            yield _error(f"/edges/{n}", Rule.LOOP, f'the edge leads from "{edge.start}" to itself')
        for direction in _directions(edge):
            first = seen.setdefault(direction, n)
            if first != n:
                yield _error(
                    f"/edges/{n}",
                    Rule.DUPLICATE_EDGE,
                    f'"{direction[0]}" to "{direction[1]}" is already edge {first}',
                )
                break


def _directions(edge: Edge) -> tuple[tuple[NodeId, NodeId], ...]:
    forth = (edge.start, edge.end)
    return (forth,) if edge.one_way else (forth, (edge.end, edge.start))


def _location_references(layout: Layout, nodes: set[NodeId]) -> Iterator[Finding]:
    numbers = edge_numbers(layout.edges)
    for n, location in enumerate(layout.locations):
        if location.node is not None and location.node not in nodes:
            yield _error(f"/locations/{n}/node", Rule.UNKNOWN_NODE, f'no node "{location.node}"')
        if location.edge is None:
            continue
        if location.edge not in numbers:
            first, second = location.edge
            yield _error(
                f"/locations/{n}/edge", Rule.UNKNOWN_EDGE, f'no edge "{first}" to "{second}"'
            )
            continue
        length = layout.edges[numbers[location.edge]].length_mm
        if not 0 <= location.offset_mm <= length:
            yield _error(
                f"/locations/{n}/offset_mm",
                Rule.OFFSET_BEYOND_EDGE,
                f"{location.offset_mm} mm lies outside the edge of {length} mm",
            )


def _geometry_findings(layout: Layout) -> Iterator[Finding]:
    points = {node.id: node for node in layout.nodes}
    for n, edge in enumerate(layout.edges):
        if edge.start not in points or edge.end not in points:
            continue
        a, b = points[edge.start], points[edge.end]
        square = (b.x_mm - a.x_mm) ** 2 + (b.y_mm - a.y_mm) ** 2
        # Rounding a straight line down to whole millimetres is no fault.
        if (edge.length_mm + 1) ** 2 <= square:
            yield _error(
                f"/edges/{n}/length_mm",
                Rule.SHORT_EDGE,
                f'{edge.length_mm} mm from "{edge.start}" to "{edge.end}" is shorter than the '
                f"straight line of {math.isqrt(square)} mm",
            )


def _code_findings(layout: Layout) -> Iterator[Finding]:
    numbers = edge_numbers(layout.edges)
    digits: list[tuple[str, Hashable]] = []
    spots: list[tuple[str, Hashable]] = []
    shown: dict[Hashable, str] = {}
    for n, location in enumerate(layout.locations):
        spot = _spot(location, layout, numbers)
        if location.check_digits is not None:
            key = (spot[0], location.check_digits)
            shown[key] = location.check_digits
            digits.append((f"/locations/{n}/check_digits", key))
        if location.edge is not None:
            place = (*spot, location.side, location.level)
            shown[place] = location.id
            spots.append((f"/locations/{n}", place))
    yield from _repeated(digits, Rule.DUPLICATE_CHECK_DIGITS, shown=shown)
    for finding in _repeated(spots, Rule.SAME_PLACE, shown=shown):
        yield replace(finding, severity=Severity.WARNING)


def _spot(
    location: Location, layout: Layout, numbers: dict[tuple[NodeId, NodeId], int]
) -> tuple[Hashable, int]:
    """Return the edge or node of a location and the offset along it."""
    if location.node is not None:
        return location.node, 0
    try:
        access = access_of(location, layout.edges, numbers)
    except LayoutError:
        # Already reported as a broken reference.
        return location.edge, location.offset_mm
    return access.edge, access.offset_mm


def _station_findings(layout: Layout) -> Iterator[Finding]:
    kinds = {station.kind for station in layout.stations}
    if not kinds & START_KINDS:
        yield _error("/stations", Rule.NO_START, "no station of kind start or parking")
    if not kinds & DROP_KINDS:
        yield _error(
            "/stations", Rule.NO_DROP, "no station of kind pack, wall, handover or conveyor"
        )


def _sound_part(layout: Layout, broken: set[str]) -> Layout:
    """Return the layout without the objects whose own references are broken."""
    objects = {"/".join(pointer.split("/")[:3]) for pointer in broken if "zone" not in pointer}
    edges = tuple(x for n, x in enumerate(layout.edges) if f"/edges/{n}" not in objects)
    known = edge_numbers(edges)
    return replace(
        layout,
        nodes=tuple(x for n, x in enumerate(layout.nodes) if f"/nodes/{n}" not in objects),
        edges=edges,
        locations=tuple(
            x
            for n, x in enumerate(layout.locations)
            if f"/locations/{n}" not in objects and _stands(x, edges, known)
        ),
        stations=tuple(x for n, x in enumerate(layout.stations) if f"/stations/{n}" not in objects),
    )


def _stands(
    location: Location, edges: Sequence[Edge], numbers: dict[tuple[NodeId, NodeId], int]
) -> bool:
    """Return whether a location has its place when only these edges are left."""
    if location.node is not None:
        return True
    try:
        access_of(location, edges, numbers)
    except LayoutError:
        return False
    return True


def _walk_findings(layout: Layout, sound: Layout) -> Iterator[Finding]:
    """Yield what cannot be reached, or not be left again."""
    starts = [station.id for station in sound.stations if station.kind in START_KINDS]
    drops = [station.id for station in sound.stations if station.kind in DROP_KINDS]
    if not starts or not drops:
        return
    graph = WalkingGraph(sound)
    reached = graph.distances_from([graph.vertex(start) for start in starts]) != UNREACHABLE
    leaving = graph.distances_to([graph.vertex(drop) for drop in drops]) != UNREACHABLE
    reached_any, leaving_any = reached.any(axis=0), leaving.any(axis=0)
    first_node = {node.id: n for n, node in reversed(list(enumerate(layout.nodes)))}
    pointers: dict[PlaceId, str] = {}
    for n, location in enumerate(layout.locations):
        pointers.setdefault(location.id, f"/locations/{n}")
    for n, station in enumerate(layout.stations):
        pointers.setdefault(station.id, f"/stations/{n}")
    for node in sound.nodes:
        vertex = graph.node_vertex(node.id)
        pointer = f"/nodes/{first_node[node.id]}"
        if not reached_any[vertex]:
            message = f'no walk leads to node "{node.id}" from any start station'
            yield Finding(pointer, Severity.WARNING, Rule.DISCONNECTED_NODE, message)
        elif not leaving_any[vertex]:
            message = f'no walk leads from node "{node.id}" to any station where totes are dropped'
            yield _error(pointer, Rule.ONE_WAY_TRAP, message)
    for place, pointer in pointers.items():
        try:
            vertex = graph.vertex(place)
        except LayoutError:
            # Its own references are broken.
            continue
        if not reached_any[vertex]:
            message = f'no walk leads to "{place}" from any start station'
            yield _error(pointer, Rule.UNREACHABLE, message)
        elif not leaving_any[vertex]:
            message = f'no walk leads from "{place}" to any station where totes are dropped'
            yield _error(pointer, Rule.ONE_WAY_TRAP, message)


def _repeated(
    keys: Iterable[tuple[str, Hashable]], rule: Rule, *, shown: dict[Hashable, str] | None = None
) -> Iterator[Finding]:
    first: dict[Hashable, str] = {}
    for pointer, key in keys:
        earlier = first.setdefault(key, pointer)
        if earlier != pointer:
            name = key if shown is None else shown[key]
            yield _error(pointer, rule, f'"{name}" is already used by {earlier}')


def _error(pointer: str, rule: Rule, message: str) -> Finding:
    return Finding(pointer, Severity.ERROR, rule, message)
