"""The change feed: which topics changed, at which server-wide revision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from server.db.engine import before_commit
from server.db.sets import OneOf
from server.models import Change, Counter, Generation

_TOUCHED = "touched_topics"
_WRITTEN = "written_topics"
REVISION = "rev"

_COUNTERS, _CHANGES = cast(Table, Counter.__table__), cast(Table, Change.__table__)
_NEXT = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == REVISION)
    .values(value=_COUNTERS.c.value + 1)
    .returning(_COUNTERS.c.value)
)
_RAISE = (
    update(_CHANGES)
    .where(OneOf(_CHANGES.c.topic, "topics"))
    .values(rev=bindparam("revision"))
    .returning(_CHANGES.c.topic)
)


def touch(session: Session, *topics: str) -> None:
    """Note that ``topics`` change in this transaction; rows are written when it commits."""
    touched: dict[str, None] = session.info.setdefault(_TOUCHED, {})
    touched.update(dict.fromkeys(topics))
    before_commit(session, _commit)


def flush(session: Session) -> int:
    """Write the topics touched so far under one new revision; return the present revision."""
    touched: dict[str, None] = session.info.get(_TOUCHED, {})
    if not touched:
        return revision(session)
    rev: int | None = session.execute(_NEXT).scalar()
    if rev is None:
        rev = 1
        session.execute(insert(_COUNTERS), {"name": REVISION, "value": rev})
    known = set(session.execute(_RAISE, {"revision": rev, "topics": list(touched)}).scalars())
    new = [{"topic": topic, "rev": rev} for topic in touched if topic not in known]
    if new:
        session.execute(insert(_CHANGES), new)
    session.info.setdefault(_WRITTEN, {}).update(dict.fromkeys(touched, rev))
    touched.clear()
    session.flush()
    return rev


def revision(session: Session) -> int:
    """The present server-wide revision (0 on an empty database)."""
    return session.scalar(select(Counter.value).where(Counter.name == REVISION)) or 0


def since(session: Session, rev: int, *, topics: Iterable[str] | None = None) -> dict[str, int]:
    """Topics that changed after ``rev``, with their revisions; all topics unless some are named."""
    query = select(Change.topic, Change.rev).where(Change.rev > rev)
    if topics is not None:
        query = query.where(Change.topic.in_(list(topics)))
    return {row.topic: row.rev for row in session.execute(query)}


def generation(session: Session) -> str:
    """Id of this life of the database; revisions are comparable within one generation only."""
    return session.scalars(select(Generation.id).order_by(Generation.id.desc()).limit(1)).one()


def _commit(session: Session) -> dict[str, int]:
    flush(session)
    written: dict[str, int] = session.info.pop(_WRITTEN, {})
    return written
