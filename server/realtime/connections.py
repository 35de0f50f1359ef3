"""The sockets of this process: who is behind them, and which device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from server.errors import Conflict

SOCKETS_PER_DEVICE: Final = 2
"""A device has one; while it comes back, the old one may not have ended yet."""


def _nothing() -> None:
    """End nothing: tests have no TCP connection."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connected namespace of one socket."""

    sid: str
    namespace: str
    sign_in_id: str
    person_id: str
    stream: str | None = None
    device_id: str | None = None
    line: tuple[int, int] | None = None
    """Grows with every line that a stream opens; None where the device does not count."""
    abort: Callable[[], None] = field(default=_nothing, compare=False)
    """Ends the TCP connection without asking the peer."""

    @property
    def owner(self) -> str:
        """The enrolled device, else the session that stands for one."""
        return self.device_id or self.sign_in_id

    def came_before(self, other: Connection) -> bool:
        """Whether the device opened this line before that one, whichever arrived first."""
        return self.line is not None and other.line is not None and self.line < other.line


class Connections:
    """Connections of this process by socket; safe under threads and greenlets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_sid: dict[str, Connection] = {}
        self._told: dict[str, tuple[str, int]] = {}
        self._rooms: dict[str, str] = {}
        self._withheld: dict[str, tuple[str, int] | None] = {}

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, connection: Connection) -> tuple[Connection, ...]:
        """Enter a connection; return the older ones that it replaces.

        Those are the ones of the same stream, and of the same device what is more than two.

        Raises
        ------
        Conflict
            The device has opened a newer line since: this one was on its way for long.
        """
        with self._lock:
            others = self._by_sid.values()
            older = [
                known
                for known in others
                if connection.stream is not None and known.stream == connection.stream
            ]
            if any(connection.came_before(known) for known in older):
                raise Conflict("the device has a newer line than this", code="replaced")
            if connection.stream is not None:
                same = [
                    known
                    for known in others
                    if known.stream is not None
                    and known.owner == connection.owner
                    and known not in older
                ]
                older += same[: max(0, len(same) - SOCKETS_PER_DEVICE + 1)]
            self._by_sid[connection.sid] = connection
        return tuple(older)

    def remove(self, sid: str) -> None:
        """Forget a connection; an unknown one is fine."""
        with self._lock:
            self._by_sid.pop(sid, None)
            self._told.pop(sid, None)
            self._rooms.pop(sid, None)
            self._withheld.pop(sid, None)

    def follow(self, sid: str, room: str) -> str | None:
        """Note the room of what this socket shows; returns the one before, ``None`` at first.

        Kept here because Socket.IO looks through all rooms of the process to tell those of one.
        """
        with self._lock:
            before = self._rooms.get(sid)
            if sid in self._by_sid:
                self._rooms[sid] = room
        return before

    def told(self, sid: str, list_id: str, version: int) -> None:
        """Note that an answer to this socket names the version of a list."""
        with self._lock:
            if sid in self._by_sid:
                self._told[sid] = (list_id, version)

    def knows(self, sid: str, list_id: str, version: int) -> bool:
        """Return whether the last answer to this socket has named just this version of the list."""
        with self._lock:
            return self._told.get(sid) == (list_id, version)

    def asks(self, sid: str) -> None:
        """Note that an answer to this socket is being made: it will name a version itself.

        A hint that waits for the answer to an earlier message, sent again since, goes on waiting.
        """
        with self._lock:
            if sid in self._by_sid:
                self._withheld.setdefault(sid, None)

    def withhold(self, sid: str, list_id: str, version: int) -> bool:
        """Keep a hint until the answer is made; False where none is."""
        with self._lock:
            if sid not in self._withheld:
                return False
            self._withheld[sid] = (list_id, version)
            return True

    def answered(self, sid: str) -> tuple[str, int] | None:
        """Note that the answer is made; returns the hint that it does not make needless."""
        with self._lock:
            withheld = self._withheld.pop(sid, None)
            told = self._told.get(sid)
        if withheld is None or told is None:
            return withheld
        return None if withheld[0] == told[0] and withheld[1] <= told[1] else withheld

    def get(self, sid: str) -> Connection | None:
        """Return a connection, ``None`` when it is gone."""
        with self._lock:
            return self._by_sid.get(sid)

    def sids(self, namespace: str) -> tuple[str, ...]:
        """Return the sockets of one namespace."""
        with self._lock:
            return tuple(
                known.sid for known in self._by_sid.values() if known.namespace == namespace
            )

    def of_sessions(self, sign_in_ids: Iterable[str]) -> tuple[Connection, ...]:
        """Return the connections opened with one of these sessions."""
        wanted = set(sign_in_ids)
        with self._lock:
            return tuple(known for known in self._by_sid.values() if known.sign_in_id in wanted)
