"""What a ``sync`` reads again and again, in as few statements as it takes.

Every handheld asks every 20 seconds, and mostly learns that nothing has changed: columns are read
here, not rows, and what is the same for all devices is kept until its topic changes.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from server.models import Change, Counter, Generation, PickList, PickStop, PickTask
from server.services import changes, lists, progress
from server.services.catalogue import DIRECTORY

_LIST, _TASK, _STOP, _CHANGE, _COUNTER, _GENERATION = (
    cast(Table, model.__table__)
    for model in (PickList, PickTask, PickStop, Change, Counter, Generation)
)
_HELD = lists.holding(select(_LIST.c.id, _LIST.c.ver, _LIST.c.stream))
_FEED = select(
    select(_COUNTER.c.value).where(_COUNTER.c.name == changes.REVISION).scalar_subquery(),
    select(_GENERATION.c.id).order_by(_GENERATION.c.id.desc()).limit(1).scalar_subquery(),
    select(_CHANGE.c.rev).where(_CHANGE.c.topic == DIRECTORY).scalar_subquery(),
    select(_CHANGE.c.rev).where(_CHANGE.c.topic == progress.WORK).scalar_subquery(),
)
_NEXT = lists.claimable(
    select(
        *(_LIST.c.id, _LIST.c.number, _LIST.c.method, _LIST.c.zone),
        *(_LIST.c.length_mm, _LIST.c.duration_ms),
        func.count().over().label("lists"),
    )
).limit(1)
_SIZE = select(
    select(func.count(func.distinct(_TASK.c.order_id)))
    .where(_TASK.c.list_id == bindparam("list"))
    .scalar_subquery()
    .label("orders"),
    select(func.count())
    .where(_STOP.c.list_id == bindparam("list"))
    .scalar_subquery()
    .label("stops"),
)


class Held(NamedTuple):
    """The list that a person holds, and the device it was claimed on."""

    id: str
    ver: int
    stream: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the change feed stands: ``directory`` and ``work`` are revisions of those topics."""

    revision: int
    generation: str
    directory: int
    work: int

    @property
    def directory_hash(self) -> str:
        """Changes whenever :func:`server.picking.snapshot.directory` may."""
        return hashlib.sha256(f"{self.generation}:{self.directory}".encode()).hexdigest()[:12]


def held_by(session: Session, person_id: str) -> Held | None:
    """The list that a person holds, on whatever device."""
    row = session.execute(_HELD, {"person": person_id}).first()
    return None if row is None else Held(*row)


def feed(session: Session) -> Feed:
    """Where the change feed stands in this transaction; topics touched in it must be flushed."""
    revision, generation, directory, work = session.execute(_FEED).one()
    return Feed(revision or 0, generation, directory or 0, work or 0)


def waiting(session: Session) -> dict[str, Any]:
    """How many lists may be claimed, and a summary of the next: ``{"lists", "next"}``."""
    row = session.execute(_NEXT).first()
    if row is None:
        return {"lists": 0, "next": None}
    size = session.execute(_SIZE, {"list": row.id}).one()
    return {
        "lists": row.lists,
        "next": {
            "number": row.number,
            "method": row.method,
            "zone": row.zone,
            "orders": size.orders,
            "stops": size.stops,
            "length_mm": row.length_mm,
            "duration_ms": row.duration_ms,
        },
    }


class Waiting:
    """:func:`waiting`, asked of the database only after a change of the topic ``work``.

    Hundreds of ready lists are ordered to find the next one, and every device is told of it.
    Only what is committed may be kept: revisions of a transaction that is undone come again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: tuple[str, int] | None = None
        self._answer: dict[str, Any] = {}

    def of(self, session: Session, now: Feed) -> dict[str, Any]:
        """What waits, for a session that only reads and in which the feed stands at ``now``."""
        at = (now.generation, now.work)
        with self._lock:
            if self._at == at:
                return self._answer
        answer = waiting(session)
        with self._lock:
            self._at, self._answer = at, answer
        return answer
