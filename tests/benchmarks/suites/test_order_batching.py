from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.errors import BenchError, InstanceError, WrongAnswerError
from benchmarks.readers.aisle_layout import instance_layout
from benchmarks.readers.hessler_irnich import UNIT, parse_instance
from benchmarks.sample import balanced_sample
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.bahceci_oncan import BAHCECI_ONCAN
from benchmarks.suites.henn_waescher import (
    HENN_WAESCHER,
    HENN_WAESCHER_100_75,
    HennWaescherName,
    is_tight,
)
from benchmarks.suites.order_batching import (
    BatchingCase,
    batching_problem,
    judged,
    sizes_of_orders,
    solution_of,
)
from optimizer.batching.solve import solve_batching
from optimizer.errors import ProblemError
from optimizer.routing.exact import ExactRouter
from optimizer.stopping import MaxIterations
from tests.benchmarks.files import instance_text, write_data

SECOND = Budget(1.0, 1)

FRONT = [(0, 0, 3, 9), (1, 0, 2, 9), (2, 2, 3, 9), (3, 2, 2, 9)]
"""Articles 0 and 1 in aisle 0 at y = 1 and 2, articles 2 and 3 above x = 6 at the same heights."""


def text_of(orders: Sequence[Sequence[tuple[int, int]]], capacity: int = 2) -> str:
    return instance_text(FRONT, orders, capacity=capacity)


def case(text: str | None = None) -> BatchingCase:
    """Four orders of one piece, two to a cart."""
    text = text_of([[(0, 1)], [(2, 1)], [(1, 1)], [(3, 1)]]) if text is None else text
    return BatchingCase("hand-made", text, "4/2", "hand", None)


def batches(*parts: tuple[list[int], list[list[int]]]) -> Json:
    return {"batches": [{"orders": orders, "stops": stops} for orders, stops in parts]}


NEAR: tuple[list[int], list[list[int]]] = ([0, 2], [[0, 3], [0, 2]])
FAR: tuple[list[int], list[list[int]]] = ([1, 3], [[2, 2], [2, 3]])


def test_batches_are_the_best_and_the_judge_agrees() -> None:
    # Orders of one aisle together: 2 * 2, and 2 * 6 + 2 * 2; any other pairs make 36.
    attempt = case().solve(SECOND)
    assert (attempt.objective, attempt.bound, attempt.proven) == (20, 20, True)
    assert attempt.figures == {"used_batches": 2, "excess_batches": 0}
    assert case().judge(attempt.solution) == 20


def test_judge_walks_any_order_of_stops() -> None:
    assert case().judge(batches(NEAR, FAR)) == 20
    # To y = 2, back to y = 1, up to y = 2 again and home: 2 + 1 + 1 + 2.
    assert case().judge(batches(([0, 2], [[0, 2], [0, 3], [0, 2]]), FAR)) == 22


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (batches(NEAR), "order 1 is in no batch"),
        (batches(NEAR, NEAR, FAR), "order 0 is unknown or in two batches"),
        (batches(NEAR, FAR, ([4], [[0, 3]])), "order 4 is unknown"),
        (batches(NEAR, ([1, 3], [[2, 2]])), r"cell \(2, 3\) is not visited by the batch of \[1, 3"),
        (batches(NEAR, ([1, 3], [[2, 2], [2, 3], [3, 0]])), "no cell 0 in an aisle 3"),
        (batches(NEAR, ([1, 3], [[2, 2], [2, 3], [2, -1]])), "no cell -1 in an aisle 2"),
        (batches(([0, 1, 2, 3], [[0, 3], [0, 2], [2, 2], [2, 3]])), "4 pieces exceeds .* of 2"),
        (batches(NEAR, FAR, ([], [])), 'list "orders" that is not empty'),
        ({"batches": [{"orders": ["0"], "stops": []}]}, "are not all numbers"),
        ({"batches": [{"orders": [0]}]}, 'a list "stops"'),
        ({"batches": [[0]]}, 'a list "stops"'),
        ({"stops": []}, 'a list "batches"'),
        ([], 'a list "batches"'),
    ],
)
def test_judge_refuses_what_is_no_batching(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def test_pieces_count_not_lines() -> None:
    # 2 + 1 pieces of the first aisle do not fit together, though each is one line.
    solved = case(text_of([[(0, 2)], [(1, 1)]])).solve(SECOND)
    assert solved.figures["used_batches"] == 2
    with pytest.raises(WrongAnswerError, match="a batch of 3 pieces"):
        case(text_of([[(0, 2)], [(1, 1)]])).judge(batches(([0, 1], [[0, 3], [0, 2]])))


def test_an_instance_is_refused_that_is_none_of_batching() -> None:
    with pytest.raises(ProblemError, match="fits no cart"):
        case(text_of([[(0, 3)]])).solve(SECOND)
    with pytest.raises(InstanceError, match="has no PICKER_CAPACITY"):
        case(instance_text(FRONT, [[(0, 1)]])).solve(SECOND)
    with pytest.raises(InstanceError, match="an article lies in several cells"):
        case(instance_text([*FRONT, (0, 1, 1, 1)], [[(0, 1)]], capacity=2)).solve(SECOND)


@pytest.mark.parametrize("seed", range(4))
def test_proven_batches_are_the_best_of_all_partitions(seed: int) -> None:
    choose = random.Random(seed)
    places = [(article, article % 4, article // 4, 9) for article in range(16)]
    orders = [
        [(one, 1) for one in choose.sample(range(16), choose.randint(1, 4))] for _ in range(6)
    ]
    text = instance_text(places, orders, aisles=4, capacity=7)
    instance = parse_instance("random", text)
    router = ExactRouter(instance_layout(instance))
    sizes = sizes_of_orders(instance)
    best = min(
        judged(instance, solution_of(instance, router, partition))
        for partition in partitions(range(6))
        if all(sum(sizes[order] for order in batch) <= 7 for batch in partition)
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


def test_cases_of_bahceci_and_oncan(tmp_path: Path) -> None:
    names = ["Pr_20_4_05_Store1_10", "Pr_20_4_05_Store1_09"]
    texts = dict.fromkeys(names, case().text)
    write_data(tmp_path, "bahceci_oncan.tar.xz", texts, [("BahceciOencan", names[1], 20)])
    cases = BAHCECI_ONCAN.cases(Request(tmp_path))
    assert [one.name for one in cases] == names[::-1]
    assert [one.best_known and one.best_known.value for one in cases] == [20, None]
    assert (cases[0].group, cases[0].stratum) == ("20 pieces, capacity 5", "Pr_20_4_05_Store1")


def test_a_file_of_another_set_is_named(tmp_path: Path) -> None:
    write_data(tmp_path, "bahceci_oncan.tar.xz", {"1l-20-30-0": ""}, [])
    with pytest.raises(BenchError, match='"1l-20-30-0" is no name'):
        BAHCECI_ONCAN.cases(Request(tmp_path))
    with pytest.raises(BenchError, match='"Pr_1" is no name'):
        HennWaescherName.of("class", "Pr_1")


def test_equal_file_names_of_both_storages_are_told_apart(tmp_path: Path) -> None:
    folders = ("HennWaescherClassBased", "HennWaescherUniform")
    files = ("2l-20-45-1", "1l-20-30-1", "56l-100-75-1")
    texts = {f"{folder}/{file}": case().text for folder in folders for file in files}
    best = [(folder, "1l-20-30-1", value) for folder, value in zip(folders, (20, 21), strict=True)]
    write_data(tmp_path, "henn_waescher.tar.xz", texts, best)
    cases = HENN_WAESCHER.cases(Request(tmp_path))
    assert [one.name for one in cases] == [
        "uniform-1l-20-30-1",
        "class-1l-20-30-1",
        "class-2l-20-45-1",
        "uniform-2l-20-45-1",
        "class-56l-100-75-1",
        "uniform-56l-100-75-1",
    ]
    assert [one.best_known and one.best_known.value for one in cases[:3]] == [21, 20, None]
    assert (cases[4].group, cases[4].stratum) == ("100/75", "class-56l-100-75")
    largest = HENN_WAESCHER_100_75.cases(Request(tmp_path))
    assert [one.name for one in largest] == ["class-56l-100-75-1", "uniform-56l-100-75-1"]


def strata_of_all_classes() -> list[BatchingCase]:
    sizes = [*range(20, 70, 10), *range(20, 70, 10), *range(70, 110, 10), *range(70, 110, 10)]
    policies = "l" * 5 + "s" * 5 + "l" * 4 + "s" * 4
    files = [
        f"{4 * block + place + 1}{policy}-{size}-{capacity}-{seed}"
        for block, (size, policy) in enumerate(zip(sizes, policies, strict=True))
        for place, capacity in enumerate((30, 45, 60, 75))
        for seed in range(10)
    ]
    names = [HennWaescherName.of(s, file) for s in ("class", "uniform") for file in files]
    return [name.case("", None) for name in sorted(names, key=lambda name: name.rank)]


def test_half_of_the_strata_are_every_class_once_and_both_storages_equally_often() -> None:
    sample = balanced_sample(strata_of_all_classes(), 72)
    assert len({one.stratum.partition("-")[2] for one in sample}) == 72
    by_class = [one for one in sample if one.name.startswith("class-")]
    assert len(by_class) == 36
    for capacity in (30, 45, 60, 75):
        assert sum(one.group.endswith(f"/{capacity}") for one in by_class) == 9
    for size in range(20, 110, 10):
        assert sum(one.group.startswith(f"{size}/") for one in by_class) == 4
    assert sum("l-" in one.name for one in by_class) == 18


@pytest.mark.parametrize("size", [18, 36])
def test_smaller_samples_are_balanced_as_well(size: int) -> None:
    sample = balanced_sample(strata_of_all_classes(), size)
    assert abs(sum(one.name.startswith("class-") for one in sample) - size // 2) <= 2
    for capacity in (30, 45, 60, 75):
        met = sum(one.group.endswith(f"/{capacity}") for one in sample)
        assert abs(met - size / 4) <= 1.5


def test_tight_is_what_fills_the_fewest_carts() -> None:
    name = HennWaescherName.of("class", "1l-20-10-0")
    # 20 pieces on two carts of 10; 19 leave 5 %; 6, 6, 6 need three carts and leave room.
    full, roomy = [[(0, 6)], [(1, 4)], [(2, 5)], [(3, 5)]], [[(0, 6)], [(1, 4)], [(2, 9)]]
    assert is_tight(name, text_of(full, 10))
    assert not is_tight(name, text_of(roomy, 10))
    assert not is_tight(name, text_of([[(0, 6)], [(1, 6)], [(2, 6)], [(3, 2)]], 10))


def test_published_optima_of_bahceci_and_oncan_are_proven(public_data: Path) -> None:
    """All of them: ``wavepick bench run --suite bahceci-oncan``; here two of each class."""
    cases = BAHCECI_ONCAN.cases(Request(public_data))
    assert len(cases) == 1_350
    for one in balanced_sample(cases, 90):
        attempt = one.solve(SECOND)
        assert one.best_known is not None
        assert attempt.proven, one.name
        assert one.judge(attempt.solution) == attempt.objective == one.best_known.value, one.name


def test_published_optima_of_henn_and_waescher_are_lengths_of_batches(public_data: Path) -> None:
    """Small instances, on which annealing ends at the optimum; both storages and policies."""
    cases = HENN_WAESCHER.cases(Request(public_data))
    assert len(cases) == 1_439
    assert sum(one.best_known is not None for one in cases) == 1_439
    small = [one for one in cases if one.group == "20/30"]
    for one in balanced_sample(small, 4):
        instance = parse_instance(one.name, one.text)
        router = ExactRouter(instance_layout(instance))
        problem = batching_problem(instance, router)
        found = solve_batching(problem, stop=MaxIterations(24), seed=1)
        solution = solution_of(instance, router, found.partition)
        assert one.best_known is not None
        assert one.judge(solution) == found.value / UNIT == one.best_known.value, one.name
