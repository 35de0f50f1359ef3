"""The line of a handheld: Engine.IO 4 and Socket.IO 5 over one WebSocket, spoken by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from tests.fleet.websocket import WebSocket

ANSWER_S = 5.0
"""Without an answer for this long the line is taken for dead."""

PATH = "/socket.io/?EIO=4&transport=websocket"
NAMESPACE = "/handheld"

OPEN, PING, PONG = "0", "2", "3"
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "40", "41", "42", "43", "44"

Hint = Callable[[str, Any], None]


class LineDown(Exception):
    """There is no line, or no answer came; whether the message arrived is unknown."""


class NotLetIn(Exception):
    """The server refused the connection; ``code`` says why (``revoked``, ``upgrade``, …)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server, or a proxy before it, listens."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """The address in ``http://host:port``."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        return cls(parts.hostname, parts.port)


class Line:
    """One connected namespace.

    Parameters
    ----------
    on_hint
        Gets name and body of ``poke`` and ``bye``.
    on_lost
        Called once when the line is over; open calls end with :class:`LineDown`.
    namespace
        ``/handheld``, or ``/lead`` for a console.
    """

    def __init__(
        self, on_hint: Hint, on_lost: Callable[[], None], *, namespace: str = NAMESPACE
    ) -> None:
        self._on_hint = on_hint
        self._on_lost = on_lost
        self._namespace = namespace
        self._socket: WebSocket | None = None
        self._entered: asyncio.Future[None] | None = None
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._n_calls = 0
        self._auth = ""
        self._greeted = False
        self.up = False

    async def open(
        self, address: Address, auth: Mapping[str, Any], *, within_s: float = ANSWER_S
    ) -> None:
        """Connect and enter the namespace.

        Raises
        ------
        LineDown
            Nobody listens, or no answer came.
        NotLetIn
            The server refused.
        """
        self._auth = json.dumps(auth, separators=(",", ":"))
        self._entered = asyncio.get_running_loop().create_future()
        self._greeted = False
        try:
            async with asyncio.timeout(within_s):
                self._socket = await WebSocket.connect(
                    address.host, address.port, PATH, on_text=self._take, on_lost=self._lost
                )
                if self._greeted:
                    # The greeting came in one piece with the handshake's answer.
                    self._ask_to_enter(self._socket)
                await self._entered
        except (OSError, TimeoutError) as error:
            self.abort()
            raise LineDown(f"cannot connect: {type(error).__name__} {error}") from None
        except NotLetIn:
            self.abort()
            raise
        self.up = True

    async def call(
        self, name: str, body: Mapping[str, Any], *, within_s: float = ANSWER_S
    ) -> dict[str, Any]:
        """Send an event and return its acknowledgement.

        Raises
        ------
        LineDown
            The line broke, or no answer came in time.
        """
        if self._socket is None or not self.up:
            raise LineDown("no line")
        self._n_calls += 1
        number = self._n_calls
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[number] = answered
        packet = json.dumps([name, body], separators=(",", ":"))
        self._socket.send(f"{EVENT}{self._namespace},{number}{packet}")
        try:
            async with asyncio.timeout(within_s):
                answer = await answered
        except TimeoutError:
            raise LineDown(f"{name}: no answer") from None
        finally:
            self._calls.pop(number, None)
        assert isinstance(answer, dict), f"{name} was answered {answer!r}"
        return answer

    def close(self) -> None:
        """Leave in order."""
        if self._socket is not None:
            self._socket.send(f"{DISCONNECT}{self._namespace},")
            self._socket.close()
        self._lost()

    def abort(self) -> None:
        """Drop the line without a word, as a dead battery does."""
        if self._socket is not None:
            self._socket.abort()
        self._lost()

    def _ask_to_enter(self, socket: WebSocket) -> None:
        socket.send(f"{CONNECT}{self._namespace},{self._auth}")

    def _take(self, text: str) -> None:
        kind = text[:1]
        if kind == PING:
            if self._socket is not None:
                self._socket.send(PONG + text[1:])
            return
        if kind == OPEN:
            self._greeted = True
            if self._socket is not None:
                self._ask_to_enter(self._socket)
            return
        kind, rest = text[:2], text[2:].removeprefix(f"{self._namespace},")
        if kind == EVENT:
            name, *bodies = json.loads(rest)
            self._on_hint(name, bodies[0] if bodies else None)
        elif kind == ACK:
            number, _, answer = rest.partition("[")
            waiting = self._calls.get(int(number))
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(f"[{answer}")[0])
        elif kind == CONNECT:
            self._enter(None)
        elif kind == CONNECT_ERROR:
            told = json.loads(rest)
            data = told.get("data") or {}
            self._enter(NotLetIn(data.get("code", ""), told.get("message", "")))
        elif kind == DISCONNECT:
            self.abort()

    def _enter(self, refusal: NotLetIn | None) -> None:
        if self._entered is None or self._entered.done():
            return
        if refusal is None:
            self._entered.set_result(None)
        else:
            self._entered.set_exception(refusal)

    def _lost(self) -> None:
        self._socket = None
        if self._entered is not None and not self._entered.done():
            self._entered.set_exception(ConnectionError("the connection ended"))
            self._entered.exception()  # whoever waits sees it; nobody may wait any more
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(LineDown("the line broke"))
        if self.up:
            self.up = False
            self._on_lost()
