"""Taking away the sessions that are open, of a person or of a device."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.models import SignIn
from server.services import changes
from server.services.clock import Clock


def revoke_all(session: Session, clock: Clock, whose: ColumnElement[bool]) -> int:
    """Revoke every session that ``whose`` holds of; returns how many were not revoked before.

    Their sockets close within 2 s. What they recorded and did not send yet will be parked, so
    sessions that are signed out or expired are revoked too: they may still have something to send.
    """
    revoked = 0
    for row in session.scalars(select(SignIn).where(whose, SignIn.revoked_at.is_(None))):
        row.revoked_at = clock()
        changes.touch(session, f"session:{row.id}")
        revoked += 1
    return revoked
