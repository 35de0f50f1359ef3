"""The wire of a device: one WebSocket with acknowledged calls and hints from the server."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple, Protocol

import socketio

NAMESPACE = "/handheld"

ANSWER_S = 5.0
"""Without an answer for this long the same bytes are sent again (`reliability.md` §5.5)."""


class LinkDown(Exception):
    """No answer came: not connected, cut, or too slow. The caller sends the same again."""


class Hint(NamedTuple):
    """ "List ``list_id`` changed, it is at version ``ver`` now"."""

    list_id: str
    ver: int


class Link(Protocol):
    """What a device needs of its network."""

    @property
    def poked(self) -> threading.Event:
        """Set when the server hints at a change, or the link was cut."""

    @property
    def hint(self) -> Hint | None:
        """The newest hint about a list; None after anything else that sets :attr:`poked`."""

    def open(self) -> None:
        """Connect; raises :class:`LinkDown`."""

    def close(self) -> None:
        """Disconnect."""

    def call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the server's answer; raises :class:`LinkDown`."""


class SocketLink:
    """A Socket.IO connection, WebSocket only (long polling drops batches silently)."""

    def __init__(self, base_url: str, *, token: str, stream: str) -> None:
        self._base_url = base_url
        self._auth = {"token": token, "proto": 1, "app": "simulated", "stream": stream}
        self._client: socketio.Client | None = None
        self._poked = threading.Event()
        self._hint: Hint | None = None
        self.bye: dict[str, Any] | None = None

    @property
    def poked(self) -> threading.Event:
        return self._poked

    @property
    def hint(self) -> Hint | None:
        return self._hint

    def open(self) -> None:
        self.close()
        self.bye = None
        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on("poke", self._on_poke, namespace=NAMESPACE)
        client.on("bye", self._on_bye, namespace=NAMESPACE)
        client.on("disconnect", self._on_disconnect, namespace=NAMESPACE)
        try:
            client.connect(
                self._base_url,
                auth=self._auth,
                namespaces=[NAMESPACE],
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
        except (socketio.exceptions.SocketIOError, OSError) as error:
            client.disconnect()
            raise LinkDown(f"cannot connect: {error}") from error
        self._client = client

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()

    def call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        client = self._client
        if client is None or not client.connected:
            raise LinkDown("not connected")
        try:
            answer = client.call(name, body, namespace=NAMESPACE, timeout=ANSWER_S)
        except (socketio.exceptions.SocketIOError, OSError) as error:
            raise LinkDown(f"{name}: {type(error).__name__} {error}") from error
        if not isinstance(answer, dict):
            raise LinkDown(f"{name}: answered {answer!r}")
        return answer

    def _on_poke(self, body: dict[str, Any]) -> None:
        list_id, ver = body.get("list"), body.get("ver")
        known = isinstance(list_id, str) and isinstance(ver, int)
        self._hint = Hint(str(list_id), int(ver or 0)) if known else None
        self._poked.set()

    def _on_bye(self, reason: dict[str, Any]) -> None:
        self.bye = reason
        self._on_disconnect()

    def _on_disconnect(self, *_reason: object) -> None:
        self._hint = None
        self._poked.set()
