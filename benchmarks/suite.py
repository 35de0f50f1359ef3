"""What a suite of benchmark instances promises, and what solving one of them gives.

A suite is a name in :mod:`benchmarks.catalogue` and a module in :mod:`benchmarks.suites`. It makes
cases; a case solves itself within a budget and judges solutions, its own or somebody else's, from
nothing but their document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from benchmarks.data import BestKnown

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a solver may take, in wall seconds, and the seed of its random choices."""

    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class PeerResult:
    """What another solver made of the same instance in the same run.

    ``objective`` is recomputed from its answer, ``None`` where it gave none. ``target_seconds`` is
    when it first held an answer as good as the suite's target, ``None`` when it never did within
    ``seconds``, the time it was given or took.
    """

    name: str
    objective: float | None
    seconds: float
    target_seconds: float | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer to one case, before it is judged.

    Parameters
    ----------
    objective
        What the solver claims.
    seconds
        Wall seconds from the parsed instance to the answer.
    solution
        The answer as a document that :meth:`Case.judge` understands.
    bound
        A proven bound of the objective, ``None`` without one.
    proven
        Whether the solver proved its answer to be optimal.
    figures
        Further measurements by name, the unit in the name (``tour_us``).
    peers
        What other solvers reached.
    best_known
        Best answer of all solvers of this run, where the case has no published one.
    """

    objective: float
    seconds: float
    solution: Json
    bound: float | None = None
    proven: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)
    peers: tuple[PeerResult, ...] = ()
    best_known: BestKnown | None = None


class Case(Protocol):
    """One instance of a suite.

    ``group`` is what tables are broken down by; ``stratum`` is the class of which a balanced sample
    takes equally many.
    """

    @property
    def name(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def stratum(self) -> str: ...

    @property
    def best_known(self) -> BestKnown | None: ...

    def solve(self, budget: Budget) -> Attempt:
        """Return an answer."""
        ...

    def judge(self, solution: Json) -> float:
        """Return the objective of a solution, recomputed without any solver.

        Raises
        ------
        WrongAnswerError
            When the solution breaks a rule of the problem.
        """
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """Where public instances lie, and how many instances a generated suite shall make.

    ``None``: the folder of ``WAVEPICK_DATA``; the suite's own number.
    """

    data: Path | None = None
    instances: int | None = None


class Suite(Protocol):
    """A set of cases. ``unit`` is the unit of the objective.

    The objective is minimised, unless the suite's entry in the catalogue says otherwise.
    ``seeded`` tells whether a seed changes the answer; ``seconds`` is the budget per instance where
    none is given. ``target`` says in words what a peer's ``target_seconds`` refers to.
    """

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def seeded(self) -> bool: ...

    @property
    def seconds(self) -> float: ...

    @property
    def target(self) -> str: ...

    def cases(self, request: Request) -> Sequence[Case]:
        """Return all cases in a fixed order.

        Raises
        ------
        MissingDataError
            When the public instances are not there.
        BenchError
            When they are damaged, or the request does not fit the suite.
        """
        ...
