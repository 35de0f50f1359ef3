"""One chaos run: fill a database, let a fleet work, do harm, settle, and judge."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.db.engine import Database
from server.failpoints import FailPoint
from tests.chaos.account import Account
from tests.chaos.crew import Crew
from tests.chaos.lead import Lead
from tests.chaos.stores import Store
from tests.chaos.victim import Victim
from tests.fleet.client import Reconnect
from tests.fleet.line import Address
from tests.fleet.picker import Habits
from tests.fleet.proxy import Fault, Proxy, Weather
from tests.fleet.site import Site, Work, fill
from tests.history.checker import check

log = logging.getLogger(__name__)

SETTLE_S = 300.0
"""When to give up on outboxes that should be empty (I6); the account says how long it took."""

_FIRST_ACK_S = 60.0
"""Not a goal, but when to give up: devices that met a long outage wait up to 30 s."""

_TELL_EVERY = 100
"""Cuts between two lines of progress."""

_LATEST_S = 6.0
"""A server with a fail-point that nobody reaches is killed after this long."""

_CHANCES = {
    FailPoint.BEFORE_BEGIN: 0.01,
    FailPoint.AFTER_EFFECT: 0.01,
    FailPoint.AFTER_VERDICT: 0.01,
    FailPoint.BEFORE_COMMIT: 0.01,
    FailPoint.AFTER_COMMIT: 0.01,
    FailPoint.BEFORE_ACK: 0.01,
    FailPoint.DURING_LAUNCH: 1.0,
}
"""Reached about a hundred times a second; launches every few seconds. During-import is the lead's
own process."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a run is.

    Attributes
    ----------
    work
        What there is to do; enough for the whole run.
    up_s
        Seconds of work between the first acknowledgement and a random death, at most.
    """

    devices: int
    seed: int
    work: Work
    habits: Habits = field(default_factory=Habits)
    reconnect: Reconnect = field(default_factory=Reconnect)
    up_s: float = 3.0


@dataclass(slots=True)
class Chaos:
    """The parts of a run; made by :func:`running`."""

    scale: Scale
    account: Account
    store: Store
    victim: Victim
    crew: Crew
    lead: Lead
    rng: random.Random
    proxy: Proxy | None = None

    async def kill(self, times: int, *, wait_for_all: bool = False) -> None:
        """Let the server die so often: at random instants and at each fail-point in turn.

        ``wait_for_all`` lets every device come back before the next death, and takes the time.
        """
        points = self._points()
        point: FailPoint | None = None
        for left in reversed(range(times)):
            died = await self._die(point)
            point = next(points) if left else None
            await self._return(died, point, wait_for_all=wait_for_all)
            log.info(
                "%d of %d deaths, %d operations acknowledged", times - left, times, self.crew.acked
            )

    async def put_back(self, times: int) -> None:
        """Copy the database under load, kill the server some time later, and put the copy back."""
        for number in range(times):
            copy = await asyncio.to_thread(self.store.copy, f"copy-{number}")
            # As much work is lost as a few seconds, or up to a minute, of this crew are.
            await self.crew.more_acks(self.rng.randint(1, 10) * self.scale.devices)
            self.victim.kill()
            died = asyncio.get_running_loop().time()
            self.crew.recorder.restore()
            await asyncio.to_thread(self.store.put_back, copy)
            self.victim.begin()
            self.account.restores += 1
            await self._take_first_ack(died)
            await self.lead.do_again()
            log.info(
                "%d of %d older databases, %d operations acknowledged",
                number + 1,
                times,
                self.crew.acked,
            )

    async def cut(self, times: int) -> None:
        """Wait until the proxy has broken so many connections."""
        assert self.proxy is not None
        told = 0
        while self.proxy.cuts.total() < times:
            await asyncio.sleep(0.1)
            if self.proxy.cuts.total() >= told + _TELL_EVERY:
                told = self.proxy.cuts.total()
                log.info("%d of %d cuts, %d operations acknowledged", told, times, self.crew.acked)
            assert self.victim.alive, self.victim.output[-4000:]
        self.proxy.calm_down()

    async def settle(self) -> None:
        """Stop all harm and everybody, and judge what is left."""
        await self.lead.stop()
        self.account.drained_s = await self.crew.settle(within_s=SETTLE_S)
        await self.crew.stop()
        self.account.totals = self.crew.totals() + self.lead.counts
        self.account.faults += [*self.crew.faults, *self.lead.faults]
        if self.proxy is not None:
            self.account.cuts.update({str(fault): n for fault, n in self.proxy.cuts.items()})
        code = await self.victim.end()
        if code != 0:
            self.account.faults.append(f"the server ended with {code}")
        if "Traceback" in self.victim.output:
            self.account.faults.append(_first_traceback(self.victim.output))

    def judge(self) -> None:
        """Compare the history with the database."""
        database = Database(self.store.url)
        try:
            with database.read() as session:
                self.account.violations += check(self.crew.recorder.lines, session)
                self.account.faults += self.lead.check(session)
        finally:
            database.close()

    async def _die(self, point: FailPoint | None) -> float:
        """Wait for the death that was arranged, or bring it about; returns when it was."""
        if point is not None and await self.victim.died(_LATEST_S):
            self.account.deaths[point] += 1
        else:
            if point is None:
                await asyncio.sleep(self.rng.uniform(0, self.scale.up_s))
            self.victim.kill()
            self.account.deaths["random"] += 1
        return asyncio.get_running_loop().time()

    async def _return(self, died: float, point: FailPoint | None, *, wait_for_all: bool) -> None:
        connects = [each.counts.connects for each in self.crew.handhelds]
        self.victim.begin(point, 0.0 if point is None else _CHANCES[point])
        if wait_for_all:
            back = asyncio.create_task(self.crew.all_back(died, connects))
        await self._take_first_ack(died)
        if wait_for_all:
            self.account.all_back_s.append(await back)

    async def _take_first_ack(self, died: float) -> None:
        """Measure the first acknowledgement; none where a fail-point came first."""
        waiting = asyncio.create_task(self.crew.first_ack(died, within_s=_FIRST_ACK_S))
        while not waiting.done() and self.victim.alive:
            await asyncio.sleep(0.02)
        if waiting.done():
            seconds = waiting.result()
            assert seconds is not None, (
                f"no acknowledgement\n{self.crew.state}\n{self.victim.output[-4000:]}"
            )
            self.account.first_ack_s.append(seconds)
        waiting.cancel()

    def _points(self) -> Iterator[FailPoint | None]:
        """Every other death is a fail-point's, each as often as the others."""
        while True:
            for point in self.rng.sample(list(_CHANCES), len(_CHANCES)):
                yield point
                yield None


@asynccontextmanager
async def running(
    name: str,
    store: Store,
    folder: Path,
    scale: Scale,
    *,
    weather: Weather | None = None,
    cancelling: float = 0.02,
    importing: float = 0.02,
) -> AsyncIterator[Chaos]:
    """Fill the database, start server, fleet and lead; everything ends with the block."""
    site = await asyncio.to_thread(_fill, store, scale)
    rng = random.Random(f"{name}:{scale.seed}")
    victim = Victim({"WAVEPICK_DATABASE_URL": store.url}, folder)
    proxy: Proxy | None = None
    address: Address = victim.address
    if weather is not None:
        proxy = Proxy(victim.address, rng=random.Random(f"weather:{scale.seed}"), weather=weather)
        address = await proxy.start()
    crew = Crew(site, address, seed=scale.seed, habits=scale.habits, reconnect=scale.reconnect)
    lead = Lead(
        site,
        crew,
        base_url=victim.url,
        folder=folder,
        rng=random.Random(f"lead:{scale.seed}"),
        cancelling=cancelling,
        importing=importing,
    )
    account = Account(name, scale.seed, scale.devices, store.url.split(":")[0].split("+")[0])
    chaos = Chaos(scale, account, store, victim, crew, lead, rng, proxy)
    begun = asyncio.get_running_loop().time()
    try:
        victim.begin()
        await victim.ready()
        crew.start()
        lead.start()
        assert await crew.first_ack(begun, within_s=_FIRST_ACK_S) is not None, victim.output
        yield chaos
        account.seconds = asyncio.get_running_loop().time() - begun
    finally:
        await crew.stop()
        if proxy is not None:
            await proxy.stop()
        victim.kill()


async def kills(
    store: Store, folder: Path, scale: Scale, *, times: int, wait_for_all: bool = False
) -> Account:
    """The server dies again and again (G7, G8)."""
    async with running("kill -9", store, folder, scale) as chaos:
        await chaos.kill(times, wait_for_all=wait_for_all)
        await chaos.settle()
    chaos.judge()
    return chaos.account


async def cuts(
    store: Store, folder: Path, scale: Scale, *, times: int, weather: Weather | None = None
) -> Account:
    """The network breaks again and again (G9)."""
    async with running(
        "network faults", store, folder, scale, weather=weather or Weather()
    ) as chaos:
        await chaos.cut(times)
        await chaos.settle()
    chaos.judge()
    missing = set(Fault) - {Fault(name) for name in chaos.account.cuts}
    if times >= 20 * len(Fault) and missing:
        chaos.account.faults.append(f"never happened: {sorted(missing)}")
    return chaos.account


async def restores(store: Store, folder: Path, scale: Scale, *, times: int) -> Account:
    """An older database is put back again and again (G15)."""
    # A cancelled order would make the older database's wave another one than was launched, and
    # a restore wants no other process on the database.
    async with running(
        "older databases", store, folder, scale, cancelling=0.0, importing=0.0
    ) as chaos:
        await chaos.put_back(times)
        await chaos.settle()
    chaos.judge()
    return chaos.account


def _fill(store: Store, scale: Scale) -> Site:
    return fill(store.url, pickers=scale.devices, work=scale.work)


def _first_traceback(output: str) -> str:
    at = output.index("Traceback")
    return f"the server's log has a traceback: {output[max(0, at - 300) : at + 3000]}"
