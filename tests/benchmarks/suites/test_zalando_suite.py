from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.catalogue import SUITES, load_suite
from benchmarks.data import BestKnown
from benchmarks.errors import WrongAnswerError
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.zalando import ARCHIVE, DATASET, ZALANDO, ZalandoCase
from tests.benchmarks.zalando_files import documents, parameters, write_archive


def case(**changes: Json) -> ZalandoCase:
    return ZalandoCase("tiny-0", parameters(**changes), None)


def document(*batches: tuple[list[str], list[list[str]]]) -> Json:
    return {"batches": [{"orders": orders, "picklists": lists} for orders, lists in batches]}


def test_judge_counts_walks_through_cross_aisles() -> None:
    # Station to i1: 3 + 2; i1 to i2: aisles 2, rows 2 + 4 by the middle; back 1 + 4. The other
    # list: 0 + 1 and back.
    assert case().judge(document((["o1", "o2"], [["i1", "i2"], ["i5"]]))) == 5 + 8 + 5 + 2
    # Station to i3: 2 + 9; i3 to i4, in the same aisle, around the outer cross-aisle at 10: 1 + 2;
    # back 2 + 8. Through the middle it would be 17.
    assert case().judge(document((["o3"], [["i3", "i4"]]))) == 11 + 3 + 10


def test_judge_allows_more_items_than_asked_and_batches_apart() -> None:
    apart = document((["o1"], [["i1"]]), (["o2"], [["i2"], ["i5"]]))
    assert case().judge(apart) == 10 + 10 + 2


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (document((["o1"], [["i1"]])), "2 items are wanted, 1 are picked"),
        (document(), "2 items are wanted, 0 are picked"),
        (document((["o3"], [["i3"], ["i3"]])), "item i3 is used 2 times"),
        (document((["o3"], [["i3", "i3"]])), "item i3 is used 2 times"),
        (document((["o1"], [["i1"]]), (["o1"], [["i1"]])), "order o1 is used 2 times"),
        (document((["o2"], [["i2"]])), "not those that its orders ask for"),
        (document((["o2"], [["i2", "i3"], ["i5"]])), "not those that its orders ask for"),
        (document((["o2"], [["i2", "i5"]])), "items of several zones"),
        (document((["o1", "o2"], [["i1", "i2", "i3"]])), "has the volume 9, 8 may be"),
        (document((["o1", "o2", "o3"], [])), "a batch has 3 orders, 2 may be"),
        (document((["o9"], [["i1"]])), "no order or item 'o9'"),
        (document((["o1"], [["i9"]])), "no order or item 'i9'"),
        ({"batches": [{"orders": ["o1"]}]}, 'an object with "orders" and "picklists"'),
        ({"batches": [{"orders": "o1", "picklists": []}]}, "not a list of names"),
        ({"batches": [{"orders": [1], "picklists": []}]}, "not a list of names"),
        ({"batches": {}}, 'a list "batches"'),
        ([], 'a list "batches"'),
    ],
)
def test_judge_refuses_what_breaks_a_rule(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def test_the_shortest_plan_is_found_and_judged() -> None:
    # Two items are asked. o2 alone: i2 for 10 and i5 for 2. o3 alone: i5 for 2 and i4 for 20, or
    # i3 and i4 for 24. Every further order costs more.
    # Where nothing is compiled yet, that may take all of the first budget.
    case().solve(Budget(0.1, 1))
    attempt = case().solve(Budget(0.3, 1))
    assert attempt.objective == 12
    assert case().judge(attempt.solution) == 12
    assert attempt.figures["items"] == 2


def test_cases_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "instances"
    folder.mkdir()
    write_archive(folder / ARCHIVE, {"tiny-10": documents(), "tiny-9": documents()})
    rows = f"dataset,instance,best_known,proven_optimal\n{DATASET},tiny-9,12,no\n"
    with gzip.open(folder / "best_known.csv.gz", "wt", encoding="utf-8") as text:
        text.write(rows)
    cases = ZALANDO.cases(Request(tmp_path))
    assert [one.name for one in cases] == ["tiny-9", "tiny-10"]
    assert [one.best_known for one in cases] == [BestKnown(12, proven=False), None]
    assert {one.group for one in cases} == {one.stratum for one in cases} == {"tiny"}


def test_suite_is_listed() -> None:
    assert load_suite(ZALANDO.name) is ZALANDO
    assert SUITES[ZALANDO.name].data == ARCHIVE


def test_public_instances_are_solved_by_the_rules(public_data: Path) -> None:
    """In full: ``wavepick bench run --suite zalando``."""
    cases = ZALANDO.cases(Request(public_data))
    assert [one.name for one in cases] == ["small-0", "small-1", "small-2"]
    attempt = cases[0].solve(Budget(1.0, 1))
    assert cases[0].judge(attempt.solution) == attempt.objective
    assert attempt.figures["items"] >= 264
