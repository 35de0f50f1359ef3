"""The planning worker: lanes, presence, and the reaper of lost runs."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from server.config import Settings
from server.db.engine import Database
from server.errors import ServiceError, Unavailable
from server.jobs.child import Target
from server.jobs.lane import Lane
from server.jobs.planning import PlanningLane
from server.jobs.queue import LaneQueues
from server.jobs.replanning import ReplanLane
from server.jobs.solve import main
from server.services import runs, workers
from server.services.clock import Clock

log = logging.getLogger(__name__)

LOST_WORKERS_KEPT = timedelta(hours=1)

BUSY_TRIES = 6
"""How often a worker waits 5 s for other writers, its own included, before it gives a run up."""

END_S = 8.0
"""How long all lanes together may take to release their runs when the process is told to end."""


def worker_name() -> str:
    """Return a name that no other worker has, now or before: host, process, random."""
    return f"{socket.gethostname()[: workers.HOST_PART]}:{os.getpid()}:{secrets.token_hex(4)}"


class Worker:
    """One worker process. :meth:`run` returns after :meth:`stop` was called."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        lanes: Sequence[str],
        target: Target = main,
    ) -> None:
        self._stopping = threading.Event()
        self.name = worker_name()
        self._settings = settings
        database.busy_tries = BUSY_TRIES
        self._database = database
        self._clock = clock
        self._lane_names = tuple(lanes)
        self._queues = LaneQueues(settings.queue_url)
        work: Mapping[str, Callable[[], None]] = {
            "plan": PlanningLane(
                settings,
                database,
                clock,
                worker=self.name,
                stopping=self._stopping,
                again=lambda: self._announce("plan"),
                target=target,
            ).work,
            "replan": ReplanLane(database, clock, worker=self.name, stopping=self._stopping).work,
        }
        self._lanes = [Lane(name, settings.queue_url, work[name], self._stopping) for name in lanes]

    def stop(self) -> None:
        """Ask the worker to end: running solves are killed, their runs go back to the queue."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped. Presence is written from the start, so the console shows it."""
        self._tend()
        for lane in self._lanes:
            lane.start()
        # Lost runs are looked for often enough to notice each of them in time.
        pause = min(workers.BEAT_EVERY.total_seconds(), self._settings.lost_after_s / 2)
        while not self._stopping.wait(pause):
            self._tend()
        deadline = time.monotonic() + END_S
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        try:
            self._database.run(lambda session: workers.leave(session, worker=self.name))
        except ServiceError as error:
            log.warning("worker cannot sign off: %s", error.message)

    def _tend(self) -> None:
        """Write the beat and queue lost runs again."""
        try:
            lost = self._database.run(self._beat_and_reap)
        except ServiceError as error:
            log.warning("worker cannot write its beat: %s", error.message)
            return
        for lane in lost:
            self._announce(lane)

    def _beat_and_reap(self, session: Session) -> Sequence[str]:
        workers.beat(session, self._clock, worker=self.name, lanes=self._lane_names)
        workers.forget_lost(session, self._clock, after=LOST_WORKERS_KEPT)
        older_than = timedelta(seconds=self._settings.lost_after_s)
        lost = runs.reap(session, self._clock, older_than=older_than)
        return sorted({lane for _, lane in lost})

    def _announce(self, lane: str) -> None:
        try:
            self._queues.enqueue(lane)
        except Unavailable as error:
            log.warning("lane %s finds its runs by itself: %s", lane, error.message)
