"""Histories under faults break no rule; ``WAVEPICK_SEEDS`` asks for more of them than 300."""

from __future__ import annotations

import os

import pytest

from tests.simulation.runner import explain, run_one

SEEDS = int(os.environ.get("WAVEPICK_SEEDS", "300"))
FIRST = int(os.environ.get("WAVEPICK_FIRST_SEED", "1"))
PART = 50


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, PART))
def test_no_history_breaks_a_rule(first: int) -> None:
    for seed in range(first, min(first + PART, FIRST + SEEDS)):
        outcome = run_one(seed)
        assert not outcome.violations, explain(outcome)
