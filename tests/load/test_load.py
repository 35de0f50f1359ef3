"""Scenarios, small and short: nothing lost, nothing refused. How fast is not asked here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.config import AsyncMode
from tests.chaos.stores import SqliteStore
from tests.load.floor import UNITS_PER_LINE, ops_per_list
from tests.load.measures import Latencies
from tests.load.scenarios import SCENARIOS, Asked

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs at a cost that tests can afford."""
    monkeypatch.setattr("server.services.people.SCRYPT_LOG2_N", 4)


@pytest.mark.parametrize("mode", list(AsyncMode))
def test_a_small_crew_loses_nothing(tmp_path: Path, mode: AsyncMode) -> None:
    """Six devices, three facts each."""
    asked = Asked("steady", devices=6, every_s=0.5, seconds=1.5, mode=mode, command="a test")
    outcome = asyncio.run(SCENARIOS["steady"](asked, SqliteStore(tmp_path), tmp_path))
    assert outcome.passed, outcome.as_text()
    ahead = sum(int(number / 6 * ops_per_list(UNITS_PER_LINE)) for number in range(6))
    assert outcome.operations == ahead + 6 * 3


def test_a_backlog_is_sent_in_four_messages(tmp_path: Path) -> None:
    """200 facts, at most 50 in a message."""
    asked = Asked("backlog", devices=2, every_s=1, seconds=1, mode=AsyncMode.GEVENT, command="")
    outcome = asyncio.run(SCENARIOS["backlog"](asked, SqliteStore(tmp_path), tmp_path))
    assert outcome.passed, outcome.as_text()
    assert outcome.figures["messages"] == "4"


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    """Of 1 to 100 ms, 99 % are at most 99 ms."""
    found = Latencies([number / 1_000 for number in range(100, 0, -1)])
    assert [round(found.percentile(p)) for p in (1, 50, 99, 99.9, 100)] == [1, 50, 99, 100, 100]
