from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.readers.foodmart import UNIT, number_of_orders, parse_box_instance
from benchmarks.readers.foodmart_layout import exact_router
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.foodmart import (
    FOODMART,
    FOODMART_PUBLISHED,
    BoxCase,
    batching_problem,
    judged,
    solution_of,
)
from optimizer.batching.solve import solve_batching
from optimizer.stopping import MaxIterations
from tests.benchmarks.files import write_data
from tests.benchmarks.foodmart_files import box_text

SECOND = Budget(1.0, 1)

ORDERS = [[(1, 10)], [(5, 10)], [(2, 10)], [(6, 10)]]
"""One box each, two to a trolley: products 1 and 2 of aisle 0, 5 and 6 at the same in aisle 1."""


def case(text: str | None = None) -> BoxCase:
    return BoxCase("instances_d5_ord4_MAL", box_text(ORDERS) if text is None else text, None)


def batches(*parts: tuple[list[int], list[int]]) -> Json:
    return {"batches": [{"orders": orders, "stops": stops} for orders, stops in parts]}


NEAR: tuple[list[int], list[int]] = ([1, 3], [1, 2])
FAR: tuple[list[int], list[int]] = ([2, 4], [5, 6])


def test_batches_are_the_best_and_the_judge_agrees() -> None:
    # Orders of one aisle together: 2 (1.5 + 2) and 2 (3.35 + 2).
    attempt = case().solve(SECOND)
    assert (attempt.objective, attempt.bound, attempt.proven) == (17.7, 17.7, True)
    assert attempt.figures == {"used_batches": 2, "excess_batches": 0, "search_iterations": 0}
    assert case().judge(attempt.solution) == 17.7


def test_judge_walks_in_the_given_order() -> None:
    assert case().judge(batches(NEAR, FAR)) == 17.7
    # Out to product 2, back to 1, to 2 again and home: 1 + 1 more than straight.
    assert case().judge(batches(([1, 3], [2, 1, 2]), FAR)) == 19.7


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (batches(NEAR), "order 2 is in no batch"),
        (batches(NEAR, NEAR, FAR), "order 1 is unknown or in two batches"),
        (batches(([1, 1], [1]), ([3], [2]), FAR), "order 1 is unknown or in two batches"),
        (batches(NEAR, FAR, ([5], [1])), "order 5 is unknown"),
        (batches(NEAR, FAR, ([0], [1])), "order 0 is unknown"),
        (batches(NEAR, ([2, 4], [5])), "location 6 is not visited"),
        (batches(NEAR, ([2, 4], [5, 6, 16])), "there is no location 16"),
        (batches(NEAR, ([2, 4], [5, 6, -1])), "there is no location -1"),
        (batches(([1, 2, 3], [1, 2, 5]), ([4], [6])), "a batch has 3 boxes, a trolley 2"),
        (batches(NEAR, FAR, ([], [1])), 'no list of numbers "orders"'),
        ({"batches": [{"orders": [True], "stops": [1]}]}, 'no list of numbers "orders"'),
        ({"batches": [{"orders": [1], "stops": ["1"]}]}, 'no list of numbers "stops"'),
        ({"batches": [{"orders": [1]}]}, 'no list of numbers "stops"'),
        ({"batches": [[1]]}, 'no list of numbers "orders"'),
        ({"stops": []}, 'a list "batches"'),
        ([], 'a list "batches"'),
    ],
)
def test_judge_refuses_what_is_no_batching(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def test_judge_knows_only_walks_of_the_file() -> None:
    text = case().text.replace("\n1 2 1.00\n", "\n")
    with pytest.raises(WrongAnswerError, match="no walk leads from location 1 to 2"):
        case(text).judge(batches(NEAR, FAR))


def test_orders_fill_whole_boxes_of_their_own() -> None:
    # 11 pieces fill two boxes: the trolley is full although all 20 pieces would fit its boxes.
    text = box_text([[(1, 11)], [(2, 9)]])
    assert case(text).solve(SECOND).figures["used_batches"] == 2
    with pytest.raises(WrongAnswerError, match="a batch has 3 boxes, a trolley 2"):
        case(text).judge(batches(([1, 2], [1, 2])))


@pytest.mark.parametrize("seed", range(3))
def test_proven_batches_are_the_best_of_all_partitions(seed: int) -> None:
    choose = random.Random(seed)
    orders = [
        [(product, choose.randint(1, 4)) for product in choose.sample(range(1, 19), 5)]
        for _ in range(6)
    ]
    text = box_text(orders, n_aisles=3, per_stretch=3, trolley=4)
    instance = parse_box_instance("random", text)
    router = exact_router(instance)
    best = min(
        judged(instance, solution_of(instance, router, partition))
        for partition in partitions(range(6))
        if all(sum(instance.orders[one].boxes for one in batch) <= 4 for batch in partition)
    )
    attempt = case(text).solve(SECOND)
    assert attempt.proven
    assert attempt.objective == best


def partitions(items: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield every partition of some items."""
    if not items:
        yield ()
        return
    first, others = items[0], items[1:]
    for n in range(len(others) + 1):
        for chosen in itertools.combinations(others, n):
            left = [one for one in others if one not in chosen]
            for rest in partitions(left):
                yield ((first, *chosen), *rest)


def test_cases_come_by_number_with_or_without_a_published_value(tmp_path: Path) -> None:
    names = ["instances_d10_ord4_MAL", "instances_d5_ord11_MAL", "instances_d5_ord4_MAL"]
    texts = dict.fromkeys(names, case().text)
    texts[names[1]] = box_text([[(1, 10)]] * 11)
    write_data(tmp_path, "foodmart.tar.xz", texts, [("Foodmart", names[2], 17.7)])
    cases = FOODMART.cases(Request(tmp_path))
    assert [one.name for one in cases] == [names[2], names[1], names[0]]
    assert [one.best_known and one.best_known.value for one in cases] == [17.7, None, None]
    assert [one.group for one in cases] == ["d5 1-10", "d5 11-20", "d10 1-10"]
    assert [one.stratum for one in cases] == ["d5", "d5", "d10"]
    published = FOODMART_PUBLISHED.cases(Request(tmp_path))
    assert [one.name for one in published] == [names[2]]


def test_published_optima_are_lengths_of_batches(public_data: Path) -> None:
    """All: ``wavepick bench run --suite foodmart-published``; here those solved at once."""
    cases = FOODMART.cases(Request(public_data))
    assert len(cases) == 92
    assert sum(one.best_known is not None for one in cases) == 28
    for one in cases:
        if one.best_known is None or number_of_orders(one.name, one.text) > 12:
            continue
        instance = parse_box_instance(one.name, one.text)
        router = exact_router(instance)
        problem = batching_problem(instance, router)
        found = solve_batching(problem, stop=MaxIterations(24), seed=1)
        solution = solution_of(instance, router, found.partition)
        assert one.judge(solution) == found.value / UNIT == one.best_known.value, one.name
