from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import BenchError, WrongAnswerError
from benchmarks.readers.kairos import parse_hall
from benchmarks.sample import balanced_sample
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.obstacles import OBSTACLES, HallCase
from tests.benchmarks.hall_files import (
    COORDINATES,
    RACK,
    hall_instance_text,
    hall_solution_text,
    write_halls,
)

BUDGET = Budget(1.0, 1)
ORDERS = {"1": [2], "2": [3, 4], "3": [2, 2]}
"""In layout Conventional: 2 is 2 away from place 0 and 3 from place 1 (sqrt(13), cut to 3)."""

PUBLISHED = hall_solution_text([([1, 2], [2, 3, 4]), ([3], [2])])


def case(capacity: int = 2) -> HallCase:
    hall = parse_hall("Conventional", COORDINATES, RACK, whole_legs=True)
    return HallCase("tiny", hall, hall_instance_text(ORDERS, capacity), PUBLISHED)


def document(*batches: tuple[list[int], list[int]]) -> Json:
    return {"batches": [{"orders": orders, "stops": stops} for orders, stops in batches]}


def test_the_best_batches_are_found_and_proven() -> None:
    # 0 -> 2 -> 1 for orders 1 and 3: 2 + 3. 0 -> 3 -> 4 -> 1 for order 2: 4 + 2 + 6 = 12, as 4 is
    # 4 + 2 away from 1 over the lower right corner; 0 -> 4 -> 3 -> 1 would be 6 + 2 + 5.
    attempt = case().solve(BUDGET)
    assert (attempt.objective, attempt.bound, attempt.proven) == (17, 17, True)
    assert case().judge(attempt.solution) == 17


def test_one_batch_is_enough_for_a_large_cart() -> None:
    # 0 -> 2 -> 3 -> 4 -> 1: 6 + 6.
    attempt = case(capacity=3).solve(BUDGET)
    assert attempt.objective == 12
    assert case(capacity=3).judge(attempt.solution) == 12


def test_the_published_solution_is_judged_like_ours() -> None:
    assert case().best_known.value == 12 + 5


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (document(([1, 2], [2, 3, 4])), "order 3 is in no batch"),
        (document(([1, 3], [2]), ([2, 1], [2, 3, 4])), "order 1 is unknown or in two batches"),
        (document(([4], [2])), "order 4 is unknown"),
        (document(([1, 2, 3], [2, 3, 4])), "3 orders exceeds the capacity of 2"),
        (document(([1, 3], [2]), ([2], [3])), r"place 4 is not visited by the batch of \[2\]"),
        (document(([1, 3], [2, 5])), "there is no place 5"),
        (document(([1, 3], [-1, 2])), "there is no place -1"),
        (document(([], [2])), 'no list of numbers "orders"'),
        ({"batches": [{"orders": [1]}]}, 'no list of numbers "stops"'),
        ({"batches": [{"orders": [True], "stops": [2]}]}, 'no list of numbers "orders"'),
        ({"batches": [1]}, 'no list of numbers "orders"'),
        ([], 'a list "batches"'),
    ],
)
def test_judge_refuses_what_is_no_batching(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def hall_archive(folder: Path, *names: str) -> Path:
    files = {}
    for layout in ("Conventional", "SingleRack"):
        files[f"{layout}/tsplib_parent.txt"] = COORDINATES
        files[f"{layout}/meta/obstacles_all.json"] = RACK
        for name in names:
            inside = f"{layout}/instances/{name}"
            files[f"{inside}/{name}.json"] = hall_instance_text(ORDERS, 2)
            files[f"{inside}/{name}_specs.json"] = "no instance"
            files[f"{inside}/SMD/{name}_sol.json"] = PUBLISHED
    return write_halls(folder, files)


def test_cases_are_listed_by_layout_and_number(tmp_path: Path) -> None:
    folder = hall_archive(tmp_path, "c10_aaaa", "c9_bbbb", "c285_8083")
    cases = OBSTACLES.cases(Request(folder))
    assert [one.name for one in cases] == [
        "Conventional-c9_bbbb",
        "Conventional-c10_aaaa",
        "Conventional-c285_8083",
        "SingleRack-c9_bbbb",
        "SingleRack-c10_aaaa",
    ]
    assert (cases[0].group, cases[0].stratum) == ("Conventional", "Conventional")
    assert [one.hall.whole_legs for one in cases] == [True, True, True, False, False]


def test_an_archive_without_a_layout_is_refused(tmp_path: Path) -> None:
    inside = "Conventional/instances/c1_aaaa/c1_aaaa.json"
    folder = write_halls(tmp_path, {inside: hall_instance_text(ORDERS, 2)})
    with pytest.raises(BenchError, match=r"lacks Conventional/tsplib_parent\.txt"):
        OBSTACLES.cases(Request(folder))


def test_published_solutions_are_judged_and_beaten(public_data: Path) -> None:
    """All of them: ``wavepick bench run --suite obstacles``; here two of each layout."""
    cases = OBSTACLES.cases(Request(public_data))
    assert len(cases) == 177
    for one in balanced_sample(cases, 8):
        attempt = one.solve(Budget(0.5, 1))
        assert one.judge(attempt.solution) == attempt.objective <= one.best_known.value, one.name


def test_published_values_agree_with_the_judge(public_data: Path) -> None:
    """The objective in the header of each file, from a heuristic of its authors."""
    for one in OBSTACLES.cases(Request(public_data)):
        header = one.text.partition('"Best known objective": "')[2]
        stated = float(header.partition('"')[0])
        # The file rounds its lengths; see benchmarks.readers.kairos.
        assert one.best_known.value == pytest.approx(stated, rel=6e-5), one.name
