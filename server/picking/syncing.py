"""PICK/1 ``sync``: what is true for a device, from one reading of the database.

A device that knows less than the server learns how far the server is and gets the whole list;
one that knows as much is told so in a few bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.picking import snapshot as snapshots
from server.picking import streams, sync_reads
from server.picking.messages import SyncMessage, sync_message
from server.picking.streams import Known
from server.picking.sync_reads import Waiting
from server.services import audit, changes, lists
from server.services.clock import Clock
from server.services.people import SignedIn


def look(
    session: Session,
    clock: Clock,
    *,
    who: SignedIn,
    request: Mapping[str, Any],
    waiting: Waiting | None = None,
) -> dict[str, Any] | None:
    """Answer a ``sync`` that changes nothing; None where :func:`sync` has something to write.

    Nearly all of them are such: the heartbeats, and whatever a hint makes a device ask. They need
    not stand in line for the one writer. ``waiting`` remembers between calls.

    Raises
    ------
    BadInput
        The request is not one of PICK/1.
    """
    asked = sync_message(request)
    stream = streams.find(session, [asked.stream]).get(asked.stream)
    if stream is None or asked.want is not None:
        return None
    stream.seen(clock(), who)
    if stream.changed:
        return None
    return _state(session, clock, who, asked, stream, waiting)


def sync(
    session: Session, clock: Clock, *, who: SignedIn, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer ``sync``: what the server has of the stream, and the whole list where it changed.

    ``want: "work"`` claims the next list (or returns the one held already); any number of times.

    Raises
    ------
    BadInput
        The request is not one of PICK/1.
    """
    asked = sync_message(request)
    audit.on_behalf(session, who.actor)
    stream = streams.read(session, clock, [asked.stream])[asked.stream]
    stream.seen(clock(), who)
    streams.write(session, [stream])
    if asked.want == "work":
        lists.claim(session, clock, person_id=who.person_id, stream=stream.id)
        session.flush()
    changes.flush(session)
    # Nothing is remembered: this transaction may be undone.
    return _state(session, clock, who, asked, stream, None)


def _state(
    session: Session,
    clock: Clock,
    who: SignedIn,
    asked: SyncMessage,
    stream: Known,
    remembered: Waiting | None,
) -> dict[str, Any]:
    """The answer to ``sync``; of a list that the person holds on another device it says nothing."""
    held = sync_reads.held_by(session, who.person_id)
    feed = sync_reads.feed(session)
    waiting = sync_reads.waiting(session) if remembered is None else remembered.of(session, feed)
    shown: str | dict[str, Any] | None = None
    if held is not None and held.stream == stream.id:
        same = asked.have == (held.id, held.ver)
        shown = "same" if same else snapshots.build(session, lists.get(session, held.id))
    return {
        "rid": asked.rid,
        "last": stream.last,
        "rev": feed.revision,
        "gen": feed.generation,
        "now": _instant(clock()),
        "picker": {"id": who.person_id, "name": who.name, "language": who.language},
        "directory": feed.directory_hash,
        "waiting": waiting,
        "list": shown,
    }


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
