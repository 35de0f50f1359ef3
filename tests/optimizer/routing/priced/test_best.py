"""The choice of the priced router, and the limit of length.

In ``single-block`` three aisles of 10 m lie 3 m apart, positions 2, 4, 6 and 8 m from the front;
``start`` stands at the front of aisle 1.
"""

from __future__ import annotations

import random

import pytest

from optimizer.errors import UnreachableError
from optimizer.ids import StationId
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.priced.best import (
    TooLong,
    best_priced_router,
    find_priced_tour,
    find_priced_tour_to_any,
)
from optimizer.routing.priced.judge import PriceJudge
from optimizer.routing.priced.prices import FORBIDDEN, WalkPrices
from optimizer.routing.priced.tour import PricedTour
from tests.optimizer.layout.samples import PACK, START, locations, sample, station
from tests.optimizer.routing.priced_layouts import random_graph, random_prices

BLOCK = sample("single-block")


def test_the_exact_router_is_used_without_asking() -> None:
    assert best_priced_router(BLOCK, WalkPrices()).policy == "priced-exact"
    assert best_priced_router(sample("demo"), WalkPrices()).policy == "priced-exact"
    assert best_priced_router(sample("irregular"), WalkPrices()).policy == "priced-graph"


def test_a_tour_within_the_limit_is_the_cheapest() -> None:
    # Pick at 6 m: through and back 20 m, or 12 m and a U-turn of 9 m.
    prices = WalkPrices(u_turn_mm=9_000, max_length_mm=20_000)
    tour = find_priced_tour(BLOCK, prices, locations("A-01-03-L"), start=START, end=START)
    assert isinstance(tour, PricedTour)
    assert (tour.length_mm, tour.cost_mm, tour.optimal) == (20_000, 20_000, True)


def test_a_dearer_tour_is_taken_where_the_cheapest_is_too_long() -> None:
    prices = WalkPrices(u_turn_mm=9_000, max_length_mm=19_999)
    tour = find_priced_tour(BLOCK, prices, locations("A-01-03-L"), start=START, end=START)
    assert isinstance(tour, PricedTour)
    assert (tour.length_mm, tour.cost_mm, tour.walk.u_turns) == (12_000, 21_000, 1)
    assert tour.bound_mm is not None
    assert 20_000 <= tour.bound_mm <= 21_000


def test_a_tour_that_is_too_long_names_the_shortest() -> None:
    prices = WalkPrices(u_turn_mm=9_000, max_length_mm=11_999)
    found = find_priced_tour(BLOCK, prices, locations("A-01-03-L"), start=START, end=START)
    assert isinstance(found, TooLong)
    assert (found.limit_mm, found.shortest_mm, found.proven) == (11_999, 12_000, True)
    # What is forbidden stays forbidden, however short the tour should be.
    prices = WalkPrices(u_turn_mm=FORBIDDEN, max_length_mm=12_000)
    found = find_priced_tour(BLOCK, prices, locations("A-01-03-L"), start=START, end=START)
    assert isinstance(found, TooLong)
    assert found.shortest_mm == 20_000


def test_a_bound_holds_for_every_tour_within_the_limit() -> None:
    layout = sample("demo")
    graph = WalkingGraph(layout)
    wanted = random.Random(8).sample([one.id for one in layout.locations], 25)
    full = WalkPrices(crossing_mm=900, u_turn_mm=20_000)
    cheapest = find_priced_tour(layout, full, wanted, start=START, end=PACK, graph=graph)
    shortest = find_priced_tour(layout, WalkPrices(), wanted, start=START, end=PACK, graph=graph)
    assert isinstance(cheapest, PricedTour)
    assert isinstance(shortest, PricedTour)
    assert shortest.length_mm < cheapest.length_mm
    limit = (shortest.length_mm + cheapest.length_mm) // 2
    prices = WalkPrices(crossing_mm=900, u_turn_mm=20_000, max_length_mm=limit)
    tour = find_priced_tour(layout, prices, wanted, start=START, end=PACK, graph=graph)
    assert isinstance(tour, PricedTour)
    assert tour.length_mm <= limit
    assert tour.bound_mm is not None
    assert cheapest.cost_mm <= tour.bound_mm <= tour.cost_mm
    assert tour.cost_mm <= full.cost_mm(shortest.walk)


@pytest.mark.parametrize("seed", range(2))
def test_a_limit_on_any_graph_is_kept_or_refused_with_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        layout, free = random_graph(chance), random_prices(chance)
        wanted = chance.sample([one.id for one in layout.locations], 3)
        limit = chance.randint(100, 2_000)
        prices = WalkPrices(
            crossing_mm=free.crossing_mm, u_turn_mm=free.u_turn_mm, max_length_mm=limit
        )
        found = find_priced_tour(layout, prices, wanted, start=station("s0"), end=station("s1"))
        if isinstance(found, TooLong):
            assert found.proven
            assert found.shortest_mm > limit
        else:
            assert found.length_mm <= limit
            assert found.bound_mm is not None
            assert found.bound_mm <= found.cost_mm
            judged = PriceJudge(WalkingGraph(layout), prices).judge(
                found.stops, start=station("s0"), end=station("s1")
            )
            assert judged.cost_mm <= found.cost_mm


def test_the_cheapest_of_several_ends_is_taken() -> None:
    def found(prices: WalkPrices) -> tuple[PricedTour | TooLong, StationId]:
        return find_priced_tour_to_any(
            BLOCK, prices, locations("A-03-03-L"), start=START, ends=(START, PACK)
        )

    # 6 m across, 6 m in and out of aisle 3 with a U-turn, and for the start 6 m home.
    tour, end = found(WalkPrices(u_turn_mm=500))
    assert isinstance(tour, PricedTour)
    assert (tour.cost_mm, tour.optimal, tour.bound_mm, end) == (18_500, True, 18_500, PACK)
    # By the back there is no U-turn: 10 + 6 + 10 m to pack-1.
    tour, end = found(WalkPrices(u_turn_mm=FORBIDDEN))
    assert (tour.cost_mm if isinstance(tour, PricedTour) else 0, end) == (26_000, PACK)
    refused, end = found(WalkPrices(u_turn_mm=FORBIDDEN, max_length_mm=20_000))
    assert isinstance(refused, TooLong)
    assert (refused.shortest_mm, refused.proven, end) == (26_000, True, PACK)
    with pytest.raises(ValueError, match="at least one end station"):
        find_priced_tour_to_any(BLOCK, WalkPrices(), locations("A-03-03-L"), start=START, ends=())


def test_a_forbidden_floor_cannot_be_reached() -> None:
    layout = sample("irregular")
    upstairs = [one.id for one in layout.locations if one.id.startswith("M")]
    with pytest.raises(UnreachableError):
        find_priced_tour_to_any(
            layout, WalkPrices(floor_change_mm=FORBIDDEN), upstairs, start=START, ends=(START,)
        )


def test_a_priced_tour_can_be_drawn() -> None:
    found = find_priced_tour(
        BLOCK, WalkPrices(u_turn_mm=FORBIDDEN), locations("A-01-03-L"), start=START, end=START
    )
    assert isinstance(found, PricedTour)
    tour = found.as_tour()
    assert tour.path == ((0, 0, 0), (0, 10_000, 0), (0, 0, 0))
    assert (tour.stops, tour.length_mm, tour.policy) == (found.stops, 20_000, "priced-exact")
