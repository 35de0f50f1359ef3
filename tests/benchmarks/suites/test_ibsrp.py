from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.sample import balanced_sample
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.ibsrp import IBSRP, DueDateCase, NoPlanError
from tests.benchmarks.files import write_data
from tests.benchmarks.ibsrp_files import due_text

BUDGET = Budget(10.0, 1)


def case(*due: int, pickers: int = 1) -> DueDateCase:
    """Orders for locations 1 (walk 6), 2 (walk 12) and 3 (walk 22), one line each."""
    orders = [(date, (product,)) for product, date in enumerate(due, start=1)]
    return DueDateCase("tiny", due_text(orders, pickers=pickers), None)


# All three in one batch, each aisle there and back: 1 + 5 + 5 + 6 + 4 + 4 + 6 + 1 = 32, where once
# through both aisles would be 1 + 10 + 6 + 10 + 6 + 1 = 34.
TOGETHER = 10 + 3 * 32 + 2 * 3


def test_one_batch_is_best_without_haste() -> None:
    attempt = case(200, 200, 200).solve(BUDGET)
    assert (attempt.objective, attempt.bound, attempt.proven) == (TOGETHER, TOGETHER, True)
    assert case(200, 200, 200).judge(attempt.solution) == TOGETHER


@pytest.mark.parametrize(("pickers", "second_due"), [(1, 130), (2, 100)])
def test_due_dates_split_batches(pickers: int, second_due: int) -> None:
    # Locations 1 and 2 by 50: 10 + 3 * 12 + 2 * 2 = 50; location 3: 10 + 3 * 22 + 2 = 78.
    hasty = case(50, 50, second_due, pickers=pickers)
    attempt = hasty.solve(BUDGET)
    assert (attempt.objective, attempt.proven) == (50 + 78, True)
    assert hasty.judge(attempt.solution) == 50 + 78


def test_no_plan_on_time_is_said() -> None:
    with pytest.raises(NoPlanError, match="infeasible"):
        case(50, 50, 100).solve(BUDGET)


def document(*pickers: list[tuple[list[int], list[int]]]) -> Json:
    return {
        "pickers": [
            [{"orders": orders, "stops": stops} for orders, stops in batches] for batches in pickers
        ]
    }


def test_judge_walks_in_the_given_order() -> None:
    # 0 -> 2 (6), back to 1 (3), home (3); then location 3 alone.
    assert case(200, 200, 200).judge(document([([1, 2], [2, 1]), ([3], [3])])) == 50 + 78


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (document([([1, 2], [1, 2])]), "order 3 is not done"),
        (document([([1, 2, 2, 3], [1, 2, 3])]), "order 2 is unknown or done before"),
        (document([([4], [1])]), "order 4 is unknown"),
        (document([([1, 2, 3], [1, 2])]), "location 3 is not visited"),
        (document([([1, 2, 3], [1, 2, 3, 9])]), "no location 9"),
        (document([([1, 2, 3], [1, 8, 2, 3])]), "no walk leads from location 8 to 2"),
        (document([([3], [3]), ([1, 2], [1, 2])]), "order 1 is done at 128, due at 120"),
        (document([([1, 2], [1, 2])], [([3], [3])]), "2 pickers work, there are 1"),
        (document([([], []), ([1, 2, 3], [1, 2, 3])]), "a batch has 0 lines, not 1 to 3"),
        ({"pickers": [[{"orders": [1]}]]}, 'no list of numbers "stops"'),
        ({"pickers": [[{"orders": [True], "stops": [1]}]]}, 'no list of numbers "orders"'),
        ({"pickers": [1]}, "1 is no list of batches"),
        ([], 'a list "pickers"'),
    ],
)
def test_judge_refuses_what_is_no_plan(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case(120, 200, 200).judge(solution)


def test_cases_are_those_with_a_published_value(tmp_path: Path) -> None:
    text = case(200, 200, 200).text
    names = ("instances_10_1", "instances_9_1", "instances_11_1")
    best = [("Kris_small", "instances_10_1", 7.0), ("Kris_small", "instances_9_1", 8.0)]
    write_data(tmp_path, "kris_small.tar.xz", dict.fromkeys(names, text), best)
    cases = IBSRP.cases(Request(tmp_path))
    assert [one.name for one in cases] == ["instances_9_1", "instances_10_1"]
    assert (cases[0].group, cases[0].stratum) == ("n3 C3", "n3 C3 v4")


def test_published_optima_are_reproduced(public_data: Path) -> None:
    """All of them: ``wavepick bench run --suite ibsrp``; here one of each class."""
    cases = IBSRP.cases(Request(public_data))
    assert len(cases) == 242
    for one in balanced_sample(cases, 27):
        attempt = one.solve(BUDGET)
        assert one.best_known is not None
        assert attempt.proven, one.name
        assert one.judge(attempt.solution) == attempt.objective == one.best_known.value, one.name
