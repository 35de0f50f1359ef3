"""When a handheld says what: PICK/1 from the device's side, without network, clock or thread.

The twin of ``handheld_ui/src/picker/sender.ts``, decision by decision; traces that both replay
(``handheld_ui/protocol/traces``) keep them equal. The host owns the line and the timers: it asks
:meth:`Sender.next` for a message, carries it, and tells what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

MOST_OPS = 50
MOST_BYTES = 63 * 1024
"""A message holds at most this many facts and, with room for its envelope, 64 KiB."""
HEARTBEAT_MS = 20_000
"""The server is asked at least this often: hints may be lost."""
SETTLE_MS = 250
"""After an acknowledgement with news: several facts in a row ask only once."""
BUSY_MS = 3_000
"""Pause after the server said that it cannot now."""
_SILENT_BEFORE_RESTART = 2
_SHOWN_HERE = frozenset({"bind", "pick", "short", "skip", "drop", "undo", "report"})
"""Facts whose effect on the list the device shows by itself; after others it must ask."""
_COME_BACK = frozenset({429, 500, 503})

Op = Mapping[str, Any]
Reply = Mapping[str, Any]


class Device(Protocol):
    """What the sender knows of the device, and tells it."""

    @property
    def stream(self) -> str:
        """Identity of the outbox."""

    @property
    def pending(self) -> Sequence[Op]:
        """Facts without an answer, in order."""

    @property
    def acked(self) -> int:
        """All facts up to this one are answered."""

    @property
    def have(self) -> Mapping[str, Any] | None:
        """``{"list", "ver"}`` of the list shown."""

    def verdicts(self, verdicts: Sequence[Sequence[Any]]) -> None:
        """Facts were judged: ``[seq, verdict, code]`` each."""

    def synced(self, reply: Reply, *, wanted: bool) -> None:
        """The server said what is true; ``wanted``: it was asked for a list."""

    def rewound(self, last: int) -> None:
        """The server knows facts only up to ``last``: what came after must be sent again."""

    def work_failed(self) -> None:
        """A list was asked for and cannot be had now."""

    def refused(self, code: str) -> None:
        """The server does not know the sign-in, or wants another version."""


class Line(Protocol):
    """What the sender asks of its host."""

    @property
    def up(self) -> bool:
        """Whether messages can be sent."""

    def restart(self) -> None:
        """The line is dead without saying so: begin anew."""

    def later(self, delay_ms: int) -> None:
        """Call :meth:`Sender.sync` after so long, instead of what was asked for before."""


@dataclass(frozen=True, slots=True)
class Message:
    """One call to the server."""

    name: Literal["sync", "ops"]
    body: Mapping[str, Any]
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """The version that the list shown has with the own facts answered since, the last of them."""

    list_id: str
    ver: int
    last: int


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The line is up, but no answer came in time."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The line was lost before an answer came."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server answered with an error."""

    code: str
    status: int


Failure = NoAnswer | LinkDown | Refused


class Sender:
    """Decides about messages: one in flight, facts in order, at least once each."""

    def __init__(self, line: Line, device: Device) -> None:
        self._line = line
        self._device = device
        self._must_sync = True
        self._wants_work = False
        self._in_flight: Mapping[str, Any] | None = None
        self._waiting: Message | None = None
        self._acked_when_asked = 0
        self._silent = 0
        self._rid = 0
        self._newest: tuple[str, int] = ("", -1)
        self._shown: _Shown | None = None
        # A restored server counts versions from an earlier one on: the same number may come again
        # for another content, so a version is named in the generation in which it was told only.
        self._told_in: str | None = None

    @property
    def have(self) -> Mapping[str, Any] | None:
        """The list shown and its version, with the own facts that were answered."""
        have, shown = self._device.have, self._shown
        if self._told_in != self._newest[0]:
            return None
        if have is None or shown is None or have["list"] != shown.list_id:
            return have
        return {"list": shown.list_id, "ver": shown.ver}

    @property
    def waits_for(self) -> str | None:
        """Name of the call that waits for its answer."""
        return None if self._waiting is None else self._waiting.name

    def sync(self) -> None:
        """Ask what is true: on connect, resume, poke, heartbeat."""
        self._must_sync = True

    def ask_work(self) -> None:
        """Claim a list, once everything before it is told."""
        if not self._line.up:
            self._device.work_failed()
            return
        self._wants_work = True
        self.sync()

    def poked(self, list_id: str | None, ver: int | None) -> bool:
        """A hint came: sync unless the list shown has that version; returns whether it is news."""
        have = self.have
        news = have is None or have["list"] != list_id or ver is None or ver > have["ver"]
        if news:
            self.sync()
        return news

    def line_lost(self) -> None:
        """The connection is gone; a call that waits fails by itself."""
        self._silent = 0
        if self._wants_work:
            self._wants_work = False
            self._device.work_failed()

    def next(self) -> Message | None:
        """Return the message to send now; none while one is waiting for its answer."""
        if self._waiting is not None or not self._line.up:
            return None
        facts = self._in_flight is not None or len(self._device.pending) > 0
        # A list is asked for after the facts: else the finished one would be answered again.
        if self._must_sync and not (facts and self._wants_work):
            self._waiting = self._ask()
        elif facts:
            self._waiting = self._tell()
        return self._waiting

    def answered(self, reply: Reply) -> None:
        """Take in the answer to the message that waits."""
        message, self._waiting = self._waiting, None
        assert message is not None, "nothing was asked"
        self._silent = 0
        if message.name == "sync":
            self._synced(message, reply)
        else:
            self._judged(message.body["ops"], reply)

    def failed(self, failure: Failure) -> bool:
        """The message that waits was not answered; returns whether to go on at once."""
        message, self._waiting = self._waiting, None
        assert message is not None, "nothing was asked"
        if message.name == "sync":
            self._must_sync = True
        match failure:
            case NoAnswer():
                self._silent += 1
                if self._silent < _SILENT_BEFORE_RESTART:
                    return True
                self._line.restart()
                return False
            case LinkDown():
                # The line may be up again by now.
                return self._line.up
            case Refused(code, status):
                if status not in _COME_BACK:
                    self._device.refused(code)
                    if status in (401, 403):
                        return False
                self._line.later(BUSY_MS)
                return False

    def _ask(self) -> Message:
        device = self._device
        self._rid += 1
        wanted = self._wants_work and not device.pending
        self._acked_when_asked = device.acked
        # Cleared before: what happens during the call asks again.
        self._must_sync = False
        body = {
            "stream": device.stream,
            "acked": device.acked,
            "have": self.have,
            "want": "work" if wanted else None,
            "rid": f"r-{self._rid}",
        }
        return Message("sync", body, wanted)

    def _tell(self) -> Message | None:
        if self._in_flight is None:
            self._in_flight = first_message(self._device.stream, self._device.pending)
        return None if self._in_flight is None else Message("ops", self._in_flight)

    def _synced(self, message: Message, reply: Reply) -> None:
        if reply["rid"] != message.body["rid"]:
            return
        if reply["gen"] == self._newest[0] and reply["rev"] < self._newest[1]:
            return
        self._newest = (reply["gen"], reply["rev"])
        if message.wanted:
            self._wants_work = False
        if reply["last"] < self._acked_when_asked:
            self._rewind(reply["last"])
            if self._device.stream != message.body["stream"]:
                return  # What was answered is about the stream that ended here.
        asked = message.body["have"]
        if reply["list"] == "same" and asked is not None and self._told_in != reply["gen"]:
            # The same version of another life: what is shown may be something else.
            self._shown = None
            self._must_sync = True
            self._wants_work = self._wants_work or message.wanted
            return
        if reply["list"] != "same":
            self._told_in = reply["gen"]
        self._device.synced(reply, wanted=message.wanted)
        have = self.have if reply["list"] == "same" else self._device.have
        self._shown = None if have is None else _Shown(have["list"], have["ver"], reply["last"])

    def _judged(self, ops: Sequence[Op], reply: Reply) -> None:
        self._in_flight = None
        if "gap" in reply:
            self._rewind(reply["gap"])
            return
        self._device.verdicts(reply["verdicts"])
        if reply["ver"] is not None and not self._follow(ops, reply["verdicts"], reply["ver"]):
            self._line.later(SETTLE_MS)

    def _follow(self, ops: Sequence[Op], verdicts: Sequence[Sequence[Any]], ver: int) -> bool:
        """Take over the version of an answer that says nothing but what the device shows anyway.

        Each applied fact raises the version by one, so a higher one means news. A fact that the
        answer to a sync included already is not counted again: that would hide one change. After
        news, and after facts whose effect only the server shows, the former version stays:
        naming the new one would be answered "same".
        """
        shown, list_id = self._shown, ops[-1].get("list")
        if shown is None or list_id != shown.list_id:
            return False
        words = {seq: word for seq, word, _ in verdicts}
        applied = [
            op["kind"]
            for op in ops
            if op.get("list") == list_id
            and op["seq"] > shown.last
            and words.get(op["seq"]) == "applied"
        ]
        if ver != shown.ver + len(applied) or not _SHOWN_HERE.issuperset(applied):
            return False
        self._shown = _Shown(shown.list_id, ver, max([shown.last, *words]))
        return True

    def _rewind(self, last: int) -> None:
        self._in_flight = None
        self._shown = None
        self._device.rewound(last)


def first_message(stream: str, pending: Sequence[Op]) -> Mapping[str, Any] | None:
    """Return the first facts that fit into one message; None without any."""
    ops: list[Op] = []
    size = 0
    for op in pending[:MOST_OPS]:
        size += len(json.dumps(op, separators=(",", ":"), ensure_ascii=False).encode()) + 1
        if ops and size > MOST_BYTES:
            break
        ops.append(op)
    return {"stream": stream, "ops": ops} if ops else None
