from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from optimizer.layout.distances import Point
from optimizer.layout.draw_tour import TourDrawing, tour_parts
from optimizer.layout.draw_tours import draw_tours
from optimizer.layout.drawing import Frame, Sheet, places_of
from optimizer.layout.model import Layout
from tests.optimizer.layout.samples import locations, sample

SVG = "{http://www.w3.org/2000/svg}"

# 600 x 1,000 units for 6 x 10 m: a unit is 10 mm, and (0, 0) lies at (0, 1000).
PAGE = Sheet(width=600.0, tallest=1000.0, margin=0.0, top=0.0)


def line_of(*path: Point) -> list[tuple[str, float, float]]:
    """Return the commands of the drawn line with the point at which each ends."""
    layout = sample("single-block")
    frame = Frame.of(layout, [path], PAGE)
    parts = tour_parts(frame, TourDrawing(path, ()), places_of(layout))
    data = ElementTree.fromstring(next(parts)).attrib["d"]
    found = []
    for letter, numbers in re.findall("([MLA])([^MLA]*)", data):
        *_, x, y = numbers.split()
        found.append((letter, float(x), float(y)))
    return found


def test_way_in_and_out_shows_two_lines_and_a_turn() -> None:
    # Up at 3.5 to the right, down at 3.5 to the left as seen in the picture.
    assert line_of((3_000, 0, 0), (3_000, 4_000, 0), (3_000, 0, 0)) == [
        ("M", 303.5, 1_000.0),
        ("L", 303.5, 600.0),
        ("A", 296.5, 600.0),
        ("L", 296.5, 1_000.0),
    ]


def test_line_bends_where_its_shifted_parts_meet() -> None:
    # Up aisle 1, right along the back, down aisle 2: inside the bends of the walk.
    assert line_of((0, 0, 0), (0, 10_000, 0), (3_000, 10_000, 0), (3_000, 0, 0)) == [
        ("M", 3.5, 1_000.0),
        ("L", 3.5, 3.5),
        ("L", 296.5, 3.5),
        ("L", 296.5, 1_000.0),
    ]


def test_stretch_walked_again_in_the_same_direction_has_a_lane_of_its_own() -> None:
    line = line_of((0, 0, 0), (3_000, 0, 0), (0, 0, 0), (6_000, 0, 0))
    assert [y for _, _, y in line] == [1_003.5, 1_003.5, 996.5, 996.5, 1_007.5, 1_007.5]


def test_picture_of_an_empty_walk_has_no_line() -> None:
    layout: Layout = sample("single-block")
    frame = Frame.of(layout, [], PAGE)
    assert list(tour_parts(frame, TourDrawing((), ()), {})) == []


def test_several_tours_share_one_floor() -> None:
    layout = sample("single-block")
    path = ((0, 0, 0), (0, 4_000, 0), (0, 0, 0))
    drawings = [
        TourDrawing(path, locations("A-01-02-R"), title) for title in ("a & b", "c", "d", "e")
    ]
    text = draw_tours(layout, drawings)
    root = ElementTree.fromstring(text)
    words = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert [word for word in words if word in ("a & b", "c", "d", "e")] == ["a & b", "c", "d", "e"]
    assert len(list(root.iter(f"{SVG}use"))) == 4
    assert text.count("1: A-01-02-R") == 4
    # One square per place: 24 locations at 24 places.
    shelves = next(path for path in root.iter(f"{SVG}path") if "fill" in path.attrib)
    assert shelves.attrib["d"].count("M") == 24
