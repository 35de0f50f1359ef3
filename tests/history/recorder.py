"""Writes the history of one or more clients: the lines that :mod:`tests.history.checker` reads."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

Line = Mapping[str, Any]


class Recorder:
    """Appends history lines, in memory or to a file; one per process, shared by its clients.

    Parameters
    ----------
    now_ms
        Monotonic or virtual time in milliseconds.
    file
        Where lines go as JSON, one each, flushed at once, so that a killed process loses none.
        Without it they are kept in :attr:`lines`.
    """

    def __init__(self, now_ms: Callable[[], int], file: IO[str] | None = None) -> None:
        self.lines: list[Line] = []
        self._now_ms = now_ms
        self._file = file
        self._calls = 0
        self._lock = threading.Lock()

    def record(self, client: str, stream: str, op: Mapping[str, Any]) -> None:
        """The client has shown a fact as done: from now on it must not lose it."""
        self._append({"event": "record", "client": client, "stream": stream, "op": op})

    def invoke(
        self, client: str, name: str, *, stream: str, ops: Sequence[Mapping[str, Any]] = ()
    ) -> int:
        """A call leaves the client; returns its number, for :meth:`ok` or :meth:`unknown`."""
        with self._lock:
            self._calls += 1
            call = self._calls
            self._write(
                {"event": "invoke", "client": client, "call": call, "name": name, "stream": stream}
                | ({"ops": list(ops)} if ops else {})
            )
        return call

    def ok(self, client: str, call: int, reply: Mapping[str, Any]) -> None:
        """The call was answered; may come after :meth:`unknown` when the answer was late."""
        self._append({"event": "ok", "client": client, "call": call, "reply": reply})

    def unknown(self, client: str, call: int, why: str) -> None:
        """The client gave up waiting, or got an error instead of an answer."""
        self._append({"event": "unknown", "client": client, "call": call, "why": why})

    def view(
        self,
        client: str,
        *,
        stream: str,
        person: str,
        gen: str,
        rev: int,
        snapshot: Mapping[str, Any] | None,
    ) -> None:
        """The client shows this list from now on (None: it has no list)."""
        self._append(
            {
                "event": "view",
                "client": client,
                "stream": stream,
                "person": person,
                "gen": gen,
                "rev": rev,
                "snapshot": snapshot,
            }
        )

    def wipe(self, client: str, stream: str) -> None:
        """The client's storage is gone, and with it what only it knew of the stream."""
        self._append({"event": "wipe", "client": client, "stream": stream})

    def forget(self, client: str, stream: str, seq: int) -> None:
        """The client has dropped an answered fact: it cannot send it to a restored server."""
        self._append({"event": "forget", "client": client, "stream": stream, "seq": seq})

    def restore(self) -> None:
        """The database was put back to an older copy; calls invoked from now on meet that."""
        self._append({"event": "restore", "client": "", "call": 0})

    def revoke(self, sign_in: str) -> None:
        """A sign-in was revoked, and the server has said so."""
        self._append({"event": "revoke", "client": "", "sign_in": sign_in})

    def end(
        self,
        client: str,
        *,
        stream: str,
        person: str,
        recorded: int,
        acked: int,
        snapshot: Mapping[str, Any] | None,
        facts: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """The client's last word after faults have stopped and time to settle has passed.

        ``recorded`` facts are in its outbox's numbering, ``acked`` of them answered; ``facts`` are
        the bodies that it still has.
        """
        self._append(
            {
                "event": "end",
                "client": client,
                "stream": stream,
                "person": person,
                "recorded": recorded,
                "acked": acked,
                "snapshot": snapshot,
                "facts": list(facts),
            }
        )

    def _append(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        line["at"] = self._now_ms()
        if self._file is None:
            self.lines.append(line)
        else:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


def read(file: IO[str]) -> list[Line]:
    """The lines of a history file; a last line cut off by a kill is left out."""
    lines: list[Line] = []
    for text in file:
        if not text.endswith("\n"):
            break
        lines.append(json.loads(text))
    return lines
