"""Stopping criteria."""

from __future__ import annotations

from optimizer.stopping import AnyOf, MaxIterations, MaxSeconds, never


def test_iterations_are_counted_by_asking() -> None:
    stop = MaxIterations(2)
    assert [stop() for _ in range(4)] == [False, False, True, True]


def test_seconds_run_from_construction_on_the_given_clock() -> None:
    now = [100.0]
    stop = MaxSeconds(5, clock=lambda: now[0])
    now[0] = 104.9
    assert not stop()
    now[0] = 105.0
    assert stop()


def test_any_criterion_is_enough() -> None:
    assert not AnyOf((never, MaxIterations(1)))()
    assert AnyOf((never, MaxIterations(0)))()
