"""Tells connected devices and consoles what changed: one reader of the change feed per process.

Whatever commits, in this process, in a worker or on the command line, leaves its topics in the
``change`` table. This process reads them in order of revision: at once after a commit of its own,
and every 250 ms otherwise, so no broker is needed for hints. Hints carry no data and may be lost.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask_socketio import SocketIO
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.db.sets import OneOf
from server.errors import Unavailable
from server.models import ListState, PickList
from server.realtime import handheld, lead
from server.realtime.connections import Connections
from server.services import changes
from server.services.progress import WORK

log = logging.getLogger(__name__)

POLL_S = 0.25
"""Longest time after which a change of another process is noticed."""

GATHER_S = 0.1
"""Changes within this time become one hint per topic: a busy floor must not flood consoles."""

BOARD = "board"
"""Topic of everything on the floor, lists included."""

TROUBLE_S = 2.0
"""Pause after the database could not be read."""

_VERSIONS = select(PickList.id, PickList.ver).where(OneOf(PickList.id, "lists"))


class Publisher:
    """Reads the change feed and emits hints to the sockets of this process."""

    def __init__(self, database: Database, socketio: SocketIO, connections: Connections) -> None:
        self._database = database
        self._socketio = socketio
        self._connections = connections
        self._last: int | None = None
        self._changed = socketio.server.eio.create_event()
        self._stopped = False

    def start(self) -> None:
        """Begin reading in a background task of the web server."""
        self._socketio.start_background_task(self._loop)

    def stop(self) -> None:
        """End the background task."""
        self._stopped = True
        self._changed.set()

    def wake(self, revisions: Mapping[str, int]) -> None:
        """Read at once: this process has just committed these topics."""
        if revisions:
            self._changed.set()

    def publish(self) -> None:
        """Emit a hint for everything that changed since the last time."""
        if not len(self._connections):
            # Nobody listens. Who connects next reads everything anew, so old changes are moot.
            self._last = None
            return
        with self._database.read() as session:
            if self._last is None:
                self._last = changes.revision(session)
                return
            changed = changes.since(session, self._last)
            versions = _list_versions(session, changed)
            offered = _offered(session) if WORK in changed else {}
        if changed:
            self._last = max(changed.values())
            self._end_sessions(changed)
            self._poke_leads(changed)
            # Who waits for work is told when there is more of it, or less.
            self._poke_handhelds(versions, (offered or versions) if WORK in changed else {})

    def begin(self) -> None:
        """Take the present revision as known, before the first client is let in."""
        if self._last is None:
            with self._database.read() as session:
                self._last = changes.revision(session)

    def _loop(self) -> None:
        while not self._stopped:
            pause = GATHER_S
            try:
                self.publish()
            except Unavailable as error:
                log.warning("changes cannot be read: %s", error.message)
                pause = TROUBLE_S
            except Exception:  # the supervisor of hints: they must go on
                log.exception("hints could not be sent")
                pause = TROUBLE_S
            self._socketio.sleep(pause)
            self._changed.wait(POLL_S)
            self._changed.clear()

    def _end_sessions(self, changed: Mapping[str, int]) -> None:
        """Close the sockets of sessions that were signed out or revoked."""
        ended = [
            topic.removeprefix("session:") for topic in changed if topic.startswith("session:")
        ]
        for connection in self._connections.of_sessions(ended):
            self._emit(
                "bye",
                {"why": "revoked", "retry_after": None},
                namespace=connection.namespace,
                to=connection.sid,
            )
            # The goodbye is queued before the disconnect on the same socket, so it goes out first.
            self._socketio.server.disconnect(connection.sid, namespace=connection.namespace)

    def _poke_leads(self, changed: Mapping[str, int]) -> None:
        # A change of a list is one of the board, and consoles that show a list follow both: on a
        # busy floor the lists would be nearly all of the hints.
        unsaid = ("session:", "list:") if BOARD in changed else ("session:",)
        for topic, revision in changed.items():
            if topic != WORK and not topic.startswith(unsaid):
                self._emit("poke", {"topic": topic, "rev": revision}, namespace=lead.NAMESPACE)

    def _poke_handhelds(self, versions: Mapping[str, int], news: Mapping[str, int]) -> None:
        manager = self._socketio.server.manager
        for list_id, version in versions.items():
            room = handheld.list_room(list_id)
            for sid, _ in tuple(manager.get_participants(handheld.NAMESPACE, room)):
                # Whose own facts made this version has it from their answer, or will in a moment.
                if not (
                    self._connections.knows(sid, list_id, version)
                    or self._connections.withhold(sid, list_id, version)
                ):
                    self._emit(
                        "poke",
                        {"list": list_id, "ver": version},
                        namespace=handheld.NAMESPACE,
                        to=sid,
                    )
        # One hint is enough for those who wait for work, whatever list it names.
        for list_id, version in list(news.items())[:1]:
            self._emit(
                "poke",
                {"list": list_id, "ver": version},
                namespace=handheld.NAMESPACE,
                to=handheld.IDLE_ROOM,
            )

    def _emit(self, event: str, body: dict[str, Any], **where: Any) -> None:
        # To the sockets of this process only: every process reads the feed itself.
        self._socketio.emit(event, body, ignore_queue=True, **where)


def _list_versions(session: Session, changed: Mapping[str, int]) -> dict[str, int]:
    ids = [topic.removeprefix("list:") for topic in changed if topic.startswith("list:")]
    rows = session.execute(_VERSIONS, {"lists": ids}) if ids else ()
    return {row.id: row.ver for row in rows}


def _offered(session: Session) -> dict[str, int]:
    """Return one list that may be claimed, as something to name in a hint."""
    rows = session.execute(
        select(PickList.id, PickList.ver).where(PickList.state == ListState.READY).limit(1)
    )
    return dict(rows.all())
