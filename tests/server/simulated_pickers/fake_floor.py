"""A server of PICK/1 small enough to read: one list, in memory, with faults on demand."""

from __future__ import annotations

import copy
import threading
from collections import Counter
from typing import Any

from server.simulated_pickers.link import Hint, LinkDown


class FakeFloor:
    """Judges operations as the protocol says; remembers every one it applied.

    ``faults`` are used up one per call: ``lost-answer`` applies and then breaks the link,
    ``lost-call`` breaks it before, ``busy`` answers 503.
    """

    def __init__(self, tasks: list[tuple[str, str, int]], *, slots: int = 2) -> None:
        self.tasks: list[dict[str, Any]] = [
            {
                "id": f"{number:032x}",
                "stop": f"stop-{location}",
                "sku": sku,
                "codes": [{"code": sku, "units": 1}, {"code": f"box-{sku}", "units": 6}],
                "qty": quantity,
                "picked": 0,
                "short": 0,
                "cancelled": 0,
                "tote_slot": number % slots,
                "order_number": 100 + number % slots,
            }
            for number, (location, sku, quantity) in enumerate(tasks)
        ]
        self.stops = [
            {"id": f"stop-{location}", "location": location}
            for location in dict.fromkeys(location for location, _, _ in tasks)
        ]
        self.slots: list[dict[str, Any]] = [
            {"slot": number, "tote": None, "bound": False, "dropped": False}
            for number in range(slots)
        ]
        self.used_totes: set[str] = set()
        self.closed = False
        self.ver = 1
        self.last = 0
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.applied: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.calls: Counter[str] = Counter()

    def call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer ``sync`` or ``ops``, with the next fault."""
        self.calls[name] += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "busy":
            return {"error": {"code": "busy", "detail": "", "status": 503}}
        if fault == "refuse":
            return {"error": {"code": "bad-message", "detail": "no", "status": 422}}
        if fault == "lost-call":
            raise LinkDown(fault)
        answer = self._sync(body) if name == "sync" else self._ops(body)
        if fault == "lost-answer":
            raise LinkDown(fault)
        return copy.deepcopy(answer)

    def _sync(self, body: dict[str, Any]) -> dict[str, Any]:
        shown: Any = None
        if not self.closed:
            same = body["have"] == {"list": "the-list", "ver": self.ver}
            shown = "same" if same else self._snapshot()
        return {"rid": body["rid"], "last": self.last, "rev": self.ver, "gen": "g", "list": shown}

    def _snapshot(self) -> dict[str, Any]:
        return {
            "list": "the-list",
            "number": 1,
            "ver": self.ver,
            "lease": 1,
            "drop": ["pack-1"],
            "cart": {"slots": self.slots},
            "stops": self.stops,
            "tasks": self.tasks,
        }

    def _ops(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["ops"][0]["seq"] > self.last + 1:
            return {"gap": self.last}
        for op in body["ops"]:
            if op["seq"] == self.last + 1:
                self.last += 1
                code = self._judge(op)
                self.verdicts[op["seq"]] = ("applied" if code == "ok" else "refused", code)
                if code == "ok":
                    self.applied.append(op)
                    self.ver += 1
        answers = [[op["seq"], *self.verdicts[op["seq"]]] for op in body["ops"]]
        return {"last": self.last, "verdicts": answers, "ver": self.ver}

    def _judge(self, op: dict[str, Any]) -> str:
        task = next((task for task in self.tasks if task["id"] == op.get("task")), None)
        match op["kind"]:
            case "bind":
                return self._bind(op)
            case "pick" | "short" if task is not None:
                return self._close_units(op, task)
            case "undo":
                undone = next(one for one in self.applied if one["seq"] == op["op"])
                self._task(undone["task"])["picked"] -= undone["qty"]
                return "ok"
            case "drop":
                next(slot for slot in self.slots if slot["tote"] == op["tote"])["dropped"] = True
                return "ok"
            case "done":
                if any(_open(task) for task in self.tasks):
                    return "tasks-open"
                self.closed = True
                return "ok"
        return "ok"

    def _bind(self, op: dict[str, Any]) -> str:
        if op["tote"] in self.used_totes:
            return "tote-not-empty"
        self.used_totes.add(op["tote"])
        self.slots[op["slot"]].update(tote=op["tote"], bound=True)
        return "ok"

    def _close_units(self, op: dict[str, Any], task: dict[str, Any]) -> str:
        if op["kind"] == "pick" and op["sku"] != task["sku"]:
            return "wrong-item"
        if op["qty"] > _open(task):
            return "over-pick"
        task["picked" if op["kind"] == "pick" else "short"] += op["qty"]
        return "ok"

    def _task(self, task_id: str) -> dict[str, Any]:
        return next(task for task in self.tasks if task["id"] == task_id)


class FakeLink:
    """A wire to a :class:`FakeFloor` that counts how often it was opened."""

    def __init__(self, floor: FakeFloor) -> None:
        self._floor = floor
        self._poked = threading.Event()
        self._open = False
        self.hint: Hint | None = None
        self.n_opened = 0

    @property
    def poked(self) -> threading.Event:
        return self._poked

    def open(self) -> None:
        self._open = True
        self.n_opened += 1

    def close(self) -> None:
        self._open = False

    def call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self._open, "called while offline"
        return self._floor.call(name, copy.deepcopy(body))


def _open(task: dict[str, Any]) -> int:
    return int(task["qty"] - task["picked"] - task["short"] - task["cancelled"])
