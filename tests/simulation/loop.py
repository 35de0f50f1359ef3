"""Virtual time: a heap of events, each at a millisecond; nothing waits, everything is in order."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
KEPT = 80


class Loop:
    """Runs what was asked for, in order of time and, at one time, of asking."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.log: deque[str] = deque(maxlen=KEPT)
        """The last things that happened, for a failure's message."""
        self.events = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = count()
        self._stepped = timedelta()
        self._end = 0

    def later(self, delay_ms: float, what: Callable[[], None]) -> None:
        """Do ``what`` after a delay, at least 0."""
        at = self.now_ms + max(0, round(delay_ms))
        heapq.heappush(self._heap, (at, next(self._numbers), what))

    def run_for(self, duration_ms: float) -> None:
        """Let so much time pass."""
        self._end = self.now_ms + round(duration_ms)
        while self._heap and self._heap[0][0] <= self._end:
            at, _, what = heapq.heappop(self._heap)
            self.now_ms = max(self.now_ms, at)
            self.events += 1
            what()
        self.now_ms = self._end

    def skip(self, duration_ms: int) -> None:
        """Let time pass in which nothing happens; what was to come, comes so much later."""
        self.now_ms += duration_ms
        self._end += duration_ms
        self._heap = [(at + duration_ms, number, what) for at, number, what in self._heap]

    def now(self) -> datetime:
        """The server's clock: virtual time, plus what somebody set it forward or back."""
        return START + timedelta(milliseconds=self.now_ms) + self._stepped

    def step_clock(self, by: timedelta) -> None:
        """Set the server's clock forward or back; the order of events does not change."""
        self._stepped += by

    def note(self, text: str) -> None:
        """Remember what happened."""
        self.log.append(f"{self.now_ms / 1000:9.3f} {text}")
