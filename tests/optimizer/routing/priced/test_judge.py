"""Walks whose price can be worked out by hand.

In ``single-block`` three aisles of 10 m lie 3 m apart, positions 2, 4, 6 and 8 m from the front;
``start`` stands at the front of aisle 1, ``pack-1`` at the front of aisle 3.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, NodeId, StationId
from optimizer.layout.distances import WalkingGraph, access_of, edge_numbers
from optimizer.layout.model import Edge, Layout, Location, Node, Side, Station, StationKind
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import FORBIDDEN, PricedWalk, WalkPrices
from tests.optimizer.layout.samples import (
    PACK,
    START,
    location,
    locations,
    sample,
    square,
    station,
)
from tests.optimizer.routing.priced_layouts import random_graph, random_prices


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


@pytest.mark.parametrize("seed", range(3))
def test_no_walk_step_by_step_is_cheaper(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(70):
        layout, prices = random_graph(chance), random_prices(chance)
        stops = chance.choices([one.id for one in layout.locations], k=chance.randint(1, 8))
        judge = PriceJudge(WalkingGraph(layout), prices)
        walk = judge.judge(stops, start=station("s0"), end=station("s1"))
        steps = StepByStep(layout, prices)
        assert walk.cost_mm == steps.cheapest(stops, station("s0"), station("s1"))
        assert walk.cost_mm == prices.cost_mm(walk)


class StepByStep:
    """Walks from point to point of a layout, turning wherever it likes.

    A position is an edge and an offset, or a node as (-1, its number). What is known on the way:
    position, heading, last side, and how many stops are done.
    """

    def __init__(self, layout: Layout, prices: WalkPrices) -> None:
        self.prices = prices
        self.edges = layout.edges
        self.floors = [node.floor for node in layout.nodes]
        self.nodes = {node.id: n for n, node in enumerate(layout.nodes)}
        self.levels = {one.id: one.level for one in layout.locations}
        self.spots: dict[str, tuple[int, int]] = {
            one.id: (-1, self.nodes[one.node]) for one in layout.stations
        }
        self.sides: dict[str, Side | None] = {}
        self.offsets = [{0, edge.length_mm} for edge in layout.edges]
        numbers = edge_numbers(layout.edges)
        for one in layout.locations:
            self.sides[one.id] = one.side
            if one.node is not None:
                self.spots[one.id] = (-1, self.nodes[one.node])
                continue
            access = access_of(one, layout.edges, numbers)
            self.spots[one.id] = self.at(access.edge, access.offset_mm)
            self.offsets[access.edge].add(access.offset_mm)

    def at(self, number: int, offset: int) -> tuple[int, int]:
        edge = self.edges[number]
        if offset == 0:
            return -1, self.nodes[edge.start]
        return (-1, self.nodes[edge.end]) if offset == edge.length_mm else (number, offset)

    def steps(self, spot: tuple[int, int]) -> Iterator[tuple[tuple[int, int], int, int, int]]:
        """Yield the next positions, heading to them, length and floors."""
        for number, edge in enumerate(self.edges):
            places = sorted(self.offsets[number])
            for offset, following in itertools.pairwise(places):
                for here, there, heading in ((offset, following, 1), (following, offset, -1)):
                    if self.at(number, here) == spot and not (edge.one_way and heading < 0):
                        floors = abs(self.floor(number, here) - self.floor(number, there))
                        yield self.at(number, there), heading, following - offset, floors

    def floor(self, number: int, offset: int) -> int:
        edge = self.edges[number]
        node = edge.start if 2 * offset <= edge.length_mm else edge.end
        return self.floors[self.nodes[node]]

    def cheapest(self, stops: list[LocationId], start: StationId, end: StationId) -> int:
        """Return the cost of the cheapest walk over stops in their order (Dijkstra)."""
        first = (self.spots[start], 0, "", 0)
        waiting = [(0, first)]
        settled = set()
        while waiting:
            cost, state = heapq.heappop(waiting)
            if state in settled:
                continue
            settled.add(state)
            spot, heading, side, done = state
            if done == len(stops) and spot == self.spots[end]:
                return cost + self.prices.level_mm * sum(self.levels[stop] for stop in stops)
            inside = spot[0] >= 0
            if done < len(stops) and spot == self.spots[stops[done]]:
                own = str(self.sides[stops[done]] or "") if inside else ""
                price = self.prices.of_crossing if own and side and own != side else 0
                if price is not None:
                    heapq.heappush(waiting, (cost + price, (spot, heading, own or side, done + 1)))
            for target, now, length, floors in self.steps(spot):
                turn = self.prices.of_turning if inside and now != heading else 0
                climb = self.prices.of_floors if floors else 0
                if turn is None or climb is None:
                    continue
                more = length + turn + floors * climb
                arrived = (target, now, side) if target[0] >= 0 and inside else (target, now, "")
                heapq.heappush(waiting, (cost + more, (*arrived, done)))
        raise AssertionError("no walk")
