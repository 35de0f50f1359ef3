"""The streams of operations that devices send: how far each is, and who was heard on it last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from server.db.bulk import BulkUpdate
from server.db.sets import OneOf
from server.models import Stream
from server.services.clock import Clock
from server.services.people import SignedIn

SEEN = timedelta(minutes=1)
"""How exactly the last sign of life is kept: a heartbeat that changes nothing writes nothing."""

_STREAM = cast(Table, Stream.__table__)
_FIND = select(_STREAM.c.id, _STREAM.c.last, _STREAM.c.person_id, _STREAM.c.seen_at).where(
    OneOf(_STREAM.c.id, "streams")
)
_CHANGE = BulkUpdate(_STREAM, {"key": _STREAM.c.id})


@dataclass(slots=True)
class Known:
    """A stream as it will be after this transaction; ``last`` is its last judged operation."""

    id: str
    last: int
    person_id: str | None
    seen_at: datetime | None
    changed: bool = False

    def advance(self, seq: int, now: datetime) -> None:
        """The operation of that number is judged, which is a sign of life and written anyway."""
        self.last, self.seen_at, self.changed = seq, now, True

    def seen(self, now: datetime, who: SignedIn) -> None:
        """Keep who uses the device, and a sign of life every now and then."""
        if self.person_id != who.person_id or self.seen_at is None or now - self.seen_at > SEEN:
            self.person_id, self.seen_at, self.changed = who.person_id, now, True


def find(session: Session, ids: Sequence[str]) -> dict[str, Known]:
    """The streams with these ids that the server has seen before."""
    rows = session.execute(_FIND, {"streams": list(dict.fromkeys(ids))})
    return {row.id: Known(row.id, row.last, row.person_id, row.seen_at) for row in rows}


def read(session: Session, clock: Clock, ids: Sequence[str]) -> dict[str, Known]:
    """The streams with these ids; a device that calls for the first time gets its row."""
    found = find(session, ids)
    new = [stream_id for stream_id in dict.fromkeys(ids) if stream_id not in found]
    if new:
        now = clock()
        session.execute(
            insert(_STREAM), [{"id": stream_id, "last": 0, "created_at": now} for stream_id in new]
        )
        found.update({stream_id: Known(stream_id, 0, None, None) for stream_id in new})
    return found


def write(session: Session, streams: Iterable[Known]) -> None:
    """Write the streams that have changed, always in the same order."""
    rows = [
        {
            "key": stream.id,
            "last": stream.last,
            "person_id": stream.person_id,
            "seen_at": stream.seen_at,
        }
        for stream in sorted(streams, key=lambda stream: stream.id)
        if stream.changed
    ]
    _CHANGE.write(session, rows)
