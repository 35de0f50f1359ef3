"""The planner as a whole: every plan is judged, repeatable, urgent orders first."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

import layouts
from optimizer import planner
from optimizer.document import plan_document
from optimizer.errors import ProblemError
from optimizer.evaluation import evaluate
from optimizer.layout.model import StationKind
from optimizer.layout.parse import parse_layout
from optimizer.params import Minimise, Params
from optimizer.plan import Plan, Reason, TerminationReason
from optimizer.planner import Progress, baseline, compare, plan, recommend
from optimizer.problem import CartType, Method, Problem
from optimizer.stopping import AnyOf, MaxIterations, MaxSeconds
from tests.optimizer.examples import CART, item, line_problem, order, random_problem, stock

METHODS = tuple(Method)


def quick(problem: Problem, method: Method, *, seed: int = 1, limit: int = 2) -> Plan:
    return plan(problem, method=method, stop=MaxIterations(limit), seed=seed)


@pytest.mark.parametrize("seed", range(6))
def test_every_plan_of_random_problems_passes_the_judge(seed: int) -> None:
    problem = random_problem(seed)
    made = [quick(problem, method) for method in METHODS] + [baseline(problem)]
    partial = Params(partial_orders=True)
    made += [
        plan(problem, method=method, params=partial, stop=MaxIterations(1)) for method in METHODS
    ]
    for each in made:
        assert evaluate(problem, each).violations == ()


@pytest.mark.parametrize("name", layouts.SAMPLES)
def test_every_method_works_on_every_sample_layout(name: str) -> None:
    layout = parse_layout(layouts.load(name))
    rng = random.Random(1)
    orders = [
        order(f"O{number}", *((sku, 1) for sku in rng.sample("abcdefghij", rng.randint(1, 4))))
        for number in range(12)
    ]
    stations = {station.kind: station.id for station in reversed(layout.stations)}
    places = rng.choices([location.id for location in layout.locations], k=10)
    problem = Problem(
        layout,
        tuple(orders),
        tuple(item(sku) for sku in "abcdefghij"),
        tuple(stock(at, sku) for at, sku in zip(places, "abcdefghij", strict=True)),
        CART,
        stations[StationKind.START],
        tuple(s.id for s in layout.stations if s.kind is StationKind.PACK),
        stations.get(StationKind.WALL),
        6,
    )
    for method in METHODS:
        made = quick(problem, method)
        assert evaluate(problem, made).violations == ()
        if method not in (Method.SORT_AFTER, Method.TOTAL) or problem.wall is not None:
            assert made.unplanned == ()


def test_baseline_by_hand() -> None:
    # First come, two totes: P and Q on the first cart, R on the second.
    # P wants D (20 m), Q wants A, so the first tour goes to D and back: 40 m; R wants B: 12 m.
    problem = line_problem(order("P", ("d", 1)), order("Q", ("a", 1)), order("R", ("b", 1)))
    made = baseline(problem)
    assert [one.length_mm for one in made.lists] == [40_000, 12_000]
    assert made.totals.length_mm == made.totals.baseline_mm == 52_000
    assert [len(one.totes) for one in made.lists] == [2, 1]


def test_minutes_save_a_list_where_metres_save_a_walk() -> None:
    # The cart takes 4 of these units. Metres: both of D together (40 m) and A twice (4 m each);
    # minutes: an order at D with one at A, twice, 32 m more and one list of 60 s less.
    problem = line_problem(
        order("F1", ("d", 1)),
        order("F2", ("d", 1)),
        order("N1", ("a", 3)),
        order("N2", ("a", 3)),
        cart=FOUR_UNITS,
    )
    metres = quick(problem, Method.CLUSTER)
    params = Params(minimise=Minimise.MINUTES)
    minutes = plan(problem, method=Method.CLUSTER, params=params, stop=MaxIterations(2))
    assert (len(metres.lists), metres.totals.length_mm) == (3, 48_000)
    assert (len(minutes.lists), minutes.totals.length_mm) == (2, 80_000)
    assert minutes.totals.duration_ms < metres.totals.duration_ms
    assert evaluate(problem, minutes).violations == ()


FOUR_UNITS = CartType(
    "cart", slots=4, tote_weight_g=400, tote_volume_ml=400, max_weight_g=400, max_lines=9
)


@pytest.mark.parametrize(("price_mm", "length_mm"), [(35_999, 44_000), (36_000, 80_000)])
def test_an_order_is_divided_where_that_saves_more_than_its_price(
    price_mm: int, length_mm: int
) -> None:
    # Both orders on one cart are too heavy, so both go to D (40 m); the one unit that P wants there
    # fits beside Q, and the rest of P lies at A (4 m).
    problem = line_problem(order("P", ("a", 3), ("d", 1)), order("Q", ("d", 3)), cart=FOUR_UNITS)
    params = Params(division_price_mm=price_mm)
    made = plan(problem, method=Method.CLUSTER, params=params, stop=MaxIterations(5))
    assert made.totals.length_mm == length_mm
    assert made.totals.bound_mm is None
    assert evaluate(problem, made).violations == ()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("method", [Method.CLUSTER, Method.ZONE, Method.SORT_AFTER])
def test_plans_with_divided_orders_pass_the_judge_and_repeat(seed: int, method: Method) -> None:
    problem = random_problem(seed, orders=20)
    params = Params(division_price_mm=1_000)
    made, again = (
        plan(problem, method=method, params=params, stop=MaxIterations(5), seed=seed)
        for _ in range(2)
    )
    assert evaluate(problem, made).violations == ()
    assert plan_document(made, layout="x") == plan_document(again, layout="x")


def test_a_price_below_zero_is_refused() -> None:
    with pytest.raises(ProblemError, match="below zero"):
        Params(division_price_mm=-1)


def test_cluster_finds_the_better_pairing_by_hand() -> None:
    # D and C together (40 m), A and B together (12 m) instead of D+A (40 m) and C+B (26 m).
    wants = (("P", "d"), ("Q", "a"), ("R", "c"), ("S", "b"))
    problem = line_problem(*(order(name, (sku, 1)) for name, sku in wants))
    made = quick(problem, Method.CLUSTER)
    assert made.totals.baseline_mm == 66_000
    assert made.totals.length_mm == 52_000
    # Two totes per cart: the longest order (40 m) and the third longest (12 m) bound it.
    assert made.totals.bound_mm == 52_000
    assert made.termination.reason is TerminationReason.OPTIMAL


@pytest.mark.parametrize("method", METHODS)
def test_same_input_seed_and_iterations_give_the_same_plan(method: Method) -> None:
    problem = random_problem(3, orders=20)
    first = quick(problem, method, seed=7)
    second = quick(problem, method, seed=7)
    assert plan_document(first, layout="x") == plan_document(second, layout="x")


def test_search_never_ends_above_first_come_or_baseline() -> None:
    for seed in range(4):
        problem = random_problem(seed, orders=15)
        stopped_at_once = quick(problem, Method.CLUSTER, limit=0)
        assert stopped_at_once.totals.length_mm <= stopped_at_once.totals.baseline_mm
        searched = quick(problem, Method.CLUSTER, limit=3)
        assert searched.totals.length_mm <= stopped_at_once.totals.length_mm


@pytest.mark.parametrize("method", METHODS)
def test_urgent_orders_are_in_the_first_lists(method: Method) -> None:
    problem = random_problem(5, orders=25)
    made = quick(problem, method)
    priority = {each.id: each.priority for each in problem.orders}
    is_urgent = [
        any(priority[pick.order] == 0 for stop in one.stops for pick in stop.picks)
        for one in made.lists
    ]
    if method is Method.ZONE:
        # Lists of one cart stand together; a cart is urgent when one of its totes is.
        is_urgent = [
            any(priority[t.order] == 0 for t in one.totes if t.order) for one in made.lists
        ]
    assert any(is_urgent)
    assert is_urgent == sorted(is_urgent, reverse=True)


def test_stop_reasons_are_told() -> None:
    problem = random_problem(2, orders=30)

    def cancelled() -> bool:
        return True

    by_iterations = quick(problem, Method.CLUSTER, limit=5).termination
    assert by_iterations.reason is TerminationReason.ITERATION_LIMIT
    assert by_iterations.limit == "5 iterations"
    by_time = plan(problem, method=Method.CLUSTER, stop=MaxSeconds(0)).termination
    assert (by_time.reason, by_time.limit) == (TerminationReason.TIME_LIMIT, "0 s")
    on_request = plan(
        problem, method=Method.CLUSTER, stop=AnyOf((MaxSeconds(1000), cancelled))
    ).termination
    assert on_request.reason is TerminationReason.CANCELLED
    by_itself = plan(problem, method=Method.ZONE).termination
    assert by_itself.reason is TerminationReason.CONVERGED


def test_nothing_to_plan_is_a_result() -> None:
    problem = line_problem(order("P", ("a", 1000)))
    for method in METHODS:
        made = quick(problem, method)
        assert made.lists == ()
        assert made.termination.reason is TerminationReason.NOTHING_TO_PLAN
        assert [entry.reason for entry in made.unplanned] == [Reason.NO_STOCK]
    assert quick(line_problem(), Method.CLUSTER).unplanned == ()


def test_compare_tells_the_baseline_first_and_recommends_the_least_work() -> None:
    problem = random_problem(1)
    told: list[Plan] = []
    progress: list[Progress] = []
    made = compare(
        problem,
        stop_for=lambda _method: MaxIterations(2),
        finished=told.append,
        progress=progress.append,
    )
    assert told == [made.baseline, *made.plans]
    assert [each.method for each in made.plans] == list(METHODS)
    assert {each.totals.baseline_mm for each in made.plans} == {made.baseline.totals.length_mm}
    assert made.recommended == recommend(made.plans)
    for each in made.plans:
        last = [report for report in progress if report.method is each.method][-1]
        assert (last.best_mm, last.bound_mm) == (each.totals.length_mm, each.totals.bound_mm)


def test_a_method_that_leaves_orders_out_is_not_recommended() -> None:
    problem = replace(random_problem(1), wall=None)
    made = compare(problem, stop_for=lambda _method: MaxIterations(2))
    by_method = {each.method: each for each in made.plans}
    assert by_method[Method.TOTAL].lists == ()
    assert made.recommended not in (Method.TOTAL, Method.SORT_AFTER)


def test_progress_never_gets_longer() -> None:
    reports: list[Progress] = []
    plan(
        random_problem(4, orders=25),
        method=Method.CLUSTER,
        stop=MaxIterations(6),
        progress=reports.append,
    )
    lengths = [report.best_mm for report in reports]
    assert lengths == sorted(lengths, reverse=True)


def test_bound_is_never_above_any_plan() -> None:
    for seed in range(5):
        problem = random_problem(seed, orders=10)
        for method in (Method.SINGLE, Method.CLUSTER, Method.SORT_AFTER):
            made = quick(problem, method, limit=2)
            if made.totals.bound_mm is not None:
                assert 0 < made.totals.bound_mm <= made.totals.length_mm


def test_a_plan_the_judge_rejects_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.errors import RejectedPlanError

    cluster = planner._BUILD[Method.CLUSTER]

    def forgetful(*arguments: object) -> object:
        draft = cluster(*arguments)  # type: ignore[arg-type]
        return replace(draft, lists=draft.lists[1:])

    monkeypatch.setitem(planner._BUILD, Method.CLUSTER, forgetful)
    with pytest.raises(RejectedPlanError, match="not-covered"):
        quick(random_problem(1), Method.CLUSTER)
