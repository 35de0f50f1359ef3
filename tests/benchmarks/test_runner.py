from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.data import BestKnown
from benchmarks.errors import BenchError
from benchmarks.results import Line, Run, read_run
from benchmarks.runner import WARM_UP_SECONDS, Keeper, run_cases
from tests.benchmarks.cases import MadeUpCase, empty_run


def solve(
    cases: list[MadeUpCase], *, keeper: Keeper | None = None, run: Run | None = None, seeds: int = 1
) -> tuple[Run, list[str]]:
    """Return the finished run and what was told."""
    told: list[str] = []

    def tell(line: Line, count: int) -> None:
        told.append(f"{count}:{line.instance}/{line.seed}")

    begun = empty_run(len(cases), seeds=seeds) if run is None else run
    return run_cases(begun, cases, keeper=keeper or Keeper(), tell=tell), told


def test_every_case_is_run_with_every_seed_and_told() -> None:
    cases = [MadeUpCase("a"), MadeUpCase("b")]
    run, told = solve(cases, seeds=2)
    assert told == ["1:a/1", "2:a/2", "3:b/1", "4:b/2"]
    assert run.complete
    assert [budget.seed for budget in cases[1].budgets] == [1, 2]
    assert {budget.seconds for budget in cases[1].budgets} == {1.0}


def test_the_first_case_warms_up_unmeasured() -> None:
    case = MadeUpCase("a")
    run, _ = solve([case])
    assert [budget.seconds for budget in case.budgets] == [WARM_UP_SECONDS, 1.0]
    assert len(run.lines) == 1


def test_gaps_follow_the_judged_objective() -> None:
    run, _ = solve([MadeUpCase("a", claimed=10, true=10, best_known=BestKnown(8, proven=False))])
    # 100 * (10 - 8) / 8 above the best known, 100 * (10 - 8) / 10 above the own bound of 8.
    assert (run.lines[0].gap_percent, run.lines[0].own_gap_percent) == (25, 20)
    assert run.lines[0].judged
    assert run.lines[0].note == ""


def test_a_wrong_claim_is_corrected_and_noted() -> None:
    run, _ = solve([MadeUpCase("a", claimed=10, true=12)])
    assert (run.lines[0].objective, run.lines[0].judged) == (12, False)
    assert run.lines[0].note == "the solver claims 10, the judge finds 12"


def test_a_refused_answer_and_a_failure_are_noted() -> None:
    run, _ = solve([MadeUpCase("a", true=None), MadeUpCase("b", fails=True)])
    assert [(line.judged, line.note) for line in run.lines] == [
        (False, "a stop is missing"),
        (False, 'UnreachableError: no walk leads from "here" to "there"'),
    ]
    assert run.lines[1].objective is None


def test_an_answer_below_a_proven_optimum_is_noted() -> None:
    run, _ = solve([MadeUpCase("a", best_known=BestKnown(11, proven=True))])
    assert run.lines[0].note == "below the proven optimum 11"


def test_an_interrupted_run_keeps_its_lines_and_is_continued(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    keeper = Keeper(tmp_path / "out.json")
    cases = [MadeUpCase("a"), MadeUpCase("b"), MadeUpCase("c", before=interrupt)]
    run, told = solve(cases, keeper=keeper)
    assert told == ["1:a/1", "2:b/1"]
    assert not run.complete
    assert read_run(tmp_path / "out.json") == run

    cases[2] = MadeUpCase("c")
    continued, told = solve(cases, keeper=keeper, run=keeper.continued(empty_run(3)))
    assert told == ["3:c/1"]
    assert continued.complete
    assert [line.instance for line in continued.lines] == ["a", "b", "c"]


def test_a_complete_run_is_not_run_again(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "out.json")
    solve([MadeUpCase("a")], keeper=keeper)
    case = MadeUpCase("a")
    run, told = solve([case], keeper=keeper, run=keeper.continued(empty_run(1)))
    assert told == []
    assert case.budgets == []
    assert run.complete


def test_time_of_the_whole_run_adds_up_over_interruptions() -> None:
    ticks = iter(range(100))
    run = replace(empty_run(1), wall_seconds=60.0)
    done = run_cases(
        run,
        [MadeUpCase("a")],
        keeper=Keeper(),
        tell=lambda _line, _count: None,
        clock=lambda: next(ticks),
    )
    # The clock is read at 0 (begun), 1 (kept), 2 (after the case) and 3 (at the end).
    assert done.wall_seconds == 60 + 3


def test_results_of_other_settings_are_not_continued(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "out.json")
    solve([MadeUpCase("a")], keeper=keeper)
    with pytest.raises(BenchError, match=r"out\.json: holds a run of other settings"):
        keeper.continued(empty_run(1, seeds=2))


def test_only_accepted_solutions_are_kept(tmp_path: Path) -> None:
    keeper = Keeper(solutions=tmp_path / "solutions")
    solve([MadeUpCase("a"), MadeUpCase("b", true=None)], keeper=keeper)
    kept = list((tmp_path / "solutions").iterdir())
    assert [path.name for path in kept] == ["a-1.json"]
    assert json.loads(kept[0].read_text()) == {"stops": ["a"]}


def test_gaps_of_a_maximised_objective_are_above_0_where_it_is_worse() -> None:
    best = BestKnown(16, proven=True)
    cases = [MadeUpCase("a", claimed=12, true=12, best_known=best)]
    cases += [MadeUpCase("b", claimed=20, true=20, best_known=best)]
    run, _ = solve(cases, run=replace(empty_run(2), maximise=True))
    assert [line.gap_percent for line in run.lines] == [25, -25]
    # The bound of 8 is a limit from above: 100 * (8 - 12) / 12.
    assert run.lines[0].own_gap_percent == pytest.approx(-100 / 3)
    assert [line.note for line in run.lines] == ["", "above the proven optimum 16"]
