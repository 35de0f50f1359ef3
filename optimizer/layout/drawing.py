"""What the pictures of layouts and of tours share: colours, the scale, and where places stand.

Floors are drawn one above the other, the lowest at the bottom; y points up, as in the layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.ids import LocationId, NodeId
from optimizer.layout.distances import Point, access_of, edge_numbers
from optimizer.layout.model import Layout, Location, Node, Side

BACKGROUND, WALK, INK, FAINT, TOUR = "#ffffff", "#e5e7eb", "#1f2937", "#6b7280", "#111827"

Spot = tuple[float, float]
"""A point of the picture."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Room for a layout, in units of the picture."""

    width: float
    tallest: float
    """Most height of a floor: a long narrow aisle must not become a picture of several screens."""
    margin: float
    top: float
    """Height above the highest floor, for headings."""
    floor_gap: float = 84.0


@dataclass(frozen=True, slots=True)
class Frame:
    """From millimetres to the picture: one scale, each floor with its own base line."""

    scale: float
    left_mm: int
    margin: float
    width: float
    bottoms: dict[int, tuple[float, int]]
    """Per floor: the picture's y of its lowest y_mm, and that y_mm."""
    tops: dict[int, float]
    """Per floor: the picture's y of its highest y_mm."""

    @classmethod
    def of(cls, layout: Layout, paths: Sequence[Sequence[Point]], sheet: Sheet) -> Frame:
        """Return the frame in which a layout and walked lines fit."""
        points = [(node.x_mm, node.y_mm, node.floor) for node in layout.nodes]
        points += [point for path in paths for point in path]
        if not points:
            return cls(1.0, 0, sheet.margin, 480.0, {}, {})
        left, right = min(x for x, _, _ in points), max(x for x, _, _ in points)
        spans: dict[int, tuple[int, int]] = {}
        for _, y, floor in points:
            low, high = spans.get(floor, (y, y))
            spans[floor] = (min(low, y), max(high, y))
        tallest = max(high - low for low, high in spans.values())
        room = sheet.width - 2 * sheet.margin
        scale = min(room / max(right - left, 1), sheet.tallest / max(tallest, 1))
        bottoms: dict[int, tuple[float, int]] = {}
        tops: dict[int, float] = {}
        top = sheet.top
        for floor in sorted(spans, reverse=True):
            low, high = spans[floor]
            tops[floor] = top
            top += (high - low) * scale
            bottoms[floor] = (top, low)
            top += sheet.floor_gap
        width = (right - left) * scale + 2 * sheet.margin
        return cls(scale, left, sheet.margin, width, bottoms, tops)

    @property
    def foot(self) -> float:
        """The picture's y of the lowest point."""
        return max((base for base, _ in self.bottoms.values()), default=self.margin)

    @property
    def shelf(self) -> float:
        """Side of the square that stands for a location."""
        return max(3.0, min(11.0, 700 * self.scale))

    def at(self, x_mm: float, y_mm: float, floor: int) -> Spot:
        """Return where a point of the layout lies in the picture."""
        base, lowest = self.bottoms[floor]
        return (
            self.margin + (x_mm - self.left_mm) * self.scale,
            base - (y_mm - lowest) * self.scale,
        )

    def beside(self, placed: Placed, away: float) -> Spot:
        """Return the point at a distance from the walk, on the side of a location."""
        x_mm, y_mm, floor, (right, up) = placed
        x, y = self.at(x_mm, y_mm, floor)
        return x + right * away, y - up * away


Placed = tuple[float, float, int, tuple[float, float]]
"""x_mm, y_mm, floor, and the direction (in the layout's axes) in which the shelf stands."""


def places_of(layout: Layout) -> dict[LocationId, Placed]:
    """Return where the locations of a layout are reached, and on which side their shelves stand."""
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


def walks(layout: Layout, frame: Frame) -> Iterator[str]:
    """Yield the edges of a layout: broad grey lines, stairs dotted, arrows on one-way edges."""
    nodes = {node.id: node for node in layout.nodes}
    width = max(3.0, min(14.0, 1400 * frame.scale))
    for edge in layout.edges:
        a, b = nodes[edge.start], nodes[edge.end]
        x1, y1 = frame.at(a.x_mm, a.y_mm, a.floor)
        x2, y2 = frame.at(b.x_mm, b.y_mm, b.floor)
        stairs = a.floor != b.floor
        colour = FAINT if stairs else WALK
        dashes = ' stroke-dasharray="2 7"' if stairs else ""
        yield (
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{3.0 if stairs else width:.1f}" stroke-linecap="round"{dashes}/>'
        )
        if edge.one_way:
            yield arrow((x1, y1), (x2, y2), share=0.5, size=6.0, colour=FAINT)


def arrow(origin: Spot, target: Spot, *, share: float, size: float, colour: str) -> str:
    """Return an arrow head on a line, at a share of it."""
    (x1, y1), (x2, y2) = origin, target
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    tip = (x + ux * size, y + uy * size)
    left = (x - ux * size - uy * size * 0.8, y - uy * size + ux * size * 0.8)
    right = (x - ux * size + uy * size * 0.8, y - uy * size - ux * size * 0.8)
    corners = " ".join(f"{px:.1f},{py:.1f}" for px, py in (tip, left, right))
    return f'<polygon points="{corners}" fill="{colour}"/>'
