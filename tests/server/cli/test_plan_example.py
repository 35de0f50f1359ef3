"""The example of ``docs/plan.md`` is what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "plan.md"


def block(label: str) -> str:
    """Return the content of a labelled code block of the page."""
    found = re.search(rf"^```{label}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None, label
    return found.group(1)


def test_the_documented_input_gives_the_documented_plan(tmp_path: Path) -> None:
    for label, name in (
        ("json layout", "layout.json"),
        ("csv orders", "orders.csv"),
        ("csv stock", "stock.csv"),
    ):
        (tmp_path / name).write_text(block(label), encoding="utf-8")
    arguments = ["plan", "--method", "cluster", "--iterations", "10"]
    for option, name in (
        ("--layout", "layout.json"),
        ("--orders", "orders.csv"),
        ("--stock", "stock.csv"),
        ("--json", "plan.json"),
    ):
        arguments += [option, str(tmp_path / name)]
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    made = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert made == json.loads(block("json plan"))
