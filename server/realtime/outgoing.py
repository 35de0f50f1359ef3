"""What waits to be sent to one socket, bounded: a peer that does not read is cut off.

The library's queue has no bound, and a peer that stops reading is only noticed when it misses a
ping. Measured: 200 MB stayed in memory for one slow reader until its TCP connection died.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

log = logging.getLogger(__name__)

MAX_WAITING: Final = 512 * 1024
"""Characters (ASCII, so bytes) that may wait. The writer holds as much again in its hands."""


def bounded(queue_class: type[Any]) -> type[Any]:
    """Return ``queue_class`` (of threads or greenlets) that counts what it holds."""

    class Outgoing(queue_class):  # type: ignore[misc]
        """A queue of packets; what would be too much ends the connection instead."""

        def __init__(self) -> None:
            super().__init__()
            self.waiting = 0
            self.on_overflow: Callable[[], None] | None = None

        def put(self, item: Any, *args: Any, **kwargs: Any) -> None:
            """Append a packet, or cut the peer off; the end mark always fits."""
            size = _size(item)
            if size and self.waiting + size > MAX_WAITING:
                cut_off, self.on_overflow = self.on_overflow, None
                if cut_off is not None:
                    log.warning("a peer does not read what is sent to it and is cut off")
                    cut_off()
                return
            self.waiting += size
            super().put(item, *args, **kwargs)

        def get(self, *args: Any, **kwargs: Any) -> Any:
            """Take the oldest packet."""
            item = super().get(*args, **kwargs)
            self.waiting -= _size(item)
            return item

    return Outgoing


def _size(item: Any) -> int:
    data = getattr(item, "data", None)
    return len(data) if isinstance(data, str | bytes) else 0
