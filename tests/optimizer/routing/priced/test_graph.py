"""Tours on any graph against all orders of their stops, each walked by the judge."""

from __future__ import annotations

import random

import numpy as np
import pytest

from optimizer.errors import LayoutError, UnreachableError
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.graph_tour import GraphTourRouter
from optimizer.routing.priced.graph import PricedGraphRouter
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import FORBIDDEN, WalkPrices
from optimizer.routing.priced.search import cost_of_order
from optimizer.routing.priced.states import StopStates
from tests.optimizer.layout.samples import START, locations, sample, square, station
from tests.optimizer.routing.priced_layouts import (
    cheapest_of_all_orders,
    random_graph,
    random_prices,
)


@pytest.mark.parametrize("seed", range(4))
def test_few_stops_cost_as_much_as_the_cheapest_of_all_orders(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(75):
        layout, prices = random_graph(chance), random_prices(chance)
        graph = WalkingGraph(layout)
        judge, router = PriceJudge(graph, prices), PricedGraphRouter(layout, prices, graph)
        start, end = station("s0"), chance.choice([station("s0"), station("s1")])
        names = [one.id for one in layout.locations]
        wanted = chance.sample(names, chance.randint(1, 4))
        best = cheapest_of_all_orders(judge, wanted, start=start, end=end)
        assert best is not None
        tour = router.route(wanted, start=start, end=end)
        assert tour.cost_mm == best
        assert (tour.optimal, tour.bound_mm) == (True, best)
        assert router.cost_mm(wanted, start=start, end=end) == best
        assert sorted(tour.stops) == sorted(wanted)


@pytest.mark.parametrize("seed", range(3))
def test_a_given_order_is_priced_like_the_judge_does(seed: int) -> None:
    chance = random.Random(10 + seed)
    for _ in range(60):
        layout, prices = random_graph(chance), random_prices(chance)
        judge = PriceJudge(WalkingGraph(layout), prices)
        start, end = station("s0"), station("s1")
        wanted = chance.sample([one.id for one in layout.locations], chance.randint(1, 12))
        legs = StopStates(layout, prices).legs(wanted, start=start, end=end)
        groups = list(range(1, len(legs.groups) + 1))
        chance.shuffle(groups)
        path = np.array([0, *groups, len(groups) + 1], dtype=np.int64)
        stops = [stop for group in groups for stop in legs.groups[group - 1]]
        walk = judge.judge(stops, start=start, end=end)
        levels = walk.levels * prices.level_mm
        assert cost_of_order(legs.costs, legs.n_states, path) == walk.cost_mm - levels


@pytest.mark.parametrize("seed", range(3))
def test_the_search_comes_near_the_optimum(seed: int) -> None:
    chance = random.Random(20 + seed)
    searched = best = 0
    for _ in range(20):
        layout, prices = random_graph(chance), random_prices(chance)
        graph = WalkingGraph(layout)
        wanted = chance.sample([one.id for one in layout.locations], 9)
        exact = PricedGraphRouter(layout, prices, graph)
        search = PricedGraphRouter(layout, prices, graph, exact_up_to=0, kicks=50)
        ends = {"start": station("s0"), "end": station("s1")}
        one, other = search.route(wanted, **ends), exact.route(wanted, **ends)
        assert one.cost_mm >= other.cost_mm
        assert one.bound_mm is not None
        assert one.bound_mm <= other.cost_mm
        assert one.optimal == (one.bound_mm == one.cost_mm)
        searched += one.cost_mm
        best += other.cost_mm
    assert searched <= 1.01 * best


def test_one_stop_can_be_searched_too() -> None:
    router = PricedGraphRouter(square(), WalkPrices(u_turn_mm=1_000), exact_up_to=0)
    # 5 m in and out of the first side and a U-turn; round the square it is 40 m.
    tour = router.route(locations("ab"), start=START, end=START)
    assert tour.cost_mm == 11_000
    # Without turning it is 5 m on to the next corner and back.
    router = PricedGraphRouter(square(), WalkPrices(u_turn_mm=FORBIDDEN), exact_up_to=0)
    assert router.cost_mm(locations("ab"), start=START, end=START) == 20_000


def test_without_prices_tours_are_the_shortest() -> None:
    layout = sample("irregular")
    wanted = [one.id for one in layout.locations][::7][:11]
    plain = GraphTourRouter(layout).route(wanted, start=START, end=START)
    priced = PricedGraphRouter(layout, WalkPrices()).route(wanted, start=START, end=START)
    assert plain.optimal
    assert priced.length_mm == priced.cost_mm == plain.length_mm


def test_more_kicks_never_cost_more() -> None:
    layout = sample("demo")
    prices = WalkPrices(crossing_mm=400, u_turn_mm=2_000)
    wanted = [one.id for one in layout.locations][::19]
    assert len(wanted) == 33
    costs = [
        PricedGraphRouter(layout, prices, kicks=kicks).cost_mm(wanted, start=START, end=START)
        for kicks in (0, 20, 60)
    ]
    assert costs == sorted(costs, reverse=True)


def test_no_stop_is_the_walk_from_start_to_end() -> None:
    tour = PricedGraphRouter(square(), WalkPrices(u_turn_mm=FORBIDDEN)).route(
        [], start=START, end=station("pack-1")
    )
    assert (tour.stops, tour.cost_mm, tour.optimal) == ((), 0, True)


def test_what_no_walk_reaches_is_named() -> None:
    layout = sample("irregular")
    upstairs = [one.id for one in layout.locations if one.id.startswith("M")]
    assert upstairs
    router = PricedGraphRouter(layout, WalkPrices(floor_change_mm=FORBIDDEN))
    with pytest.raises(UnreachableError, match="no walk leads from"):
        router.route(upstairs[:1], start=START, end=START)
    with pytest.raises(UnreachableError, match="no walk leads from"):
        router.cost_mm(upstairs[:1], start=START, end=START)
    with pytest.raises(LayoutError, match='"nowhere"'):
        router.route(locations("nowhere"), start=START, end=START)
