"""The queues of planning jobs: one per lane, on SQLite, Redis or PostgreSQL.

A message only says "there is work in this lane": runs are rows, and a worker claims the oldest
queued row. Messages may be lost or doubled without harm. This module is imported by the web
process and must stay light.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import select

from server.db.engine import Database
from server.errors import BadInput, ServiceError, Unavailable
from server.models import PlanningRun, RunState
from server.store_urls import sqlite_file

log = logging.getLogger(__name__)

LANES = ("plan", "replan")
"""Long solves, and short re-plans that must never wait behind them."""

TASK = "work"

TABLES_LOCK = 0x77617665
"""Advisory lock in PostgreSQL under which the tables of the queue are made."""


def open_queue(url: str, lane: str) -> Huey:
    """Return the queue of one lane.

    Parameters
    ----------
    url
        ``sqlite:///path``, ``redis://…``, ``rediss://…``, ``valkey://…`` or ``postgresql://…``.
    lane
        One of :data:`LANES`.

    Raises
    ------
    BadInput
        The URL names something else.
    Unavailable
        The queue cannot be reached or opened.
    """
    name = f"wavepick-{lane}"
    scheme = url.split("://", 1)[0].split("+", 1)[0]
    options = {"results": False, "utc": True}
    try:
        if scheme == "sqlite":
            path = sqlite_file(url)
            if path is None:
                raise BadInput(f'queue "{url}": needs a file', code="bad-queue")
            Path(path.parent).mkdir(parents=True, exist_ok=True)
            return SqliteHuey(name, filename=str(path), **options)
        if scheme in {"redis", "rediss", "valkey", "valkeys"}:
            # Valkey speaks Redis' protocol; the client knows only the old names.
            return RedisHuey(name, url=url.replace("valkey", "redis", 1), **options)
        if scheme in {"postgresql", "postgres"}:
            return _open_postgres(name, "postgresql://" + url.split("://", 1)[1], options)
    except OSError as error:
        raise Unavailable(f"the job queue cannot be opened: {error}", code="queue") from error
    raise BadInput(
        f'queue "{scheme}": must be sqlite, redis (or valkey) or postgresql', code="bad-queue"
    )


def _open_postgres(name: str, dsn: str, options: Mapping[str, Any]) -> Huey:
    # An extra package, needed with PostgreSQL only.
    import psycopg

    try:
        # The queue makes its tables where they are missing. "If not exists" does not keep processes
        # that begin together from making them twice, of which the second fails.
        with psycopg.connect(dsn, autocommit=True) as guard:
            guard.execute("SELECT pg_advisory_lock(%s)", [TABLES_LOCK])
            return PostgresHuey(name, dsn=dsn, **options)
    except psycopg.Error as error:
        raise Unavailable(f"the job queue cannot be opened: {error}", code="queue") from error


def on_message(queue: Huey, work: Callable[[], None]) -> None:
    """Register what a worker does when there is work in the lane of ``queue``."""
    _task(queue, work)


class LaneQueues:
    """The sending side: says that there is work in a lane."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lanes: dict[str, tuple[Huey, Callable[[], object]]] = {}

    def enqueue(self, lane: str) -> None:
        """Put a message into a lane.

        Raises
        ------
        Unavailable
            The queue cannot be reached; the run stays queued and a worker finds it later.
        """
        try:
            if lane not in self._lanes:
                opened = open_queue(self._url, lane)
                self._lanes[lane] = (opened, _task(opened, _sent_only))
            queue, send = self._lanes[lane]
            try:
                send()
            finally:
                # Connections belong to the thread or greenlet that opened them.
                queue.storage.close()
        except (BadInput, Unavailable):
            raise
        except Exception as error:  # drivers raise their own families; all mean the same here
            raise Unavailable(
                f"the job queue cannot be reached: {type(error).__name__}", code="queue"
            ) from error


class Announcer:
    """After a commit that touched runs, says in the queues which lanes have work.

    The row is committed first and the message follows, for every use case alike: a plan asked for
    by a lead, a re-plan caused by a short. A queue that cannot be reached is only logged: a
    worker looks for queued rows by itself every few seconds.
    """

    def __init__(self, database: Database, enqueue: Callable[[str], None]) -> None:
        self._database = database
        self._enqueue = enqueue

    def __call__(self, revisions: Mapping[str, int]) -> None:
        """Take note of the topics of a commit; never raises."""
        if not any(topic.startswith("run:") for topic in revisions):
            return
        try:
            with self._database.read() as session:
                lanes = session.scalars(
                    select(PlanningRun.lane).where(PlanningRun.state == RunState.QUEUED).distinct()
                ).all()
            for lane in lanes:
                self._enqueue(lane)
        except ServiceError as error:
            log.warning("queued runs wait for a worker's own round: %s", error.message)


def _task(queue: Huey, work: Callable[[], None]) -> Callable[[], object]:
    # Both sides must know the task under one name, and that contains the module of the function.
    def received() -> None:
        work()

    task: Callable[[], object] = queue.task(name=TASK)(received)
    return task


def _sent_only() -> None:
    """Stand for the worker's task on the sending side."""
    raise RuntimeError("this process sends jobs, it does not work them")
