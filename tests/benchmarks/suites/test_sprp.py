from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import InstanceError, WrongAnswerError
from benchmarks.sample import balanced_sample
from benchmarks.suite import Budget, Json, Request
from benchmarks.suites.sprp import ONE_BLOCK, TWO_BLOCKS, SprpSuite, TourCase
from tests.benchmarks.files import instance_text, write_data

SECOND = Budget(1.0, 1)


def case(*, two_blocks: bool = False) -> TourCase:
    """Picks at (0, y=3) and (6, y=2) of three aisles of length 5; see the tests of the reader."""
    text = instance_text([(0, 0, 1, 1), (1, 2, 2, 1)], [[(0, 1), (1, 1)]])
    return TourCase("unit_F1_m3_C4_a2_0", text, two_blocks, None)


@pytest.mark.parametrize(("two_blocks", "length"), [(False, 22), (True, 20)])
def test_tours_are_shortest_and_the_judge_agrees(two_blocks: bool, length: int) -> None:
    attempt = case(two_blocks=two_blocks).solve(SECOND)
    assert (attempt.objective, attempt.bound, attempt.proven) == (length, length, True)
    assert case(two_blocks=two_blocks).judge(attempt.solution) == length


def test_judge_walks_any_order() -> None:
    # One block: 0 -> (0, y=3) -> (6, y=2): 3, then over the front 3 + 6 + 2, then back 2 + 6.
    assert case().judge({"stops": [[0, 1], [2, 2]]}) == 3 + 11 + 8


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        ({"stops": [[0, 1]]}, r"cell \(2, 2\) is not visited"),
        ({"stops": [[0, 1], [2, 2], [0, 4]]}, "no cell 4 in an aisle 0"),
        ({"stops": [[0, 1], [2]]}, r"is not \[aisle, cell\]"),
        ({"stops": [[0, 1], [2, "2"]]}, r"is not \[aisle, cell\]"),
        ({"tour": []}, 'a list "stops"'),
        ([], 'a list "stops"'),
    ],
)
def test_judge_refuses_what_is_no_tour(solution: Json, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        case().judge(solution)


def test_scattered_articles_are_refused() -> None:
    text = instance_text([(0, 0, 1, 1), (0, 2, 2, 1)], [[(0, 1)]])
    with pytest.raises(InstanceError, match="an article lies in several cells"):
        TourCase("unit_F1_m3_C4_a1_0", text, False, None).solve(SECOND)


def test_cases_are_those_of_the_archive_with_their_best_values(tmp_path: Path) -> None:
    text = case().text
    texts = {f"unit_F{kind}_m{aisles}_C4_a2_0": text for kind in (1, 2) for aisles in (10, 5)}
    write_data(tmp_path, "sprp.tar.xz", texts, [("SPRP", "unit_F1_m5_C4_a2_0", 22)])
    cases = ONE_BLOCK.cases(Request(tmp_path))
    assert [one.name for one in cases] == ["unit_F1_m5_C4_a2_0", "unit_F1_m10_C4_a2_0"]
    assert [one.best_known and one.best_known.value for one in cases] == [22, None]
    assert (cases[0].group, cases[0].stratum) == ("F1 m5 a2", "unit_F1_m5_C4_a2")


@pytest.mark.parametrize("suite", [ONE_BLOCK, TWO_BLOCKS], ids=lambda suite: suite.name)
def test_published_optima_are_reproduced(suite: SprpSuite, public_data: Path) -> None:
    """All of them: ``wavepick bench run --suite sprp``; here two of each class."""
    cases = suite.cases(Request(public_data))
    assert len(cases) == 2_400
    for one in balanced_sample(cases, 96):
        attempt = one.solve(SECOND)
        assert one.best_known is not None
        assert one.judge(attempt.solution) == attempt.objective == one.best_known.value, one.name
