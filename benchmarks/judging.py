"""Stored solutions, judged again: anyone's, by nothing but their documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchError, WrongAnswerError
from benchmarks.suite import Case


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of one file: the objective, or ``None`` and the broken rule."""

    file: Path
    case: Case
    objective: float | None
    note: str


def judge_folder(folder: Path, cases: Sequence[Case]) -> Iterator[Judgement]:
    """Yield the judgements of the files ``<instance>-<seed>.json`` of a folder, in their order.

    Raises
    ------
    BenchError
        When the folder holds no solution of these cases, or a file is not JSON.
    """
    by_name = {case.name: case for case in cases}
    found = 0
    for file in sorted(folder.glob("*.json")):
        case = by_name.get(file.stem.rpartition("-")[0])
        if case is None:
            continue
        found += 1
        try:
            solution = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BenchError(f"{file}: cannot be read as JSON: {error}") from error
        try:
            yield Judgement(file, case, case.judge(solution), "")
        except WrongAnswerError as error:
            yield Judgement(file, case, None, str(error))
    if not found:
        raise BenchError(f"{folder}: holds no solution of this suite (<instance>-<seed>.json)")
