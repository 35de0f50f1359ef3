"""The format of layouts: what is read, and what is refused with which pointer.

Every refusal of a single value is compared with the JSON Schema, so that the two cannot part.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

import layouts
from optimizer.errors import LayoutError
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Side, StationKind
from optimizer.layout.parse import layout_document, parse_layout, parse_unchecked

Document = dict[str, Any]

SCHEMA = jsonschema.Draft202012Validator(layouts.schema())


def small() -> Document:
    """Return the example of the format's description."""
    return {
        "format": "wavepick-layout/1",
        "name": "two-block",
        "nodes": [
            {"id": "n1", "x_mm": 0, "y_mm": 0, "floor": 0},
            {"id": "n2", "x_mm": 3000, "y_mm": 4000},
            {"id": "n3", "x_mm": 3000, "y_mm": 4000, "floor": 1},
        ],
        "edges": [
            {"from": "n1", "to": "n2", "one_way": False},
            {"from": "n2", "to": "n3", "length_mm": 6000, "one_way": True},
        ],
        "locations": [
            {
                "id": "A-01-03",
                "edge": ["n2", "n1"],
                "offset_mm": 1200,
                "side": "left",
                "level": 2,
                "zone": "Z1",
                "check_digits": "417",
            },
            {"id": "B-01", "node": "n2", "zone": "Z2"},
        ],
        "stations": [{"id": "pack-1", "node": "n1", "kind": "pack", "zone": "Z1"}],
        "zones": [{"id": "Z1", "name": "Small parts"}, {"id": "Z2", "name": "Kühlraum"}],
    }


def test_example_is_read_field_by_field() -> None:
    layout = parse_layout(small())
    # Without a length the straight line counts: 3 and 4 m make 5 m.
    assert layout.edges == (
        Edge(layout.nodes[0].id, layout.nodes[1].id, 5000),
        Edge(layout.nodes[1].id, layout.nodes[2].id, 6000, one_way=True),
    )
    first, second = layout.locations
    assert (first.edge, first.offset_mm, first.side) == (("n2", "n1"), 1200, Side.LEFT)
    assert (first.level, first.zone, first.check_digits) == (2, "Z1", "417")
    assert (second.node, second.edge, second.side, second.level) == ("n2", None, None, 0)
    assert layout.stations[0].kind is StationKind.PACK
    assert layout.stations[0].zone == "Z1"
    assert layout.zones[1].name == "Kühlraum"


def test_straight_line_is_rounded_to_a_millimetre() -> None:
    document = small()
    document["nodes"][1] |= {"x_mm": 1000, "y_mm": 1000}
    # 1000 x 1.41421 is 1414.2 mm.
    assert parse_layout(document).edges[0].length_mm == 1414


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_samples_survive_being_written_and_read(name: str) -> None:
    layout = parse_layout(layouts.load(name))
    document = json.loads(layouts.to_text(layout_document(layout)))
    assert parse_layout(document) == layout
    SCHEMA.validate(document)


def test_written_layouts_fit_the_schema() -> None:
    layout = generate_layout(aisles=3, positions=2, levels=2, blocks=2, zones=2, one_way=True)
    SCHEMA.validate(layout_document(layout))


def test_zones_may_be_left_out() -> None:
    document = small()
    del document["zones"], document["locations"], document["stations"][0]["zone"]
    document["locations"] = []
    SCHEMA.validate(document)
    assert parse_layout(document).zones == ()


def _set(*keys: str | int, to: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


def _drop(*keys: str | int) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


FORMAT_FAULTS: list[tuple[Callable[[Document], None], str, str]] = [
    (_set("format", to="wavepick-layout/2"), "/format", 'must be "wavepick-layout/1"'),
    (_drop("format"), "", '"format" is missing'),
    (_set("name", to=""), "/name", "must be a text"),
    (_set("name", to=7), "/name", "got 7"),
    (_drop("nodes"), "", '"nodes" is missing'),
    (_set("nodes", to={}), "/nodes", "must be an array, got an object"),
    (_set("nodes", 1, to=None), "/nodes/1", "must be an object, got null"),
    (_set("nodes", 0, "x_mm", to=1.5), "/nodes/0/x_mm", "must be an integer, got 1.5"),
    (_set("nodes", 0, "x_mm", to=True), "/nodes/0/x_mm", "must be an integer, got true"),
    (_set("nodes", 0, "x_mm", to="0"), "/nodes/0/x_mm", 'must be an integer, got "0"'),
    (_set("nodes", 0, "y_mm", to=10**9), "/nodes/0/y_mm", "must be between"),
    (_set("nodes", 0, "colour", to="red"), "/nodes/0/colour", 'unknown field "colour"'),
    (_set("nodes", 0, "a/b~c", to=1), "/nodes/0/a~1b~0c", "unknown field"),
    (_set("nodes", 0, "id", to=" n1"), "/nodes/0/id", "must be an id"),
    (_set("nodes", 0, "id", to="n,1"), "/nodes/0/id", "without commas"),
    (_set("nodes", 0, "id", to=""), "/nodes/0/id", "must be an id"),
    (_set("nodes", 0, "id", to="x" * 65), "/nodes/0/id", "1 to 64 characters"),
    (_drop("edges", 0, "to"), "/edges/0", '"to" is missing'),
    (_set("edges", 1, "length_mm", to=0), "/edges/1/length_mm", "must be between 1 and"),
    (_set("edges", 1, "one_way", to=1), "/edges/1/one_way", "must be true or false, got 1"),
    (_set("locations", 0, "node", to="n1"), "/locations/0", 'needs either "node" or "edge"'),
    (_drop("locations", 1, "node"), "/locations/1", 'needs either "node" or "edge"'),
    (_drop("locations", 0, "offset_mm"), "/locations/0", '"offset_mm" is missing'),
    (_set("locations", 0, "offset_mm", to=-1), "/locations/0/offset_mm", "must be between 0"),
    (_set("locations", 1, "offset_mm", to=1), "/locations/1/offset_mm", "unknown field"),
    (_set("locations", 0, "edge", to=["n1"]), "/locations/0/edge", "must name two nodes"),
    (_set("locations", 0, "edge", to="n1n2"), "/locations/0/edge", "must be an array"),
    (_set("locations", 0, "edge", to=["n1", 2]), "/locations/0/edge/1", "must be an id"),
    (_set("locations", 0, "side", to="up"), "/locations/0/side", 'one of "left", "right"'),
    (_set("locations", 0, "level", to=-1), "/locations/0/level", "must be between 0 and"),
    (_set("locations", 0, "check_digits", to="4a"), "/locations/0/check_digits", "digits"),
    (_set("locations", 0, "check_digits", to=417), "/locations/0/check_digits", "got 417"),
    (_set("stations", 0, "kind", to="depot"), "/stations/0/kind", 'one of "start"'),
    (_set("zones", 0, "name", to=None), "/zones/0/name", "got null"),
    (_set("extra", to=1), "/extra", 'unknown field "extra"'),
]


@pytest.mark.parametrize(("fault", "pointer", "message"), FORMAT_FAULTS)
def test_faulty_values_are_refused_by_reader_and_schema(
    fault: Callable[[Document], None], pointer: str, message: str
) -> None:
    document = copy.deepcopy(small())
    fault(document)
    for read in (parse_layout, parse_unchecked):
        with pytest.raises(LayoutError) as refused:
            read(document)
        assert refused.value.pointer == pointer
        assert message in refused.value.message
    assert not SCHEMA.is_valid(document)


REFERENCE_FAULTS: list[tuple[Callable[[Document], None], str, str]] = [
    (_set("edges", 0, "to", to="n9"), "/edges/0/to", 'no node "n9"'),
    (_set("edges", 1, "to", to="n9"), "/edges/1/to", 'no node "n9"'),
    (_drop("edges", 1, "length_mm"), "/edges/1", "required between two floors"),
    (_set("nodes", 2, "id", to="n1"), "/nodes/2/id", '"n1" is already used by /nodes/0/id'),
    (_set("zones", 1, "id", to="Z1"), "/zones/1/id", "already used"),
    (_set("stations", 0, "id", to="B-01"), "/stations/0/id", "already used by /locations/1/id"),
    (_set("locations", 0, "edge", to=["n1", "n3"]), "/locations/0/edge", "no edge"),
    (_set("locations", 0, "offset_mm", to=5001), "/locations/0/offset_mm", "edge of 5000 mm"),
    (_set("locations", 1, "node", to="n9"), "/locations/1/node", 'no node "n9"'),
    (_set("locations", 1, "zone", to="Z9"), "/locations/1/zone", 'no zone "Z9"'),
    (_set("stations", 0, "node", to="n9"), "/stations/0/node", 'no node "n9"'),
]


@pytest.mark.parametrize(("fault", "pointer", "message"), REFERENCE_FAULTS)
def test_broken_references_are_refused(
    fault: Callable[[Document], None], pointer: str, message: str
) -> None:
    document = copy.deepcopy(small())
    fault(document)
    with pytest.raises(LayoutError) as refused:
        parse_layout(document)
    assert refused.value.pointer == pointer
    assert message in refused.value.message


def test_length_is_required_between_two_nodes_at_one_point() -> None:
    document = small()
    document["nodes"][1] |= {"x_mm": 0, "y_mm": 0}
    with pytest.raises(LayoutError, match="between two nodes at the same point") as refused:
        parse_layout(document)
    assert refused.value.pointer == "/edges/0"


@pytest.mark.parametrize("document", [[], "layout", None, 3])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(LayoutError, match="must be an object"):
        parse_layout(document)
