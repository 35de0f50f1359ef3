"""Planted bugs are found: each by the history that found it last time, or by another soon after.

``make simulate PLANTED=1 SEEDS=1000`` looks for each from the first seed on.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.plant import look_for
from tests.simulation.planted import FOUND_AT

MOST = int(os.environ.get("WAVEPICK_PLANTED_SEEDS", "200"))
"""Histories to try when the known one does not show the bug any more."""


@pytest.mark.parametrize("name", sorted(FOUND_AT))
def test_a_planted_bug_is_found(name: str) -> None:
    assert look_for(name, first=FOUND_AT[name], most=MOST).seed is not None
