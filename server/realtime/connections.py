"""The sockets of this process: who is behind them, and which device."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connection:
    """One connected namespace of one socket."""

    sid: str
    namespace: str
    sign_in_id: str
    person_id: str
    stream: str | None = None


class Connections:
    """Connections of this process by socket; safe under threads and greenlets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_sid: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, connection: Connection) -> tuple[Connection, ...]:
        """Enter a connection; return the older ones of the same device that it replaces."""
        with self._lock:
            older = tuple(
                known
                for known in self._by_sid.values()
                if connection.stream is not None and known.stream == connection.stream
            )
            self._by_sid[connection.sid] = connection
        return older

    def remove(self, sid: str) -> None:
        """Forget a connection; an unknown one is fine."""
        with self._lock:
            self._by_sid.pop(sid, None)

    def get(self, sid: str) -> Connection | None:
        """Return a connection, ``None`` when it is gone."""
        with self._lock:
            return self._by_sid.get(sid)

    def of_sessions(self, sign_in_ids: Iterable[str]) -> tuple[Connection, ...]:
        """Return the connections opened with one of these sessions."""
        wanted = set(sign_in_ids)
        with self._lock:
            return tuple(known for known in self._by_sid.values() if known.sign_in_id in wanted)
