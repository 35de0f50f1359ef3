"""Several tours on one layout side by side, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from optimizer.ids import LocationId
from optimizer.layout.draw_tour import TourDrawing, tour_parts
from optimizer.layout.drawing import (
    BACKGROUND,
    FAINT,
    INK,
    Frame,
    Placed,
    Sheet,
    Spot,
    places_of,
    walks,
)
from optimizer.layout.model import Layout

_PANEL = Sheet(width=460.0, tallest=340.0, margin=28.0, top=44.0)
_GAP = 18.0
_WIDTH = 1100.0
_HEAD = 40.0
_LEAST_WIDTH = 300.0


def draw_tours(layout: Layout, tours: Sequence[TourDrawing]) -> str:
    """Return an SVG document with one panel per tour, its title above it.

    The layout is drawn once and referred to, so that the file stays small; locations without a
    stop are plain squares, stations are marked only where a tour starts or ends.

    Parameters
    ----------
    layout
        A layout whose references hold.
    tours
        At least one tour.
    """
    frame = Frame.of(layout, [tour.path for tour in tours], _PANEL)
    places = places_of(layout)
    panel = (max(frame.width, _LEAST_WIDTH), frame.foot + _PANEL.margin)
    columns = min(len(tours), int((_WIDTH - _GAP) // (panel[0] + _GAP)))
    rows = -(-len(tours) // columns)
    width = columns * panel[0] + (columns + 1) * _GAP
    height = _HEAD + rows * (panel[1] + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(layout.name)}</title>",
        f'<rect width="100%" height="100%" fill="{BACKGROUND}"/>',
        f'<text x="{_GAP}" y="27" font-size="17" font-weight="600" fill="{INK}">'
        f'{escape(layout.name)}<tspan dx="12" font-size="13" font-weight="400" fill="{FAINT}">'
        "S start, E end; the line keeps to the right of the direction of travel</tspan></text>",
        '<defs><g id="floor">',
        *walks(layout, frame),
        _shelves(frame, places),
        "</g></defs>",
    ]
    for number, tour in enumerate(tours):
        row, column = divmod(number, columns)
        corner = (_GAP + column * (panel[0] + _GAP), _HEAD + row * (panel[1] + _GAP))
        parts.extend(_panel(frame, tour, places, corner, panel))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    frame: Frame,
    tour: TourDrawing,
    places: dict[LocationId, Placed],
    corner: Spot,
    size: tuple[float, float],
) -> Iterator[str]:
    yield f'<g transform="translate({corner[0]:.1f} {corner[1]:.1f})">'
    yield (
        f'<rect width="{size[0]:.1f}" height="{size[1]:.1f}" rx="6" fill="none" stroke="#d1d5db"/>'
    )
    yield (
        f'<text x="12" y="22" font-size="14" font-weight="600" fill="{INK}">'
        f"{escape(tour.title)}</text>"
    )
    yield '<use href="#floor"/>'
    yield from tour_parts(frame, tour, places)
    yield "</g>"


def _shelves(frame: Frame, places: dict[LocationId, Placed]) -> str:
    """Return all locations as one path of squares, each place once."""
    side = frame.shelf
    corners = dict.fromkeys(
        (round(x - side / 2, 1), round(y - side / 2, 1))
        for x, y in (frame.beside(placed, side * 1.35) for placed in places.values())
    )
    squares = "".join(f"M{x} {y}h{side:.1f}v{side:.1f}h-{side:.1f}z" for x, y in corners)
    return f'<path d="{squares}" fill="#c3cad4"/>'
