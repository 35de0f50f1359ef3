"""Compiling ahead of time."""

from __future__ import annotations

from optimizer.batching.warm_up import PLANNING


def test_every_part_of_planning_does_what_it_compiles() -> None:
    assert all(part() > 0 for part in PLANNING)
