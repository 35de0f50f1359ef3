"""A server under load and the fleet that works on it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from server.config import AsyncMode
from server.db.engine import Database
from server.models import Op
from tests.chaos.stores import Store
from tests.chaos.victim import Victim
from tests.fleet.client import Handheld
from tests.fleet.client import Op as Recorded
from tests.fleet.line import Line, LineDown
from tests.load.floor import Floor
from tests.load.hand import Hand
from tests.load.measures import Latencies, Sampler

AT_ONCE = 20
"""Devices that come in the morning at the same moment; a storm is a scenario of its own."""

CONSOLES = 5


@dataclass(slots=True)
class Crew:
    """Server, devices and consoles of one run."""

    floor: Floor
    server: Victim
    hands: list[Hand]
    sampler: Sampler
    latencies: Latencies
    denied: list[str] = field(default_factory=list)
    pokes: int = 0
    running: list[asyncio.Task[None]] = field(default_factory=list)
    syncs_before: int = 0

    @property
    def handhelds(self) -> list[Handheld]:
        return [hand.handheld for hand in self.hands]

    @property
    def syncs(self) -> int:
        """Questions of all devices about their lists since the run began."""
        return sum(handheld.counts.syncs for handheld in self.handhelds) - self.syncs_before

    async def come(self, *, up_to: float) -> None:
        """Let every device connect and get a list, a few at a time, and tell a part of it.

        The parts are spread evenly up to the share ``up_to`` of a list: else all carts were loaded
        in the same seconds, and all lists ended in the same. Who is how far is drawn by lot: were
        it by number, those who scan one after the other would end their lists together.
        """
        shares = [up_to * number / len(self.hands) for number in range(len(self.hands))]
        random.Random(1).shuffle(shares)
        for start in range(0, len(self.hands), AT_ONCE):
            some = self.hands[start : start + AT_ONCE]
            self.running += [asyncio.create_task(hand.handheld.run()) for hand in some]
            await asyncio.gather(*(hand.take_list() for hand in some))
            for hand, share in zip(some, shares[start:], strict=False):
                hand.go_ahead(share)
            await self.settle()

    async def work(self, *, every_s: float, seconds: float) -> None:
        """Let every hand record a fact each ``every_s``, spread evenly over that time."""
        now = asyncio.get_running_loop().time() + 0.5
        step = every_s / len(self.hands)
        await asyncio.gather(
            *(
                hand.work(first_s=now + number * step, until_s=now + seconds)
                for number, hand in enumerate(self.hands)
            )
        )

    async def settle(self, *, within_s: float = 60.0) -> None:
        """Wait until everything recorded has an answer."""
        async with asyncio.timeout(within_s):
            for handheld in self.handhelds:
                while handheld.waiting:
                    await handheld.news()

    def lost(self, url: str) -> int:
        """Acknowledged operations that the database does not have, and those it has too many."""
        database = Database(url)
        try:
            with database.read() as session:
                stored = dict(
                    session.execute(select(Op.stream, func.count()).group_by(Op.stream)).all()
                )
        finally:
            database.close()
        return sum(
            abs(handheld.acked - stored.get(handheld.stream, 0)) for handheld in self.handhelds
        )

    @property
    def errors(self) -> list[str]:
        """What should not have happened: faults of answers, denied facts, lines that broke."""
        found = list(self.denied)
        for handheld in self.handhelds:
            found += handheld.faults
            if handheld.counts.unanswered or handheld.counts.put_off:
                counts = handheld.counts
                found.append(f"{counts.unanswered} calls unanswered, {counts.put_off} put off")
        return found


@asynccontextmanager
async def at_work(
    store: Store,
    floor: Floor,
    folder: Path,
    *,
    mode: AsyncMode,
    every_s: float,
    kinds: Sequence[type[Handheld]] = (Handheld,),
    ahead: float = 1.0,
) -> AsyncIterator[Crew]:
    """Start the server, connect consoles and devices, and give each device a list.

    Devices are of the ``kinds`` in turn, and between the beginning and the share ``ahead`` of their
    lists.
    """
    settings = {"WAVEPICK_DATABASE_URL": store.url, "WAVEPICK_ASYNC_MODE": mode.value}
    async with AsyncExitStack() as stack:
        server = Victim(settings, folder)
        server.begin()
        stack.callback(server.kill)
        await server.ready()
        latencies = Latencies()
        crew = Crew(floor, server, [], Sampler(server.pid), latencies)

        def on_verdict(op: Recorded, verdict: str, code: str, seconds: float) -> None:
            latencies.seconds.append(seconds)
            if verdict != "applied":
                crew.denied.append(f"{op['kind']} was {verdict}: {code}")

        crew.hands += [
            Hand(
                kinds[number % len(kinds)](
                    server.address,
                    badge=badge,
                    rng=random.Random(number),
                    name=f"device-{number}",
                    on_verdict=on_verdict,
                ),
                every_s=every_s,
            )
            for number, badge in enumerate(floor.pickers)
        ]
        for _ in range(CONSOLES):
            await stack.enter_async_context(_console(crew))
        stack.push_async_callback(_end, crew)
        await crew.come(up_to=ahead)
        latencies.seconds.clear()
        crew.syncs_before = crew.syncs
        watching = asyncio.create_task(crew.sampler.watch())
        stack.push_async_callback(_cancel, watching)
        yield crew


@asynccontextmanager
async def _console(crew: Crew) -> AsyncIterator[None]:
    """A lead's page that listens."""

    def hint(_name: str, _body: object) -> None:
        crew.pokes += 1

    while True:
        line = Line(hint, lambda: None, namespace="/lead")
        try:
            await line.open(crew.server.address, {"token": crew.floor.lead.token})
        except LineDown:
            assert crew.server.alive, crew.server.output  # it listens, and is not ready yet
        else:
            break
    try:
        yield
    finally:
        line.close()


async def _end(crew: Crew) -> None:
    for handheld in crew.handhelds:
        handheld.stop()
    await asyncio.gather(*crew.running)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
