from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError
from optimizer.ids import NodeId, ZoneId
from optimizer.layout.check import Finding, Rule, Severity, check_layout, reference_findings
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Side, Station, StationKind, Zone
from optimizer.layout.parse import parse_layout, parse_unchecked
from tests.optimizer.layout.samples import (
    PACK,
    START,
    location,
    sample,
    square,
    station,
    with_edges,
)


def found(layout: Layout) -> list[tuple[str, str, str]]:
    return [(one.severity.value, one.rule.value, one.pointer) for one in check_layout(layout)]


@pytest.mark.parametrize("name", ["single-block", "two-block", "irregular", "demo"])
def test_samples_have_nothing_wrong(name: str) -> None:
    assert check_layout(sample(name)) == ()


@pytest.mark.parametrize("one_way", [False, True])
def test_a_round_walk_has_nothing_wrong(one_way: bool) -> None:
    assert check_layout(square(one_way=one_way)) == ()


def test_unreachable_location_and_node_are_named() -> None:
    layout = square()
    broken = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("island"), 99_000, 0)),
        locations=(*layout.locations, Location(location("far"), node=NodeId("island"))),
    )
    assert check_layout(broken) == (
        Finding(
            "/nodes/4",
            Severity.WARNING,
            Rule.DISCONNECTED_NODE,
            'no walk leads to node "island" from any start station',
        ),
        Finding(
            "/locations/4",
            Severity.ERROR,
            Rule.UNREACHABLE,
            'no walk leads to "far" from any start station',
        ),
    )


def test_one_way_trap_is_named_with_what_is_caught_in_it() -> None:
    layout = square()
    trap = NodeId("trap")
    broken = with_edges(
        replace(
            layout,
            nodes=(*layout.nodes, Node(trap, -5_000, 0)),
            locations=(*layout.locations, Location(location("caught"), node=trap)),
        ),
        Edge(NodeId("a"), trap, 5_000, one_way=True),
    )
    assert found(broken) == [
        ("error", "one-way-trap", "/nodes/4"),
        ("error", "one-way-trap", "/locations/4"),
    ]


def test_location_inside_a_one_way_trap_edge_is_found() -> None:
    # The walk leads into the dead end; its node is a trap, and so is every place on the way.
    layout = square()
    trap = NodeId("trap")
    on_the_way = Location(location("caught"), edge=(NodeId("a"), trap), offset_mm=100)
    broken = with_edges(
        replace(
            layout,
            nodes=(*layout.nodes, Node(trap, -5_000, 0)),
            locations=(*layout.locations, on_the_way),
        ),
        Edge(NodeId("a"), trap, 5_000, one_way=True),
    )
    assert ("error", "one-way-trap", "/locations/4") in found(broken)


def test_station_without_a_walk_is_named() -> None:
    layout = square()
    broken = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("out"), 0, -9_000)),
        stations=(
            *layout.stations,
            Station(station("wall"), NodeId("out"), StationKind.WALL),
        ),
    )
    assert ("error", "unreachable", "/stations/2") in found(broken)


def test_missing_start_and_drop_are_told() -> None:
    layout = square()
    assert found(replace(layout, stations=())) == [
        ("error", "no-start", "/stations"),
        ("error", "no-drop", "/stations"),
    ]
    assert found(replace(layout, stations=layout.stations[:1])) == [
        ("error", "no-drop", "/stations")
    ]


def test_edge_shorter_than_its_straight_line_is_told() -> None:
    layout = square()
    short = replace(layout.edges[1], length_mm=9_999)
    broken = replace(layout, edges=(layout.edges[0], short, *layout.edges[2:]))
    assert found(broken) == [("error", "short-edge", "/edges/1/length_mm")]


def test_rounding_down_a_straight_line_is_no_fault() -> None:
    # The diagonal of the square measures 14142.1 mm.
    for length, faulty in ((14_143, False), (14_142, False), (14_141, True)):
        layout = with_edges(square(), Edge(NodeId("a"), NodeId("c"), length))
        assert bool(found(layout)) is faulty


def test_edge_between_floors_may_not_be_shorter_than_its_floor_plan() -> None:
    layout = square()
    upstairs = replace(layout, nodes=(*layout.nodes, Node(NodeId("up"), 0, -3_000, floor=1)))
    assert found(with_edges(upstairs, Edge(NodeId("a"), NodeId("up"), 2_000))) == [
        ("error", "short-edge", "/edges/4/length_mm")
    ]


def test_duplicates_are_told_with_the_first_use() -> None:
    layout = square()
    broken = replace(
        layout,
        nodes=(*layout.nodes, layout.nodes[0]),
        locations=(*layout.locations, layout.locations[0]),
        stations=(*layout.stations, replace(layout.stations[0], id=station("bc"))),
        zones=(Zone(ZoneId("Z"), "one"), Zone(ZoneId("Z"), "two")),
    )
    errors = [one for one in check_layout(broken) if one.severity is Severity.ERROR]
    assert [(one.rule, one.pointer) for one in errors] == [
        (Rule.DUPLICATE_NODE, "/nodes/4/id"),
        (Rule.DUPLICATE_ZONE, "/zones/1/id"),
        (Rule.DUPLICATE_PLACE, "/locations/4/id"),
        (Rule.DUPLICATE_PLACE, "/stations/2/id"),
    ]
    assert errors[0].message == '"a" is already used by /nodes/0/id'


def test_second_edge_between_two_nodes_is_told_unless_directions_differ() -> None:
    a, b = NodeId("a"), NodeId("b")
    assert found(with_edges(square(), Edge(b, a, 12_000))) == [
        ("error", "duplicate-edge", "/edges/4")
    ]
    layout = square()
    there_and_back = (Edge(a, b, 10_000, True), Edge(b, a, 12_000, True), *layout.edges[1:])
    assert found(replace(layout, edges=there_and_back)) == []


def test_edge_to_itself_is_told() -> None:
    assert found(with_edges(square(), Edge(NodeId("a"), NodeId("a"), 5))) == [
        ("error", "loop", "/edges/4")
    ]


def test_check_digits_must_differ_within_one_aisle_edge_only() -> None:
    layout = square()
    digits = [replace(one, check_digits="417") for one in layout.locations]
    assert found(replace(layout, locations=tuple(digits))) == []
    twin = Location(
        location("twin"),
        edge=(NodeId("b"), NodeId("a")),
        offset_mm=2_000,
        check_digits="417",
    )
    assert found(replace(layout, locations=(*digits, twin))) == [
        ("error", "duplicate-check-digits", "/locations/4/check_digits")
    ]


def test_two_locations_in_one_place_are_suspicious() -> None:
    layout = square()
    # 5 m from b on the 10 m edge a-b is where "ab" lies already.
    same = Location(location("again"), edge=(NodeId("b"), NodeId("a")), offset_mm=5_000)
    assert found(replace(layout, locations=(*layout.locations, same))) == [
        ("warning", "same-place", "/locations/4")
    ]
    for other in (replace(same, level=1), replace(same, side=Side.LEFT)):
        assert found(replace(layout, locations=(*layout.locations, other))) == []


def test_broken_references_do_not_hide_other_findings() -> None:
    layout = square()
    broken = replace(
        layout,
        nodes=(*layout.nodes, Node(NodeId("island"), 99_000, 0)),
        edges=(*layout.edges, Edge(NodeId("a"), NodeId("nowhere"), 5)),
        locations=(
            *layout.locations,
            Location(location("x"), node=NodeId("nowhere")),
            Location(location("y"), edge=(NodeId("a"), NodeId("c"))),
            Location(location("z"), edge=(NodeId("a"), NodeId("b")), offset_mm=10_001),
            Location(location("far"), node=NodeId("island")),
            Location(location("zoned"), node=NodeId("a"), zone=ZoneId("Z")),
            Location(location("on-broken"), edge=(NodeId("a"), NodeId("nowhere"))),
        ),
        stations=(
            Station(START, NodeId("a"), StationKind.START),
            Station(PACK, NodeId("a"), StationKind.PACK),
            Station(station("lost"), NodeId("nowhere"), StationKind.WALL),
        ),
    )
    assert found(broken) == [
        ("error", "unknown-node", "/edges/4/to"),
        ("error", "unknown-node", "/locations/4/node"),
        ("error", "unknown-edge", "/locations/5/edge"),
        ("error", "offset-beyond-edge", "/locations/6/offset_mm"),
        ("error", "unknown-node", "/stations/2/node"),
        ("error", "unknown-zone", "/locations/8/zone"),
        ("warning", "disconnected-node", "/nodes/4"),
        ("error", "unreachable", "/locations/7"),
    ]


def test_any_mixture_of_faults_is_reported_and_never_raises() -> None:
    chance = random.Random(5)
    names = ["n1", "n2", "n3", "n4"]
    for _ in range(300):
        document = {
            "format": "wavepick-layout/1",
            "name": "random",
            "nodes": [
                {"id": name, "x_mm": chance.randrange(3), "y_mm": chance.randrange(3)}
                for name in chance.choices(names, k=4)
            ],
            "edges": [
                {
                    "from": chance.choice(names),
                    "to": chance.choice(names),
                    "length_mm": chance.randint(1, 4),
                    "one_way": chance.random() < 0.5,
                }
                for _ in range(4)
            ],
            "locations": [
                {
                    "id": chance.choice("ABCD"),
                    "edge": chance.choices(names, k=2),
                    "offset_mm": chance.randrange(5),
                }
                for _ in range(3)
            ],
            "stations": [
                {"id": chance.choice("XYZA"), "node": chance.choice(names), "kind": kind}
                for kind in ("start", "pack")
            ],
        }
        layout = parse_unchecked(document)
        broken = list(reference_findings(layout))
        assert list(check_layout(layout))[: len(broken)] == broken
        if broken:
            with pytest.raises(LayoutError, match=re.escape(broken[0].message)):
                parse_layout(document)
        else:
            WalkingGraph(parse_layout(document))
