"""The methods on a straight walk of 20 m, where every length is known by hand.

Places: start and pack at 0 m, A at 2 m, B at 6 m, handover of zone 2 at 10 m, C at 13 m, D and the
wall at 20 m. Zone 1 has A and B, zone 2 has C and D.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.evaluation import evaluate
from optimizer.layout.model import StationKind
from optimizer.plan import Plan, Reason
from optimizer.planner import plan
from optimizer.problem import Method, Problem
from optimizer.stopping import MaxIterations
from tests.optimizer.examples import CART, item, line_problem, order, random_problem


def run(problem: Problem, method: Method) -> Plan:
    made = plan(problem, method=method, stop=MaxIterations(3))
    assert evaluate(problem, made).violations == ()
    return made


def visits(made: Plan) -> list[list[str]]:
    return [[stop.location for stop in one.stops] for one in made.lists]


def test_single_gives_each_order_its_list_and_its_bound() -> None:
    made = run(line_problem(order("P", ("a", 2), ("c", 1)), order("Q", ("b", 1))), Method.SINGLE)
    assert [one.length_mm for one in made.lists] == [26_000, 12_000]
    assert made.totals.bound_mm == 38_000
    assert [[tote.order for tote in one.totes] for one in made.lists] == [["P"], ["Q"]]


def test_single_uses_as_many_totes_as_the_order_needs() -> None:
    # 15 x 100 g are 1,500 g: two totes of 1,000 g on one cart of 1,500 g.
    made = run(line_problem(order("P", ("a", 15))), Method.SINGLE)
    (only,) = made.lists
    assert [tote.slot for tote in only.totes] == [0, 1]
    assert sorted(pick.quantity for pick in only.stops[0].picks) == [5, 10]


@pytest.mark.parametrize("method", list(Method))
def test_an_order_bigger_than_a_cart_is_split_over_lists(method: Method) -> None:
    # 40 x 100 g on carts of 1,500 g: three lists, the last with 1,000 g.
    made = run(line_problem(order("P", ("a", 40)), order("Q", ("b", 1))), method)
    assert made.unplanned == ()
    grams = [
        100 * sum(pick.quantity for stop in one.stops for pick in stop.picks if pick.order == "P")
        for one in made.lists
    ]
    assert sum(grams) == 4_000
    assert sum(1 for weight in grams if weight) == 3
    assert max(grams) <= 1_500


def test_a_split_order_meets_in_one_wall_load() -> None:
    problem = line_problem(order("P", ("a", 40)), order("Q", ("b", 1)), order("R", ("c", 1)))
    made = run(replace(problem, wall_slots=2), Method.SORT_AFTER)
    loads = {
        one.wall_load
        for one in made.lists
        for stop in one.stops
        for pick in stop.picks
        if pick.order == "P"
    }
    assert len(loads) == 1


def test_cluster_keeps_orders_apart_in_totes() -> None:
    made = run(line_problem(order("P", ("a", 1)), order("Q", ("a", 1))), Method.CLUSTER)
    (only,) = made.lists
    assert only.length_mm == 4_000
    assert {tote.id: tote.order for tote in only.totes} == {"T1": "P", "T2": "Q"}


def test_sort_after_shares_totes_and_ends_at_the_wall() -> None:
    # Four orders fit one tote together: one list, straight to the wall at 20 m.
    wanted = [order(name, (sku, 1)) for name, sku in zip("PQRS", "abcd", strict=True)]
    made = run(line_problem(*wanted), Method.SORT_AFTER)
    (only,) = made.lists
    assert (only.end, only.length_mm, only.wall_load) == ("wall", 20_000, 0)
    assert [tote.order for tote in only.totes] == [None]
    assert made.totals.bound_mm == 20_000


def test_sort_after_makes_wall_loads_of_at_most_the_slots() -> None:
    wanted = [order(name, (sku, 1)) for name, sku in zip("PQRS", "abcd", strict=True)]
    made = run(line_problem(*wanted, wall_slots=3), Method.SORT_AFTER)
    assert [one.wall_load for one in made.lists] == sorted(
        one.wall_load for one in made.lists if one.wall_load is not None
    )
    assert {one.wall_load for one in made.lists} == {0, 1}


def test_zone_passes_the_totes_on_at_the_handover() -> None:
    # Zone 1: start, A, handover at 10 m; zone 2: 10 m, C at 13 m, pack at 0 m = 16 m.
    made = run(line_problem(order("P", ("a", 1), ("c", 1))), Method.ZONE)
    first, second = made.lists
    assert (first.zone, first.start, first.end, first.length_mm) == (
        "Z1",
        "start",
        "hand-Z2",
        10_000,
    )
    assert (second.zone, second.start, second.end, second.length_mm) == (
        "Z2",
        "hand-Z2",
        "pack",
        16_000,
    )
    assert second.after == (first.id,)
    assert first.totes == second.totes
    assert visits(made) == [["A"], ["C"]]


def test_zone_without_handover_station_passes_on_at_the_start() -> None:
    problem = line_problem(order("P", ("a", 1), ("c", 1)))
    stations = tuple(s for s in problem.layout.stations if s.kind is not StationKind.HANDOVER)
    problem = replace(problem, layout=replace(problem.layout, stations=stations))
    made = run(problem, Method.ZONE)
    assert [(one.start, one.end, one.length_mm) for one in made.lists] == [
        ("start", "start", 4_000),
        ("start", "pack", 26_000),
    ]


def test_zone_skips_zones_without_picks() -> None:
    made = run(line_problem(order("P", ("c", 1))), Method.ZONE)
    (only,) = made.lists
    assert (only.zone, only.start, only.end, only.after) == ("Z2", "start", "pack", ())


def test_zone_limits_lines_per_list_not_per_cart() -> None:
    # Two orders of two lines in each zone: four picks per list, the cart allows four.
    wanted = (("a", 1), ("b", 1), ("c", 1), ("d", 1))
    made = run(line_problem(order("P", *wanted), order("Q", *wanted)), Method.ZONE)
    assert [sum(len(stop.picks) for stop in one.stops) for one in made.lists] == [4, 4]
    assert (
        len(run(line_problem(order("P", *wanted), order("Q", *wanted)), Method.CLUSTER).lists) == 2
    )


def test_total_picks_zones_in_parallel_and_items_together() -> None:
    problem = line_problem(order("P", ("a", 2), ("c", 1)), order("Q", ("a", 1)))
    made = run(problem, Method.TOTAL)
    assert [(one.zone, one.end, one.length_mm, one.after) for one in made.lists] == [
        ("Z1", "wall", 20_000, ()),
        ("Z2", "wall", 20_000, ()),
    ]
    assert visits(made) == [["A"], ["C"]]
    assert len(made.lists[0].stops[0].picks) == 2


def test_total_fills_the_wall_load_by_load() -> None:
    wanted = [order(name, ("a", 1)) for name in "PQR"]
    made = run(line_problem(*wanted, wall_slots=2), Method.TOTAL)
    assert [one.wall_load for one in made.lists] == [0, 1]


@pytest.mark.parametrize("method", [Method.SORT_AFTER, Method.TOTAL])
def test_without_a_wall_every_order_is_left_out_with_that_reason(method: Method) -> None:
    problem = line_problem(order("P", ("a", 1), ("b", 1)), order("Q", ("a", 999)))
    for wrong, detail in (
        (replace(problem, wall=None), "names no put wall"),
        (replace(problem, wall_slots=0), "has no slots"),
    ):
        made = run(wrong, method)
        assert made.lists == ()
        assert {(e.order, e.reason) for e in made.unplanned} == {
            ("P", Reason.NO_WALL),
            ("Q", Reason.NO_STOCK),
        }
        assert any(detail in entry.detail for entry in made.unplanned)


def test_a_line_too_large_is_left_out_and_the_rest_is_planned() -> None:
    problem = line_problem(order("P", ("a", 1), ("b", 1)))
    problem = replace(problem, items=(item("a"), item("b", CART.tote_weight_g + 1)))
    made = run(problem, Method.CLUSTER)
    assert visits(made) == [["A"]]
    assert [(e.line, e.reason) for e in made.unplanned] == [("P-2", Reason.TOO_LARGE)]


def test_the_nearer_of_two_pack_stations_is_the_end() -> None:
    problem = line_problem(order("P", ("d", 1)), order("Q", ("a", 1)))
    far = replace(problem.layout.stations[1], id="pack-far", node="n2")  # type: ignore[arg-type]
    layout = replace(problem.layout, stations=(*problem.layout.stations, far))
    made = run(replace(problem, layout=layout, pack=(*problem.pack, far.id)), Method.SINGLE)
    assert [(one.end, one.length_mm) for one in made.lists] == [
        ("pack-far", 20_000),
        ("pack", 4_000),
    ]


@pytest.mark.parametrize("method", list(Method))
def test_stop_distances_and_line_add_up(method: Method) -> None:
    made = run(random_problem(8), method)
    for one in made.lists:
        known = [stop.distance_mm for stop in one.stops]
        assert None not in known
        assert sum(distance or 0 for distance in known) <= one.length_mm


def one_way_out() -> Problem:
    """Return a problem whose pack station is at the far end, with no walk back from there."""
    problem = line_problem(order("P", ("a", 1), ("c", 1)))
    there, on = problem.layout.edges
    pack = replace(problem.layout.stations[1], node=on.end)
    layout = replace(
        problem.layout,
        edges=(replace(there, one_way=True), replace(on, one_way=True)),
        stations=(problem.layout.stations[0], pack, *problem.layout.stations[2:]),
    )
    return replace(problem, layout=layout)


def test_a_layout_without_a_way_back_is_planned_where_possible() -> None:
    made = run(one_way_out(), Method.CLUSTER)
    assert [one.length_mm for one in made.lists] == [20_000]
    passed_on = run(one_way_out(), Method.ZONE)
    assert passed_on.lists == ()
    assert [entry.reason for entry in passed_on.unplanned] == [Reason.UNREACHABLE]
    assert "cannot be passed on" in passed_on.unplanned[0].detail


def test_total_fills_the_wall_along_a_sweep_where_that_is_shorter() -> None:
    # As they come: {A, D} and {A, D} in two zones each, four lists. Along the sweep: {A, A} and
    # {D, D}, two lists of 20 m each from the start to the wall.
    wanted = [order(name, (sku, 1)) for name, sku in zip("PQRS", "adad", strict=True)]
    made = run(line_problem(*wanted, wall_slots=2), Method.TOTAL)
    assert visits(made) == [["A"], ["D"]]
    assert [one.wall_load for one in made.lists] == [0, 1]
    assert made.totals.length_mm == 40_000
