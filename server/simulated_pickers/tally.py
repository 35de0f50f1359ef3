"""What a crew did and what it saw go wrong."""

from __future__ import annotations

import threading
from collections import Counter


class Tally:
    """Counters shared by the threads of a crew.

    ``violations`` are sentences about answers the protocol does not allow; a run with any has
    failed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._violations: list[str] = []

    def add(self, name: str, number: int = 1) -> None:
        """Count something, e.g. ``picks`` or ``verdict:applied``."""
        with self._lock:
            self._counts[name] += number

    def violation(self, sentence: str) -> None:
        """Record an answer that the protocol does not allow."""
        with self._lock:
            self._violations.append(sentence)

    @property
    def counts(self) -> dict[str, int]:
        """A copy of the counters, sorted by name."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    @property
    def violations(self) -> tuple[str, ...]:
        """The violations seen until now."""
        with self._lock:
            return tuple(self._violations)
