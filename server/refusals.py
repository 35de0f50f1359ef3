"""Records what known people were refused, once a minute: a loop must not fill the disk."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from server.db.engine import Database
from server.errors import Unavailable
from server.services import audit
from server.services.audit import Actor
from server.services.clock import Clock

log = logging.getLogger(__name__)

ONCE_PER: Final = timedelta(minutes=1)
MAX_KNOWN: Final = 1_000


class Refusals:
    """Writes refused attempts into the audit trail, in transactions of their own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    def note(self, actor: Actor, subject: str, *, why: str, at: str) -> None:
        """Record that ``subject`` was refused at a route or namespace, unless just recorded.

        The refusal itself stands whether or not it could be recorded: a database that cannot be
        written is logged.
        """
        if not self._is_news((subject, why, at)):
            return
        try:
            with self._database.write() as session:
                audit.on_behalf(session, actor)
                audit.record(
                    session, self._clock, action="access.refused", subject=subject, why=why, at=at
                )
        except Unavailable as error:
            log.warning("a refused attempt could not be recorded: %s", error.message)

    def _is_news(self, key: tuple[str, str, str]) -> bool:
        now = self._clock()
        with self._lock:
            before = self._last.get(key)
            if before is not None and now - before < ONCE_PER:
                return False
            self._last[key] = now
            self._last.move_to_end(key)
            while len(self._last) > MAX_KNOWN:
                self._last.popitem(last=False)
        return True
