"""F5, F28: a device's newer connection takes over while the older one's call is being answered."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.store_urls import sqlite_file
from tests.chaos.victim import Victim
from tests.fleet.line import Address, Line, LineDown
from tests.fleet.site import Site

pytestmark = pytest.mark.process

STREAM = "5" * 32
PATIENCE_S = 60.0
"""When to give up; not what is tested."""


async def take_over(address: Address, token: str, other: sqlite3.Connection) -> None:
    """Call on one line, take over with a second one, and let the first call go on only then."""
    auth = {"token": token, "proto": 1, "app": "t", "stream": STREAM}
    body = {"stream": STREAM, "acked": 0, "have": None, "want": None, "rid": "r-1"}
    byes: list[str] = []
    over = asyncio.Event()
    older = Line(lambda _name, said: byes.append(said["why"]), over.set)
    newer = Line(lambda _name, _said: None, lambda: None)
    await older.open(address, auth, within_s=PATIENCE_S)
    other.execute("BEGIN IMMEDIATE")
    asked = asyncio.create_task(older.call("sync", body, within_s=PATIENCE_S))
    await asyncio.sleep(0)  # the call is on its way
    await newer.open(address, auth, within_s=PATIENCE_S)
    await over.wait()
    other.execute("ROLLBACK")
    with pytest.raises(LineDown):
        await asked
    assert byes == ["replaced"]
    reply = await newer.call("sync", body, within_s=PATIENCE_S)
    assert reply["rid"] == "r-1"
    newer.close()


def test_a_call_on_a_replaced_line_leaves_no_error(site: Site, tmp_path: Path) -> None:
    file = sqlite_file(site.url)
    assert file is not None
    with (
        Victim({"WAVEPICK_DATABASE_URL": site.url}, tmp_path) as victim,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        asyncio.run(victim.ready())
        asyncio.run(take_over(victim.address, site.pickers[0].token, other))
        assert asyncio.run(victim.end()) == 0
        assert "Traceback" not in victim.output, victim.output
