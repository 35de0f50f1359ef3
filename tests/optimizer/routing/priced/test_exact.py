"""The programme over aisles with prices, by hand, against all orders, and against the graph search.

In ``single-block`` three aisles of 10 m lie 3 m apart, positions 2, 4, 6 and 8 m from the front;
``start`` stands at the front of aisle 1, ``pack-1`` at the front of aisle 3.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.ids import LocationId, NodeId
from optimizer.layout.aisles import ParallelAisles, recognise_aisles
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.generate import generate_layout
from optimizer.layout.model import Edge, Layout, Node
from optimizer.routing.exact import ExactRouter
from optimizer.routing.priced.exact import PricedExactRouter
from optimizer.routing.priced.graph import PricedGraphRouter
from optimizer.routing.priced.grid import why_not_exact
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import FORBIDDEN, WalkPrices
from tests.optimizer.layout.random_layouts import Shape
from tests.optimizer.layout.samples import PACK, START, locations, sample, station
from tests.optimizer.routing.priced_layouts import (
    cheapest_of_all_orders,
    random_prices,
    sided_grid,
)

BLOCK = sample("single-block")

SHAPES = (
    Shape(rows=(2,), most_columns=4),
    Shape(rows=(3,), most_columns=4),
    Shape(rows=(4,), most_columns=4),
    Shape(rows=(2, 3, 4), most_columns=4, unequal=True, broken=True),
)


def test_a_dear_u_turn_is_walked_around() -> None:
    # Aisle 2 at 4 m. In and out: 3 + 4 + 4 + 3 m; through and home by aisle 1: 3 + 10 + 3 + 10 m.
    # Through and back through aisle 2 is as long.
    one = PricedExactRouter(BLOCK, WalkPrices(u_turn_mm=11_999))
    assert one.route(locations("A-02-02-L"), start=START, end=START).cost_mm == 25_999
    tour = PricedExactRouter(BLOCK, WalkPrices(u_turn_mm=FORBIDDEN)).route(
        locations("A-02-02-L"), start=START, end=START
    )
    assert (tour.cost_mm, tour.length_mm, tour.walk.u_turns) == (26_000, 26_000, 0)
    assert (tour.optimal, tour.bound_mm, tour.policy) == (True, 26_000, "priced-exact")


def test_one_side_is_picked_each_way() -> None:
    # Aisle 1: in on the left, out on the right, 16 m and one crossing.
    wanted = locations("A-01-01-L", "A-01-01-R", "A-01-04-L", "A-01-04-R", "A-01-02-R")
    tour = PricedExactRouter(BLOCK, WalkPrices(crossing_mm=100)).route(
        wanted, start=START, end=START
    )
    assert (tour.length_mm, tour.walk.crossings, tour.cost_mm) == (16_000, 1, 16_100)
    # Turning at the back, 2 m on, needs no crossing within a visit.
    tour = PricedExactRouter(BLOCK, WalkPrices(crossing_mm=4_001)).route(
        wanted, start=START, end=START
    )
    assert (tour.length_mm, tour.walk.crossings, tour.cost_mm) == (20_000, 0, 20_000)


def test_the_middle_aisle_is_walked_twice_though_its_ends_are_connected() -> None:
    # Aisles 1 and 3 are walked through, 10 m each, the cross-aisles 6 m each. Aisle 2, picked on
    # alternating sides: 20 m there and back; in and out 16 m, a U-turn and a crossing 28 m;
    # through 10 m and a visit for one side 18 m, and then aisle 1 or 3 twice.
    wanted = locations(
        *("A-01-02-L", "A-01-03-L", "A-03-02-L", "A-03-03-L"),
        *("A-02-01-L", "A-02-02-R", "A-02-03-L", "A-02-04-R"),
    )
    tour = PricedExactRouter(BLOCK, WalkPrices(crossing_mm=6_000, u_turn_mm=6_000)).route(
        wanted, start=START, end=START
    )
    assert (tour.cost_mm, tour.length_mm) == (52_000, 52_000)


def test_ladders_add_up() -> None:
    layout = replace(BLOCK, locations=tuple(replace(one, level=2) for one in BLOCK.locations))
    router = PricedExactRouter(layout, WalkPrices(level_mm=50))
    wanted = locations("A-01-01-L", "A-01-01-R", "A-03-01-L")
    tour = router.route(wanted, start=START, end=PACK)
    # 2 m in and out of aisles 1 and 3, 6 m across; three stops on level 2.
    assert (tour.length_mm, tour.walk.levels, tour.cost_mm) == (14_000, 6, 14_300)
    assert router.cost_mm(wanted, start=START, end=PACK) == 14_300
    assert router.length_mm(wanted, start=START, end=PACK) == 14_000


@pytest.mark.parametrize("shape", SHAPES)
def test_as_cheap_as_the_cheapest_of_all_orders(shape: Shape) -> None:
    chance = random.Random(f"{shape}")
    compared = 0
    while compared < 250:
        compared += check(chance, shape, most_picks=4, all_orders=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_as_cheap_as_the_programme_over_subsets(shape: Shape) -> None:
    chance = random.Random(f"more {shape}")
    compared = 0
    while compared < 250:
        compared += check(chance, shape, most_picks=8, all_orders=False)


def check(chance: random.Random, shape: Shape, *, most_picks: int, all_orders: bool) -> bool:
    """Compare one random tour with what all orders, or all subsets, have to say.

    Returns whether there was anything to compare.
    """
    layout = sided_grid(chance, shape)
    prices = random_prices(chance)
    aisles = recognise_aisles(layout)
    names = in_few_stretches(chance, layout)
    if not isinstance(aisles, ParallelAisles) or why_not_exact(layout, aisles) or not names:
        return False
    graph = WalkingGraph(layout)
    router = PricedExactRouter(layout, prices, graph, aisles=aisles)
    start, end = station("s0"), chance.choice([station("s0"), station("s1")])
    wanted = chance.sample(names, min(len(names), most_picks))
    if not graph.reachable(start=start, end=end).issuperset(wanted):
        with pytest.raises(UnreachableError):
            router.route(wanted, start=start, end=end)
        return False
    tour = router.route(wanted, start=start, end=end)
    if all_orders:
        judge = PriceJudge(graph, prices)
        best = cheapest_of_all_orders(judge, wanted, start=start, end=end)
    else:
        best = PricedGraphRouter(layout, prices, graph).cost_mm(wanted, start=start, end=end)
    assert tour.cost_mm == best, (layout, prices, wanted)
    assert router.cost_mm(wanted, start=start, end=end) == best
    assert sorted(tour.stops) == sorted(wanted)
    return tour.policy == router.policy


def in_few_stretches(chance: random.Random, layout: Layout) -> list[LocationId]:
    """Return the locations of one to three stretches, so that several are picked in one visit."""
    held: dict[frozenset[NodeId], list[LocationId]] = {}
    for one in layout.locations:
        held.setdefault(frozenset(one.edge or ()), []).append(one.id)
    few = chance.sample(list(held.values()), min(len(held), chance.randint(1, 3)))
    return [name for names in few for name in names]


def test_never_dearer_than_the_search_on_larger_tours() -> None:
    chance = random.Random(3)
    for blocks in (1, 2, 3):
        layout = generate_layout(aisles=8, blocks=blocks, positions=8, levels=2)
        prices = WalkPrices(crossing_mm=700, u_turn_mm=2_500, level_mm=100)
        exact = PricedExactRouter(layout, prices)
        search = PricedGraphRouter(layout, prices, kicks=20)
        wanted = chance.sample([one.id for one in layout.locations], 40)
        for end in (START, PACK):
            tour = exact.route(wanted, start=START, end=end)
            assert tour.policy == "priced-exact"
            assert tour.cost_mm <= search.cost_mm(wanted, start=START, end=end)


def test_without_prices_tours_are_the_shortest() -> None:
    chance = random.Random(4)
    layout = sample("two-block")
    plain, priced = ExactRouter(layout), PricedExactRouter(layout, WalkPrices())
    for _ in range(20):
        wanted = chance.sample([one.id for one in layout.locations], 15)
        length = plain.length_mm(wanted, start=START, end=PACK)
        tour = priced.route(wanted, start=START, end=PACK)
        assert tour.cost_mm == tour.length_mm == length


def test_no_pick_is_the_walk_from_start_to_end() -> None:
    router = PricedExactRouter(BLOCK, WalkPrices(u_turn_mm=FORBIDDEN))
    tour = router.route([], start=START, end=PACK)
    assert (tour.stops, tour.cost_mm, tour.optimal, tour.policy) == (
        (),
        6_000,
        True,
        "priced-exact",
    )
    assert router.cost_mm([], start=START, end=PACK) == 6_000


def test_a_stretch_of_several_edges_is_refused() -> None:
    # A node in the middle of aisle 1 is a turning place that the programme over aisles has not.
    first = next(edge for edge in BLOCK.edges if edge.length_mm == 10_000)
    ends = {node.id: node for node in BLOCK.nodes}
    middle = Node(
        NodeId("middle"),
        ends[first.start].x_mm,
        (ends[first.start].y_mm + ends[first.end].y_mm) // 2,
    )
    halves = (Edge(first.start, middle.id, 5_000), Edge(middle.id, first.end, 5_000))
    layout = replace(
        BLOCK,
        nodes=(*BLOCK.nodes, middle),
        edges=(*(edge for edge in BLOCK.edges if edge != first), *halves),
        locations=tuple(
            replace(one, edge=(first.start, middle.id), offset_mm=one.offset_mm // 2)
            if one.edge == (first.start, first.end)
            else one
            for one in BLOCK.locations
        ),
    )
    with pytest.raises(LayoutError, match="does not lead from crossing to crossing"):
        PricedExactRouter(layout, WalkPrices())


def test_a_layout_without_parallel_aisles_is_refused() -> None:
    with pytest.raises(LayoutError, match="no cheapest tour by parallel aisles: "):
        PricedExactRouter(sample("irregular"), WalkPrices())


def test_unknown_places_are_named() -> None:
    router = PricedExactRouter(BLOCK, WalkPrices())
    with pytest.raises(LayoutError, match='no location "nowhere"'):
        router.route(locations("nowhere"), start=START, end=END_UNKNOWN)
    with pytest.raises(LayoutError, match='no station "elsewhere"'):
        router.route(locations("A-01-01-L"), start=START, end=END_UNKNOWN)


END_UNKNOWN = station("elsewhere")
