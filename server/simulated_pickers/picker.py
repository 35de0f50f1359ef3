"""One simulated picker: asks for work and walks each list task by task."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.device import Device
from server.simulated_pickers.tally import Tally
from server.simulated_pickers.warehouse import Shelves, ToSort, ToteRack, WallQueue

_IDLE_S = 2.0
"""Without work a hint is awaited for this long, then the picker asks again: hints may be lost."""

_MOST_FAILURES = 25
"""Facts in a row that were not applied before the picker gives a list back."""

_OFFLINE_TASKS = (3, 12)

_MOST_UNITS = 9_999
"""Units in one operation; the rest of a larger task is a second pick."""


@dataclass(slots=True)
class _OnList:
    """What the picker remembers about the list at hand and the server need not know."""

    skipped: set[str] = field(default_factory=set)
    offline_tasks: int = 0
    expect_refused: set[int] = field(default_factory=set)
    unsent: int = 0
    batch: int = 1
    failures: int = 0
    stale: bool = False


class Picker:
    """Works lists until told to stop.

    Parameters
    ----------
    device
        The handheld, signed in.
    stations
        Station code to kind, as the directory tells.
    """

    def __init__(
        self,
        device: Device,
        *,
        behaviour: Behaviour,
        rng: random.Random,
        tally: Tally,
        stop: threading.Event,
        shelves: Shelves,
        rack: ToteRack,
        wall: WallQueue,
        stations: Mapping[str, str],
    ) -> None:
        self._device = device
        self._behaviour = behaviour
        self._rng = rng
        self._tally = tally
        self._stop = stop
        self._shelves = shelves
        self._rack = rack
        self._wall = wall
        self._stations = stations
        self._list = _OnList()

    def work(self) -> None:
        """Work until the crew stops; raises what the device raises."""
        while not self._stop.is_set():
            if self._device.sync(want="work") is None:
                self._device.wait_for_poke(_IDLE_S)
                continue
            self._list = _OnList()
            self._tally.add("claims")
            self._walk()
        self._device.go_online()
        self._device.flush()

    def _walk(self) -> None:
        """Do what the list asks until it is finished, gone or given back."""
        while not self._stop.is_set() and self._device.snapshot is not None:
            if self._list.failures > _MOST_FAILURES:
                self._give_back()
                return
            task = self._next_task()
            if task is None:
                if self._finish():
                    return
                continue
            if not self._bind(self._slot(task["tote_slot"])):
                continue
            self._do(task)
            self._checkpoint()

    def _next_task(self) -> dict[str, Any] | None:
        """Return the first open task in walking order; skipped ones come last."""
        assert self._device.snapshot is not None
        tasks = self._device.snapshot["tasks"]
        walk = [stop["id"] for stop in self._device.snapshot["stops"]]
        order = {stop: number for number, stop in enumerate(walk)}
        waiting = [task for task in tasks if _open(task) > 0]
        return min(
            waiting,
            key=lambda task: (task["id"] in self._list.skipped, order[task["stop"]]),
            default=None,
        )

    def _slot(self, number: int) -> dict[str, Any]:
        assert self._device.snapshot is not None
        slots: list[dict[str, Any]] = self._device.snapshot["cart"]["slots"]
        return next(slot for slot in slots if slot["slot"] == number)

    def _bind(self, slot: dict[str, Any]) -> bool:
        """Put a tote on a slot of the cart when none stands there; False when that failed."""
        if slot["bound"]:
            return True
        tote = slot["tote"] or self._rack.take()
        if tote is None:
            self._tally.violation("no empty tote is left")
            self._stop.set()
            return False
        seq = self._device.record("bind", tote=tote, slot=slot["slot"])
        self._go_online()
        if self._settle().get(seq) != "applied":
            self._refresh()
            return False
        slot["tote"], slot["bound"] = tote, True
        return True

    def _do(self, task: dict[str, Any]) -> None:
        """One task: walk, scan, and whatever goes wrong on the way."""
        behaviour, rng = self._behaviour, self._rng
        if behaviour.pace_s:
            self._stop.wait(behaviour.pace_s * rng.uniform(0.5, 1.5))
        if self._device.online and rng.random() < behaviour.offline:
            self._device.go_offline()
            self._list.offline_tasks = rng.randint(*_OFFLINE_TASKS)
        if task["id"] not in self._list.skipped and rng.random() < behaviour.skip:
            self._list.skipped.add(task["id"])
            self._device.record("skip", task=task["id"], reason="later")
            return
        if rng.random() < behaviour.wrong_scan:
            self._scan_wrong_item(task)
        location, left = self._location(task), min(_open(task), _MOST_UNITS)
        empty = self._shelves.is_empty(location, task["sku"])
        if empty or rng.random() < behaviour.short:
            taken = 0 if empty else rng.randrange(left)
            self._shelves.found_empty(location, task["sku"])
            if taken:
                self._pick(task, taken)
            self._short(task, left - taken)
            return
        seq = self._pick(task, left)
        if rng.random() < behaviour.undo:
            self._device.record("undo", op=seq)
            task["picked"] -= left
            self._pick(task, left)

    def _pick(self, task: dict[str, Any], quantity: int) -> int:
        seq = self._device.record("pick", **self._scanned(task, quantity))
        task["picked"] += quantity
        self._tally.add("picks")
        self._tally.add("units", quantity)
        return seq

    def _short(self, task: dict[str, Any], quantity: int) -> None:
        reason = "fewer" if task["picked"] else "empty"
        self._device.record("short", task=task["id"], qty=quantity, reason=reason, counted=0)
        task["short"] += quantity
        self._tally.add("shorts")
        self._tally.add("short-units", quantity)

    def _scan_wrong_item(self, task: dict[str, Any]) -> None:
        """Send what a device must stop: the server has to refuse it and book nothing."""
        wrong = {
            **self._scanned(task, 1),
            "sku": f"not-{task['sku']}"[:64],
            "code": "0000000000000",
        }
        self._list.expect_refused.add(self._device.record("pick", **wrong))

    def _scanned(self, task: dict[str, Any], quantity: int) -> dict[str, Any]:
        singles = [code["code"] for code in task["codes"] if code["units"] == 1]
        return {
            "task": task["id"],
            "location": self._location(task),
            "sku": task["sku"],
            "qty": quantity,
            "code": self._rng.choice(singles) if singles else task["sku"],
            "tote": self._slot(task["tote_slot"])["tote"],
        }

    def _location(self, task: dict[str, Any]) -> str:
        assert self._device.snapshot is not None
        stops: list[dict[str, Any]] = self._device.snapshot["stops"]
        return next(str(stop["location"]) for stop in stops if stop["id"] == task["stop"])

    def _checkpoint(self) -> None:
        """After a task: come back online when it is time, send, and look at news."""
        if self._list.offline_tasks:
            self._list.offline_tasks -= 1
            if self._list.offline_tasks:
                return
        self._list.unsent += 1
        if self._list.unsent < self._list.batch and not self._device.behind:
            return
        self._list.unsent = 0
        self._list.batch = self._rng.randint(1, self._behaviour.batch)
        self._go_online()
        self._settle()
        if self._list.stale or self._device.behind:
            self._refresh()

    def _go_online(self) -> None:
        self._list.offline_tasks = 0
        self._device.go_online()

    def _settle(self) -> dict[int, str]:
        """Send everything and judge the answers; returns them by ``seq``."""
        self._device.flush()
        fresh = self._device.take_verdicts()
        for seq, (verdict, code) in fresh.items():
            if seq in self._list.expect_refused:
                if verdict != "refused":
                    self._tally.violation(f"a wrong item was {verdict} ({code})")
            elif verdict == "applied":
                self._list.failures = 0
            else:
                self._list.failures += 1
                self._list.stale = True
        return {seq: verdict for seq, (verdict, _) in fresh.items()}

    def _refresh(self) -> None:
        self._list.stale = False
        held = self._device.snapshot
        current = self._device.sync()
        if held is not None and (current is None or current["list"] != held["list"]):
            self._tally.add("lists-lost")
            self._device.snapshot = None

    def _finish(self) -> bool:
        """Drop the totes and close the list; False when something came in between."""
        snapshot = self._device.snapshot
        assert snapshot is not None
        station = snapshot["drop"][0]
        for slot in snapshot["cart"]["slots"]:
            if slot["bound"] and not slot["dropped"]:
                self._device.record("drop", tote=slot["tote"], station=station)
                slot["dropped"] = True
        seq = self._device.record("done")
        self._go_online()
        if self._settle().get(seq) != "applied":
            self._refresh()
            return False
        self._tally.add("lists")
        if self._stations.get(station) == "wall":
            self._wall.drop(self._to_sort(snapshot))
        self._device.snapshot = None
        return True

    def _to_sort(self, snapshot: dict[str, Any]) -> list[ToSort]:
        totes = {slot["slot"]: slot["tote"] for slot in snapshot["cart"]["slots"]}
        return [
            ToSort(
                tote=totes[task["tote_slot"]],
                order_number=task["order_number"],
                sku=task["sku"],
                quantity=task["picked"],
            )
            for task in snapshot["tasks"]
            if task["picked"] > 0
        ]

    def _give_back(self) -> None:
        """Return a list on which nothing is applied any more."""
        assert self._device.snapshot is not None
        self._tally.violation(
            f"list {self._device.snapshot['number']}: {self._list.failures} facts in a row were "
            "not applied"
        )
        self._device.record("hand_back")
        self._go_online()
        self._device.flush()
        self._device.snapshot = None


def _open(task: Mapping[str, Any]) -> int:
    """Return the units of a task that nobody has decided about yet."""
    return int(task["qty"] - task["picked"] - task["short"] - task["cancelled"])
