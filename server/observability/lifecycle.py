"""Whether a process takes new work, and how much of it is in its hands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Lifecycle:
    """Counts what is being answered, and remembers that the process is about to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_hand = 0
        self._draining = False

    @property
    def draining(self) -> bool:
        """Whether the process is told to end: it is not ready, and takes no new events."""
        return self._draining

    @property
    def in_hand(self) -> int:
        """Requests and events that were taken and are not answered."""
        with self._lock:
            return self._in_hand

    def begin_to_drain(self) -> bool:
        """Take no more work; False where that was said before."""
        with self._lock:
            before, self._draining = self._draining, True
        return not before

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count one request or event as being answered."""
        with self._lock:
            self._in_hand += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_hand -= 1
