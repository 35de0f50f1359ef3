from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.catalogue import SUITES
from benchmarks.data import BestKnown
from benchmarks.errors import WrongAnswerError
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.wave_selection import WAVE_SELECTION, NoWaveError, WaveCase, unrounded
from tests.benchmarks.files import write_data

BUDGET = Budget(30.0, 1)

# Aisle 0 holds three of item 0, aisle 1 two of it and one of item 1, aisle 2 four of item 1.
TEXT = """3 2 3
1 0 2
2 0 1 1 1
1 1 4
1 0 3
2 0 2 1 1
1 1 4
{limits}
"""


def case(limits: str = "2 7") -> WaveCase:
    return WaveCase("tiny", TEXT.format(limits=limits), None)


def test_the_most_units_per_aisle_are_found_and_judged() -> None:
    # Aisle 2 gives 4 units; aisles 0 and 2 give 6, for 3 each.
    attempt = case().solve(BUDGET)
    assert (attempt.objective, attempt.bound, attempt.proven) == (4, 4, True)
    assert attempt.solution == {"orders": [2], "aisles": [2]}
    assert case().judge(attempt.solution) == 4


def test_limits_count() -> None:
    # At least 5 units: orders 0 and 2 by aisles 0 (or 1) and 2, 6 units.
    attempt = case("5 7").solve(BUDGET)
    assert (attempt.objective, attempt.proven) == (3, True)
    assert case("5 7").judge(attempt.solution) == 3
    with pytest.raises(NoWaveError):
        case("9 20").solve(BUDGET)


def document(orders: list[int], aisles: list[int]) -> Json:
    return {"orders": orders, "aisles": aisles}


def test_judge_counts_visited_aisles_whether_needed_or_not() -> None:
    assert case().judge(document([2], [0, 2])) == 2


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (document([0, 1], [0]), "1 of item 1 are asked, the aisles hold 0"),
        (document([0, 1], [1]), "3 of item 0 are asked, the aisles hold 2"),
        (document([], [0]), "the wave has 0 units, not 2 to 7"),
        (document([0, 1, 2], [0, 1, 2]), "the wave has 8 units, not 2 to 7"),
        (document([0], []), "at least one aisle"),
        (document([0, 0], [0]), "orders: 0 is named 2 times"),
        (document([2], [2, 2]), "aisles: 2 is named 2 times"),
        (document([3], [0]), "orders: there is no number 3"),
        (document([0], [-1]), "aisles: there is no number -1"),
        ({"orders": [True], "aisles": [0]}, 'list of numbers "orders"'),
        ({"orders": [0]}, 'list of numbers "aisles"'),
        ([], 'list of numbers "orders"'),
    ],
)
def test_judge_refuses_what_is_no_wave(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def test_published_values_are_taken_as_the_fractions_they_stand_for() -> None:
    assert unrounded(BestKnown(4.416667, proven=False), 304).value == 53 / 12
    assert unrounded(BestKnown(162.941176, proven=False), 168).value == 2770 / 17
    # No fraction with at most five aisles is so near.
    assert unrounded(BestKnown(4.416667, proven=False), 5).value == 4.416667


def test_cases_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    texts = {name: case().text for name in ("instance_10", "instance_9")}
    write_data(tmp_path, "sbpo_a.tar.xz", texts, [("SBPO2025_a", "instance_9", 0.666667)])
    cases = WAVE_SELECTION.cases(Request(tmp_path))
    assert [one.name for one in cases] == ["instance_9", "instance_10"]
    assert [one.best_known and one.best_known.value for one in cases] == [2 / 3, None]
    assert {one.group for one in cases} == {"fewer than 1000 orders"}
    assert SUITES[WAVE_SELECTION.name].maximise


def test_published_values_are_reached_and_proven(public_data: Path) -> None:
    """More of them: ``wavepick bench run --suite wave-selection``."""
    cases = WAVE_SELECTION.cases(Request(public_data))
    assert len(cases) == 20
    easy = {"instance_0002", "instance_0003", "instance_0004", "instance_0017", "instance_0020"}
    for one in cases:
        if one.name in easy:
            attempt = one.solve(BUDGET)
            assert one.best_known is not None
            assert one.judge(attempt.solution) == attempt.objective == one.best_known.value
            assert attempt.proven
