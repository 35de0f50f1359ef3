from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import WrongAnswerError
from benchmarks.sample import balanced_sample
from benchmarks.suite import Budget, Request
from benchmarks.suites.sprp_ss import ONE_BLOCK, TWO_BLOCKS, ScatteredCase, ScatteredSuite
from tests.benchmarks.files import Place, instance_text, write_data

BUDGET = Budget(30.0, 1)


def case(
    places: list[Place], demand: list[tuple[int, int]], *, two_blocks: bool = False
) -> ScatteredCase:
    """Three aisles; cell 3 lies at y = 1, cell 0 at y = 4; the depot at the bottom of aisle 0."""
    text = instance_text(places, [demand])
    return ScatteredCase("unit_F2_m3_C4_a2_0", text, two_blocks, None)


UNIT_DEMAND = case([(0, 0, 1, 1), (0, 2, 0, 1), (1, 0, 3, 1), (1, 2, 3, 1)], [(0, 1), (1, 1)])
"""Both articles in aisle 0 (y = 3 and 1) and in aisle 2 (y = 4 and 1)."""

TWO_PIECES = case([(0, 0, 1, 1), (0, 1, 3, 1), (0, 0, 0, 2)], [(0, 2)])
"""Two pieces: one at (0, y=3) and one at (3, y=1), or both at (0, y=4)."""


def test_the_cheapest_cells_are_chosen() -> None:
    # Up aisle 0 to y = 3 and back.
    attempt = UNIT_DEMAND.solve(BUDGET)
    assert (attempt.objective, attempt.bound, attempt.proven) == (6, 6, True)
    assert UNIT_DEMAND.judge(attempt.solution) == 6


def test_quantities_decide() -> None:
    # To y = 4 and back: 8. By the other two cells 2 * 3 + 2 * 3 + 2 * 1 = 14.
    attempt = TWO_PIECES.solve(BUDGET)
    assert attempt.objective == TWO_PIECES.judge(attempt.solution) == 8
    assert TWO_PIECES.judge({"stops": [[0, 1], [1, 3]]}) == 14


def test_both_sides_of_a_cell_hold_together() -> None:
    one = case([(0, 1, 3, 1), (0, 1, 3, 1), (0, 2, 0, 2)], [(0, 2)])
    # At (3, y=1): 2 * (3 + 1).
    assert one.judge(one.solve(BUDGET).solution) == 8


def test_judge_refuses_too_little() -> None:
    with pytest.raises(WrongAnswerError, match="2 of article 0 are asked, the stops hold 1"):
        TWO_PIECES.judge({"stops": [[0, 1], [0, 1]]})
    with pytest.raises(WrongAnswerError, match="1 of article 1 are asked, the stops hold 0"):
        UNIT_DEMAND.judge({"stops": [[0, 1]]})


def test_cases_are_those_with_several_cells(tmp_path: Path) -> None:
    texts = {
        f"{kind}_m3_C4_a2_0": UNIT_DEMAND.text for kind in ("unit_F1", "unit_F2", "varying_F5")
    }
    write_data(tmp_path, "sprp.tar.xz", texts, [("SPRP-SS", "varying_F5_m3_C4_a2_0", 6)])
    cases = ONE_BLOCK.cases(Request(tmp_path))
    assert [one.name for one in cases] == ["unit_F2_m3_C4_a2_0", "varying_F5_m3_C4_a2_0"]
    assert [one.best_known and one.best_known.value for one in cases] == [None, 6]


@pytest.mark.parametrize("suite", [ONE_BLOCK, TWO_BLOCKS], ids=lambda suite: suite.name)
def test_published_optima_are_reproduced(suite: ScatteredSuite, public_data: Path) -> None:
    """More of them: ``wavepick bench run --suite sprp-ss --sample 1200``."""
    cases = suite.cases(Request(public_data))
    assert len(cases) == 8_400
    # The smaller ones with unit demand: some of the largest take seconds each.
    small = [one for one in cases if one.name.startswith("unit") and "_m10_" in one.name]
    for one in balanced_sample(small, 24):
        attempt = one.solve(BUDGET)
        assert one.best_known is not None
        assert one.judge(attempt.solution) == attempt.objective == one.best_known.value, one.name
        assert attempt.proven


def test_two_block_values_of_varying_demand_are_not_taken_as_proven(tmp_path: Path) -> None:
    texts = {"unit_F2_m3_C4_a2_0": UNIT_DEMAND.text, "varying_F2_m3_C4_a2_0": TWO_PIECES.text}
    best = [("SPRP-SS_two_block", name, 6.0) for name in texts]
    write_data(tmp_path, "sprp.tar.xz", texts, best)
    cases = TWO_BLOCKS.cases(Request(tmp_path))
    assert [one.best_known and one.best_known.proven for one in cases] == [True, False]
