"""F22: two hundred facts of an offline device go up in four messages, each once."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from server.db.engine import Database
from server.services import waves
from server.services.clock import system_clock
from tests.fleet.client import Handheld, Reconnect
from tests.fleet.line import Address
from tests.fleet.site import Site, Work, fill
from tests.history.checker import check
from tests.history.recorder import Recorder
from tests.server.processes import web_server

pytestmark = pytest.mark.process

FACTS = 200


async def pick_offline(handheld: Handheld, site: Site) -> int:
    """Claim a list, lose the network, pick 200 units one by one, come back; messages it took."""
    running = asyncio.create_task(handheld.run())
    handheld.want_work()
    async with asyncio.timeout(120):
        await handheld.synced.wait()
        while handheld.snapshot is None:
            handheld.want_work()
            await handheld.news()
        snapshot = handheld.snapshot
        for slot in snapshot["cart"]["slots"]:
            handheld.record("bind", tote=site.totes[slot["slot"]], slot=slot["slot"])
        while handheld.waiting:
            await handheld.news()
        handheld.cut(stay_offline=True)
        while handheld.up:
            await asyncio.sleep(0.01)
        before, left = handheld.counts.messages, FACTS
        for task in snapshot["tasks"]:
            location = next(
                stop["location"] for stop in snapshot["stops"] if stop["id"] == task["stop"]
            )
            for _ in range(min(left, task["qty"])):
                handheld.record(
                    "pick",
                    task=task["id"],
                    location=location,
                    sku=task["sku"],
                    qty=1,
                    code=task["codes"][0]["code"],
                    tote=site.totes[task["tote_slot"]],
                )
                left -= 1
        assert left == 0
        handheld.restore()
        while handheld.waiting:
            await handheld.news()
        messages = handheld.counts.messages - before
        await handheld.look()
        handheld.last_word()
    handheld.stop()
    await running
    return messages


def test_a_backlog_is_drained_in_four_messages(tmp_path: Path) -> None:
    site = fill(f"sqlite:///{tmp_path / 'wavepick.db'}", pickers=1, work=Work(1, 1, 6, 20))
    database = Database(site.url)
    with database.write() as session:
        wave = site.waves[0]
        waves.launch(session, system_clock, wave_id=wave.wave_id, plan_id=wave.plan_id, key="k")
    recorder = Recorder(lambda: time.monotonic_ns() // 1_000_000)
    settings = {"WAVEPICK_DATABASE_URL": site.url, "WAVEPICK_DEVICES": "any"}

    async def run(url: str) -> tuple[Handheld, int]:
        handheld = Handheld(
            Address.of(url),
            badge=site.pickers[0],
            rng=random.Random(1),
            recorder=recorder,
            reconnect=Reconnect(first_s=0.2, longest_s=0.5, busy_s=0.1),
        )
        return handheld, await pick_offline(handheld, site)

    with web_server(settings, tmp_path) as server:
        handheld, messages = asyncio.run(run(server.url))
    assert messages == 4
    assert handheld.faults == []
    assert handheld.counts.verdicts == {"applied": FACTS + 2}
    with database.read() as session:
        assert check(recorder.lines, session) == []
    database.close()
