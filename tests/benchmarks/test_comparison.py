from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.comparison import compare_runs
from benchmarks.errors import BenchError
from benchmarks.results import Line, Run
from tests.benchmarks.cases import empty_run, line, settings


def run_of(*lines: Line) -> Run:
    return replace(empty_run(len(lines)), lines=lines)


def test_wins_losses_ties_and_the_worst_regression_first() -> None:
    old = run_of(line("a", 100), line("b", 100), line("c", 100), line("d", 100))
    new = run_of(line("a", 90), line("b", 101), line("c", 100), line("d", 105))
    found = compare_runs(old, new)
    assert (found.wins, found.losses, found.ties) == (1, 2, 1)
    # -10 %, +1 %, 0 % and +5 %: -1 % on average.
    assert found.mean_percent == pytest.approx(-1)
    assert [pair.instance for pair in found.regressions] == ["d", "b"]


def test_tests_tell_a_clear_difference_from_none() -> None:
    names = [f"i{number}" for number in range(12)]
    old = run_of(*(line(name, 100) for name in names))
    better = run_of(*(line(name, 99 - place) for place, name in enumerate(names)))
    found = compare_runs(old, better)
    # Twelve of twelve fair coins fall on one side with probability 2 / 2**12.
    assert found.sign_p == pytest.approx(2 / 2**12)
    assert found.wilcoxon_p == pytest.approx(2 / 2**12)
    same = compare_runs(old, old)
    assert same.sign_p is None
    assert same.wilcoxon_p is None


def test_seeds_are_averaged() -> None:
    old = run_of(line("a", 100, seed=1), line("a", 110, seed=2))
    new = run_of(line("a", 104, seed=1), line("a", 106, seed=2))
    assert compare_runs(old, new).ties == 1


def test_lost_proofs_answers_and_judgements_are_regressions() -> None:
    old = run_of(line("a", 1, proven=True), line("b", 1), line("c", 1), line("d", 1))
    new = run_of(line("a", 1), line("b", None, judged=False), line("c", 1, judged=False))
    found = compare_runs(old, new)
    assert {pair.instance for pair in found.regressions} == {"a", "b", "c"}
    assert found.only_old == ("d",)
    assert (found.wins, found.losses, found.ties) == (0, 0, 2)


def test_runs_that_cannot_be_compared_are_refused() -> None:
    old = run_of(line("a", 1))
    other = replace(old, settings=replace(settings(), suite="other"))
    with pytest.raises(BenchError, match="the suites differ: made-up and other"):
        compare_runs(old, other)
    with pytest.raises(BenchError, match="no instance in common"):
        compare_runs(old, run_of(line("b", 1)))


def test_more_is_better_where_the_objective_is_maximised() -> None:
    old = replace(run_of(line("a", 100), line("b", 100), line("c", 100)), maximise=True)
    new = replace(run_of(line("a", 110), line("b", 95), line("c", 90)), maximise=True)
    found = compare_runs(old, new)
    assert (found.wins, found.losses, found.ties) == (1, 2, 0)
    # Changes of +10, -5 and -10 %.
    assert found.mean_percent == pytest.approx(-5 / 3)
    assert [(pair.instance, pair.percent) for pair in found.regressions] == [("c", -10), ("b", -5)]
    with pytest.raises(BenchError, match="one run maximises"):
        compare_runs(old, replace(new, maximise=False))
