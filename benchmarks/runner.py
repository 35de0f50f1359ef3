"""Runs the cases of a suite one by one, judges every answer, keeps what is done."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.errors import BenchError, WrongAnswerError
from benchmarks.results import Line, Run, failed_line, judged_line, read_run, write_run
from benchmarks.suite import Attempt, Budget, Case, Json
from optimizer.errors import OptimizerError

SECONDS_BETWEEN_WRITES = 10.0

WARM_UP_SECONDS = 0.1
"""Budget of one solve before the first that counts, so that loading compiled code is not timed."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where results and accepted solutions are kept; ``None``: nowhere."""

    results: Path | None = None
    solutions: Path | None = None

    def continued(self, run: Run) -> Run:
        """Return the run with what an earlier, interrupted run of equal settings has done.

        Raises
        ------
        BenchError
            When the file holds a run of other settings, or none at all.
        """
        if self.results is None or not self.results.exists():
            return run
        earlier = read_run(self.results)
        if earlier.settings != run.settings:
            raise BenchError(
                f"{self.results}: holds a run of other settings ({earlier.settings}); "
                "name another file"
            )
        return replace(
            run, date=earlier.date, wall_seconds=earlier.wall_seconds, lines=earlier.lines
        )

    def keep(self, run: Run) -> None:
        """Write the results so far."""
        if self.results is not None:
            write_run(run, self.results)

    def keep_solution(self, case: Case, seed: int, solution: Json) -> None:
        """Write a solution that the judge accepted, as ``<instance>-<seed>.json``."""
        if self.solutions is None:
            return
        path = self.solutions / f"{case.name}-{seed}.json"
        try:
            self.solutions.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(solution) + "\n", encoding="utf-8")
        except OSError as error:
            raise BenchError(f"{path}: cannot be written: {error.strerror}") from error


def run_cases(
    run: Run,
    cases: Sequence[Case],
    *,
    keeper: Keeper,
    tell: Callable[[Line, int], None],
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Run every case that the run does not hold yet; an interrupt ends it with what is done.

    Parameters
    ----------
    run
        The run so far.
    cases
        The cases; each is run with the seeds 1 to ``run.settings.seeds``.
    keeper
        Keeps results every few seconds and at the end.
    tell
        Called after each line with it and the number of lines so far.
    clock
        Seconds, for the time of the whole run.
    """
    lines = list(run.lines)
    done = {(line.instance, line.seed) for line in lines}
    begun = clock() - run.wall_seconds
    kept = clock()
    try:
        if len(lines) < run.n_expected:
            _solved(run, cases[0], Budget(min(run.settings.seconds, WARM_UP_SECONDS), 1), Keeper())
        for case in cases:
            for seed in range(1, run.settings.seeds + 1):
                if (case.name, seed) in done:
                    continue
                lines.append(_solved(run, case, Budget(run.settings.seconds, seed), keeper))
                tell(lines[-1], len(lines))
                if clock() - kept > SECONDS_BETWEEN_WRITES:
                    kept = clock()
                    keeper.keep(
                        replace(run, lines=tuple(lines), wall_seconds=round(kept - begun, 3))
                    )
    except KeyboardInterrupt:
        # The result is then not complete, and says so.
        pass
    finished = replace(run, lines=tuple(lines), wall_seconds=round(clock() - begun, 3))
    keeper.keep(finished)
    return finished


def _solved(run: Run, case: Case, budget: Budget, keeper: Keeper) -> Line:
    try:
        attempt = case.solve(budget)
    except OptimizerError as error:
        return failed_line(case, budget.seed, f"{type(error).__name__}: {error}")
    judged, note = _judged(case, attempt)
    line = judged_line(case, budget.seed, attempt, judged=judged, note=note, maximise=run.maximise)
    if line.judged:
        keeper.keep_solution(case, budget.seed, attempt.solution)
    return line


def _judged(case: Case, attempt: Attempt) -> tuple[float | None, str]:
    try:
        return case.judge(attempt.solution), ""
    except WrongAnswerError as error:
        return None, str(error)
