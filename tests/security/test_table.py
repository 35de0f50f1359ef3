"""The table of requirements tells the truth: every test it names exists, none is left out."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = (TESTS / "SECURITY.md").read_text(encoding="utf-8")


def test_every_requirement_has_a_row() -> None:
    rows = re.findall(r"^\| (S\d+) \|", TABLE, re.MULTILINE)
    assert rows == [f"S{number}" for number in range(1, 25)]


def test_every_test_named_exists() -> None:
    named = re.findall(r"`([a-z_]+/[\w/.]+\.py)(?:::(test_\w+))?`", TABLE)
    tests = [(f, t) for f, t in named if "/test_" in f and not f.startswith("tests/")]
    assert len(tests) > 40
    for file, test in tests:
        path = TESTS / file
        assert path.is_file(), file
        if test:
            assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"
