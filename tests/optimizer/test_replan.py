"""Where goods that were short are taken instead: against all insertions, and by hand."""

from __future__ import annotations

import random

import pytest

import layouts as sample_layouts
from optimizer.errors import LayoutError, OptimizerError
from optimizer.ids import LocationId, NodeId, PlaceId, StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Station, StationKind
from optimizer.layout.parse import parse_layout
from optimizer.replan import cheapest_detour
from optimizer.routing.router import walked_mm


def place(name: str) -> LocationId:
    return LocationId(PlaceId(name))


END = StationId(PlaceId("end"))


def corridor() -> WalkingGraph:
    """A corridor of 40 m: start at 0, locations P1 … P9 at 4, 8, … 36 m, end at 40 m.

    The dead end S lies 3 m beside the corridor at 20 m.
    """
    nodes = (
        Node(NodeId("west"), 0, 0),
        Node(NodeId("middle"), 20_000, 0),
        Node(NodeId("east"), 40_000, 0),
        Node(NodeId("side"), 20_000, 3_000),
        Node(NodeId("island"), 90_000, 90_000),
    )
    edges = (
        Edge(NodeId("west"), NodeId("middle"), 20_000),
        Edge(NodeId("middle"), NodeId("east"), 20_000),
        Edge(NodeId("middle"), NodeId("side"), 3_000),
    )
    locations = [
        Location(
            place(f"P{number}"),
            edge=(NodeId("west"), NodeId("middle"))
            if number <= 5
            else (NodeId("middle"), NodeId("east")),
            offset_mm=4_000 * number - (0 if number <= 5 else 20_000),
        )
        for number in range(1, 10)
    ]
    locations.append(Location(place("S"), node=NodeId("side")))
    locations.append(Location(place("I"), node=NodeId("island")))
    stations = (
        Station(StationId(PlaceId("start")), NodeId("west"), StationKind.START),
        Station(END, NodeId("east"), StationKind.PACK),
    )
    return WalkingGraph(Layout("corridor", nodes, edges, tuple(locations), stations))


def test_a_location_on_the_way_costs_nothing() -> None:
    found = cheapest_detour(
        corridor(),
        origin=place("P2"),
        remaining=[place("P4"), place("P8")],
        end=END,
        free={place("P6"): 5, place("S"): 5},
        quantity=3,
    )
    assert found is not None
    # P6 lies between P4 and P8: no extra metre; the side aisle would cost 2 x 3 m.
    assert (found.location, found.quantity, found.position) == (place("P6"), 3, 1)
    assert (found.extra_mm, found.is_new) == (0, True)


def test_walking_back_costs_both_ways() -> None:
    found = cheapest_detour(
        corridor(),
        origin=place("P5"),
        remaining=[],
        end=END,
        free={place("P3"): 1},
        quantity=1,
    )
    assert found is not None
    # From 20 m back to 12 m and again forward: 2 x 8 m.
    assert (found.position, found.extra_mm) == (0, 16_000)


def test_covering_more_units_comes_before_fewer_metres() -> None:
    found = cheapest_detour(
        corridor(),
        origin=place("P5"),
        remaining=[place("P8")],
        end=END,
        free={place("P6"): 2, place("S"): 3},
        quantity=3,
    )
    assert found is not None
    assert (found.location, found.quantity, found.extra_mm) == (place("S"), 3, 6_000)


def test_a_location_visited_anyway_is_not_visited_twice() -> None:
    found = cheapest_detour(
        corridor(),
        origin=place("P2"),
        remaining=[place("P4"), place("P8")],
        end=END,
        free={place("P8"): 9},
        quantity=1,
    )
    assert found is not None
    assert (found.position, found.extra_mm, found.is_new) == (1, 0, False)


def test_without_reachable_stock_there_is_no_detour() -> None:
    options = {"origin": place("P2"), "remaining": [place("P4")], "end": END, "quantity": 1}
    graph = corridor()
    assert cheapest_detour(graph, free={}, **options) is None  # type: ignore[arg-type]
    assert cheapest_detour(graph, free={place("I"): 4}, **options) is None  # type: ignore[arg-type]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(OptimizerError, match="at least 1"):
        cheapest_detour(corridor(), origin=place("P1"), remaining=[], end=END, free={}, quantity=0)
    with pytest.raises(LayoutError, match="nowhere"):
        cheapest_detour(
            corridor(),
            origin=place("P1"),
            remaining=[],
            end=END,
            free={place("nowhere"): 1},
            quantity=1,
        )


@pytest.mark.parametrize("seed", range(20))
def test_detour_is_the_best_of_all_insertions(seed: int) -> None:
    layout = parse_layout(sample_layouts.load("two-block"))
    graph = WalkingGraph(layout)
    chance = random.Random(seed)
    names = [location.id for location in layout.locations]
    chosen = chance.sample(names, 11)
    origin, remaining, candidates = chosen[0], chosen[1:7], chosen[7:]
    start, end = layout.stations[0].id, layout.stations[-1].id
    free = dict.fromkeys(candidates, 4)
    found = cheapest_detour(
        graph, origin=origin, remaining=remaining, end=end, free=free, quantity=2
    )
    assert found is not None

    def length(stops: list[LocationId]) -> int:
        return walked_mm(graph, [origin, *stops], start=start, end=end)

    best = min(
        length([*remaining[:at], candidate, *remaining[at:]])
        for candidate in candidates
        for at in range(len(remaining) + 1)
    )
    at = found.position
    assert length([*remaining[:at], found.location, *remaining[at:]]) == best
    assert found.extra_mm == best - length(list(remaining))
