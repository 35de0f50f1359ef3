"""What the database says about the floor, for every scrape anew: it is the same for all processes.

Everything counted here is small (open cards, lists, runs, workers); nothing walks over the
operations, of which there may be millions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.errors import Unavailable
from server.models import (
    ExceptionCard,
    ListState,
    PickList,
    PlanningRun,
    RunState,
    Stream,
    WorkerBeat,
)
from server.observability.vitals import LANES, Vitals
from server.services.clock import Clock
from server.services.workers import ALIVE_FOR
from server.store_urls import sqlite_file

log = logging.getLogger(__name__)

SILENT_AFTER: Final = timedelta(minutes=15)
"""A list in somebody's hands without an operation for so long needs a lead's look."""

SEEN_WITHIN: Final = timedelta(minutes=5)
"""Devices heard of within this time count as in use; the row is exact to a minute only."""

HELD: Final = (
    ListState.CLAIMED,
    ListState.LOADING,
    ListState.PICKING,
    ListState.PAUSED,
    ListState.DROPPING,
)


class FloorState(Collector):
    """Gauges read from the database when they are asked for."""

    def __init__(self, database: Database, clock: Clock, vitals: Vitals) -> None:
        self._database = database
        self._clock = clock
        self._vitals = vitals

    def exposition(self) -> bytes:
        """The gauges as Prometheus reads them."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def describe(self) -> Iterable[Metric]:
        """Promise nothing, so that registering reads nothing."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; without a database only that it cannot be read."""
        try:
            with self._database.read() as session:
                found = list(self._of_the_database(session))
        except Unavailable as error:
            log.warning("the floor cannot be measured: %s", error.message)
            found = []
        yield _gauge("wavepick_database_up", "1 while the database can be read.", bool(found))
        yield from found
        free = self._vitals.free_bytes()
        if free is not None:
            yield _gauge("wavepick_disk_free_bytes", "Free space where the database grows.", free)

    def _of_the_database(self, session: Session) -> Iterator[Metric]:
        now = self._clock()
        yield _by(
            "wavepick_exceptions_open",
            "Open cards on the leads' desk.",
            ("kind",),
            session.execute(
                select(ExceptionCard.kind, func.count())
                .where(ExceptionCard.state == "open")
                .group_by(ExceptionCard.kind)
            ),
        )
        yield _by(
            "wavepick_lists",
            "Pick lists that are not over.",
            ("state",),
            session.execute(
                select(PickList.state, func.count())
                .where(PickList.state.in_((ListState.READY, *HELD)))
                .group_by(PickList.state)
            ),
        )
        heard = func.coalesce(PickList.last_op_at, PickList.claimed_at)
        yield _gauge(
            "wavepick_lists_silent",
            f"Lists in somebody's hands without an operation for {SILENT_AFTER.seconds // 60} min.",
            _count(session, PickList, PickList.state.in_(HELD), heard < now - SILENT_AFTER),
        )
        yield _gauge(
            "wavepick_devices_in_use",
            "Devices heard of in the last minutes.",
            _count(session, Stream, Stream.seen_at >= now - SEEN_WITHIN),
        )
        yield _by(
            "wavepick_runs",
            "Planning runs by state; those that ended are counted for ever.",
            ("lane", "state"),
            session.execute(
                select(PlanningRun.lane, PlanningRun.state, func.count()).group_by(
                    PlanningRun.lane, PlanningRun.state
                )
            ),
        )
        yield self._oldest_queued(session)
        yield self._workers(session)
        yield _gauge(
            "wavepick_database_bytes", "Size of the database.", self._database_bytes(session)
        )
        log_bytes = self._log_bytes()
        if log_bytes is not None:
            yield _gauge(
                "wavepick_database_log_bytes", "Size of SQLite's write-ahead log.", log_bytes
            )

    def _oldest_queued(self, session: Session) -> Metric:
        now = self._clock()
        found = dict(
            session.execute(
                select(PlanningRun.lane, func.min(PlanningRun.created_at))
                .where(PlanningRun.state == RunState.QUEUED)
                .group_by(PlanningRun.lane)
            ).all()
        )
        return _by(
            "wavepick_run_queued_seconds",
            "How long the oldest planning run of a lane has waited for a worker.",
            ("lane",),
            [(lane, (now - found[lane]).total_seconds() if lane in found else 0) for lane in LANES],
        )

    def _workers(self, session: Session) -> Metric:
        alive = session.scalars(
            select(WorkerBeat.lanes).where(WorkerBeat.beat_at >= self._clock() - ALIVE_FOR)
        ).all()
        return _by(
            "wavepick_workers",
            "Planning workers whose beat is fresh, by the lane they serve.",
            ("lane",),
            [(lane, sum(lane in lanes for lanes in alive)) for lane in LANES],
        )

    def _database_bytes(self, session: Session) -> int:
        query = (
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            if self._database.is_sqlite
            else "SELECT pg_database_size(current_database())"
        )
        return int(session.execute(text(query)).scalar_one())

    def _log_bytes(self) -> int | None:
        file = sqlite_file(self._database.url.render_as_string(hide_password=False))
        if file is None:
            return None
        log_file = Path(f"{file}-wal")
        return log_file.stat().st_size if log_file.exists() else 0


def _count(session: Session, model: type, *conditions: object) -> int:
    query = select(func.count()).select_from(model).where(*conditions)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(
    name: str, meaning: str, labels: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> Metric:
    found = GaugeMetricFamily(name, meaning, labels=labels)
    for *values, number in rows:
        found.add_metric([str(value) for value in values], float(str(number)))
    return found
