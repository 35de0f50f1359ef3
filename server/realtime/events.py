"""The one wrapper of all socket events: it always replies, whatever happens inside.

An exception in a Socket.IO handler sends no acknowledgement at all, and the client waits for ever
(measured). So every event goes through :meth:`Guarded.trigger_event`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, Namespace

from server.auth import is_marked
from server.db.base import new_id
from server.errors import NotAllowed, NotSignedIn, ServiceError, Unavailable
from server.observability.lifecycle import Lifecycle
from server.observability.logs import bound
from server.observability.meters import UNKNOWN, Meters
from server.realtime.connections import Connection, Connections
from server.realtime.doors import ADMISSION, Admission
from server.realtime.websocket import GOODBYE_S

log = logging.getLogger(__name__)

LIFECYCLE = frozenset({"connect", "disconnect"})


def error_body(error: ServiceError) -> dict[str, Any]:
    """Return what an event answers instead of its reply when it fails."""
    return {
        "error": {
            "code": error.code,
            "detail": error.message,
            "status": error.status,
            "pointer": error.pointer,
        }
    }


class Guarded(Namespace):  # type: ignore[misc]
    """A namespace whose events are marked with a role, always answered and never leak a trace."""

    def __init__(self, namespace: str, connections: Connections) -> None:
        super().__init__(namespace)
        self.connections = connections
        self.meters = Meters()
        self.lifecycle = Lifecycle()
        self.before_connect: Callable[[], None] = _nothing

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Run the handler of an event and return its reply, or an error body."""
        if event in LIFECYCLE:
            with bound(namespace=self.namespace, sid=args[0] if args else None):
                return self._lifecycle(event, *args)
        connection = self.connections.get(str(args[0])) if args else None
        started = time.monotonic()
        with (
            self.lifecycle.work(),
            bound(
                request=new_id(),
                namespace=self.namespace,
                sid=args[0] if args else None,
                stream=connection.stream if connection is not None else None,
            ),
        ):
            reply = self._answer(event, *args)
            self._note(event, reply, time.monotonic() - started)
        return reply

    def _note(self, event: str, reply: Any, took_s: float) -> None:
        """Count an answered event; one that failed is logged where operators look."""
        is_known = event.isidentifier() and hasattr(self, f"on_{event}")
        error = reply.get("error") if isinstance(reply, dict) else None
        outcome = str(error["code"]) if error is not None else "ok"
        self.meters.event(
            str(self.namespace), event if is_known else UNKNOWN, outcome=outcome, took_s=took_s
        )
        log.log(
            logging.DEBUG if error is None else logging.INFO,
            "event",
            extra={
                "event_name": event if is_known else UNKNOWN,
                "outcome": outcome,
                "took_ms": round(took_s * 1000, 1),
            },
        )

    def _answer(self, event: str, *args: Any) -> Any:
        handler = getattr(self, f"on_{event}", None) if event.isidentifier() else None
        if self.lifecycle.draining:
            return error_body(Unavailable("the server restarts; send it again", code="busy"))
        if handler is None:
            return error_body(ServiceError(f"no event {event[:40]!r} here", code="unknown-event"))
        if not is_marked(handler):
            return error_body(NotAllowed("this event is closed", code="closed"))
        try:
            return super().trigger_event(event, *args)
        except NotSignedIn as error:
            self.dismiss(str(args[0]), "revoked")
            return error_body(error)
        except ServiceError as error:
            return error_body(error)
        except Exception:  # the supervisor of events: log, and still answer
            log.exception("unhandled error in event %s of %s", event, self.namespace)
            return {
                "error": {
                    "code": "internal",
                    "detail": "an internal error; it was written to the server's log",
                    "status": 500,
                    "pointer": "",
                }
            }

    def on_disconnect(self, *_reason: str) -> None:
        """Forget the connection and end it: nobody keeps a socket without being let in."""
        sid: str = request.sid  # type: ignore[attr-defined]
        connection = self.connections.get(sid)
        self.connections.remove(sid)
        if connection is not None:
            self.socketio.start_background_task(end_later, self.socketio, connection)

    def dismiss(self, sid: str, why: str, retry_after: float | None = None) -> None:
        """Say ``bye`` to a socket of this process and close it once the reply is on its way."""
        self.emit("bye", {"why": why, "retry_after": retry_after}, room=sid)
        self.socketio.start_background_task(self._close_later, sid)

    def let_in(self) -> Callable[[], None]:
        """Note that the socket being opened has shown a valid token; returns what aborts it."""
        admission: Admission = request.environ[ADMISSION]
        admission.let_in()
        return lambda: admission.abort()

    def _close_later(self, sid: str) -> None:
        # The acknowledgement of the present event is sent when its handler returns.
        self.socketio.sleep(0.2)
        self.socketio.server.disconnect(sid, namespace=self.namespace)

    def _lifecycle(self, event: str, *args: Any) -> Any:
        try:
            if event == "connect":
                if self.lifecycle.draining:
                    raise Unavailable("the server restarts; come back soon", code="busy")
                self.before_connect()
            return super().trigger_event(event, *args)
        except ServiceError as error:
            raise ConnectionRefusedError(
                error.message, {"code": error.code, "detail": error.message}
            ) from None
        except ConnectionRefusedError:
            raise
        except Exception:  # as above: a client must learn that it was not let in
            log.exception("unhandled error in %s of %s", event, self.namespace)
            raise ConnectionRefusedError(
                "internal error", {"code": "internal", "detail": "an internal error"}
            ) from None


def end_later(socketio: Any, connection: Connection) -> None:
    """End the TCP connection of a client that was told to go, whether or not it listens."""
    socketio.sleep(GOODBYE_S)
    connection.abort()


def _nothing() -> None:
    """Do nothing before a connection is let in."""
