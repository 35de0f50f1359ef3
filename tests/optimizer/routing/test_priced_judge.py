"""Walks whose price can be worked out by hand.

In ``single-block`` three aisles of 10 m lie 3 m apart, positions 2, 4, 6 and 8 m from the front;
``start`` stands at the front of aisle 1, ``pack-1`` at the front of aisle 3.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import NodeId
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge, Layout, Location, Node, Side, Station, StationKind
from optimizer.routing.priced_judge import PriceJudge
from optimizer.routing.prices import FORBIDDEN, PricedWalk, WalkPrices
from tests.optimizer.layout.samples import PACK, START, location, locations, sample, square


def judged(layout: Layout, prices: WalkPrices, *stops: str) -> PricedWalk:
    """Return the walk from the start to itself."""
    judge = PriceJudge(WalkingGraph(layout), prices)
    return judge.judge(locations(*stops), start=START, end=START)


def counts(walk: PricedWalk) -> tuple[int, int, int, int, int]:
    return (walk.length_mm, walk.crossings, walk.u_turns, walk.floor_changes, walk.cost_mm)


BLOCK = sample("single-block")


def test_turning_round_is_paid_until_the_way_through_is_cheaper() -> None:
    # 6 m in and out again with one U-turn, or through to the back, where turning is free.
    assert counts(judged(BLOCK, WalkPrices(u_turn_mm=5_000), "A-01-03-L")) == (
        (12_000, 0, 1, 0, 17_000)
    )
    for price in (8_001, FORBIDDEN):
        walk = judged(BLOCK, WalkPrices(u_turn_mm=price), "A-01-03-L")
        assert counts(walk) == (20_000, 0, 0, 0, 20_000)


def test_a_zigzag_turns_twice() -> None:
    # Stops at 6, 4 and 8 m. Turning at each: 6 + 2 + 4 + 8 = 20 m. Leaving by the back instead of
    # turning at the last: 6 + 2 + 4 + 2 + 10 = 24 m. Turning only at nodes: 10 + 10 + 10 + 10 m.
    stops = ("A-01-03-L", "A-01-02-L", "A-01-04-L")
    assert counts(judged(BLOCK, WalkPrices(u_turn_mm=3_999), *stops)) == (20_000, 0, 3, 0, 31_997)
    assert counts(judged(BLOCK, WalkPrices(u_turn_mm=4_001), *stops)) == (24_000, 0, 2, 0, 32_002)
    assert counts(judged(BLOCK, WalkPrices(u_turn_mm=8_001), *stops)) == (40_000, 0, 0, 0, 40_000)


def test_every_change_of_side_in_one_visit_is_paid() -> None:
    prices = WalkPrices(crossing_mm=100)
    walk = judged(BLOCK, prices, "A-01-01-L", "A-01-02-R", "A-01-02-L", "A-01-03-L")
    assert counts(walk) == (12_000, 2, 1, 0, 12_200)


def test_changing_sides_at_a_crossing_is_free() -> None:
    # 2 m in and out for each side are 8 m; both sides at once 4 m and one change of side.
    assert judged(BLOCK, WalkPrices(crossing_mm=3_000), "A-01-01-L", "A-01-01-R").cost_mm == 7_000
    walk = judged(BLOCK, WalkPrices(crossing_mm=5_000), "A-01-01-L", "A-01-01-R")
    assert counts(walk) == (8_000, 0, 2, 0, 8_000)
    walk = judged(BLOCK, WalkPrices(crossing_mm=FORBIDDEN), "A-01-01-L", "A-01-01-R")
    assert counts(walk) == (8_000, 0, 2, 0, 8_000)


def test_the_line_folds_back_where_the_walker_turns() -> None:
    walk = judged(BLOCK, WalkPrices(), "A-01-03-L")
    assert walk.path == ((0, 0, 0), (0, 6_000, 0), (0, 0, 0))
    walk = judged(BLOCK, WalkPrices(u_turn_mm=FORBIDDEN), "A-01-03-L")
    assert walk.path == ((0, 0, 0), (0, 10_000, 0), (0, 0, 0))


def test_ladders_are_paid_per_level_and_stop() -> None:
    layout = replace(
        BLOCK,
        locations=tuple(
            replace(place, level=2) if place.id.startswith("A-01-03") else place
            for place in BLOCK.locations
        ),
    )
    walk = judged(layout, WalkPrices(level_mm=300), "A-01-03-L", "A-01-03-R", "A-01-02-R")
    assert (walk.levels, walk.cost_mm) == (4, 12_000 + 4 * 300)


def between_floors(*held: Location) -> Layout:
    """Return two floors joined by stairs of 10 m at a and by a lift of 2 m at c, 100 m away."""
    nodes = (
        Node(NodeId("a"), 0, 0),
        Node(NodeId("b"), 0, 0, floor=1),
        Node(NodeId("c"), 100_000, 0),
        Node(NodeId("d"), 100_000, 0, floor=1),
    )
    edges = (
        Edge(NodeId("a"), NodeId("b"), 10_000),
        Edge(NodeId("c"), NodeId("d"), 2_000),
        Edge(NodeId("a"), NodeId("c"), 100_000),
        Edge(NodeId("b"), NodeId("d"), 100_000),
    )
    stations = (Station(START, NodeId("a"), StationKind.START),)
    return Layout("floors", nodes, edges, held, stations)


def test_floors_are_paid_both_ways() -> None:
    layout = between_floors(Location(location("up"), node=NodeId("b")))
    walk = judged(layout, WalkPrices(floor_change_mm=1_000), "up")
    assert counts(walk) == (20_000, 0, 0, 2, 22_000)
    with pytest.raises(UnreachableError, match='from "start" to "up"'):
        judged(layout, WalkPrices(floor_change_mm=FORBIDDEN), "up")


def test_a_stop_on_the_stairs_lies_on_the_floor_of_the_nearer_node() -> None:
    stairs = (NodeId("a"), NodeId("b"))
    layout = between_floors(
        Location(location("middle"), edge=stairs, offset_mm=5_000),
        Location(location("above"), edge=stairs, offset_mm=5_001),
    )
    prices = WalkPrices(floor_change_mm=1_000)
    assert counts(judged(layout, prices, "middle")) == (10_000, 0, 1, 0, 10_000)
    assert counts(judged(layout, prices, "above")) == (10_002, 0, 1, 2, 12_002)


def test_sides_are_those_of_the_edge_however_a_location_names_it() -> None:
    # Left seen from b to a is right seen from a to b, and 3 m from b are 7 m from a.
    a, b = NodeId("a"), NodeId("c")
    layout = between_floors(
        Location(location("one"), edge=(a, b), offset_mm=7_000, side=Side.RIGHT),
        Location(location("none"), edge=(a, b), offset_mm=8_000),
        Location(location("same"), edge=(b, a), offset_mm=90_000, side=Side.LEFT),
        Location(location("other"), edge=(b, a), offset_mm=89_000, side=Side.RIGHT),
        Location(location("end"), edge=(b, a), offset_mm=100_000, side=Side.RIGHT),
    )
    prices = WalkPrices(crossing_mm=10)
    assert judged(layout, prices, "one", "none", "same").crossings == 0
    # A stop without a side lets the side of the stop before it count.
    assert judged(layout, prices, "one", "none", "other").crossings == 1
    assert judged(layout, prices, "end", "one", "end").crossings == 0


def test_one_way_edges_are_never_walked_backwards() -> None:
    assert judged(square(one_way=True), WalkPrices(u_turn_mm=1), "ab", "cd").length_mm == 40_000
    assert judged(square(one_way=True), WalkPrices(), "cd", "ab").length_mm == 80_000


def test_unknown_places_are_named() -> None:
    with pytest.raises(LayoutError, match='no location or station "nowhere"'):
        judged(BLOCK, WalkPrices(), "nowhere")


def test_the_end_may_differ_from_the_start() -> None:
    judge = PriceJudge(WalkingGraph(BLOCK), WalkPrices(u_turn_mm=1_000))
    walk = judge.judge(locations("A-01-03-L"), start=START, end=PACK)
    # In and out 12 m and a U-turn, then 6 m to aisle 3; by the back it is 10 + 6 + 10 m.
    assert counts(walk) == (18_000, 0, 1, 0, 19_000)
    assert judge.judge([], start=START, end=PACK).cost_mm == 6_000
