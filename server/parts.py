"""What :func:`server.app.create_app` hands to the adapters: one object per running application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from server.config import Settings
from server.db.engine import Database
from server.limits import FailuresPerAddress
from server.observability.observation import Observation
from server.picking.pick_queue import PickQueue
from server.refusals import Refusals
from server.services.clock import Clock
from server.sessions import Sessions

EXTENSION = "wavepick"

CheckPin = Callable[[str, str], bool]
"""Port to the slow PIN hash: ``check(pin, pin_hash)`` without holding up other requests."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The wired parts of one application."""

    settings: Settings
    database: Database
    clock: Clock
    sessions: Sessions
    picks: PickQueue
    check_pin: CheckPin
    refusals: Refusals
    failures: FailuresPerAddress
    observation: Observation


def parts() -> Parts:
    """Return the parts of the application that handles the current request or event."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Parts)
    return found
