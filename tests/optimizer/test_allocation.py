"""Which location serves which line, and what is left out with which figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.allocation import Allocation, allocate
from optimizer.errors import LayoutError, ProblemError
from optimizer.layout.distances import WalkingGraph
from optimizer.layout.model import Edge
from optimizer.plan import Reason
from optimizer.problem import Problem
from tests.optimizer.examples import (
    item,
    line_layout,
    line_problem,
    order,
    random_problem,
    stock,
)


def run(problem: Problem, *, partial_orders: bool = False) -> Allocation:
    return allocate(problem, WalkingGraph(problem.layout), partial_orders=partial_orders)


def taken(allocation: Allocation) -> list[tuple[str, str, int]]:
    """Return (line, location, quantity) per promise."""
    return [(p.line, p.location, p.quantity) for p in allocation.promises]


def with_stock(problem: Problem, *entries: tuple[str, str, int]) -> Problem:
    return replace(problem, stock=tuple(stock(*entry) for entry in entries))


def test_one_location_that_covers_the_line_beats_two_nearer_ones() -> None:
    problem = with_stock(
        line_problem(order("P", ("a", 5))), ("A", "a", 3), ("B", "a", 3), ("D", "a", 5)
    )
    assert taken(run(problem)) == [("P-1", "D", 5)]


def test_of_covering_locations_the_nearest_to_the_start_is_taken() -> None:
    problem = with_stock(line_problem(order("P", ("a", 2))), ("D", "a", 9), ("B", "a", 2))
    assert taken(run(problem)) == [("P-1", "B", 2)]


def test_a_location_the_order_visits_anyway_beats_a_nearer_one() -> None:
    problem = with_stock(
        line_problem(order("P", ("d", 1), ("a", 1))), ("D", "d", 9), ("D", "a", 9), ("A", "a", 9)
    )
    assert taken(run(problem)) == [("P-1", "D", 1), ("P-2", "D", 1)]


def test_scattered_stock_is_gathered_from_the_fullest() -> None:
    # 7 asked: C holds 4; of the rest 3, B covers it with 3; A stays untouched.
    problem = with_stock(
        line_problem(order("P", ("a", 7))), ("A", "a", 2), ("B", "a", 3), ("C", "a", 4)
    )
    assert taken(run(problem)) == [("P-1", "C", 4), ("P-1", "B", 3)]


def test_stock_of_one_location_given_twice_adds_up() -> None:
    problem = with_stock(line_problem(order("P", ("a", 5))), ("A", "a", 2), ("A", "a", 3))
    assert taken(run(problem)) == [("P-1", "A", 5)]


def test_urgent_orders_are_served_first() -> None:
    problem = with_stock(
        line_problem(order("P", ("a", 3)), order("Q", ("a", 3), priority=0)), ("A", "a", 4)
    )
    found = run(problem)
    assert taken(found) == [("Q-1", "A", 3)]
    (left,) = found.unplanned
    assert (left.order, left.reason, left.asked, left.free) == ("P", Reason.NO_STOCK, 3, 1)


def test_a_short_order_is_left_out_whole_and_gives_its_stock_back() -> None:
    problem = with_stock(
        line_problem(order("P", ("a", 3), ("b", 9)), order("Q", ("a", 3))),
        ("A", "a", 3),
        ("B", "b", 4),
    )
    found = run(problem)
    assert taken(found) == [("Q-1", "A", 3)]
    (left,) = found.unplanned
    assert (left.order, left.line, left.sku) == ("P", None, "b")
    assert (left.asked, left.free, left.quantity) == (9, 4, 12)
    assert left.detail == '9 of "b" asked, 4 free, 5 missing'


def test_partial_orders_take_what_is_there() -> None:
    problem = with_stock(line_problem(order("P", ("a", 3), ("b", 9))), ("A", "a", 3), ("B", "b", 4))
    found = run(problem, partial_orders=True)
    assert taken(found) == [("P-1", "A", 3), ("P-2", "B", 4)]
    (left,) = found.unplanned
    assert (left.line, left.asked, left.free, left.quantity) == ("P-2", 9, 4, 5)


def test_two_lines_of_one_order_share_the_stock() -> None:
    problem = with_stock(line_problem(order("P", ("a", 3), ("a", 3))), ("A", "a", 5))
    (left,) = run(problem).unplanned
    assert (left.asked, left.free) == (3, 2)


def test_unreachable_stock_is_named_as_the_reason() -> None:
    problem = with_stock(line_problem(order("P", ("a", 3))), ("A", "a", 1), ("X", "a", 9))
    (left,) = run(problem).unplanned
    assert left.reason is Reason.UNREACHABLE
    assert (left.asked, left.free) == (3, 1)
    assert "9 lie where no walk leads" in left.detail


def test_unreachable_stock_that_would_not_do_is_no_stock() -> None:
    problem = with_stock(line_problem(order("P", ("a", 3))), ("A", "a", 1), ("X", "a", 1))
    assert run(problem).unplanned[0].reason is Reason.NO_STOCK


def test_an_unknown_item_leaves_the_order_out() -> None:
    found = run(line_problem(order("P", ("a", 1), ("zz", 1))))
    assert found.promises == ()
    assert [(e.reason, e.sku, e.line) for e in found.unplanned] == [
        (Reason.UNKNOWN_SKU, "zz", None)
    ]


def test_a_unit_too_large_leaves_out_only_its_line() -> None:
    problem = line_problem(order("P", ("a", 1), ("b", 2)))
    problem = replace(problem, items=(item("a"), item("b", 1001)))
    found = run(problem)
    assert taken(found) == [("P-1", "A", 1)]
    (left,) = found.unplanned
    assert (left.reason, left.line, left.quantity) == (Reason.TOO_LARGE, "P-2", 2)
    assert "1001 g" in left.detail


def test_a_pack_station_nobody_can_reach_does_not_count() -> None:
    layout = line_layout()
    island = replace(layout.stations[1], id="pack-9", node="n9")  # type: ignore[arg-type]
    problem = replace(
        line_problem(order("P", ("a", 1))),
        layout=replace(layout, stations=(*layout.stations, island)),
    )
    both = replace(problem, pack=(*problem.pack, island.id))
    assert taken(run(both)) == [("P-1", "A", 1)]
    with pytest.raises(ProblemError, match='no walk leads from "start" to a pack station'):
        run(replace(problem, pack=(island.id,)))


def test_a_one_way_trap_is_not_served_from() -> None:
    # One may walk from the start into the trap, but not out of it.
    layout = line_layout()
    trap = replace(
        layout,
        edges=(*layout.edges, Edge(layout.nodes[2].id, layout.nodes[3].id, 30_000, one_way=True)),
    )
    problem = with_stock(line_problem(order("P", ("a", 1))), ("X", "a", 5))
    assert run(replace(problem, layout=trap)).unplanned[0].reason is Reason.UNREACHABLE


def test_unknown_places_are_refused() -> None:
    problem = line_problem(order("P", ("a", 1)))
    with pytest.raises(LayoutError, match="nowhere"):
        run(with_stock(problem, ("nowhere", "a", 1)))
    with pytest.raises(LayoutError, match="moon"):
        run(replace(problem, start="moon"))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(8))
def test_no_stock_is_promised_twice_and_every_unit_is_accounted_for(seed: int) -> None:
    problem = random_problem(seed, orders=25)
    found = run(problem, partial_orders=True)
    free = {(entry.location, entry.sku): entry.quantity for entry in problem.stock}
    for promise in found.promises:
        free[promise.location, promise.sku] -= promise.quantity
    assert min(free.values()) >= 0
    promised = sum(promise.quantity for promise in found.promises)
    left = sum(entry.quantity for entry in found.unplanned)
    assert promised + left == sum(line.quantity for o in problem.orders for line in o.lines)
