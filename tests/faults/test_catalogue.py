"""``tests/FAULTS.md`` is true: all faults and invariants stand in it, and its tests exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
PAGES = TESTS.parent / "handheld_ui" / "tests"
TABLE = (TESTS / "FAULTS.md").read_text(encoding="utf-8")


def test_every_fault_and_invariant_has_its_row() -> None:
    rows = re.findall(r"^\| ([FI]\d+)\b", TABLE, re.MULTILINE)
    assert rows == [f"F{n}" for n in range(1, 47)] + [f"I{n}" for n in range(1, 14)]


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([a-z_/]+(?:\.py|\.test\.ts))::([^`]+)`", TABLE)
    assert len(named) > 80
    missing = [
        f"{file}::{name}"
        for file, name in named
        if (f"def {name}(" if file.endswith(".py") else f'"{name}"') not in _content(file)
    ]
    assert missing == []


def test_nothing_is_named_in_another_way() -> None:
    assert TABLE.count("::") - len(re.findall(r"`[^`]+::[^`]+`", TABLE)) == 1  # "after `::`"


def _content(file: str) -> str:
    path = (TESTS if file.endswith(".py") else PAGES) / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""
