"""A WebSocket client (RFC 6455) for text messages, small enough to run a thousand of.

Only what the handheld's line needs: no extensions, no TLS. The stock clients cost a thread, or
several times the time per message, and the generator shares its cores with the server it measures.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Self

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
_FINAL, _MASKED = 0x80, 0x80


class HandshakeFailed(ConnectionError):
    """The server did not switch to WebSocket; the message is its status line."""


class WebSocket(asyncio.Protocol):
    """One connection.

    Parameters
    ----------
    on_text
        Gets every text message.
    on_lost
        Called once when the connection is over, whoever ended it.
    """

    def __init__(self, on_text: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        self._on_text = on_text
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._data = bytearray()
        self._parts = bytearray()

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        path: str,
        *,
        on_text: Callable[[str], None],
        on_lost: Callable[[], None],
    ) -> Self:
        """Open a connection.

        Raises
        ------
        OSError
            Nobody listens, or the connection broke; :class:`HandshakeFailed` when the server
            answers something else than 101.
        """
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: cls(on_text, on_lost), host, port)
        key = base64.b64encode(os.urandom(16)).decode()
        try:
            socket._write(
                f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            await socket._accepted
        except BaseException:
            socket.abort()
            raise
        return socket

    def send(self, text: str) -> None:
        """Send a text message; nothing when the connection is over."""
        self._write(_frame(TEXT, text.encode()))

    def send_bytes(self, raw: bytes) -> None:
        """Send bytes as they are: for frames that no honest client makes."""
        self._write(raw)

    def close(self) -> None:
        """Say goodbye and close."""
        self._write(_frame(CLOSE, b"\x03\xe8"))
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Drop the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        if not self._accepted.done():
            self._accepted.set_exception(HandshakeFailed("the connection ended"))
            self._accepted.exception()  # whoever waits sees it; nobody may wait any more
        self._on_lost()

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._accepted.done() and not self._read_answer():
            return
        while self._read_frame():
            pass

    def _read_answer(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self._data[: self._data.index(b"\r\n")]).decode("latin-1")
        del self._data[: end + 4]
        if " 101 " not in f"{status} ":
            self._accepted.set_exception(HandshakeFailed(status))
            self.abort()
            return False
        self._accepted.set_result(None)
        return True

    def _read_frame(self) -> bool:
        """Take one whole frame from the buffer; False when there is none yet."""
        data = self._data
        if len(data) < 2:
            return False
        length, start = data[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(data) < start:
                return False
            length = int.from_bytes(data[2:start], "big")
        if len(data) < start + length:
            return False
        kind, final = data[0] & 0x0F, bool(data[0] & _FINAL)
        payload = bytes(data[start : start + length])
        del data[: start + length]
        self._take(kind, payload, final=final)
        return True

    def _take(self, kind: int, payload: bytes, *, final: bool) -> None:
        if kind == PING:
            self._write(_frame(PONG, payload))
        elif kind == CLOSE:
            if self._transport is not None:
                self._transport.close()
        elif kind != PONG:
            self._parts += payload
            if final:
                whole, self._parts = bytes(self._parts), bytearray()
                self._on_text(whole.decode())

    def _write(self, raw: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(raw)


def _frame(kind: int, payload: bytes) -> bytes:
    """A final frame of a client: masked, as the standard wants it."""
    length = len(payload)
    if length < 126:
        head = bytes((_FINAL | kind, _MASKED | length))
    elif length < 65_536:
        head = bytes((_FINAL | kind, _MASKED | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((_FINAL | kind, _MASKED | 127)) + length.to_bytes(8, "big")
    mask = os.urandom(4)
    # One big integer operation instead of a loop over bytes.
    key = (mask * (length // 4 + 1))[:length]
    hidden = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + mask + hidden.to_bytes(length, "big")
