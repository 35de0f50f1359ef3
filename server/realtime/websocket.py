"""WebSocket driver with a message limit at the parser and whole sends.

Three faults of the stock driver matter here. Its size limit is off, so a frame is in memory before
anything looks at its size (one 120 MB frame: +235-350 MB). It writes with ``socket.send``, which on
gevent's non-blocking sockets may take only a part of a frame when the peer reads slowly; the rest
would be lost without an error. And it never ends the TCP connection itself. Binary frames are
refused: no message of ours has any.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI

from server.config import AsyncMode

log = logging.getLogger(__name__)

MAX_MESSAGE = 64 * 1024
"""Bytes of one message; larger ones close the connection with code 1009."""

POLICY_VIOLATION = 1008


class WholeSends:
    """A socket whose ``send`` writes everything, one writer at a time.

    ``lock`` must be one of the thing that runs at the same time: of threads, or of greenlets.
    """

    def __init__(self, sock: Any, lock: AbstractContextManager[Any]) -> None:
        self._sock = sock
        self._lock = lock

    def send(self, data: bytes) -> int:
        """Write all of ``data``; return how many bytes that were."""
        with self._lock:
            self._sock.sendall(data)
        return len(data)

    def end(self) -> None:
        """End the connection for both sides once what was written is on its way."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection and free this end of it."""
        self.end()
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class BoundedServer(simple_websocket.Server):  # type: ignore[misc]
    """One accepted WebSocket with whole sends."""

    def make_lock(self) -> AbstractContextManager[Any]:
        """Return a lock of threads."""
        return threading.Lock()

    def handshake(self) -> None:
        """Accept the upgrade, from then on writing whole frames."""
        self.sock: Any = WholeSends(self.sock, self.make_lock())
        super().handshake()

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Say goodbye and end the TCP connection.

        The stock driver leaves it to the peer: one that is gone would hold a thread or greenlet
        for ever, and a polite one waits seconds for the end.
        """
        try:
            super().close(reason, message)
        finally:
            self.sock.end()


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """What Engine.IO is given for each upgrade."""

    server_class: ClassVar[type[BoundedServer]] = BoundedServer
    server_options: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, handler: Callable[[Any], Any], server: object) -> None:
        super().__init__(handler, server, max_message_size=MAX_MESSAGE, **self.server_options)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Serve one connection until it ends, in the way each web server wants it."""
        self.ws = self.server_class(environ, **self.server_args)
        answer = self.app(self)
        if self.ws.mode == "gunicorn":
            # gunicorn's sign that the socket was taken over.
            raise StopIteration
        if self.ws.mode == "werkzeug":
            raise ConnectionError
        return answer

    def wait(self) -> str | None:
        """Return the next text message, ``None`` once the connection is over."""
        message = super().wait()
        if isinstance(message, bytes | bytearray):
            log.info("binary frame refused")
            self.ws.close(POLICY_VIOLATION, "binary messages are not accepted")
            return None
        return message  # type: ignore[no-any-return]


def driver(mode: AsyncMode) -> type[BoundedWebSocket]:
    """Return the driver for an async mode."""
    if mode is AsyncMode.THREADING:
        return BoundedWebSocket
    import gevent.event
    import gevent.lock
    import gevent.selectors
    from engineio.async_drivers.gevent import Thread

    class GreenServer(BoundedServer):
        """The same for greenlets."""

        def make_lock(self) -> AbstractContextManager[Any]:
            return gevent.lock.BoundedSemaphore()  # type: ignore[no-any-return]

    class GreenWebSocket(BoundedWebSocket):
        """The same on greenlets, whether or not the standard library is patched."""

        server_class = GreenServer
        server_options: ClassVar[Mapping[str, Any]] = {
            "thread_class": Thread,
            "event_class": gevent.event.Event,
            "selector_class": gevent.selectors.DefaultSelector,
        }

    return GreenWebSocket
