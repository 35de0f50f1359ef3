"""The fleet's handhelds against a real server: they work, and what they say is true."""

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
from tests.fleet.line import Address, Line, LineDown, NotLetIn
from tests.fleet.picker import Habits, Picker
from tests.fleet.site import Site, Work, fill
from tests.history.checker import check
from tests.history.recorder import Recorder
from tests.server import processes
from tests.server.processes import Server

pytestmark = pytest.mark.process

AT_ONCE = Reconnect(first_s=0.2, longest_s=0.5, busy_s=0.1)


def launched(folder: Path, *, pickers: int) -> Site:
    """A site whose one wave is on the floor."""
    site = fill(f"sqlite:///{folder / 'wavepick.db'}", pickers=pickers, work=Work(1, 4, 2, 3))
    database = Database(site.url)
    with database.write() as session:
        wave = site.waves[0]
        waves.launch(session, system_clock, wave_id=wave.wave_id, plan_id=wave.plan_id, key="k")
    database.close()
    return site


def server_of(site: Site, folder: Path) -> Server:
    return processes.web_server({"WAVEPICK_DATABASE_URL": site.url}, folder)


def finished(handheld: Handheld) -> int:
    """Lists whose end was applied."""
    return sum(
        op["kind"] == "done" and handheld.verdicts.get(op["seq"]) == ("applied", "ok")
        for op in handheld.log
    )


async def until_over(handhelds: list[Handheld], pickers: list[Picker]) -> None:
    """Let everybody work until the four lists are done, then say a last word."""
    running = [asyncio.create_task(each.run()) for each in handhelds]
    working = [asyncio.create_task(each.work()) for each in pickers]
    async with asyncio.timeout(120):
        while sum(finished(handheld) for handheld in handhelds) < 4:
            await asyncio.sleep(0.05)
        for picker in pickers:
            picker.stop()
        await asyncio.gather(*working)
        for handheld in handhelds:
            await handheld.look()
            handheld.last_word()
            handheld.stop()
        await asyncio.gather(*running)


def test_two_pickers_work_a_wave_and_the_history_holds(tmp_path: Path) -> None:
    site = launched(tmp_path, pickers=2)
    recorder = Recorder(lambda: time.monotonic_ns() // 1_000_000)
    totes = iter(site.totes)
    with server_of(site, tmp_path) as server:
        handhelds = [
            Handheld(
                Address.of(server.url),
                badge=badge,
                rng=random.Random(number),
                recorder=recorder,
                reconnect=AT_ONCE,
                duplicate=0.2,
            )
            for number, badge in enumerate(site.pickers)
        ]
        habits = Habits(pace_s=0.01, units=2, hand_back=0.0, short=0.0)
        pickers = [
            Picker(each, habits=habits, rng=random.Random(number), totes=totes)
            for number, each in enumerate(handhelds)
        ]
        asyncio.run(until_over(handhelds, pickers))
    assert [each.faults for each in handhelds] == [[], []]
    # Every list: 2 orders of 2 lines of 3 units, so at least 2 picks for each line.
    assert sum(each.counts.verdicts["applied"] for each in handhelds) >= 4 * (2 + 8 + 2 + 1)
    database = Database(site.url)
    with database.read() as session:
        assert check(recorder.lines, session) == []
        assert waves.get(session, site.waves[0].wave_id).state == "completed"
    database.close()


def test_a_wrong_token_is_told_so_and_no_server_is_a_line_down(tmp_path: Path) -> None:
    site = launched(tmp_path, pickers=1)

    async def enter(address: Address, token: str) -> None:
        line = Line(lambda _name, _body: None, lambda: None)
        auth = {"token": token, "proto": 1, "app": "t", "stream": "0" * 32}
        await line.open(address, auth, within_s=60)
        line.close()

    with server_of(site, tmp_path) as server:
        address = Address.of(server.url)
        asyncio.run(enter(address, site.pickers[0].token))
        with pytest.raises(NotLetIn, match="no-session"):
            asyncio.run(enter(address, "not a token"))
    with pytest.raises(LineDown):
        asyncio.run(enter(address, site.pickers[0].token))
