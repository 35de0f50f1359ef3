"""Can this process do its work: what its commits, its disk and the planning workers say."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text

from server.config import Settings
from server.db import migrate
from server.db.engine import Database
from server.errors import Unavailable
from server.observability.lifecycle import Lifecycle
from server.observability.meters import Meters
from server.services import numbers, workers
from server.services.clock import Clock
from server.services.workers import Workforce
from server.store_urls import sqlite_file

log = logging.getLogger(__name__)

TROUBLE: Final = frozenset({"disk-full", "unavailable", "damaged", "read-only", "not-migrated"})
"""Failures after which the next commit will fail, too; ``busy`` and ``conflict`` pass."""

LOOK_S: Final = 2.0
"""Between looks: a server whose disk was full is ready again so soon after there is space."""

LITTLE_SPACE: Final = 512 * 1024 * 1024
"""Free bytes below which the console's host needs somebody's attention."""

LANES: Final = ("plan", "replan")

PROBE: Final = "probe"
"""Name of the counter that is raised to find out whether commits work again."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the process fares.

    Parameters
    ----------
    problem
        Why it must get no requests, as a code, or None.
    schema
        Revision of the database, None where it cannot be told.
    workforce
        Planning workers alive, None where it cannot be told.
    warnings
        Codes of what does not keep anybody from picking.
    """

    problem: str | None
    schema: str | None
    workforce: Workforce | None
    warnings: tuple[str, ...]


class Vitals:
    """Hears of every write transaction, for the meters too, and judges how the process fares."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        meters: Meters,
        lifecycle: Lifecycle,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._meters = meters
        self._lifecycle = lifecycle
        self._head = migrate.head()
        self._trouble: str | None = None
        self._stopped = False
        file = sqlite_file(settings.database_url)
        self._folder = file.parent if file is not None else settings.data

    # What the database tells (server.db.observer.WriteObserver).

    def began(self, waited_s: float) -> None:
        """Pass it on."""
        self._meters.began(waited_s)

    def committed(self, took_s: float) -> None:
        """Know that commits work, and pass it on."""
        if self._trouble is not None:
            log.info("commits work again", extra={"after": self._trouble})
            self._trouble = None
        self._meters.committed(took_s)

    def failed(self, code: str) -> None:
        """Know that commits fail where it will not pass by itself, and pass it on."""
        if code in TROUBLE and code != self._trouble:
            log.error("commits fail: %s", code)
            self._trouble = code
        self._meters.failed(code)

    def repeated(self, code: str) -> None:
        """Pass it on."""
        self._meters.repeated(code)

    def condition(self) -> Condition:
        """Judge the process now; reads the database once, and writes nothing."""
        schema = workforce = None
        try:
            with self._database.read() as session:
                schema = session.scalar(text("SELECT version_num FROM alembic_version"))
                workforce = workers.alive(session, self._clock)
        except Unavailable as error:
            log.warning("the database cannot be read: %s", error.message)
        return Condition(self._problem(schema, workforce), schema, workforce, self._warn(workforce))

    def free_bytes(self) -> int | None:
        """Free space where the database grows; None where that is another machine's."""
        if not self._database.is_sqlite or not Path(self._folder).is_dir():
            return None
        return shutil.disk_usage(self._folder).free

    def watch(self, sleep: Callable[[float], object], sample: Callable[[], None]) -> None:
        """Look every two seconds until stopped: take samples, and try whether commits work again.

        Nothing is written while commits work. Once they fail, nobody may be asking for one any
        more (a balancer has taken this process out), so it has to be tried.
        """
        while not self._stopped:
            sample()
            if self._trouble is not None:
                self._try_a_commit()
            sleep(LOOK_S)

    def stop(self) -> None:
        """End :meth:`watch`."""
        self._stopped = True

    def _try_a_commit(self) -> None:
        try:
            with self._database.write() as session:
                numbers.take(session, PROBE)
        except Unavailable as error:
            log.debug("commits still fail: %s", error.code)

    def _problem(self, schema: str | None, workforce: Workforce | None) -> str | None:
        if self._lifecycle.draining:
            return "draining"
        if workforce is None:
            return "database-unavailable"
        if schema != self._head:
            return "outdated-schema"
        return None if self._trouble is None else f"commits-fail-{self._trouble}"

    def _warn(self, workforce: Workforce | None) -> tuple[str, ...]:
        free = self.free_bytes()
        found = []
        if free is not None and free < LITTLE_SPACE:
            found.append("little-disk-space")
        if workforce is not None:
            found += [f"no-worker-{lane}" for lane in LANES if lane not in workforce.lanes]
        return tuple(found)
