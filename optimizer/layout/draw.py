"""A layout as a picture: SVG with aisles, locations by zone, stations, and a tour if wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from optimizer.ids import LocationId, ZoneId
from optimizer.layout.draw_tour import TourDrawing, tour_parts
from optimizer.layout.drawing import (
    BACKGROUND,
    FAINT,
    INK,
    TOUR,
    Frame,
    Placed,
    Sheet,
    places_of,
    walks,
)
from optimizer.layout.model import Layout, StationKind

__all__ = ["STATION_COLOURS", "ZONE_COLOURS", "TourDrawing", "draw_layout"]

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

_SHEET = Sheet(width=1200.0, tallest=900.0, margin=48.0, top=72.0)
_LEAST_WIDTH = 720.0
_LEGEND_LINE = 22.0
_LABELS = 84.0
"""Height for the slanted names of stations below the layout."""


def draw_layout(layout: Layout, tour: TourDrawing | None = None) -> str:
    """Return an SVG document of a layout.

    Parameters
    ----------
    layout
        A layout whose references hold.
    tour
        A tour to draw on top: its line with arrows and numbered stops.
    """
    frame = Frame.of(layout, [] if tour is None else [tour.path], _SHEET)
    zones = {zone.id: _zone_colour(number) for number, zone in enumerate(layout.zones)}
    places = places_of(layout)
    legend = _legend(layout, zones, tour, frame.foot + _LABELS)
    width = max(frame.width, _LEAST_WIDTH)
    height = frame.foot + _LABELS + _LEGEND_LINE * max(map(len, legend), default=0)
    words = "" if tour is None or not tour.title else f": {tour.title}"
    title = f'<tspan font-weight="400">{escape(words)}</tspan>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(layout.name)}</title>",
        f'<rect width="100%" height="100%" fill="{BACKGROUND}"/>',
        f'<text x="{frame.margin}" y="30" font-size="18" font-weight="600" fill="{INK}">'
        f"{escape(layout.name)}{title}</text>",
        *_floor_names(frame),
        *walks(layout, frame),
        *_locations(layout, frame, zones, places, tour),
        *_stations(layout, frame),
        *([] if tour is None else tour_parts(frame, tour, places)),
        *(entry for column in legend for entry in column),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _zone_colour(number: int) -> str:
    return ZONE_COLOURS[number % len(ZONE_COLOURS)]


def _floor_names(frame: Frame) -> Iterator[str]:
    if len(frame.bottoms) < 2:
        return
    for floor, top in frame.tops.items():
        yield f'<text x="{frame.margin - 8}" y="{top - 20:.1f}" fill="{FAINT}">Floor {floor}</text>'


def _locations(
    layout: Layout,
    frame: Frame,
    zones: Mapping[ZoneId, str],
    places: Mapping[LocationId, Placed],
    tour: TourDrawing | None,
) -> Iterator[str]:
    size = frame.shelf
    wanted = set() if tour is None else set(tour.stops)
    for location in layout.locations:
        x, y = frame.beside(places[location.id], size * 1.35)
        colour = FAINT if location.zone is None else zones.get(location.zone, FAINT)
        faded = ' fill-opacity="0.35"' if wanted and location.id not in wanted else ""
        yield (
            f'<rect x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size:.1f}" '
            f'height="{size:.1f}" rx="1.5" fill="{colour}"{faded}>'
            f"<title>{escape(location.id)}</title></rect>"
        )


def _stations(layout: Layout, frame: Frame) -> Iterator[str]:
    nodes = {node.id: node for node in layout.nodes}
    for station in layout.stations:
        node = nodes[station.node]
        x, y = frame.at(node.x_mm, node.y_mm, node.floor)
        yield (
            f"<g><title>{escape(station.id)}</title>"
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{STATION_COLOURS[station.kind]}" '
            f'stroke="{BACKGROUND}" stroke-width="2"/>'
            f'<text transform="rotate(35 {x:.1f} {y + 14:.1f})" x="{x:.1f}" y="{y + 18:.1f}" '
            f'font-size="11" fill="{INK}">{escape(station.id)}</text></g>'
        )


def _legend(
    layout: Layout, zones: Mapping[ZoneId, str], tour: TourDrawing | None, top: float
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
    line = f'<line x1="0" y1="-4" x2="14" y2="-4" stroke="{TOUR}" stroke-width="2.5"/>'
    ends = '<circle cx="6" cy="-4" r="6" fill="#b91c1c"/>'
    of_tour = (
        []
        if tour is None
        else [
            (line, f"tour, {len(tour.stops)} stops, keeping to the right"),
            (ends, "S start, E end of the tour"),
        ]
    )
    columns = [entries for entries in (of_zones, of_stations, of_tour) if entries]
    return [
        [
            f'<g transform="translate({_SHEET.margin + 220 * column:.0f} '
            f'{top + _LEGEND_LINE * row:.1f})">{symbol}'
            f'<text x="20" y="0" fill="{INK}">{escape(words)}</text></g>'
            for row, (symbol, words) in enumerate(entries)
        ]
        for column, entries in enumerate(columns)
    ]
