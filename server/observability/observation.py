"""What one application is observed by, wired once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.config import Settings
from server.db.engine import Database
from server.observability.lifecycle import Lifecycle
from server.observability.meters import Meters
from server.observability.state import FloorState
from server.observability.vitals import Vitals
from server.services.clock import Clock

log = logging.getLogger(__name__)

APPLIED = "applied"


def _nothing() -> None:
    """Take no samples."""


@dataclass(slots=True)
class Observation:
    """Meters, lifecycle, vitals and floor of one application.

    Parameters
    ----------
    sample
        Brings the gauges of this process up to date; called regularly and before each scrape.
    """

    meters: Meters
    lifecycle: Lifecycle
    vitals: Vitals
    floor: FloorState
    sample: Callable[[], None] = field(default=_nothing)

    def exposition(self) -> bytes:
        """Everything that can be measured now, as Prometheus reads it."""
        self.sample()
        return self.meters.exposition() + self.floor.exposition()

    def verdicts(self, reply: Mapping[str, Any]) -> None:
        """Take note of an answer to ``ops``: count all verdicts, log those that booked nothing."""
        self.meters.verdicts(reply)
        for seq, verdict, code in reply.get("verdicts", ()):
            if verdict != APPLIED:
                log.info("operation %s", verdict, extra={"seq": seq, "code": code})


def observe(settings: Settings, database: Database, clock: Clock) -> Observation:
    """Return what observes an application, listening to its database from now on."""
    meters, lifecycle = Meters(), Lifecycle()
    vitals = Vitals(settings, database, clock, meters=meters, lifecycle=lifecycle)
    database.observer = vitals
    return Observation(meters, lifecycle, vitals, FloorState(database, clock, vitals))
