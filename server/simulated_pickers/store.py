"""What survives on a handheld: the outbox of facts and the list in hand.

The twin of ``handheld_ui/src/picker/store.ts``: IndexedDB's transactions become methods that
change everything or, when the device dies before them, nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

KEPT_OPS = 2_000
"""How many answered facts are kept, for a server restored from a backup. Not how long: a clock that
jumps would lose them."""

Op = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact of this device and the server's answer, None until there is one."""

    op: Op
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """The list as the server last told it; ``last`` is the highest own fact it includes."""

    snapshot: Mapping[str, Any]
    last: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What a device starts with."""

    stream: str
    next_seq: int
    ops: tuple[Recorded, ...]
    held: Held | None


def at_hand(ops: Sequence[Recorded], list_id: str | None) -> tuple[Recorded, ...]:
    """Facts that a view of the list may need; the twin of ``atHand`` in ``view.ts``.

    Those of the list, all without an answer, and what an undo without an answer takes back: a
    server restored from a backup may know that one only.
    """
    undone = {each.op["op"] for each in ops if each.verdict is None and each.op["kind"] == "undo"}
    return tuple(
        each
        for each in ops
        if each.verdict is None
        or (list_id is not None and each.op.get("list") == list_id)
        or each.op["seq"] in undone
    )


class Store:
    """The durable part of one installation; a wiped store is a new object.

    Parameters
    ----------
    new_stream
        Makes a random 128-bit identity of 32 hex digits.
    """

    def __init__(self, new_stream: Callable[[], str]) -> None:
        self._new_stream = new_stream
        self.stream = new_stream()
        self.held: Held | None = None
        self._next_seq = 1
        self._rows: dict[int, Recorded] = {}

    def load(self) -> Saved:
        """Everything as it was left: unanswered facts, and all of the list in hand."""
        list_id = self.held.snapshot["list"] if self.held is not None else None
        return Saved(self.stream, self._next(), at_hand(self._sorted(), list_id), self.held)

    def save(self, ops: Iterable[Recorded], *, next_seq: int, held: Held | None) -> None:
        """Write facts and what changed with them, all or nothing."""
        for recorded in ops:
            self._rows[recorded.op["seq"]] = recorded
        self._next_seq, self.held = next_seq, held

    def rewind(self, last: int, list_id: str | None) -> Saved:
        """The server knows facts only up to ``last``: those after it must be sent again.

        When facts in between were forgotten here, they can never be sent, and the stream would be
        stuck behind the gap: a new stream begins with what is left.
        """
        again = [replace(row, verdict=None) for row in self._sorted() if row.op["seq"] > last]
        lost = bool(again) and again[0].op["seq"] > last + 1
        if lost or (not again and self._next_seq > last + 1):
            self.stream = self._new_stream()
            again = _renumbered(again)
            self._next_seq = len(again) + 1
            self._rows.clear()
        self._rows.update({row.op["seq"]: row for row in again})
        return Saved(self.stream, self._next(), at_hand(self._sorted(), list_id), self.held)

    def trim(self) -> None:
        """Forget the oldest answered facts where there are too many."""
        answered = [row.op["seq"] for row in self._sorted() if row.verdict is not None]
        for seq in answered[: max(0, len(answered) - KEPT_OPS)]:
            del self._rows[seq]

    def _sorted(self) -> list[Recorded]:
        return [row for _, row in sorted(self._rows.items())]

    def _next(self) -> int:
        return max(self._next_seq, max(self._rows, default=0) + 1)


def _renumbered(rows: list[Recorded]) -> list[Recorded]:
    """The same facts numbered from 1; an undo follows the fact it undoes."""
    places = {row.op["seq"]: index for index, row in enumerate(rows, start=1)}
    again: list[Recorded] = []
    for row in rows:
        op = {**row.op, "seq": places[row.op["seq"]]}
        if op["kind"] == "undo":
            # An undo of a fact that is forgotten here names none: the server refuses it aloud.
            op["op"] = places.get(op["op"], 0)
        again.append(replace(row, op=op))
    return again
