"""The fleet of a chaos run: who works, what was acknowledged when, and everybody's last word."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import Any

from tests.fleet.client import Handheld, Reconnect
from tests.fleet.line import Address
from tests.fleet.picker import Habits, Picker
from tests.fleet.site import Site
from tests.history.recorder import Recorder

_LOOK_S = 0.02


class Crew:
    """Handhelds with their pickers.

    Parameters
    ----------
    address
        Where they connect: the server, or a proxy before it.
    duplicate
        Chance that a message is sent once more after its answer.
    """

    def __init__(
        self,
        site: Site,
        address: Address,
        *,
        seed: int,
        habits: Habits,
        reconnect: Reconnect,
        duplicate: float = 0.05,
    ) -> None:
        self.recorder = Recorder(lambda: time.monotonic_ns() // 1_000_000)
        self.acks = 0
        self.last_ack = 0.0
        totes = iter(site.totes)
        self.handhelds = [
            Handheld(
                address,
                badge=badge,
                rng=random.Random(f"{seed}:device:{number}"),
                recorder=self.recorder,
                name=f"device-{number}",
                reconnect=reconnect,
                duplicate=duplicate,
                on_verdict=self._acknowledged,
            )
            for number, badge in enumerate(site.pickers)
        ]
        self.pickers = [
            Picker(each, habits=habits, rng=random.Random(f"{seed}:{number}"), totes=totes)
            for number, each in enumerate(self.handhelds)
        ]
        self._running: list[asyncio.Task[None]] = []
        self._working: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Let everybody connect and work."""
        self._running = [asyncio.create_task(each.run()) for each in self.handhelds]
        self._working = [asyncio.create_task(each.work()) for each in self.pickers]

    @property
    def idle(self) -> int:
        """Connected devices without a list."""
        return sum(each.up and each.snapshot is None for each in self.handhelds)

    @property
    def faults(self) -> list[str]:
        """What devices saw that PICK/1 does not allow."""
        found = [f"{each.name}: {fault}" for each in self.handhelds for fault in each.faults]
        found += [f"a picker failed: {task.exception()!r}" for task in self._failed()]
        return found

    def totals(self) -> Counter[str]:
        """What all devices counted together."""
        found: Counter[str] = Counter()
        for each in self.handhelds:
            counts = each.counts
            found.update(counts.verdicts)
            for name in (
                "connects", "messages", "syncs", "sent_twice", "unanswered", "put_off", "rewound",
            ):  # fmt: skip
                found[name] += getattr(counts, name)
        return found

    async def first_ack(self, since: float, *, within_s: float) -> float | None:
        """Seconds from the loop time ``since`` to the next acknowledgement of a new operation."""
        before, loop = self.acks, asyncio.get_running_loop()
        while self.acks == before:
            if loop.time() - since > within_s:
                return None
            await asyncio.sleep(_LOOK_S)
        return self.last_ack - since

    async def more_acks(self, n: int) -> None:
        """Wait until so many more operations were acknowledged."""
        wanted = self.acks + n
        while self.acks < wanted:
            await asyncio.sleep(_LOOK_S)

    async def all_back(self, since: float, connects: list[int]) -> float:
        """Seconds from ``since`` until every device has entered once more than ``connects``."""
        while any(
            not each.up or each.counts.connects <= before
            for each, before in zip(self.handhelds, connects, strict=True)
        ):
            await asyncio.sleep(_LOOK_S)
        return asyncio.get_running_loop().time() - since

    async def settle(self, *, within_s: float) -> float:
        """Stop picking, wait until every outbox is empty (I6), and take the last words.

        Returns
        -------
        float
            Seconds until the last outbox was empty.

        Raises
        ------
        AssertionError
            An outbox does not drain.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for picker in self.pickers:
            picker.stop()
        drained = 0.0
        while any(each.waiting for each in self.handhelds) or not drained:
            while any(each.waiting for each in self.handhelds):
                if loop.time() - begun > within_s:
                    raise AssertionError(f"outboxes do not drain:\n{self.state}\n{self.faults}")
                await asyncio.sleep(_LOOK_S)
            drained = loop.time() - begun
            # What every device shows in the end must be true (I10). One that had not yet met the
            # older database learns only now what it must send again.
            async with asyncio.timeout_at(begun + within_s):
                await asyncio.gather(*(each.look() for each in self.handhelds))
        for handheld in self.handhelds:
            handheld.last_word()
        return drained

    async def stop(self) -> None:
        """Disconnect everybody."""
        for each in self.handhelds:
            each.stop()
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._running, *self._working, return_exceptions=True)

    @property
    def acked(self) -> int:
        """Operations that have an answer."""
        return sum(handheld.acked for handheld in self.handhelds)

    @property
    def state(self) -> str:
        """How every device is, for people who look into a failure."""
        return "\n".join(
            f"{each.name}: {len(each.waiting)} of {len(each.log)} wait, up {each.up}, "
            f"bye {each.bye}, list {each.snapshot and each.snapshot['number']}, {each.counts}"
            for each in self.handhelds
        )

    def _failed(self) -> list[asyncio.Task[None]]:
        return [
            task
            for task in (*self._running, *self._working)
            if task.done() and not task.cancelled() and task.exception() is not None
        ]

    def _acknowledged(self, _op: dict[str, Any], _verdict: str, _code: str, _late: float) -> None:
        self.acks += 1
        self.last_ack = asyncio.get_running_loop().time()
