"""Limits that a process keeps in memory: how often and how much one peer may ask.

They bound what a single peer costs; they are no books. A restart forgets them, and each of several
web processes counts for itself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from server.errors import TooManyTries
from server.services.clock import Clock

FAILURES: Final = 100
FAILURES_PER: Final = timedelta(hours=1)
MAX_ADDRESSES: Final = 10_000
"""Addresses remembered; the longest known one is forgotten first."""


class FailuresPerAddress:
    """Refuses an address that has guessed wrong too often: badges tried in turn never lock.

    Enrolled devices are counted in the database instead and do not pass through here, so a whole
    site behind one address is not locked out by its own mistakes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def check(self, address: str) -> None:
        """Let an address try.

        Raises
        ------
        TooManyTries
            100 failures within the hour.
        """
        with self._lock:
            since, failures = self._since.get(address, (self._clock(), 0))
        if failures >= FAILURES and self._clock() - since < FAILURES_PER:
            raise TooManyTries("too many wrong tries from here; wait an hour", code="address-tries")

    def note(self, address: str) -> None:
        """Count a failure."""
        with self._lock:
            since, failures = self._since.get(address, (self._clock(), 0))
            if self._clock() - since >= FAILURES_PER:
                since, failures = self._clock(), 0
            self._since[address] = (since, failures + 1)
            while len(self._since) > MAX_ADDRESSES:
                self._since.popitem(last=False)


class TokenBucket:
    """So many things a second, a burst at once; who spends more owes time. Time is passed in.

    Parameters
    ----------
    per_second
        Tokens that come back each second, above 0.
    burst
        Tokens at the start, and at most.
    now_s
        Present of a monotonic clock, seconds.
    """

    __slots__ = ("_at_s", "_burst", "_per_second", "_tokens")

    def __init__(self, per_second: float, burst: float, now_s: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._at_s = now_s

    def spend(self, tokens: int, now_s: float) -> float:
        """Spend tokens, also ones that are not there; returns seconds to wait until they are."""
        back = (now_s - self._at_s) * self._per_second
        self._tokens = min(self._burst, self._tokens + back) - tokens
        self._at_s = now_s
        return max(0.0, -self._tokens / self._per_second)
