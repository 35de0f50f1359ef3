"""A peer that does not read what it is sent: bounded memory, then cut off (S6, F41)."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import engineio
import gevent
import gevent.socket
import pytest
from gevent.pywsgi import WSGIServer
from werkzeug.serving import make_server

from server.config import AsyncMode
from server.realtime.doors import ADMISSION
from server.realtime.outgoing import MAX_WAITING
from server.realtime.sockets import PING_INTERVAL_S
from server.realtime.websocket import install

CHUNK = "x" * 60_000
CHUNKS = 400
"""24 MB: many times what may wait and what the kernel keeps for a connection."""


def engine_of(mode: AsyncMode, peak: list[int]) -> engineio.Server:
    """An Engine.IO server that sends 24 MB to whoever says something."""
    engine = engineio.Server(
        async_mode=mode.value, async_handlers=False, transports=["websocket"],
        ping_interval=PING_INTERVAL_S,
    )  # fmt: skip
    install(engine, mode, messages_per_s=20)
    environs: dict[str, dict[str, Any]] = {}

    @engine.on("connect")  # type: ignore[untyped-decorator]
    def connect(sid: str, environ: dict[str, Any]) -> None:
        environs[sid] = environ

    @engine.on("message")  # type: ignore[untyped-decorator]
    def message(sid: str, _: Any) -> None:
        environs[sid][ADMISSION].let_in()
        queue = engine._get_socket(sid).queue
        for _ in range(CHUNKS):
            if sid not in engine.sockets:
                return
            engine.send(sid, CHUNK)
            peak.append(queue.waiting)

    return engine


def over(engine: engineio.Server) -> bool:
    """Whether all connections have ended; on threads their rows are swept away later."""
    return all(known.closed for known in engine.sockets.values())


@contextmanager
def on_threads(app: Any) -> Iterator[int]:
    served = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield served.server_port
    served.shutdown()


@contextmanager
def on_greenlets(app: Any) -> Iterator[int]:
    served = WSGIServer(("127.0.0.1", 0), app, log=None)
    served.start()
    yield served.server_port
    served.stop(timeout=1)


@pytest.mark.parametrize("mode", list(AsyncMode))
def test_a_peer_that_does_not_read_is_cut_off(mode: AsyncMode) -> None:
    peak: list[int] = []
    engine = engine_of(mode, peak)
    green = mode is AsyncMode.GEVENT
    serving = on_greenlets if green else on_threads
    connect: Callable[..., Any] = (gevent.socket if green else socket).create_connection
    sleep: Callable[[float], Any] = gevent.sleep if green else time.sleep
    with serving(engineio.WSGIApp(engine)) as port:
        peer = connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        peer.sendall(
            (
                "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        assert peer.recv(12) == b"HTTP/1.1 101"
        # The masked text frame of an event: the mask of zeros leaves the letters as they are.
        peer.sendall(b"\x81\x84" + bytes(4) + b"42[]")
        for _ in range(400):
            if peak and not engine.sockets:
                break
            sleep(0.02)
        assert peak, "the event was not let in"
        # Long before a ping is missed, and although the peer has not closed its end.
        assert over(engine)
        peer.close()
    assert max(peak) <= MAX_WAITING
