"""A lane of the worker: a thread that waits for messages and works the runs they announce."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from server.errors import ServiceError
from server.jobs.queue import on_message, open_queue

log = logging.getLogger(__name__)

POLL_S = 0.1
"""Between looks into a queue that cannot wait by itself (SQLite)."""

ROUND_S = 5.0
"""A lane looks for queued runs this often even without a message: messages may be lost."""

TROUBLE_S = 2.0
"""Pause after the queue or the database failed."""


class Lane(threading.Thread):
    """Receives from one queue until told to stop.

    Parameters
    ----------
    name
        The lane.
    queue_url
        See :func:`server.jobs.queue.open_queue`.
    work
        Works every run that can be claimed now, then returns.
    stopping
        Set when the process is to end.
    """

    def __init__(
        self, name: str, queue_url: str, work: Callable[[], None], stopping: threading.Event
    ) -> None:
        super().__init__(name=f"lane-{name}", daemon=True)
        self._work = work
        self._stopping = stopping
        self._queue = open_queue(queue_url, name)
        self._last_round = float("-inf")
        on_message(self._queue, self._round)

    def run(self) -> None:
        """Work until the process ends; trouble is logged and tried again."""
        while not self._stopping.is_set():
            try:
                self._step()
            except ServiceError as error:
                log.warning("%s: %s", self.name, error.message)
                self._stopping.wait(TROUBLE_S)
            except Exception:  # the supervisor of the lane: it must outlive any one failure
                log.exception("%s: unexpected failure", self.name)
                self._stopping.wait(TROUBLE_S)

    def _step(self) -> None:
        if time.monotonic() - self._last_round >= ROUND_S:
            self._round()
        task = self._queue.dequeue()
        if task is not None:
            self._queue.execute(task)
        elif not self._queue.storage.blocking:
            self._stopping.wait(POLL_S)

    def _round(self) -> None:
        self._work()
        self._last_round = time.monotonic()
