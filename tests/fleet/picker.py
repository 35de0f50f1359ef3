"""Who carries a handheld of the fleet: works lists unit by unit, with the mistakes of people.

What is left to do is the snapshot without the own facts that came after it, so a picker goes on
without a network and waits for answers only between two lists.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fleet.client import Handheld

_IDLE_S = 2.0
"""Without work a hint is awaited for this long, then the picker asks again: hints may be lost."""

_EMPTY = 0.05
"""Share of shorts with a count."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a picker works.

    Attributes
    ----------
    pace_s
        Seconds between two facts, on average.
    units
        Units of one pick, at most.
    over_pick, wrong_item, undo, short, skip, hand_back
        Chances per fact of what goes wrong or is taken back.
    """

    pace_s: float = 0.2
    units: int = 1
    over_pick: float = 0.01
    wrong_item: float = 0.01
    undo: float = 0.01
    short: float = 0.002
    skip: float = 0.01
    hand_back: float = 0.0005


class Picker:
    """One person at work.

    Parameters
    ----------
    totes
        Empty totes, each handed out once; shared with other pickers.
    """

    def __init__(
        self, handheld: Handheld, *, habits: Habits, rng: random.Random, totes: Iterator[str]
    ) -> None:
        self.handheld = handheld
        self.lists = 0
        self._habits = habits
        self._rng = rng
        self._totes = totes
        self._said = _Said(handheld)
        self._stopped = False

    def stop(self) -> None:
        """Record nothing more."""
        self._stopped = True

    async def work(self) -> None:
        """Ask for lists and work them until stopped."""
        handheld = self.handheld
        while not self._stopped:
            handheld.synced.clear()
            handheld.want_work()
            await _within(_IDLE_S, handheld.synced)
            if handheld.snapshot is not None and not handheld.waiting:
                await self._walk(handheld.snapshot["list"])

    async def _walk(self, list_id: str) -> None:
        """Record facts about one list until it is finished or somebody else's."""
        while not self._stopped:
            snapshot = self.handheld.snapshot
            if snapshot is None or snapshot["list"] != list_id:
                return
            if not self._next_fact(snapshot):
                # Everything is said; what was refused shows in the answer to the next sync.
                await self._settle()
                return
            await asyncio.sleep(self._habits.pace_s * self._rng.uniform(0.5, 1.5))

    async def _settle(self) -> None:
        """Wait until all is answered."""
        while self.handheld.waiting and not self._stopped:
            await self.handheld.news()
        self.lists += 1

    def _next_fact(self, snapshot: dict[str, Any]) -> bool:
        """Record the next fact; False when the list is finished as far as the device knows."""
        said = self._said.now()
        if self._rng.random() < self._habits.hand_back:
            self.handheld.record("hand_back")
            return False
        for slot in snapshot["cart"]["slots"]:
            if not slot["bound"] and slot["slot"] not in said.totes:
                tote = slot["tote"] or next(self._totes)
                self.handheld.record("bind", tote=tote, slot=slot["slot"])
                return True
        totes = {slot["slot"]: slot["tote"] for slot in snapshot["cart"]["slots"]} | said.totes
        for task in snapshot["tasks"]:
            left = _open(task) - said.units[task["id"]]
            if left > 0:
                self._handle(snapshot, task, left, totes[task["tote_slot"]])
                return True
        for slot in snapshot["cart"]["slots"]:
            if not slot["dropped"] and totes[slot["slot"]] not in said.dropped:
                self.handheld.record("drop", tote=totes[slot["slot"]], station=snapshot["drop"][0])
                return True
        if not said.done:
            self.handheld.record("done")
        return False

    def _handle(self, snapshot: dict[str, Any], task: dict[str, Any], left: int, tote: str) -> None:
        """One fact about a task with units left."""
        habits, rng = self._habits, self._rng
        location = next(
            stop["location"] for stop in snapshot["stops"] if stop["id"] == task["stop"]
        )
        pick: dict[str, Any] = {
            "task": task["id"],
            "location": location,
            "sku": task["sku"],
            "qty": min(left, rng.randint(1, habits.units)),
            "code": task["codes"][0]["code"],
            "tote": tote,
        }
        chance = rng.random()
        if (chance := chance - habits.short) < 0:
            # Rarely the shelf is said to be empty: then what later waves count on is gone as well.
            counted = 0 if rng.random() < _EMPTY else None
            self.handheld.record(
                "short", task=task["id"], qty=left, reason="fewer", counted=counted
            )
        elif (chance := chance - habits.skip) < 0:
            self.handheld.record("skip", task=task["id"], reason="later")
        elif (chance := chance - habits.over_pick) < 0:
            self.handheld.record("pick", **{**pick, "qty": left + 1})
        elif (chance := chance - habits.wrong_item) < 0:
            self.handheld.record("pick", **{**pick, "code": "0", "sku": "not-this"})
        else:
            seq = self.handheld.record("pick", **pick)
            if chance - habits.undo < 0:
                self.handheld.record("undo", op=seq)


class _Said:
    """What the facts after a snapshot say about its list, as if those on the way were applied."""

    def __init__(self, handheld: Handheld) -> None:
        self._handheld = handheld
        self._basis: tuple[object, int] = (None, 0)
        self._upto = 0
        self._clear()

    def now(self) -> _Said:
        """Take in what was recorded since; all anew after a new snapshot or a denied fact."""
        handheld = self._handheld
        basis = (handheld.snapshot, handheld.denied)
        if self._basis[0] is not basis[0] or self._basis[1] != basis[1]:
            self._basis, self._upto = basis, handheld.snapshot_at
            self._clear()
        for op in handheld.log[self._upto :]:
            if handheld.verdicts.get(op["seq"], ("applied",))[0] == "applied":
                self._take(op)
        self._upto = len(handheld.log)
        return self

    def _clear(self) -> None:
        self.units: Counter[str] = Counter()
        self.totes: dict[int, str] = {}
        self.dropped: set[str] = set()
        self.done = False

    def _take(self, op: dict[str, Any]) -> None:
        snapshot = self._handheld.snapshot
        if snapshot is None or op["list"] != snapshot["list"]:
            return
        match op["kind"]:
            case "pick" | "short":
                self.units[op["task"]] += op["qty"]
            case "undo":
                undone = self._handheld.log[op["op"] - 1]
                self.units[undone["task"]] -= undone["qty"]
            case "bind":
                self.totes[op["slot"]] = op["tote"]
            case "drop":
                self.dropped.add(op["tote"])
            case "done":
                self.done = True


def _open(task: dict[str, Any]) -> int:
    """Units of a task that nobody has decided about."""
    return int(task["qty"] - task["picked"] - task["short"] - task["cancelled"])


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but not for ever."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
