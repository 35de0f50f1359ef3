"""Cases whose answers are made up, for the tests of everything around the solvers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.data import BestKnown
from benchmarks.errors import WrongAnswerError
from benchmarks.results import Line, Run, Settings
from benchmarks.suite import Attempt, Budget, Json, PeerResult
from optimizer.errors import UnreachableError


@dataclass
class MadeUpCase:
    """Answers ``claimed``; the judge finds ``true``, or refuses where that is ``None``."""

    name: str
    claimed: float = 10
    true: float | None = 10
    best_known: BestKnown | None = None
    stratum: str = "one"
    group: str = "g"
    fails: bool = False
    before: Callable[[], None] = lambda: None
    budgets: list[Budget] = field(default_factory=list)

    def solve(self, budget: Budget) -> Attempt:
        self.before()
        self.budgets.append(budget)
        if self.fails:
            raise UnreachableError("here", "there")
        return Attempt(self.claimed, 0.5, {"stops": [self.name]}, bound=8, proven=False)

    def judge(self, solution: Json) -> float:
        assert solution == {"stops": [self.name]}
        if self.true is None:
            raise WrongAnswerError("a stop is missing")
        return self.true


def settings(**changes: int) -> Settings:
    """Return settings of one second per case."""
    return Settings(suite="made-up", seconds=1.0, seeds=changes.pop("seeds", 1), **changes)


def empty_run(n_cases: int, **changes: int) -> Run:
    """Return a run that has not begun."""
    asked = settings(**changes)
    return Run(
        settings=asked,
        unit="metres",
        target="within 1 %",
        machine={"processor": "abacus"},
        date="2026-01-01T00:00:00+00:00",
        wall_seconds=0.0,
        n_expected=n_cases * asked.seeds,
        lines=(),
    )


def line(
    instance: str,
    objective: float | None,
    *,
    group: str = "g",
    seed: int = 1,
    proven: bool = False,
    judged: bool = True,
    best_known: float | None = None,
    peers: tuple[PeerResult, ...] = (),
    figures: dict[str, float] | None = None,
) -> Line:
    """Return a line of one second."""
    gap = None
    if best_known is not None and objective is not None:
        gap = 100 * (objective - best_known) / best_known
    return Line(
        instance=instance,
        group=group,
        seed=seed,
        objective=objective,
        best_known=best_known,
        best_known_proven=False,
        gap_percent=gap,
        bound=None,
        own_gap_percent=None,
        proven=proven,
        seconds=0.001,
        judged=judged,
        figures=figures or {},
        peers=peers,
    )
