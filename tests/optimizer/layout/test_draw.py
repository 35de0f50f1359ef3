from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

import layouts
from optimizer.ids import ZoneId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.draw import STATION_COLOURS, TourDrawing, draw_layout
from optimizer.layout.model import Layout, StationKind, Zone
from optimizer.routing.best import best_router
from optimizer.routing.router import tour_path
from tests.optimizer.layout.samples import PACK, START, location, locations, sample

SVG = "{http://www.w3.org/2000/svg}"


def titles(text: str) -> list[str]:
    root = ElementTree.fromstring(text)
    return [title.text or "" for title in root.iter(f"{SVG}title")]


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_every_location_and_station_is_drawn_inside_the_picture(name: str) -> None:
    layout = sample(name)
    text = draw_layout(layout)
    drawn = titles(text)
    assert {place.id for place in layout.locations} <= set(drawn)
    assert {place.id for place in layout.stations} <= set(drawn)
    root = ElementTree.fromstring(text)
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    for shape in root.iter(f"{SVG}rect"):
        if "x" in shape.attrib and float(shape.attrib["x"]) > 0:
            assert 0 < float(shape.attrib["x"]) < width
            assert 0 < float(shape.attrib["y"]) < height


def test_locations_have_the_colour_of_their_zone() -> None:
    layout = sample("two-block")
    root = ElementTree.fromstring(draw_layout(layout))
    colours: dict[str, set[str]] = {}
    zone_of = {str(place.id): str(place.zone) for place in layout.locations}
    for shape in root.iter(f"{SVG}rect"):
        title = shape.find(f"{SVG}title")
        if title is not None:
            colours.setdefault(zone_of[title.text or ""], set()).add(shape.attrib["fill"])
    assert sorted(colours) == ["Z1", "Z2", "Z3"]
    assert all(len(one) == 1 for one in colours.values())
    assert len(set.union(*colours.values())) == 3


def test_tour_is_drawn_with_numbered_stops_in_walking_order() -> None:
    layout = sample("single-block")
    graph = WalkingGraph(layout)
    wanted = locations("A-03-02-L", "A-01-02-R")
    tour = best_router(layout, graph).route(wanted, start=START, end=PACK)
    path = tour_path(graph, tour, start=START, end=PACK)
    text = draw_layout(layout, TourDrawing(path, tour.stops))
    assert "1: A-01-02-R" in titles(text)
    assert "2: A-03-02-L" in titles(text)
    root = ElementTree.fromstring(text)
    (line,) = root.iter(f"{SVG}path")
    # As many corners as the walk has.
    assert len(re.findall("[ML]", line.attrib["d"])) == len(path)
    assert "tour, 2 stops" in text
    assert {"start", "end"} <= set(titles(text))


def test_tour_has_a_title_and_marks_where_it_starts_and_ends_in_one() -> None:
    layout = sample("single-block")
    path = ((0, 0, 0), (0, 4_000, 0), (0, 0, 0))
    text = draw_layout(layout, TourDrawing(path, locations("A-01-02-R"), "return <8 m>"))
    assert "start and end" in titles(text)
    (name, *_) = ElementTree.fromstring(text).iter(f"{SVG}text")
    assert "".join(name.itertext()) == "single-block: return <8 m>"


def test_names_cannot_break_the_picture() -> None:
    layout = sample("single-block")
    odd = replace(
        layout,
        name="<script>&",
        zones=(Zone(ZoneId("Z1"), 'A "quoted" <b>'),),
        locations=(replace(layout.locations[0], id=location("<&>")),),
    )
    assert "<&>" in titles(draw_layout(odd))
    assert "<script>" not in draw_layout(odd)


def test_shelves_stand_on_their_side_of_the_aisle() -> None:
    # Walking from the front (below) to the back (above), left is the smaller x.
    root = ElementTree.fromstring(draw_layout(sample("single-block")))
    by_title = {
        title.text: float(shape.attrib["x"])
        for shape in root.iter(f"{SVG}rect")
        for title in shape.iter(f"{SVG}title")
    }
    assert by_title["A-01-01-L"] < by_title["A-01-01-R"] < by_title["A-02-01-L"]


def test_empty_layout_is_drawn() -> None:
    assert titles(draw_layout(Layout("nothing", (), (), (), ()))) == ["nothing"]


def test_every_kind_of_station_has_its_colour() -> None:
    assert set(STATION_COLOURS) == set(StationKind)
    assert len(set(STATION_COLOURS.values())) == len(StationKind)
