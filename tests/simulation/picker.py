"""A person at work with a handheld: mostly right, sometimes wrong, in every way that is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from server.simulated_pickers.handheld import Handheld
from server.simulated_pickers.view import View, open_units
from tests.simulation.device import Device
from tests.simulation.mix import Mix
from tests.simulation.warehouse import SHELVES, SKUS

Fields = dict[str, Any]
ASKS = 0.4
"""Chance that an idle picker asks for work now."""
_STRANGE: tuple[Fields, ...] = (
    {"kind": "pick", "qty": -1},
    {"kind": "pick", "qty": 0},
    {"kind": "pick", "qty": 1.5},
    {"kind": "pick", "qty": 10**9},
    {"kind": "pick", "qty": "1"},
    {"kind": "teleport"},
    {"kind": "done", "extra": True},
    {"kind": "bind", "tote": "T-\u0000", "slot": 0},
    {"kind": "undo", "op": 0},
)
_UNKNOWN_ID = "f" * 32


class Picker:
    """Decides what is recorded next on a device, from the view that its screen would show."""

    def __init__(self, device: Device, rng: random.Random, mix: Mix, totes: Callable[[], str]):
        self.device = device
        self._rng = rng
        self._mix = mix
        self._totes = totes

    def act(self) -> None:
        """Do one thing: ask for work, record a fact, or leave the list."""
        page = self.device.page
        if page is None or not self.device.awake or not self.device.sign_in_id:
            return
        view = page.view
        if view is None or view.closed is not None:
            if self._rng.random() < self._mix.wrong:
                self._record_without_list(page)
            if self._rng.random() < ASKS:
                page.sender.ask_work()
        elif self._rng.random() < self._mix.wrong:
            self._do_wrong(page, view)
        elif self._rng.random() < self._mix.hand_back:
            self._record(page, "hand_back")
        else:
            self._go_on(page, view)
        self.device.pump()

    def finish_list(self) -> bool:
        """Record all that is left of the list, correctly; False without a list."""
        page = self.device.page
        assert page is not None
        for _ in range(60):
            view = page.view
            if view is None or view.closed is not None:
                break
            self._next_right_fact(page, view)
        self.device.pump()
        return page.view is not None

    def _go_on(self, page: Handheld, view: View) -> None:
        if self._rng.random() < self._mix.undo and self._undo_last(page):
            return
        waiting = [task for task in view.tasks if open_units(task) > 0]
        if waiting and self._rng.random() < self._mix.short:
            self._short(page, self._rng.choice(waiting))
            return
        self._next_right_fact(page, view)

    def _next_right_fact(self, page: Handheld, view: View) -> None:
        """Bind, pick, drop or finish: whatever is next on the way."""
        waiting = [task for task in view.tasks if open_units(task) > 0]
        wanted = {task["tote_slot"] for task in waiting}
        for slot in view.slots:
            if slot["slot"] in wanted and not slot["bound"]:
                tote = slot["tote"] or self._totes()
                self._record(page, "bind", tote=tote, slot=slot["slot"])
                return
        if waiting:
            task = self._rng.choice(waiting[:2])
            qty = open_units(task)
            if qty > 1 and self._rng.random() < 0.3:
                qty = self._rng.randint(1, qty)
            self._record(page, "pick", **_right_pick(view, task, qty))
            return
        station = view.snapshot["drop"][0]
        for slot in view.slots:
            if slot["bound"] and not slot["dropped"]:
                self._record(page, "drop", tote=slot["tote"], station=station)
                return
        self._record(page, "done")

    def _short(self, page: Handheld, task: Mapping[str, Any]) -> None:
        qty = self._rng.randint(1, open_units(task))
        counted = self._rng.choice((None, 0, 0, 1))
        fields: Fields = {"task": task["id"], "qty": qty, "reason": "fewer"}
        self._record(page, "short", **fields | ({} if counted is None else {"counted": counted}))

    def _undo_last(self, page: Handheld) -> bool:
        mine = [
            fact.op
            for fact in page.facts
            if fact.op["kind"] in ("pick", "short") and fact.verdict not in ("refused", "parked")
        ]
        if not mine:
            return False
        self._record(page, "undo", op=mine[-1]["seq"])
        return True

    # What a correct device never sends

    def _do_wrong(self, page: Handheld, view: View) -> None:
        task = self._rng.choice(view.tasks)
        slot = next(slot for slot in view.slots if slot["slot"] == task["tote_slot"])
        right = _right_pick(view, task, max(1, open_units(task)))
        if slot["tote"] is None:
            right["tote"] = self._totes()
        wrong = self._rng.choice(self._mistakes(view, task, right))
        self._record(page, **wrong)

    def _mistakes(self, view: View, task: Mapping[str, Any], right: Fields) -> tuple[Fields, ...]:
        rng = self._rng
        pick: Fields = {"kind": "pick", **right}
        left = open_units(task)
        return (
            {**pick, "qty": left + rng.randint(1, 3)},
            {**pick, "location": rng.choice(["A-6", "X-1"])},
            {**pick, "sku": rng.choice([sku for sku in SKUS if sku != task["sku"]])},
            {**pick, "code": f"400{rng.choice([sku for sku in SKUS if sku != task['sku']])}"},
            {**pick, "task": _UNKNOWN_ID},
            {**pick, "tote": self._totes()},
            {**pick, "lease": max(0, view.snapshot["lease"] - 1)},
            {**pick, "lease": view.snapshot["lease"] + 1},
            {**pick, "list": _UNKNOWN_ID},
            {"kind": "bind", "tote": rng.choice(["T-9999", self._totes()]), "slot": 0},
            {"kind": "bind", "tote": self._totes(), "slot": 77},
            {"kind": "short", "task": task["id"], "qty": left + 1, "reason": "none"},
            {"kind": "skip", "task": task["id"], "reason": "later"},
            {"kind": "undo", "op": rng.randint(1, 9)},
            {"kind": "drop", "tote": right["tote"], "station": rng.choice(["pack-2", "nowhere"])},
            {"kind": "done"},
            {"kind": "damaged", "task": task["id"], "qty": 1, "reason": "wet"},
            {"kind": "report", "reason": "help", "location": None, "text": None},
            # Of no task, so that the page's own view need not add up what is no number.
            {**pick, "task": _UNKNOWN_ID, **rng.choice(_STRANGE)},
            self._some_count(),
            self._some_put(task, right),
        )

    def _record_without_list(self, page: Handheld) -> None:
        self._record(page, **self._some_count(), list=None, lease=None)

    def _some_count(self) -> Fields:
        location, sku = self._rng.choice(sorted(SHELVES))
        return {"kind": "count", "location": location, "sku": sku, "qty": self._rng.randint(0, 7)}

    def _some_put(self, task: Mapping[str, Any], right: Fields) -> Fields:
        return {
            "kind": "put",
            "tote": right["tote"],
            "sku": task["sku"],
            "qty": self._rng.randint(1, 3),
            "wall_slot": self._rng.choice(["W-1", "W-2"]),
            "order": task["order_number"],
        }

    def _record(self, page: Handheld, kind: str, **carried: Any) -> None:
        op = page.record(kind, by=self.device.sign_in_id, **carried)
        self.device.show_as_done(op)
        self.device.note(f"records {op['seq']}:{kind} {_carried_text(carried)}")


def _right_pick(view: View, task: Mapping[str, Any], qty: int) -> Fields:
    slot = next(slot for slot in view.slots if slot["slot"] == task["tote_slot"])
    stops = view.snapshot["stops"]
    return {
        "task": task["id"],
        "location": next(stop["location"] for stop in stops if stop["id"] == task["stop"]),
        "sku": task["sku"],
        "qty": qty,
        "code": task["codes"][0]["code"],
        "tote": slot["tote"],
    }


def _carried_text(carried: Mapping[str, Any]) -> str:
    return " ".join(
        f"{name}={value[-6:] if isinstance(value, str) else value}"
        for name, value in carried.items()
        if name not in ("code", "reason")
    )
