"""Results of a run and their document, ``wavepick-bench/1``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

import jsonschema

from benchmarks.errors import BenchError
from benchmarks.suite import Attempt, Case, Json, PeerResult

FORMAT = "wavepick-bench/1"
_SCHEMA = Path(__file__).resolve().with_name("result.schema.json")


@dataclass(frozen=True, slots=True)
class Line:
    """The result of one instance with one seed.

    ``objective`` is the judge's value where it accepts the answer, else what was claimed; ``None``
    where there is no answer. ``gap_percent`` is 100 (objective - best) / best, ``own_gap_percent``
    is 100 (objective - bound) / objective; both with the other sign where the objective is
    maximised, so that more is worse. ``note`` says what is wrong, if anything.
    """

    instance: str
    group: str
    seed: int
    objective: float | None
    best_known: float | None
    best_known_proven: bool
    gap_percent: float | None
    bound: float | None
    own_gap_percent: float | None
    proven: bool
    seconds: float
    judged: bool
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    peers: tuple[PeerResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked for. Two runs of equal settings measure the same."""

    suite: str
    seconds: float
    seeds: int
    limit: int | None = None
    sample: int | None = None
    instances: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run: settings, where and when it ran, and its lines.

    ``wall_seconds`` is the time of the whole run, judging included; ``n_expected`` the number of
    lines of the complete run. ``maximise`` tells that a larger objective is better.
    """

    settings: Settings
    unit: str
    target: str
    machine: Mapping[str, str]
    date: str
    wall_seconds: float
    n_expected: int
    lines: tuple[Line, ...]
    maximise: bool = False

    @property
    def complete(self) -> bool:
        """Whether every instance was run with every seed."""
        return len(self.lines) >= self.n_expected


def judged_line(
    case: Case,
    seed: int,
    attempt: Attempt,
    *,
    judged: float | None,
    note: str,
    maximise: bool = False,
) -> Line:
    """Return the line of an attempt.

    Parameters
    ----------
    case, seed, attempt
        What was solved, and the answer.
    judged
        The judge's objective, ``None`` where it refused the answer.
    note
        Why it did.
    maximise
        Whether a larger objective is better.
    """
    objective = attempt.objective if judged is None else judged
    if judged is not None and not _same(judged, attempt.objective):
        note = f"the solver claims {attempt.objective:g}, the judge finds {judged:g}"
    best = case.best_known or attempt.best_known
    gap = own_gap = None
    if best is not None:
        gap = percent_worse(objective, best.value, best.value, maximise=maximise)
        if best.proven and (objective > best.value if maximise else objective < best.value):
            side = "above" if maximise else "below"
            note = note or f"{side} the proven optimum {best.value:g}"
    if attempt.bound is not None:
        own_gap = percent_worse(objective, attempt.bound, objective, maximise=maximise)
    return Line(
        instance=case.name,
        group=case.group,
        seed=seed,
        objective=objective,
        best_known=None if best is None else best.value,
        best_known_proven=best is not None and best.proven,
        gap_percent=gap,
        bound=attempt.bound,
        own_gap_percent=own_gap,
        proven=attempt.proven,
        seconds=attempt.seconds,
        judged=judged is not None and _same(judged, attempt.objective),
        note=note,
        figures=dict(attempt.figures),
        peers=attempt.peers,
    )


def failed_line(case: Case, seed: int, note: str) -> Line:
    """Return the line of a case without an answer."""
    best = case.best_known
    return Line(
        instance=case.name,
        group=case.group,
        seed=seed,
        objective=None,
        best_known=None if best is None else best.value,
        best_known_proven=best is not None and best.proven,
        gap_percent=None,
        bound=None,
        own_gap_percent=None,
        proven=False,
        seconds=0.0,
        judged=False,
        note=note,
    )


def percent_worse(
    value: float, reference: float, base: float, *, maximise: bool = False
) -> float | None:
    """Return by how many percent of a base a value is worse than another, below 0: better.

    0 where both are equal, else ``None`` for base 0.
    """
    if value == reference:
        return 0.0
    if base == 0:
        return None
    return 100 * (reference - value if maximise else value - reference) / base


def schema() -> dict[str, object]:
    """Return the JSON Schema of the document."""
    return cast(dict[str, object], json.loads(_SCHEMA.read_text(encoding="utf-8")))


def run_document(run: Run) -> dict[str, Json]:
    """Return a run as a document; settings stand at its top level."""
    lines = [asdict(line) for line in run.lines]
    return {
        "format": FORMAT,
        **asdict(run.settings),
        "unit": run.unit,
        "target": run.target,
        "machine": dict(run.machine),
        "date": run.date,
        "wall_seconds": run.wall_seconds,
        "n_expected": run.n_expected,
        "maximise": run.maximise,
        "results": lines,
    }


def write_run(run: Run, path: Path) -> None:
    """Write a run; an existing file is replaced only once the new one is complete.

    Raises
    ------
    BenchError
        When the file cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(run_document(run), indent=1) + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise BenchError(f"{path}: cannot be written: {error.strerror}") from error


def read_run(path: Path) -> Run:
    """Return the run of a file.

    Raises
    ------
    BenchError
        When it cannot be read or breaks the schema; names the JSON pointer.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BenchError(f"{path}: is not JSON: {error}") from error
    wrong = next(jsonschema.Draft202012Validator(schema()).iter_errors(document), None)
    if wrong is not None:
        pointer = "".join(f"/{part}" for part in wrong.absolute_path)
        raise BenchError(f"{path}#{pointer or '/'}: {wrong.message}")
    lines = tuple(
        Line(**{**line, "peers": tuple(PeerResult(**peer) for peer in line["peers"])})
        for line in document["results"]
    )
    names = ("suite", "seconds", "seeds", "limit", "sample", "instances")
    return Run(
        settings=Settings(**{name: document[name] for name in names}),
        unit=document["unit"],
        target=document["target"],
        machine=document["machine"],
        date=document["date"],
        wall_seconds=document["wall_seconds"],
        n_expected=document["n_expected"],
        lines=lines,
        maximise=document.get("maximise", False),
    )


def _same(one: float, other: float) -> bool:
    # Integers compare exactly; sums of floats may differ in their last digits.
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
