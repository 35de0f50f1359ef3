"""Stopping criteria."""

from __future__ import annotations

import pytest

from optimizer.stopping import (
    AnyOf,
    FirstShare,
    MaxIterations,
    MaxSeconds,
    never,
    seconds_left,
    share_used,
)


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


def test_the_first_share_of_a_time_ends_before_the_whole() -> None:
    now = [0.0]
    whole = MaxSeconds(10, clock=lambda: now[0])
    first = FirstShare(whole, 0.6)
    assert (first(), share_used(first), seconds_left(first)) == (False, 0.0, 6.0)
    now[0] = 3.0
    assert share_used(first) == 0.5
    assert seconds_left(first) == pytest.approx(3.0)
    now[0] = 6.0
    assert (first(), share_used(first), seconds_left(first)) == (True, 1.0, 0.0)
    assert not whole()
    now[0] = 10.0
    assert (whole(), seconds_left(first)) == (True, 0.0)


def test_the_first_share_of_iterations_counts_in_the_whole() -> None:
    whole = MaxIterations(10)
    first = FirstShare(whole, 0.5)
    assert sum(not first() for _ in range(20)) == 5
    assert FirstShare(never, 0.5)() is False
    assert (share_used(FirstShare(never, 0.5)), seconds_left(FirstShare(whole, 0.5))) == (
        None,
        None,
    )
