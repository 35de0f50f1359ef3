"""The hand that scans, at times that were fixed before: an open loop.

Whoever waits for an answer before the next request measures a slow server too kindly: while it
stalls, nothing is asked. Here each fact has its moment, is recorded then whatever became of the
earlier ones, and its latency counts from that moment, so a stall shows in everything behind it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Any

from tests.fleet.client import Handheld
from tests.load.floor import totes_of

WORK_S = 60.0
"""When to give up asking for a list."""

Fact = tuple[str, dict[str, Any]]


class Hand:
    """Works lists on one handheld, ``every_s`` seconds from fact to fact.

    Attributes
    ----------
    lists
        Lists that were finished.
    lag_s
        How late this process was itself, at worst: above a few ms its latencies are not the
        server's.
    """

    def __init__(self, handheld: Handheld, *, every_s: float) -> None:
        self.handheld = handheld
        self.lists = 0
        self.lag_s = 0.0
        self._every_s = every_s
        self._facts: deque[Fact] = deque()
        self._list: str | None = None

    async def take_list(self) -> None:
        """Ask for a list until there is one; a sync on its way may not have asked for it yet.

        Raises
        ------
        TimeoutError
            There is none: the floor was made too small.
        """
        handheld = self.handheld
        async with asyncio.timeout(WORK_S):
            while True:
                handheld.synced.clear()
                handheld.want_work()
                await handheld.synced.wait()
                snapshot = handheld.snapshot
                if snapshot is not None and snapshot["list"] != self._list and not handheld.waiting:
                    self._list = snapshot["list"]
                    self._facts = deque(facts_of(snapshot))
                    return

    async def work(self, *, first_s: float, until_s: float) -> None:
        """Record facts from loop time ``first_s`` on, evenly, until ``until_s``."""
        loop = asyncio.get_running_loop()
        due_s = first_s
        while due_s < until_s:
            was_early = loop.time() < due_s
            await asyncio.sleep(due_s - loop.time())
            if was_early:
                # How late the clock of this process is; a list waited for is the server's doing.
                self.lag_s = max(self.lag_s, loop.time() - due_s)
            if not self._facts:
                await self.take_list()
            self.record(at=due_s)
            due_s += self._every_s

    def go_ahead(self, share: float) -> None:
        """Record this share of the list's facts now: in a shift, no two stand at the same one."""
        for _ in range(int(share * len(self._facts))):
            self.record()

    def record(self, *, at: float | None = None) -> None:
        """Record the next fact, as if it had been at loop time ``at``."""
        kind, carried = self._facts.popleft()
        self.handheld.record(kind, at=at, **carried)
        self.lists += kind == "done"


def facts_of(snapshot: dict[str, Any]) -> Iterator[Fact]:
    """Everything there is to record about a fresh list, in its order."""
    location = {stop["id"]: stop["location"] for stop in snapshot["stops"]}
    totes = totes_of(snapshot["number"])
    for slot in snapshot["cart"]["slots"]:
        yield "bind", {"tote": totes[slot["slot"]], "slot": slot["slot"]}
    for task in snapshot["tasks"]:
        for _ in range(task["qty"]):
            yield (
                "pick",
                {
                    "task": task["id"],
                    "location": location[task["stop"]],
                    "sku": task["sku"],
                    "qty": 1,
                    "code": task["codes"][0]["code"],
                    "tote": totes[task["tote_slot"]],
                },
            )
    for slot in snapshot["cart"]["slots"]:
        yield "drop", {"tote": totes[slot["slot"]], "station": snapshot["drop"][0]}
    yield "done", {}
