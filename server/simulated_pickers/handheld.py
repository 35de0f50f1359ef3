"""A handheld without a screen: store, memory and sender put together, driven by its host.

The twin of ``handheld_ui/src/picker/picker.ts`` and of what its reducer does with the server's
news (``session/server.ts``, ``session/steps.ts``). Real time, threads and network are the host's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from server.simulated_pickers.sender import Line, Sender
from server.simulated_pickers.store import Held, Op, Recorded, Store, at_hand
from server.simulated_pickers.view import View, view_of


class Watch(Protocol):
    """What a host may want to hear."""

    def shown(self, snapshot: Mapping[str, Any] | None, reply: Mapping[str, Any]) -> None:
        """The device shows this (or no) list from now on."""

    def signed_out(self, code: str) -> None:
        """The server does not accept the sign-in any more."""

    def new_stream(self) -> None:
        """The outbox began a new stream: the connection must be opened anew."""


class Handheld:
    """One start of the page: memory that is lost when the device dies, over a store that is not.

    Parameters
    ----------
    monotonic_ms
        For the time between facts (``dt``).
    """

    def __init__(
        self,
        store: Store,
        line: Line,
        watch: Watch,
        *,
        monotonic_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._watch = watch
        self._monotonic_ms = monotonic_ms
        store.trim()
        saved = store.load()
        self._ops: tuple[Recorded, ...] = saved.ops
        self._next_seq = saved.next_seq
        self._held = saved.held
        self._last_op_at: int | None = None
        self.stream = saved.stream
        self.sender = Sender(line, self)

    @property
    def pending(self) -> list[Op]:
        """Facts without an answer, in order."""
        return [recorded.op for recorded in self._ops if recorded.verdict is None]

    @property
    def acked(self) -> int:
        """All facts up to this one are answered."""
        return (self.pending[0]["seq"] if self.pending else self._next_seq) - 1

    @property
    def recorded(self) -> int:
        """Number of the newest fact of the stream."""
        return self._next_seq - 1

    @property
    def snapshot(self) -> Mapping[str, Any] | None:
        """The list in hand as the server last told it."""
        return self._held.snapshot if self._held is not None else None

    @property
    def have(self) -> Mapping[str, Any] | None:
        """List and version of the snapshot."""
        shown = self.snapshot
        return None if shown is None else {"list": shown["list"], "ver": shown["ver"]}

    @property
    def view(self) -> View | None:
        """The list in hand with the own newer facts."""
        held = self._held
        return None if held is None else view_of(held.snapshot, self._ops, held.last)

    @property
    def facts(self) -> Sequence[Recorded]:
        """Unanswered facts, and those of the list in hand."""
        return self._ops

    def record(self, kind: str, *, by: str, **carried: Any) -> Op:
        """Write a fact; it is on disk when this returns. Names the list in hand unless told."""
        now = self._monotonic_ms()
        shown = self.snapshot
        op: dict[str, Any] = {
            "seq": self._next_seq,
            "kind": kind,
            "list": shown["list"] if shown is not None else None,
            "lease": shown["lease"] if shown is not None else None,
            "by": by,
            "dt": 0 if self._last_op_at is None else max(0, now - self._last_op_at),
        }
        op.update(carried)
        fact = Recorded(op, None)
        self._last_op_at = now
        self._next_seq += 1
        self._ops = (*self._ops, fact)
        self._save([fact])
        return op

    # What the sender tells.

    def verdicts(self, verdicts: Sequence[Sequence[Any]]) -> None:
        """Facts were judged."""
        told = {seq: verdict for seq, verdict, _ in verdicts}
        before = self._ops
        self._ops = tuple(
            Recorded(each.op, told[each.op["seq"]]) if each.op["seq"] in told else each
            for each in before
        )
        self._save([new for new, old in zip(self._ops, before, strict=True) if new is not old])

    def synced(self, reply: Mapping[str, Any], *, wanted: bool) -> None:
        """The server said what is true."""
        shown = reply["list"]
        # "same" is said of the snapshot with the own facts since: they stay on top of it.
        if shown != "same":
            self._held = None if shown is None else Held(shown, reply["last"])
            of = None if shown is None else shown["list"]
            self._ops = at_hand(self._ops, of)
        self._save([])
        self._watch.shown(self.snapshot, reply)

    def rewound(self, last: int) -> None:
        """Facts that the server forgot are unanswered again."""
        shown = self.snapshot
        saved = self._store.rewind(last, shown["list"] if shown is not None else None)
        fresh = saved.stream != self.stream
        self.stream, self._ops, self._next_seq = saved.stream, saved.ops, saved.next_seq
        if fresh:
            self._watch.new_stream()

    def work_failed(self) -> None:
        """No list can be had now; the picker asks again."""

    def refused(self, code: str) -> None:
        """The sign-in is over; facts wait for whoever signs in next."""
        self._watch.signed_out(code)

    def _save(self, ops: list[Recorded]) -> None:
        self._store.save(ops, next_seq=self._next_seq, held=self._held)
