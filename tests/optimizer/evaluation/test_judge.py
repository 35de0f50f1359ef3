"""The judge against plans whose figures are computed by hand, and against sabotaged plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from optimizer.evaluation import ViolationKind, evaluate
from optimizer.ids import ListId, OrderId, PickerId, PlaceId, Sku, StationId, ZoneId
from optimizer.plan import PickList, Plan, Reason, Unplanned
from optimizer.problem import Method, Picker, Problem
from tests.optimizer.examples import (
    CART,
    HANDOVER,
    PACK,
    START,
    WALL,
    item,
    line_problem,
    list_id,
    order,
    pick,
    plan_of,
    stock,
    stop,
    tote,
    with_duration,
)

ORDERS = (order("P", ("a", 2), ("c", 1)), order("Q", ("a", 1)))


def cluster_list() -> PickList:
    """One tour for both orders: start 0 m, A at 2 m, C at 13 m, back to pack at 0 m = 26 m."""
    return with_duration(
        PickList(
            list_id("L1"),
            Method.CLUSTER,
            START,
            PACK,
            (
                stop("A", pick("P-1", "a", 2, "T1"), pick("Q-1", "a", 1, "T2")),
                stop("C", pick("P-2", "c", 1, "T1")),
            ),
            (tote("T1", 0, "P"), tote("T2", 1, "Q")),
            26_000,
            0,
            ((0, 0, 0), (13_000, 0, 0), (0, 0, 0)),
        )
    )


def cluster_plan() -> Plan:
    return plan_of(Method.CLUSTER, cluster_list())


def zone_plan() -> Plan:
    """Zone 1: start, A at 2 m, handover at 10 m = 10 m. Zone 2: 10 m, C at 13 m, pack = 16 m."""
    totes = (tote("T1", 0, "P"), tote("T2", 1, "Q"))
    first = PickList(
        list_id("L1"),
        Method.ZONE,
        START,
        HANDOVER,
        (stop("A", pick("P-1", "a", 2, "T1"), pick("Q-1", "a", 1, "T2")),),
        totes,
        10_000,
        0,
        ((0, 0, 0), (10_000, 0, 0)),
        zone=ZoneId("Z1"),
    )
    second = PickList(
        list_id("L2"),
        Method.ZONE,
        HANDOVER,
        PACK,
        (stop("C", pick("P-2", "c", 1, "T1")),),
        totes,
        16_000,
        0,
        ((10_000, 0, 0), (13_000, 0, 0), (0, 0, 0)),
        zone=ZoneId("Z2"),
        after=(list_id("L1"),),
    )
    return plan_of(Method.ZONE, with_duration(first), with_duration(second))


def total_plan() -> Plan:
    """Zone 1: start, A, wall at 20 m = 20 m; zone 2: start, C, wall = 20 m."""
    lists = []
    for number, (zone, visit) in enumerate(
        (
            ("Z1", stop("A", pick("P-1", "a", 2, "T1"), pick("Q-1", "a", 1, "T1"))),
            ("Z2", stop("C", pick("P-2", "c", 1, "T2"))),
        ),
        start=1,
    ):
        lists.append(
            with_duration(
                PickList(
                    list_id(f"L{number}"),
                    Method.TOTAL,
                    START,
                    WALL,
                    (visit,),
                    (tote(f"T{number}"),),
                    20_000,
                    0,
                    ((0, 0, 0), (20_000, 0, 0)),
                    zone=ZoneId(zone),
                    wall_load=0,
                )
            )
        )
    return plan_of(Method.TOTAL, *lists)


def test_hand_computed_cluster_plan_is_accepted_with_its_figures() -> None:
    found = evaluate(line_problem(*ORDERS), cluster_plan())
    assert found.violations == ()
    assert found.is_feasible
    assert found.length_mm == 26_000
    # Walk 26 s, 2 stops at 5 s, 3 picks at 4 s, 4 units at 1.5 s, 2 totes at 8 s, list 60 s.
    assert found.duration_ms == 26_000 + 10_000 + 12_000 + 6_000 + 16_000 + 60_000
    assert (found.lists, found.stops, found.picks, found.units) == (1, 2, 3, 4)


def test_hand_computed_zone_plan_is_accepted() -> None:
    found = evaluate(line_problem(*ORDERS), zone_plan())
    assert found.violations == ()
    assert found.length_mm == 26_000


def test_hand_computed_total_plan_is_accepted() -> None:
    found = evaluate(line_problem(*ORDERS), total_plan())
    assert found.violations == ()
    assert found.length_mm == 40_000


def test_a_left_out_order_is_covered() -> None:
    problem = line_problem(*ORDERS, order("R", ("b", 500)))
    left = Unplanned(OrderId("R"), Reason.NO_STOCK, "500 asked, 100 free")
    assert evaluate(problem, replace(cluster_plan(), unplanned=(left,))).violations == ()


def test_left_out_units_of_a_line_are_covered() -> None:
    problem = line_problem(order("P", ("a", 7), ("c", 1)), ORDERS[1])
    left = Unplanned(
        OrderId("P"), Reason.NO_STOCK, "", line=problem.orders[0].lines[0].id, quantity=5
    )
    assert evaluate(problem, replace(cluster_plan(), unplanned=(left,))).violations == ()


def kinds(problem: Problem, plan: Plan) -> set[ViolationKind]:
    return {violation.kind for violation in evaluate(problem, plan).violations}


def changed(plan: Plan, index: int = 0, **changes: object) -> Plan:
    """Return a plan with one list changed and totals and duration made to match."""
    lists = list(plan.lists)
    lists[index] = with_duration(replace(lists[index], **changes))  # type: ignore[arg-type]
    return plan_of(plan.method, *lists)


def moved(first: str, second: str) -> Plan:
    """Return the cluster plan with the skus of its first stop replaced."""
    return changed(
        cluster_plan(),
        stops=(
            stop("A", pick("P-1", first, 2, "T1"), pick("Q-1", second, 1, "T2")),
            stop("C", pick("P-2", "c", 1, "T1")),
        ),
    )


def only_stops(*picks: tuple[str, str, int, str]) -> Plan:
    """Return the cluster plan with other picks at A."""
    return changed(
        cluster_plan(),
        stops=(stop("A", *(pick(*each) for each in picks)), stop("C", pick("P-2", "c", 1, "T1"))),
    )


def sabotage_duplicate_list() -> tuple[Problem, Plan]:
    plan = total_plan()
    return line_problem(*ORDERS), changed(plan, 1, id=list_id("L1"))


def sabotage_lengths() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS), changed(cluster_plan(), length_mm=25_999)


def sabotage_durations() -> tuple[Problem, Plan]:
    one = replace(cluster_list(), duration_ms=1)
    return line_problem(*ORDERS), plan_of(Method.CLUSTER, one)


def sabotage_totals() -> tuple[Problem, Plan]:
    plan = cluster_plan()
    return line_problem(*ORDERS), replace(plan, totals=replace(plan.totals, units=5))


def sabotage_bound() -> tuple[Problem, Plan]:
    plan = cluster_plan()
    return line_problem(*ORDERS), replace(plan, totals=replace(plan.totals, bound_mm=26_001))


def sabotage_after_cycle() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS), changed(zone_plan(), after=(list_id("L2"),))


def sabotage_wall_slots() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS, wall_slots=1), total_plan()


def sabotage_wall_missing() -> tuple[Problem, Plan]:
    return replace(line_problem(*ORDERS), wall=None), total_plan()


def sabotage_wall_load_missing() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS), changed(total_plan(), wall_load=None)


def sabotage_wall_two_loads() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS), changed(total_plan(), 1, wall_load=1)


def sabotage_unreachable() -> tuple[Problem, Plan]:
    problem = line_problem(*ORDERS)
    problem = replace(problem, stock=(*problem.stock, stock("X", "c")))
    stops = (cluster_list().stops[0], stop("X", pick("P-2", "c", 1, "T1")))
    return problem, changed(cluster_plan(), stops=stops)


def sabotage_item() -> tuple[Problem, Plan]:
    problem = line_problem(*ORDERS)
    return replace(problem, items=problem.items[:2]), cluster_plan()


def sabotage_heavy(**weights: int) -> tuple[Problem, Plan]:
    problem = line_problem(*ORDERS)
    heavy = (item("a", **weights), *problem.items[1:])
    return replace(problem, items=heavy), cluster_plan()


def sabotage_handover_weight() -> tuple[Problem, Plan]:
    # Zone 1 puts 3 x 300 g on the cart, zone 2 adds 400 g: 1,300 g, more than the 1,200 g.
    problem = line_problem(*ORDERS)
    heavy = (item("a", 300), item("b"), item("c", 400), item("d"))
    cart = replace(CART, max_weight_g=1200)
    return replace(problem, items=heavy, cart=cart), zone_plan()


def sabotage_picker_zone() -> tuple[Problem, Plan]:
    picker = Picker(PickerId("anna"), frozenset({ZoneId("Z2")}))
    problem = replace(line_problem(*ORDERS), pickers=(picker,))
    return problem, changed(cluster_plan(), picker=picker.id)


def sabotage_left_out_twice() -> tuple[Problem, Plan]:
    left = Unplanned(OrderId("Q"), Reason.NO_STOCK, "")
    return line_problem(*ORDERS), replace(cluster_plan(), unplanned=(left,))


def sabotage_left_out_unknown() -> tuple[Problem, Plan]:
    left = Unplanned(OrderId("Z"), Reason.NO_STOCK, "")
    return line_problem(*ORDERS), replace(cluster_plan(), unplanned=(left,))


def sabotage_tote_on_parallel_lists() -> tuple[Problem, Plan]:
    return line_problem(*ORDERS), changed(zone_plan(), 1, after=(), start=START, length_mm=26_000)


def on_line(make: Callable[[], Plan]) -> Callable[[], tuple[Problem, Plan]]:
    """Return a case on the usual problem."""
    return lambda: (line_problem(*ORDERS), make())


CASES: list[tuple[ViolationKind, Callable[[], tuple[Problem, Plan]]]] = [
    (ViolationKind.DUPLICATE_LIST, sabotage_duplicate_list),
    (ViolationKind.EMPTY, on_line(lambda: changed(cluster_plan(), stops=()))),
    (
        ViolationKind.EMPTY,
        on_line(lambda: only_stops(("P-1", "a", 2, "T1"), ("Q-1", "a", 0, "T2"))),
    ),
    (ViolationKind.EMPTY, on_line(lambda: only_stops())),
    (
        ViolationKind.UNKNOWN_ORDER,
        on_line(lambda: only_stops(("Z-1", "a", 2, "T1"), ("Q-1", "a", 1, "T2"))),
    ),
    (ViolationKind.UNKNOWN_ORDER, sabotage_left_out_unknown),
    (
        ViolationKind.UNKNOWN_LINE,
        on_line(lambda: only_stops(("P-9", "a", 2, "T1"), ("Q-1", "a", 1, "T2"))),
    ),
    (ViolationKind.UNKNOWN_ITEM, sabotage_item),
    (
        ViolationKind.UNKNOWN_LOCATION,
        on_line(lambda: changed(cluster_plan(), stops=(stop("nowhere", pick("P-1", "a")),))),
    ),
    (
        ViolationKind.UNKNOWN_STATION,
        on_line(lambda: changed(cluster_plan(), end=StationId(PlaceId("moon")))),
    ),
    (
        ViolationKind.UNKNOWN_TOTE,
        on_line(lambda: only_stops(("P-1", "a", 2, "T9"), ("Q-1", "a", 1, "T2"))),
    ),
    (
        ViolationKind.UNKNOWN_LIST,
        on_line(lambda: changed(cluster_plan(), after=(ListId("L9"),))),
    ),
    (
        ViolationKind.UNKNOWN_PICKER,
        on_line(lambda: changed(cluster_plan(), picker=PickerId("nobody"))),
    ),
    (ViolationKind.UNKNOWN_PICKER, sabotage_picker_zone),
    (ViolationKind.WRONG_SKU, on_line(lambda: moved("b", "a"))),
    (
        ViolationKind.WRONG_METHOD,
        on_line(lambda: changed(cluster_plan(), method=Method.ZONE)),
    ),
    (
        ViolationKind.WRONG_METHOD,
        on_line(lambda: plan_of(Method.SINGLE, replace(cluster_list(), method=Method.SINGLE))),
    ),
    (
        ViolationKind.WRONG_START,
        on_line(lambda: changed(cluster_plan(), start=HANDOVER, length_mm=34_000)),
    ),
    (
        ViolationKind.WRONG_START,
        on_line(lambda: changed(zone_plan(), 1, start=START, length_mm=26_000)),
    ),
    (
        ViolationKind.WRONG_END,
        on_line(lambda: changed(cluster_plan(), end=WALL, length_mm=20_000)),
    ),
    (ViolationKind.WRONG_END, on_line(lambda: changed(total_plan(), end=PACK))),
    (
        ViolationKind.WRONG_END,
        on_line(lambda: changed(zone_plan(), end=PACK, length_mm=4_000)),
    ),
    (ViolationKind.NO_WALK, sabotage_unreachable),
    (ViolationKind.LENGTH, sabotage_lengths),
    (ViolationKind.DURATION, sabotage_durations),
    (ViolationKind.PATH, on_line(lambda: changed(cluster_plan(), path=()))),
    (
        ViolationKind.PATH,
        on_line(lambda: changed(cluster_plan(), path=((0, 0, 0), (12_000, 0, 0), (0, 0, 0)))),
    ),
    (
        ViolationKind.PATH,
        on_line(lambda: changed(cluster_plan(), path=((5, 0, 0), (13_000, 0, 0), (0, 0, 0)))),
    ),
    (
        ViolationKind.PATH,
        on_line(lambda: changed(cluster_plan(), path=((0, 0, 0), (19_000, 0, 0), (0, 0, 0)))),
    ),
    (ViolationKind.TOTALS, sabotage_totals),
    (ViolationKind.TOTALS, sabotage_bound),
    (
        ViolationKind.SLOT,
        on_line(lambda: changed(cluster_plan(), totes=(tote("T1", 0, "P"), tote("T2", 2, "Q")))),
    ),
    (
        ViolationKind.SLOT,
        on_line(lambda: changed(cluster_plan(), totes=(tote("T1", 1, "P"), tote("T2", 1, "Q")))),
    ),
    # Two of 451 g and one of 100 g in tote T1: 1,002 g of 1,000 g.
    (ViolationKind.TOTE_WEIGHT, lambda: sabotage_heavy(weight_g=451)),
    (ViolationKind.TOTE_VOLUME, lambda: sabotage_heavy(volume_ml=451)),
    # Three of 480 g and one of 100 g on the cart: 1,540 g of 1,500 g.
    (ViolationKind.CART_WEIGHT, lambda: sabotage_heavy(weight_g=480)),
    (ViolationKind.CART_WEIGHT, sabotage_handover_weight),
    (
        ViolationKind.LINES,
        lambda: (line_problem(*ORDERS, cart=replace(CART, max_lines=2)), cluster_plan()),
    ),
    (
        ViolationKind.MIXED_TOTE,
        on_line(lambda: only_stops(("P-1", "a", 2, "T1"), ("Q-1", "a", 1, "T1"))),
    ),
    (
        ViolationKind.MIXED_TOTE,
        on_line(lambda: changed(cluster_plan(), totes=(tote("T1", 0), tote("T2", 1, "Q")))),
    ),
    (
        ViolationKind.MIXED_TOTE,
        on_line(lambda: changed(zone_plan(), 1, totes=(tote("T1", 0, "P"), tote("T2", 1, "P")))),
    ),
    (ViolationKind.TOTE_TWICE, sabotage_tote_on_parallel_lists),
    (
        ViolationKind.TOTE_TWICE,
        on_line(lambda: changed(cluster_plan(), totes=(*cluster_list().totes, tote("T1", 1, "P")))),
    ),
    (
        ViolationKind.NOT_COVERED,
        on_line(lambda: only_stops(("P-1", "a", 1, "T1"), ("Q-1", "a", 1, "T2"))),
    ),
    (
        ViolationKind.COVERED_TWICE,
        on_line(lambda: only_stops(("P-1", "a", 3, "T1"), ("Q-1", "a", 1, "T2"))),
    ),
    (ViolationKind.COVERED_TWICE, sabotage_left_out_twice),
    (
        ViolationKind.STOCK,
        lambda: (
            replace(line_problem(*ORDERS), stock=(stock("A", "a", 2), stock("C", "c", 1))),
            cluster_plan(),
        ),
    ),
    (ViolationKind.AFTER_CYCLE, sabotage_after_cycle),
    (ViolationKind.ZONE, on_line(lambda: changed(zone_plan(), zone=ZoneId("Z2")))),
    (ViolationKind.ZONE, on_line(lambda: changed(cluster_plan(), zone=ZoneId("Z1")))),
    (ViolationKind.WALL, sabotage_wall_slots),
    (ViolationKind.WALL, sabotage_wall_missing),
    (ViolationKind.WALL, sabotage_wall_load_missing),
    (ViolationKind.WALL, sabotage_wall_two_loads),
]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_sabotage_is_found(kind: ViolationKind, case: Callable[[], tuple[Problem, Plan]]) -> None:
    assert kind in kinds(*case())


def test_every_kind_of_violation_has_a_sabotage() -> None:
    assert {kind for kind, _ in CASES} == set(ViolationKind)


def test_sku_that_is_not_the_lines_is_the_only_finding() -> None:
    # Item b exists and B holds stock, but A does not hold b: wrong item and no stock there.
    assert kinds(line_problem(*ORDERS), moved("b", "a")) == {
        ViolationKind.WRONG_SKU,
        ViolationKind.STOCK,
    }


def test_stated_stop_distance_is_recomputed() -> None:
    first, second = cluster_list().stops
    right = changed(
        cluster_plan(),
        stops=(replace(first, distance_mm=2000), replace(second, distance_mm=11_000)),
    )
    wrong = changed(cluster_plan(), stops=(replace(first, distance_mm=1999), second))
    assert kinds(line_problem(*ORDERS), right) == set()
    assert kinds(line_problem(*ORDERS), wrong) == {ViolationKind.LENGTH}


def test_message_names_place_and_figures() -> None:
    found = evaluate(*sabotage_lengths()).violations[0]
    assert found.where == 'list "L1"'
    assert "25999" in found.message
    assert "26000" in found.message


def test_unknown_sku_in_a_pick_does_not_stop_the_judge() -> None:
    plan = only_stops(("P-1", "zz", 2, "T1"), ("Q-1", "a", 1, "T2"))
    assert ViolationKind.WRONG_SKU in kinds(line_problem(*ORDERS), plan)
    assert Sku("zz") not in {each.sku for each in line_problem(*ORDERS).items}
