"""A layout as a picture: SVG with aisles, locations by zone, stations, and a tour if wanted.

Floors are drawn one above the other, the lowest at the bottom; y points up, as in the layout.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from optimizer.ids import LocationId, NodeId, ZoneId
from optimizer.layout.distances import Point, access_of, edge_numbers
from optimizer.layout.model import Layout, Location, Node, Side, StationKind

ZONE_COLOURS = (
    "#3b6fb6",
    "#d98324",
    "#4f9d69",
    "#8f5fb0",
    "#c2526b",
    "#3a9ba3",
    "#9a8032",
    "#6b7280",
)
"""Told apart in the usual colour-blindnesses by lightness as well; repeated after eight zones."""

STATION_COLOURS = {
    StationKind.START: "#15803d",
    StationKind.PARKING: "#4d7c0f",
    StationKind.PACK: "#b91c1c",
    StationKind.WALL: "#7e22ce",
    StationKind.HANDOVER: "#0369a1",
    StationKind.CONVEYOR: "#92400e",
}

_BACKGROUND, _WALK, _INK, _FAINT, _TOUR = "#ffffff", "#e5e7eb", "#1f2937", "#6b7280", "#111827"
_WIDTH = 1200.0
_MARGIN = 48.0
_LEGEND_LINE = 22.0
_FLOOR_GAP = 84.0


@dataclass(frozen=True, slots=True)
class TourDrawing:
    """A tour to draw: the walked line (start and end included) and the stops in order."""

    path: Sequence[Point]
    stops: Sequence[LocationId]


@dataclass(frozen=True, slots=True)
class _Frame:
    """From millimetres to the picture: one scale, each floor with its own base line."""

    scale: float
    left_mm: int
    width: float
    bottoms: dict[int, tuple[float, int]]
    """Per floor: the picture's y of its lowest y_mm, and that y_mm."""
    tops: dict[int, float]
    """Per floor: the picture's y of its highest y_mm."""

    def at(self, x_mm: float, y_mm: float, floor: int) -> tuple[float, float]:
        base, lowest = self.bottoms[floor]
        return (
            _MARGIN + (x_mm - self.left_mm) * self.scale,
            base - (y_mm - lowest) * self.scale,
        )


def draw_layout(layout: Layout, tour: TourDrawing | None = None) -> str:
    """Return an SVG document of a layout.

    Parameters
    ----------
    layout
        A layout whose references hold.
    tour
        A tour to draw on top: its line with arrows and numbered stops.
    """
    frame = _frame(layout, tour)
    zones = {zone.id: _zone_colour(number) for number, zone in enumerate(layout.zones)}
    foot = max((base for base, _ in frame.bottoms.values()), default=_MARGIN)
    legend = _legend(layout, zones, tour, foot + 72)
    height = foot + 72 + _LEGEND_LINE * max(map(len, legend), default=0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width:.0f} {height:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(layout.name)}</title>",
        f'<rect width="100%" height="100%" fill="{_BACKGROUND}"/>',
        f'<text x="{_MARGIN}" y="30" font-size="18" font-weight="600" fill="{_INK}">'
        f"{escape(layout.name)}</text>",
        *_floor_names(frame),
        *_walks(layout, frame),
        *_locations(layout, frame, zones, tour),
        *([] if tour is None else _tour(layout, frame, tour)),
        *_stations(layout, frame),
        *(entry for column in legend for entry in column),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _zone_colour(number: int) -> str:
    return ZONE_COLOURS[number % len(ZONE_COLOURS)]


def _frame(layout: Layout, tour: TourDrawing | None) -> _Frame:
    points = [(node.x_mm, node.y_mm, node.floor) for node in layout.nodes]
    if tour is not None:
        points += list(tour.path)
    if not points:
        return _Frame(1.0, 0, 480.0, {}, {})
    left, right = min(x for x, _, _ in points), max(x for x, _, _ in points)
    spans: dict[int, tuple[int, int]] = {}
    for _, y, floor in points:
        low, high = spans.get(floor, (y, y))
        spans[floor] = (min(low, y), max(high, y))
    tallest = max(high - low for low, high in spans.values())
    # A long narrow aisle must not become a picture of several screens.
    scale = min((_WIDTH - 2 * _MARGIN) / max(right - left, 1), 900.0 / max(tallest, 1))
    bottoms: dict[int, tuple[float, int]] = {}
    tops: dict[int, float] = {}
    top = _MARGIN + 24
    for floor in sorted(spans, reverse=True):
        low, high = spans[floor]
        tops[floor] = top
        top += (high - low) * scale
        bottoms[floor] = (top, low)
        top += _FLOOR_GAP
    return _Frame(scale, left, max((right - left) * scale + 2 * _MARGIN, 720.0), bottoms, tops)


def _floor_names(frame: _Frame) -> Iterator[str]:
    if len(frame.bottoms) < 2:
        return
    for floor, top in frame.tops.items():
        yield f'<text x="{_MARGIN - 8}" y="{top - 20:.1f}" fill="{_FAINT}">Floor {floor}</text>'


def _walks(layout: Layout, frame: _Frame) -> Iterator[str]:
    nodes = {node.id: node for node in layout.nodes}
    width = max(3.0, min(14.0, 1400 * frame.scale))
    for edge in layout.edges:
        a, b = nodes[edge.start], nodes[edge.end]
        x1, y1 = frame.at(a.x_mm, a.y_mm, a.floor)
        x2, y2 = frame.at(b.x_mm, b.y_mm, b.floor)
        stairs = a.floor != b.floor
        colour = _FAINT if stairs else _WALK
        dashes = ' stroke-dasharray="2 7"' if stairs else ""
        yield (
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{3.0 if stairs else width:.1f}" stroke-linecap="round"{dashes}/>'
        )
        if edge.one_way:
            yield _arrow(x1, y1, x2, y2, 0.5, 6.0, _FAINT)


def _locations(
    layout: Layout, frame: _Frame, zones: dict[ZoneId, str], tour: TourDrawing | None
) -> Iterator[str]:
    size = max(3.0, min(11.0, 700 * frame.scale))
    wanted = set() if tour is None else set(tour.stops)
    places = _places(layout)
    for location in layout.locations:
        x_mm, y_mm, floor, aside = places[location.id]
        x, y = frame.at(x_mm, y_mm, floor)
        x, y = x + aside[0] * size * 1.35, y - aside[1] * size * 1.35
        colour = _FAINT if location.zone is None else zones.get(location.zone, _FAINT)
        faded = ' fill-opacity="0.35"' if wanted and location.id not in wanted else ""
        yield (
            f'<rect x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size:.1f}" '
            f'height="{size:.1f}" rx="1.5" fill="{colour}"{faded}>'
            f"<title>{escape(location.id)}</title></rect>"
        )


Placed = tuple[float, float, int, tuple[float, float]]
"""x_mm, y_mm, floor, and the direction (in the layout's axes) in which the shelf stands."""


def _places(layout: Layout) -> dict[LocationId, Placed]:
    nodes = {node.id: node for node in layout.nodes}
    numbers = edge_numbers(layout.edges)
    placed: dict[LocationId, Placed] = {}
    for location in layout.locations:
        if location.node is not None:
            node = nodes[location.node]
            placed[location.id] = (node.x_mm, node.y_mm, node.floor, (0.0, 0.0))
            continue
        access = access_of(location, layout.edges, numbers)
        edge = layout.edges[access.edge]
        a, b = nodes[edge.start], nodes[edge.end]
        share = access.offset_mm / edge.length_mm
        x = a.x_mm + (b.x_mm - a.x_mm) * share
        y = a.y_mm + (b.y_mm - a.y_mm) * share
        floor = a.floor if share <= 0.5 else b.floor
        placed[location.id] = (x, y, floor, _aside(location, nodes))
    return placed


def _aside(location: Location, nodes: dict[NodeId, Node]) -> tuple[float, float]:
    """Return the unit vector from the walk to the shelf; left is left of the named direction."""
    if location.side is None or location.edge is None:
        return (0.0, 0.0)
    a, b = nodes[location.edge[0]], nodes[location.edge[1]]
    dx, dy = b.x_mm - a.x_mm, b.y_mm - a.y_mm
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    turn = 1 if location.side is Side.LEFT else -1
    return (-dy / length * turn, dx / length * turn)


def _tour(layout: Layout, frame: _Frame, tour: TourDrawing) -> Iterator[str]:
    points = [frame.at(*point) for point in tour.path]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield (
        f'<polyline points="{line}" fill="none" stroke="{_TOUR}" stroke-width="2.5" '
        f'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if abs(x2 - x1) + abs(y2 - y1) > 36:
            yield _arrow(x1, y1, x2, y2, 0.55, 5.0, _TOUR)
    places = _places(layout)
    size = max(3.0, min(11.0, 700 * frame.scale))
    for number, stop in enumerate(tour.stops, start=1):
        x_mm, y_mm, floor, aside = places[stop]
        x, y = frame.at(x_mm, y_mm, floor)
        x, y = x + aside[0] * size * 1.35, y - aside[1] * size * 1.35
        yield (
            f'<g><title>{number}: {escape(stop)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="9" '
            f'fill="{_BACKGROUND}" stroke="{_TOUR}" stroke-width="1.5"/><text x="{x:.1f}" '
            f'y="{y + 3.5:.1f}" font-size="10" font-weight="600" text-anchor="middle" '
            f'fill="{_TOUR}">{number}</text></g>'
        )


def _arrow(
    x1: float, y1: float, x2: float, y2: float, share: float, size: float, colour: str
) -> str:
    """Return an arrow head on a line, at a share of it."""
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    tip = (x + ux * size, y + uy * size)
    left = (x - ux * size - uy * size * 0.8, y - uy * size + ux * size * 0.8)
    right = (x - ux * size + uy * size * 0.8, y - uy * size - ux * size * 0.8)
    corners = " ".join(f"{px:.1f},{py:.1f}" for px, py in (tip, left, right))
    return f'<polygon points="{corners}" fill="{colour}"/>'


def _stations(layout: Layout, frame: _Frame) -> Iterator[str]:
    nodes = {node.id: node for node in layout.nodes}
    for station in layout.stations:
        node = nodes[station.node]
        x, y = frame.at(node.x_mm, node.y_mm, node.floor)
        yield (
            f"<g><title>{escape(station.id)}</title>"
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{STATION_COLOURS[station.kind]}" '
            f'stroke="{_BACKGROUND}" stroke-width="2"/>'
            f'<text transform="rotate(35 {x:.1f} {y + 14:.1f})" x="{x:.1f}" y="{y + 18:.1f}" '
            f'font-size="11" fill="{_INK}">{escape(station.id)}</text></g>'
        )


def _legend(
    layout: Layout, zones: dict[ZoneId, str], tour: TourDrawing | None, top: float
) -> list[list[str]]:
    """Return the columns of the legend: zones, kinds of stations, the tour."""
    mark = '<rect x="0" y="-10" width="12" height="12" rx="2" fill={}/>'
    of_zones = [
        (mark.format(quoteattr(zones[zone.id])), f"{zone.name} ({zone.id})")
        for zone in layout.zones
    ]
    dot = '<circle cx="6" cy="-4" r="6" fill={}/>'
    of_stations = [
        (dot.format(quoteattr(STATION_COLOURS[kind])), kind.value)
        for kind in dict.fromkeys(station.kind for station in layout.stations)
    ]
    line = f'<line x1="0" y1="-4" x2="14" y2="-4" stroke="{_TOUR}" stroke-width="2.5"/>'
    of_tour = [] if tour is None else [(line, f"tour, {len(tour.stops)} stops")]
    columns = [entries for entries in (of_zones, of_stations, of_tour) if entries]
    return [
        [
            f'<g transform="translate({_MARGIN + 220 * column:.0f} '
            f'{top + _LEGEND_LINE * row:.1f})">{symbol}'
            f'<text x="20" y="0" fill="{_INK}">{escape(words)}</text></g>'
            for row, (symbol, words) in enumerate(entries)
        ]
        for column, entries in enumerate(columns)
    ]
