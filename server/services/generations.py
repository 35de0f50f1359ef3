"""Lives of a database: a restored backup begins a new one, so that handhelds send again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.models import Generation
from server.services import audit
from server.services.changes import generation
from server.services.clock import Clock

REMEMBERED_FOR: Final = timedelta(days=7)
"""How long after a restore devices may speak of what the backup did not know."""


def begin(session: Session, clock: Clock, *, why: str) -> str:
    """Begin a new life of the database and return its id.

    Revisions are comparable within one life only: a device that sees another one drops what it
    knew of revisions, and sends again every operation that this database does not have.
    """
    before = generation(session)
    row = Generation(id=new_id(), at=clock())
    if row.id <= before:
        # The clock of this machine is behind the one that wrote the backup, and the newest id
        # counts. Its random part stays: one backup may be restored twice, as two lives.
        row.id = f"{int(before[:12], 16) + 1:012x}{row.id[12:]}"
    session.add(row)
    audit.record(
        session,
        clock,
        action="generation.begin",
        subject=f"generation:{row.id}",
        before=before,
        why=why,
    )
    return row.id


def is_restored(session: Session, clock: Clock) -> bool:
    """Whether this database was put back to a backup within the last week."""
    lives = session.scalars(select(Generation).order_by(Generation.id.desc()).limit(2)).all()
    return len(lives) == 2 and clock() - lives[0].at < REMEMBERED_FOR
