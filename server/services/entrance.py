"""Who may come in, carried over when an older copy of the database takes its place.

A backup does not know of the sessions and devices that were made or revoked after it. Without them
a revoked device would be let in again, and every handheld whose token was renewed since would have
to be enrolled anew.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from server.db.base import Base
from server.models import BadgeTries, Device, Person, SignIn
from server.services import audit
from server.services.clock import Clock

KEPT: Final[tuple[type[Base], ...]] = (Person, Device, SignIn, BadgeTries)
"""What is carried over, parents first."""


def take_over(session: Session, clock: Clock, *, replaced: Session) -> int:
    """Make people, devices and sessions those of the replaced database; returns how many rows.

    Rows that only the restored database has stay as they are. Both must have one schema.

    Raises
    ------
    IntegrityError
        The two are of different sites: one badge or token belongs to different rows.
    """
    carried = 0
    for model in KEPT:
        columns = [attribute.key for attribute in inspect(model).column_attrs]
        for row in replaced.scalars(select(model)):
            session.merge(model(**{name: getattr(row, name) for name in columns}))
            carried += 1
        session.flush()
    audit.record(session, clock, action="entrance.take-over", subject="database", rows=carried)
    return carried
