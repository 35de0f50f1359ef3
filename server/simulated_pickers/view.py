"""What is true as far as a device knows: the snapshot and its own newer facts.

The twin of ``handheld_ui/src/picker/view.ts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.simulated_pickers.store import Op, Recorded

_UNDONE = ("refused", "parked")


@dataclass(frozen=True, slots=True)
class View:
    """A list with what the device did since; ``closed`` says that it is left."""

    snapshot: Mapping[str, Any]
    tasks: tuple[Mapping[str, Any], ...]
    slots: tuple[Mapping[str, Any], ...]
    closed: Literal["done", "handed-back"] | None


def open_units(task: Mapping[str, Any]) -> int:
    """Units of a task that are still to be picked, shorted or cancelled."""
    return int(task["qty"] - task["picked"] - task["short"] - task["cancelled"])


def view_of(snapshot: Mapping[str, Any], ops: Sequence[Recorded], last: int) -> View:
    """The view of a list; ``last`` is the fact up to which the snapshot includes the device's own.

    Facts that the server refused or parked changed nothing and are left out.
    """
    tasks = {task["id"]: dict(task) for task in snapshot["tasks"]}
    slots = {slot["slot"]: dict(slot) for slot in snapshot["cart"]["slots"]}
    closed: Literal["done", "handed-back"] | None = None
    mine = [recorded for recorded in ops if recorded.op.get("list") == snapshot["list"]]
    by_seq = {recorded.op["seq"]: recorded.op for recorded in mine}
    for recorded in mine:
        op = recorded.op
        if op["seq"] <= last or recorded.verdict in _UNDONE:
            continue
        match op["kind"]:
            case "done":
                closed = "done"
            case "hand_back":
                closed = "handed-back"
            case "bind" if op["slot"] in slots:
                slots[op["slot"]] |= {"tote": op["tote"], "bound": True}
            case "drop":
                for slot in slots.values():
                    if slot["tote"] == op["tote"]:
                        slot["dropped"] = True
            case "undo":
                _count(tasks, by_seq.get(op["op"]), -1)
            case _:
                _count(tasks, op, 1)
    return View(snapshot, tuple(tasks.values()), tuple(slots.values()), closed)


def _count(tasks: dict[str, dict[str, Any]], op: Op | None, sign: int) -> None:
    """Count a pick or short for its task, or take it back."""
    if op is None or op["kind"] not in ("pick", "short"):
        return
    task = tasks.get(op["task"])
    if task is not None:
        task["picked" if op["kind"] == "pick" else "short"] += sign * op["qty"]
