"""The outbox of a device: numbered facts that wait for a verdict, in the order they happened."""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

MAX_OPS = 50
"""Operations in one message (`reliability.md` §5)."""

MAX_BYTES = 60_000
"""Bytes of one message, a little below the 64 KiB the server reads."""

_KEPT = 2_000
"""Acknowledged operations kept, to be sent again to a server that lost them in a restore."""


class Outbox:
    """Operations of one stream; ``seq`` counts 1, 2, 3… without gaps.

    Parameters
    ----------
    monotonic
        Clock in seconds for the ``dt`` of operations.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.stream = secrets.token_hex(16)
        self.acked = 0
        self._next = 1
        self._monotonic = monotonic
        self._before = monotonic()
        self._waiting: deque[dict[str, Any]] = deque()
        self._done: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def __len__(self) -> int:
        return len(self._waiting)

    def record(self, kind: str, **carried: object) -> int:
        """Append a fact and return its ``seq``."""
        now = self._monotonic()
        op = {"seq": self._next, "kind": kind, "dt": round((now - self._before) * 1000), **carried}
        self._before = now
        self._waiting.append(op)
        self._next += 1
        return self._next - 1

    def batch(self) -> list[dict[str, Any]]:
        """Return the oldest waiting operations that fit into one message."""
        ops: list[dict[str, Any]] = []
        size = 100
        for op in self._waiting:
            size += len(json.dumps(op))
            if len(ops) == MAX_OPS or (ops and size > MAX_BYTES):
                break
            ops.append(op)
        return ops

    def trim(self, last: int) -> None:
        """Forget what the server has judged: everything up to ``last``."""
        while self._waiting and self._waiting[0]["seq"] <= last:
            self._done.append(self._waiting.popleft())
        self.acked = max(self.acked, last)

    def rewind(self, last: int) -> int:
        """Queue again everything after ``last``: the server was restored from a backup.

        Returns
        -------
        int
            How many operations will be sent again.
        """
        again = 0
        while self._done and self._done[-1]["seq"] > last:
            self._waiting.appendleft(self._done.pop())
            again += 1
        self.acked = last
        return again
