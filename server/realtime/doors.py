"""Who may stand at the door: sockets that have not shown a valid token yet, counted per address.

A site may be behind one address and come back all at once after an access point was restarted, so
one more socket than may wait is not refused but held until another one has been let in or has run
out of time. What a stranger can occupy is bounded all the same: 20 sockets for 5 seconds each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

UNKNOWN_PER_ADDRESS: Final = 20
"""Sockets of one address that may be open without a valid token."""

HELD_PER_ADDRESS: Final = 1_000
"""Further ones that are held before their handshake; beyond, they are refused at once."""

TO_SIGN_IN_S: Final = 5.0
"""Seconds from the handshake until a valid token must have been shown."""

ADMISSION: Final = "wavepick.admission"
"""Key of the connection's environment under which its :class:`Admission` is kept."""


class Slots(Protocol):
    """A semaphore of threads or of greenlets."""

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool: ...
    def release(self) -> Any: ...


class Admission:
    """One socket at the door, then inside.

    Parameters
    ----------
    let_go
        Frees the place at the door; called once.
    now_s
        Present of the monotonic clock, seconds.
    """

    def __init__(self, let_go: Callable[[], None], now_s: float) -> None:
        self._let_go: Callable[[], None] | None = let_go
        self._until_s: float | None = now_s + TO_SIGN_IN_S
        self.abort: Callable[[], None] = _nothing
        """Ends the TCP connection without asking the peer."""

    def let_in(self) -> None:
        """Note that a valid token was shown."""
        self._until_s = None
        self._free()

    def remaining_s(self, now_s: float) -> float | None:
        """Seconds left to show a token, None once one was shown."""
        return None if self._until_s is None else self._until_s - now_s

    def leave(self) -> None:
        """Note that the connection is over; again changes nothing."""
        self._free()

    def _free(self) -> None:
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()


@dataclass(slots=True)
class _Door:
    """One address: places at the door, how many wait for one, how many sockets there are."""

    places: Slots
    held: int = 0
    sockets: int = 0


class Doors:
    """The doors of a web process, one per address.

    Parameters
    ----------
    make_slots
        Makes a semaphore with so many places, of what runs at the same time.
    """

    def __init__(self, make_slots: Callable[[int], Slots]) -> None:
        self._make_slots = make_slots
        self._lock = threading.Lock()
        self._doors: dict[str, _Door] = {}

    @contextmanager
    def enter(self, address: str) -> Iterator[Admission | None]:
        """Wait for a place at the door of ``address``; None where there was none in time."""
        with self._lock:
            door = self._doors.setdefault(address, _Door(self._make_slots(UNKNOWN_PER_ADDRESS)))
            door.sockets += 1
        try:
            if not self._wait(door):
                yield None
                return
            admission = Admission(door.places.release, time.monotonic())
            try:
                yield admission
            finally:
                admission.leave()
        finally:
            with self._lock:
                door.sockets -= 1
                if not door.sockets:
                    del self._doors[address]

    def _wait(self, door: _Door) -> bool:
        with self._lock:
            if door.held >= HELD_PER_ADDRESS:
                return False
            door.held += 1
        try:
            return door.places.acquire(timeout=TO_SIGN_IN_S)
        finally:
            with self._lock:
                door.held -= 1


def _nothing() -> None:
    """End nothing: the connection has not begun."""
