"""WebSocket driver with a message limit at the parser and whole sends.

Three faults of the stock driver matter here. Its size limit is off, so a frame is in memory before
anything looks at its size (one 120 MB frame: +235-350 MB). It writes with ``socket.send``, which on
gevent's non-blocking sockets may take only a part of a frame when the peer reads slowly; the rest
would be lost without an error. And it never ends the TCP connection itself. Binary frames are
refused: no message of ours has any. How fast a peer may send, how long it may stand at the door
and how much may wait for it are bounded here, too.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from wsproto.events import CloseConnection
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from server.config import AsyncMode
from server.limits import TokenBucket
from server.realtime.doors import ADMISSION, Admission, Doors, Slots
from server.realtime.outgoing import bounded

log = logging.getLogger(__name__)

MAX_MESSAGE = 64 * 1024
"""Bytes of one message; larger ones close the connection with code 1009."""

POLICY_VIOLATION = 1008

BURST_S = 3.0
"""A device sends one message at a time; a page that comes back, a few more at once."""

FROM_STRANGER = 5
"""Messages without a valid token; the first of a client of ours has it."""

GOODBYE_S = 0.5
"""Longest time that saying goodbye may take: the peer may not be reading."""


class Inbox(list[Any]):
    """Messages read and not handled yet; counts all that ever came."""

    came = 0

    def append(self, message: Any) -> None:
        """Keep a message."""
        self.came += 1
        super().append(message)


class Lock(AbstractContextManager[Any], Protocol):
    """A lock of threads or of greenlets."""

    def acquire(self, blocking: bool = True) -> bool: ...
    def release(self) -> Any: ...


class WholeSends:
    """A socket whose ``send`` writes everything, one writer at a time.

    ``lock`` must be one of the thing that runs at the same time: of threads, or of greenlets.
    """

    def __init__(self, sock: Any, lock: Lock) -> None:
        self._sock = sock
        self._lock = lock

    def send(self, data: bytes) -> int:
        """Write all of ``data``; return how many bytes that were."""
        with self._lock:
            self._sock.sendall(data)
        return len(data)

    def goodbye(self, data: bytes) -> None:
        """Write ``data`` if that is possible soon; the connection is ended afterwards."""
        if self._lock.acquire(blocking=False):
            try:
                self._sock.settimeout(GOODBYE_S)
                self._sock.sendall(data)
            except OSError:
                log.debug("a peer did not take the goodbye")
            finally:
                self._lock.release()

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
    """One accepted WebSocket with whole sends that reads no faster than it is allowed to.

    The library reads as fast as the peer sends, whether or not anything is handled.
    """

    connected: bool

    def __init__(self, environ: dict[str, Any], *, messages_per_s: float, **options: Any) -> None:
        self._bucket = TokenBucket(messages_per_s, messages_per_s * BURST_S, time.monotonic())
        super().__init__(environ, **options)

    def make_lock(self) -> Lock:
        """Return a lock of threads."""
        return threading.Lock()

    def handshake(self) -> None:
        """Accept the upgrade, from then on writing whole frames and counting messages."""
        self.sock: Any = WholeSends(self.sock, self.make_lock())
        self.input_buffer = Inbox()
        super().handshake()

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Say goodbye and end the TCP connection.

        The stock driver leaves it to the peer: one that is gone would hold a thread or greenlet
        for ever, and a polite one waits seconds for the end.
        """
        if not self.connected:
            raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        # First of all: reader and writer may both have found out that it is over.
        self.connected = False
        try:
            closing = CloseConnection(reason or CloseReason.NORMAL_CLOSURE, message)
            self.sock.goodbye(self.ws.send(closing))
        except LocalProtocolError:
            log.debug("the peer has said goodbye already")
        finally:
            self.sock.end()

    def pause(self, seconds: float) -> None:
        """Let a thread's time pass."""
        time.sleep(seconds)

    def _handle_events(self) -> bool:
        before = self.input_buffer.came
        keep_going: bool = super()._handle_events()
        # Not reading on makes the peer wait, too: its data stays on its own side.
        owed_s = self._bucket.spend(self.input_buffer.came - before, time.monotonic())
        if keep_going and owed_s > 0:
            self.pause(owed_s)
        return keep_going


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """What Engine.IO is given for each upgrade."""

    server_class: ClassVar[type[BoundedServer]] = BoundedServer
    server_options: ClassVar[Mapping[str, Any]] = {}
    doors: ClassVar[Doors]
    messages_per_s: ClassVar[float]
    admission: Admission

    def __init__(self, handler: Callable[[Any], Any], server: object) -> None:
        super().__init__(
            handler,
            server,
            max_message_size=MAX_MESSAGE,
            messages_per_s=self.messages_per_s,
            **self.server_options,
        )
        self._from_stranger = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Serve one connection until it ends, in the way each web server wants it."""
        with self.doors.enter(environ.get("REMOTE_ADDR", "")) as admission:
            if admission is None:
                start_response("503 Service Unavailable", [("Retry-After", "5")])
                return [b"too many connections without a valid token from this address"]
            self.admission = environ[ADMISSION] = admission
            return self._serve(environ)

    def wait(self) -> str | None:
        """Return the next text message, ``None`` once the connection is over.

        A peer that has not shown a valid token in time, or with its first messages, is over, too.
        """
        try:
            message = self.ws.receive(self._patience_s())
        except simple_websocket.ConnectionClosed:
            return None
        if isinstance(message, bytes | bytearray):
            log.info("binary frame refused")
            self._refuse("binary messages are not accepted")
            return None
        if self.admission.remaining_s(time.monotonic()) is not None:
            # Judged by arrival: a token that came in time may have waited for a busy server.
            self._from_stranger += 1
            if message is None or self._from_stranger > FROM_STRANGER:
                self._refuse("show a valid token first")
                return None
        if not _is_acceptable(message):
            log.info("a frame that is no packet was refused")
            self._refuse("not a packet")
            return None
        return message  # type: ignore[no-any-return]

    def _serve(self, environ: dict[str, Any]) -> Any:
        self.ws = self.server_class(environ, **self.server_args)
        self.admission.abort = self.ws.sock.end
        # The queue of the Engine.IO socket whose handler we were given.
        self.app.__self__.queue.on_overflow = self.ws.sock.end
        try:
            answer = self.app(self)
        finally:
            # Else a web server that was not told of the upgrade writes an HTTP answer behind it.
            self.ws.sock.end()
        if self.ws.mode == "gunicorn":
            # gunicorn's sign that the socket was taken over.
            raise StopIteration
        if self.ws.mode == "werkzeug":
            raise ConnectionError
        return answer

    def _patience_s(self) -> float | None:
        remaining_s = self.admission.remaining_s(time.monotonic())
        return None if remaining_s is None else max(0.0, remaining_s)

    def _refuse(self, why: str) -> None:
        if self.ws.connected:
            self.ws.close(POLICY_VIOLATION, why)


def _is_acceptable(frame: str) -> bool:
    """Whether a text frame may go to the library: a goodbye, a pong or a Socket.IO packet.

    The library ends in a traceback on empty frames and unknown types, and forgets the connection
    without telling anybody. What looks like JSON behind a message's type would be parsed by it
    before anything looks at it.
    """
    if frame[:1] == "4":
        return frame[1:2] in tuple("0123456")
    return frame[:1] in ("1", "3")


def parts_of(mode: AsyncMode) -> tuple[type[BoundedWebSocket], Callable[[int], Slots]]:
    """Return the WebSocket class and the semaphores of an async mode."""
    if mode is AsyncMode.THREADING:
        return BoundedWebSocket, threading.BoundedSemaphore
    import gevent
    import gevent.event
    import gevent.lock
    import gevent.selectors
    from engineio.async_drivers.gevent import Thread

    class GreenServer(BoundedServer):
        """The same for greenlets."""

        def pause(self, seconds: float) -> None:
            gevent.sleep(seconds)

        def make_lock(self) -> Lock:
            return gevent.lock.BoundedSemaphore()  # type: ignore[no-any-return]

    class GreenWebSocket(BoundedWebSocket):
        """The same on greenlets, whether or not the standard library is patched."""

        server_class = GreenServer
        server_options: ClassVar[Mapping[str, Any]] = {
            "thread_class": Thread,
            "event_class": gevent.event.Event,
            "selector_class": gevent.selectors.DefaultSelector,
        }

    return GreenWebSocket, gevent.lock.BoundedSemaphore


def install(engine: Any, mode: AsyncMode, *, messages_per_s: float) -> None:
    """Give an Engine.IO server our WebSocket and our queues, with doors of its own."""
    websocket_class, make_slots = parts_of(mode)
    settings = {"doors": Doors(make_slots), "messages_per_s": messages_per_s}
    own = type("Socket", (websocket_class,), settings)
    # A copy: the driver table is a global of the library.
    engine._async = {
        **engine._async,
        "websocket": own,
        "queue": bounded(engine._async["queue"]),
    }
