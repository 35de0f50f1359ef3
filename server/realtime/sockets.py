"""The Socket.IO server with every setting that matters spelled out."""

from __future__ import annotations

import logging
from typing import Any

from apiflask import APIFlask
from flask_socketio import SocketIO

from server import wire
from server.config import Settings
from server.realtime.broker import CHANNEL, Broker
from server.realtime.packets import StrictPacket
from server.realtime.websocket import MAX_MESSAGE, install

log = logging.getLogger(__name__)

PING_INTERVAL_S = 15
PING_TIMEOUT_S = 10


def open_sockets(
    app: APIFlask,
    settings: Settings,
) -> SocketIO:
    """Attach Socket.IO to an application; its namespaces are added by the caller.

    WebSocket is the only transport: long polling loses whole posts without an error when they
    hold more than 16 packets. Events of one client run one after the other. Both the async mode
    and the allowed origins are explicit; the library's own choices differ with what is installed.
    """
    logging.getLogger("engineio.server").setLevel(logging.WARNING)
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode.value,
        async_handlers=False,
        transports=["websocket"],
        allow_upgrades=False,
        cors_allowed_origins=list(settings.origins),
        cors_credentials=False,
        max_http_buffer_size=MAX_MESSAGE,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        manage_session=False,
        always_connect=False,
        **_joined_by(settings.message_queue),
        json=wire,
        serializer=StrictPacket,
        logger=False,
        engineio_logger=False,
    )
    install(socketio.server.eio, settings.async_mode, messages_per_s=settings.messages_per_s)
    _forgive_late_messages(socketio)
    return socketio


def _joined_by(message_queue: str | None) -> dict[str, Broker]:
    """The option that joins this process with others, none where it is alone."""
    if message_queue is None:
        return {}
    return {"client_manager": Broker(message_queue, channel=CHANNEL)}


def _forgive_late_messages(socketio: SocketIO) -> None:
    """Drop messages of a connection that another thread is just ending.

    The library looks such a connection up without asking whether it is still there.
    """
    server = socketio.server
    handle = server.eio.handlers["message"]

    def message(eio_sid: str, data: Any) -> None:
        try:
            handle(eio_sid, data)
        except KeyError:
            if eio_sid in server.environ:
                raise
            log.debug("a message came after the end of its connection")

    server.eio.on("message", message)
