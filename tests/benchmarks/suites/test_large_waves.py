"""Generated waves: always the same, as described, judged by their documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.large_waves import (
    LARGE_WAVES,
    SIZES,
    STATION,
    Demand,
    WaveCase,
    first_come_mm,
    make_wave,
    warehouse,
)
from optimizer.ids import LocationId, PlaceId
from optimizer.layout.distances import WalkingGraph
from optimizer.routing.exact import ExactRouter
from optimizer.routing.router import walked_mm

SMALL = WaveCase(60, 6, Demand.UNIFORM, seed=1)


def test_sizes_take_turns() -> None:
    cases = LARGE_WAVES.cases(Request(instances=12))
    assert len({case.name for case in cases}) == 12
    assert set(Counter(case.stratum for case in cases).values()) == {2, 3}
    assert [case.name for case in LARGE_WAVES.cases(Request())] == [
        f"n{orders}-c{totes}-{demand}-1" for orders, totes, demand in SIZES
    ]


def test_waves_are_as_described_and_always_the_same() -> None:
    wave = make_wave(900, 12, Demand.UNIFORM, 3)
    make_wave.cache_clear()
    assert make_wave(900, 12, Demand.UNIFORM, 3) == wave
    assert len(warehouse().locations) == 3_600
    lines = Counter(len(order.lines) for order in wave.orders)
    assert set(lines) == {1, 2, 3}
    assert min(lines.values()) > 200
    assert all(len({line.sku for line in order.lines}) == len(order.lines) for order in wave.orders)
    assert wave.cart.slots == 12


def test_half_of_the_abc_lines_ask_for_a_tenth_of_the_items() -> None:
    wave = make_wave(2_000, 12, Demand.ABC, 1)
    rank = {item.sku: number for number, item in enumerate(wave.items)}
    asked = [rank[line.sku] for order in wave.orders for line in order.lines]
    shares = [sum(rank < limit for rank in asked) / len(asked) for limit in (360, 1_440)]
    # 52 % and 88 %, a little less since no order asks twice for an item.
    assert shares == pytest.approx([0.52, 0.88], abs=0.03)


def test_a_wave_is_planned_and_judged() -> None:
    attempt = SMALL.solve(Budget(0.2, 1))
    assert SMALL.judge(attempt.solution) == attempt.objective
    assert set(attempt.figures) == {
        "first_come_ratio",
        "first_plan_s",
        "until_search_s",
        "peak_mb",
    }
    assert 0 < attempt.figures["first_come_ratio"] <= 1
    assert 0 < attempt.figures["until_search_s"] <= attempt.figures["first_plan_s"]
    assert attempt.bound is not None
    assert attempt.bound <= attempt.objective


def test_first_come_batches_are_consecutive_orders_on_shortest_tours() -> None:
    wave = make_wave(60, 6, Demand.UNIFORM, 1)
    place = {stock.sku: stock.location for stock in wave.stock}
    router = ExactRouter(wave.layout)
    batches = [wave.orders[first : first + 6] for first in range(0, 60, 6)]
    assert first_come_mm(wave) == sum(
        router.length_mm(
            [place[line.sku] for order in batch for line in order.lines], start=STATION, end=STATION
        )
        for batch in batches
    )


def document() -> dict[str, Json]:
    return dict(cast("Mapping[str, Json]", SMALL.solve(Budget(0, 1)).solution))


def test_judge_refuses_what_is_no_plan() -> None:
    with pytest.raises(WrongAnswerError, match=r'not a plan: .*"format" is missing'):
        SMALL.judge({})


def test_judge_refuses_an_order_left_out() -> None:
    plan = document()
    left_out = {
        "order": "7",
        "reason": "limit",
        "detail": "no time",
        "line": None,
        "sku": None,
        "asked": 0,
        "free": 0,
        "qty": 1,
    }
    with pytest.raises(WrongAnswerError, match='order "7" is left out: no time'):
        SMALL.judge({**plan, "unplanned": [left_out]})


def test_judge_refuses_a_list_too_few() -> None:
    plan = document()
    lists = cast("list[Json]", plan["lists"])
    with pytest.raises(WrongAnswerError, match="not-covered at order"):
        SMALL.judge({**plan, "lists": lists[1:]})


def test_judge_measures_the_walk_anew() -> None:
    graph = WalkingGraph(make_wave(60, 6, Demand.UNIFORM, 1).layout)
    plan = document()
    lists = cast("list[dict[str, Json]]", plan["lists"])
    walked = 0
    for each in lists:
        stops = cast("list[dict[str, str]]", each["stops"])
        walked += walked_mm(
            graph,
            [LocationId(PlaceId(stop["location"])) for stop in stops],
            start=STATION,
            end=STATION,
        )
    assert SMALL.judge(plan) == walked
    claimed = cast(int, lists[0]["length_mm"])
    lists[0]["length_mm"] = claimed - 1
    with pytest.raises(WrongAnswerError, match="length at list"):
        SMALL.judge(plan)
