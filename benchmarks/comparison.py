"""Two runs of one suite, instance by instance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from scipy.stats import binomtest, wilcoxon

from benchmarks.errors import BenchError
from benchmarks.results import Line, Run, percent_worse


@dataclass(frozen=True, slots=True)
class Pair:
    """One instance in both runs: mean objectives over the seeds, ``None`` without an answer.

    ``percent`` is 100 (new - old) / old. It has the other sign in ``percent_worse`` where a larger
    objective is better: below 0 the new run is better.
    """

    instance: str
    old: float | None
    new: float | None
    percent: float | None
    percent_worse: float | None
    lost_proof: bool
    lost_judge: bool

    @property
    def is_regression(self) -> bool:
        """Whether the new run is worse: in its objective, without answer, judgement or proof."""
        worse = self.percent_worse is not None and self.percent_worse > 0
        return (
            worse or self.lost_proof or self.lost_judge or (self.new is None) > (self.old is None)
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of every instance that both runs hold.

    ``wilcoxon_p`` and ``sign_p`` are the two-sided p-values of the Wilcoxon signed-rank test and of
    the sign test on the relative differences, ``None`` where no objective differs.
    ``mean_percent`` is the mean of the pairs' ``percent``.
    """

    pairs: tuple[Pair, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    wins: int
    losses: int
    ties: int
    mean_percent: float
    wilcoxon_p: float | None
    sign_p: float | None
    old_seconds: float
    new_seconds: float

    @property
    def regressions(self) -> tuple[Pair, ...]:
        """The instances that became worse, the worst first."""
        found = [pair for pair in self.pairs if pair.is_regression]
        return tuple(sorted(found, key=lambda pair: -(pair.percent_worse or math.inf)))


def compare_runs(old: Run, new: Run) -> Comparison:
    """Compare two runs; a win is an instance on which the new run is better.

    Raises
    ------
    BenchError
        When they are of different suites or have no instance in common.
    """
    if old.settings.suite != new.settings.suite:
        raise BenchError(f"the suites differ: {old.settings.suite} and {new.settings.suite}")
    if old.maximise != new.maximise:
        raise BenchError("one run maximises its objective, the other does not")
    before, after = _by_instance(old.lines), _by_instance(new.lines)
    common = [name for name in before if name in after]
    if not common:
        raise BenchError("the runs have no instance in common")
    pairs = tuple(_pair(name, before[name], after[name], maximise=new.maximise) for name in common)
    changed = [pair for pair in pairs if pair.percent is not None]
    changes = [pair.percent_worse or 0.0 for pair in changed]
    wins = sum(change < 0 for change in changes)
    losses = sum(change > 0 for change in changes)
    differ = wins + losses > 0
    return Comparison(
        pairs=pairs,
        only_old=tuple(name for name in before if name not in after),
        only_new=tuple(name for name in after if name not in before),
        wins=wins,
        losses=losses,
        ties=len(changes) - wins - losses,
        mean_percent=fmean(pair.percent or 0.0 for pair in changed) if changed else 0.0,
        wilcoxon_p=float(wilcoxon(changes).pvalue) if differ else None,
        sign_p=float(binomtest(wins, wins + losses).pvalue) if differ else None,
        old_seconds=_mean_seconds(before, common),
        new_seconds=_mean_seconds(after, common),
    )


def _by_instance(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.instance, []).append(line)
    return found


def _pair(name: str, before: list[Line], after: list[Line], *, maximise: bool) -> Pair:
    old, new = _mean_objective(before), _mean_objective(after)
    percent = worse = None
    if old is not None and new is not None:
        percent = percent_worse(new, old, old)
        worse = percent_worse(new, old, old, maximise=maximise)
    return Pair(
        instance=name,
        old=old,
        new=new,
        percent=percent,
        percent_worse=worse,
        lost_proof=_all_proven(before) and not _all_proven(after),
        lost_judge=_all_judged(before) and not _all_judged(after),
    )


def _mean_objective(lines: list[Line]) -> float | None:
    values = [line.objective for line in lines if line.objective is not None]
    return fmean(values) if len(values) == len(lines) else None


def _all_proven(lines: list[Line]) -> bool:
    return all(line.proven for line in lines)


def _all_judged(lines: list[Line]) -> bool:
    return all(line.judged for line in lines)


def _mean_seconds(lines: dict[str, list[Line]], names: list[str]) -> float:
    return fmean(line.seconds for name in names for line in lines[name])
