"""An Engine.IO connection spoken by hand: what a client of ours would never send."""

from __future__ import annotations

import json
from typing import Any

import websocket


def opened(url: str, *, timeout_s: float = 10.0) -> websocket.WebSocket:
    """Return a connection after Engine.IO's greeting."""
    connection = websocket.create_connection(
        f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", timeout=timeout_s
    )
    greeting = text(connection)
    assert greeting.startswith("0{"), greeting
    return connection


def entered(url: str, auth: dict[str, Any], namespace: str = "/handheld") -> websocket.WebSocket:
    """Return a connection that was let into a namespace."""
    connection = opened(url)
    connection.send(f"40{namespace},{json.dumps(auth)}")
    answer = text(connection)
    assert answer.startswith(f"40{namespace},"), answer
    return connection


def text(connection: websocket.WebSocket) -> str:
    """Return the next text frame."""
    frame = connection.recv()
    assert isinstance(frame, str)
    return frame


def is_closed(connection: websocket.WebSocket) -> bool:
    """Read to the end of a connection that the server should close within the time-out."""
    try:
        while connection.connected:
            # An empty frame is how the library says that the connection was closed.
            if connection.recv() == "":
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
    except websocket.WebSocketTimeoutException:
        return False
    return True
