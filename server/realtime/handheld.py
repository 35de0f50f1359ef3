"""Namespace ``/handheld``: PICK/1 over Socket.IO."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import request
from flask_socketio import join_room, leave_room

from server import failpoints
from server.auth import allowed, check, remember_token, signed_in
from server.errors import BadInput
from server.failpoints import FailPoint
from server.models import Role
from server.parts import parts
from server.realtime.connections import Connection, Connections
from server.realtime.events import Guarded
from server.realtime.messages import PROTO, HandheldAuth, Ops, Sync, parsed

NAMESPACE = "/handheld"

IDLE_ROOM = "waiting-for-work"
"""Devices without a list: told when any list changes."""


def list_room(list_id: str) -> str:
    """Return the room of the devices that show a list."""
    return f"list:{list_id}"


def stream_room(stream: str) -> str:
    """Return the room of one device; the newest connection is alone in it."""
    return f"stream:{stream}"


class HandheldNamespace(Guarded):
    """Calls ``sync`` and ``ops``; hints ``poke`` and ``bye``."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(NAMESPACE, connections)

    def on_connect(self, auth: Any = None) -> None:
        """Let a signed-in person's device in; its older connection is told ``bye: replaced``."""
        asked = parsed(HandheldAuth, (auth,))
        who = check(parts(), asked.token, Role.PICKER)
        if asked.proto > PROTO:
            raise BadInput(f"this server speaks PICK/{PROTO}", code="upgrade")
        remember_token(NAMESPACE, asked.token)
        sid: str = request.sid  # type: ignore[attr-defined]
        room = stream_room(asked.stream)
        replaced = self.connections.add(
            Connection(
                sid,
                NAMESPACE,
                who.sign_in_id,
                who.person_id,
                stream=asked.stream,
                device_id=who.device_id,
                line=asked.line,
                abort=self.let_in(),
            )
        )
        # Other processes hear it through the message queue; the newcomer is not in the room yet.
        # A device that opened a newer line on one of them sees by the numbers that it is older.
        line = {"page": asked.page, "attempt": asked.attempt}
        self.emit("bye", {"why": "replaced", "retry_after": None, **line}, room=room)
        for older in replaced:
            if older.stream == asked.stream:
                leave_room(room, sid=older.sid, namespace=NAMESPACE)
                self.socketio.start_background_task(self._close_later, older.sid)
            else:
                self.dismiss(older.sid, "replaced")
        join_room(room)
        self._follow(None, None)

    @allowed(Role.PICKER)
    def on_sync(self, *arguments: Any) -> dict[str, Any]:
        """Answer the state of the device's list, or claim one."""
        asked = self._own(parsed(Sync, arguments))
        reply = parts().picks.sync(signed_in(), asked)
        self._follow(reply.get("list"), asked["have"])
        return reply

    @allowed(Role.PICKER)
    def on_ops(self, *arguments: Any) -> dict[str, Any]:
        """Record operations; answered only after the commit."""
        asked = self._own(parsed(Ops, arguments))
        wired = parts()
        sid: str = request.sid  # type: ignore[attr-defined]
        self.connections.asks(sid)
        try:
            reply = wired.picks.ops(signed_in(), asked)
            self._note_version(asked["ops"], reply)
        finally:
            self._hint_after(sid)
        wired.observation.verdicts(reply)
        failpoints.reach(FailPoint.BEFORE_ACK)
        return reply

    def _hint_after(self, sid: str) -> None:
        """Send the hint that came up while the answer was made, where it tells more than that."""
        withheld = self.connections.answered(sid)
        if withheld is not None:
            list_id, version = withheld
            self.socketio.emit(
                "poke",
                {"list": list_id, "ver": version},
                namespace=NAMESPACE,
                to=sid,
                ignore_queue=True,
            )

    def _note_version(self, ops: list[dict[str, Any]], reply: dict[str, Any]) -> None:
        """Keep what the device learns from the answer: it needs no hint about its own facts."""
        if isinstance(reply.get("ver"), int):
            sid: str = request.sid  # type: ignore[attr-defined]
            self.connections.told(sid, ops[-1]["list"], reply["ver"])

    def _own(self, message: Sync | Ops) -> dict[str, Any]:
        connection = self.connections.get(request.sid)  # type: ignore[attr-defined]
        if connection is not None and message.stream != connection.stream:
            raise BadInput("the stream is not the one of this connection", code="wrong-stream")
        return message.model_dump()

    def _follow(self, answered: Any, had: dict[str, Any] | None) -> None:
        """Join the room of the list the device now shows, and leave the others."""
        if isinstance(answered, dict):
            room = list_room(str(answered["list"]))
        elif answered == "same" and had is not None:
            room = list_room(str(had["list"]))
        else:
            room = IDLE_ROOM
        sid: str = request.sid  # type: ignore[attr-defined]
        before = self.connections.follow(sid, room)
        if before == room:
            return
        if before is not None:
            leave_room(before)
        # The line may have ended while the answer was made; the device's next one asks anew.
        with contextlib.suppress(KeyError):
            join_room(room)
