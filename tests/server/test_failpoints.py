"""Fail-points: off unless a test says so twice, and then they end the process at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from server import failpoints
from server.errors import BadInput
from server.failpoints import ALLOWED, POINTS, FailPoint
from tests.server.processes import free_port, wavepick

REACH = (
    "import os; from server import failpoints; from server.failpoints import FailPoint; "
    "failpoints.arm(os.environ); failpoints.reach(FailPoint('{point}')); print('lived')"
)


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoints.arm({})


def outcome(point: FailPoint, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Let a process of its own reach a fail-point."""
    return subprocess.run(
        [sys.executable, "-c", REACH.format(point=point)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("entry", ["after-lunch:1", "after-commit", "after-commit:2", "x", ":1"])
def test_unknown_points_and_chances_are_refused(entry: str) -> None:
    with pytest.raises(BadInput, match=POINTS):
        failpoints.arm({POINTS: entry, ALLOWED: "1"})


def test_without_the_variable_nothing_fails() -> None:
    failpoints.arm({ALLOWED: "1"})
    for point in FailPoint:
        failpoints.reach(point)


@pytest.mark.process
def test_a_server_with_fail_points_but_no_flag_does_not_start(tmp_path: Path) -> None:
    done = subprocess.run(
        wavepick("serve", "--port", str(free_port())),
        env={**os.environ, "WAVEPICK_HOME": str(tmp_path), POINTS: "after-commit:1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert ALLOWED in done.stderr


@pytest.mark.process
def test_only_the_named_point_ends_the_process() -> None:
    armed = {POINTS: f"{FailPoint.AFTER_COMMIT}:1", ALLOWED: "1"}
    assert outcome(FailPoint.AFTER_COMMIT, armed).returncode == -signal.SIGKILL
    assert outcome(FailPoint.BEFORE_ACK, armed).stdout == "lived\n"
