"""The judge knows the same codes as the page of the protocol."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.history.effects import CODES

PAGE = Path(__file__).parents[2] / "server" / "PROTOCOL.md"


@pytest.mark.parametrize("verdict", ["applied", "refused", "parked"])
def test_the_page_names_every_code(verdict: str) -> None:
    row = next(line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{verdict}`"))
    named = set(re.findall(r"`([a-z-]+)`", row.rsplit("|", 2)[1]))
    # An unexpected fault is parked under its own code; to the judge it is a violation.
    assert named - {"internal-error"} == CODES[verdict]
