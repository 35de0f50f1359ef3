"""A TCP proxy that breaks connections on a seeded schedule, between handhelds and the server.

Every connection draws one fault and when it begins. What is broken is the transport only: bytes
are delayed, withheld or cut, never altered, as networks do below TCP's checksums.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from tests.fleet.line import Address

ACKNOWLEDGEMENT = b"43/handheld,"
"""How an answer to a handheld begins; frames to the client are not masked."""

_CHUNK = 65_536


class Fault(StrEnum):
    """What a connection suffers."""

    CUT_BYTES = "cut-bytes"
    """Broken off after some bytes of one direction: in the middle of a frame."""
    CUT_ACK = "cut-ack"
    """Broken off when an answer comes by: committed, but never told."""
    DELAY = "delay"
    """Everything comes up to some seconds late, then the line breaks."""
    STALL = "stall"
    """Nothing moves for some seconds, then everything at once, then the line breaks."""
    TRICKLE = "trickle"
    """A byte per second, then the line breaks."""
    BLACK_HOLE = "black-hole"
    """One direction is swallowed; the server keeps a half-open connection for some seconds."""
    LATE_TWIN = "late-twin"
    """The device loses the line, and what it had sent reaches the server seconds later: beside
    the device's next connection, out of order and a second time."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the network is.

    Attributes
    ----------
    faults
        What may happen, each as likely as it is often in here.
    good_s
        Seconds until a connection's fault begins: from 0 to this.
    bad_s
        Seconds that a fault lasts: up to this.
    """

    faults: Sequence[Fault] = tuple(Fault)
    good_s: float = 4.0
    bad_s: float = 5.0


class _Cut(Exception):
    """The connection is to end now."""


class Proxy:
    """Listens on a free port of loopback and passes connections on to ``target``.

    Attributes
    ----------
    cuts
        Faults that took effect, by kind.
    open_connections
        Connections being passed on now.
    """

    def __init__(self, target: Address, *, rng: random.Random, weather: Weather) -> None:
        self.cuts: Counter[Fault] = Counter()
        self.open_connections = 0
        self._target = target
        self._rng = rng
        self._weather = weather
        self._calm = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Address:
        """Begin to listen; returns where."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        return Address(host, port)

    def calm_down(self) -> None:
        """Break no further connection; faults that have begun go on."""
        self._calm = True

    async def stop(self) -> None:
        """End all connections and stop listening."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open_connections += 1
        try:
            server_reader, server_writer = await asyncio.open_connection(
                self._target.host, self._target.port
            )
        except OSError:
            writer.transport.abort()
        else:
            await _Passage(self, reader, writer, server_reader, server_writer).run(
                self._rng, self._weather, calm=self._calm
            )
        finally:
            self.open_connections -= 1
            self._tasks.discard(task)


class _Passage:
    """One connection through the proxy, with its fault."""

    def __init__(
        self,
        proxy: Proxy,
        client_reader: asyncio.StreamReader,
        client_writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._up = (client_reader, server_writer)
        self._down = (server_reader, client_writer)
        self._client, self._server = client_writer.transport, server_writer.transport
        self._fault = Fault.CUT_BYTES
        self._starts = self._ends = float("inf")
        self._hits_up = True
        self._bytes_left = 0
        self._delay = 0.0
        self._begun = False

    async def run(self, rng: random.Random, weather: Weather, *, calm: bool) -> None:
        """Pass bytes until one side ends or the fault ends both."""
        now = asyncio.get_running_loop().time()
        self._fault = rng.choice(weather.faults)
        starts, lasts = rng.uniform(0, weather.good_s), rng.uniform(0, weather.bad_s)
        self._hits_up = rng.random() < 0.5
        self._bytes_left = rng.randint(1, 400)
        self._delay = rng.uniform(0, lasts)
        if not calm:
            self._starts, self._ends = now + starts, now + starts + lasts
        pumps = [
            asyncio.create_task(self._pump(*self._up, up=True)),
            asyncio.create_task(self._pump(*self._down, up=False)),
        ]
        try:
            await self._watch(pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._client.abort()
            self._server.abort()
            if self._begun:
                self._proxy.cuts[self._fault] += 1

    async def _watch(self, pumps: list[asyncio.Task[None]]) -> None:
        """Wait for the end: of either side, or of the fault."""
        waits = None if self._ends == float("inf") else self._left()
        if self._fault in (Fault.CUT_BYTES, Fault.CUT_ACK):
            waits = None  # they end with what they wait for
        done, _ = await asyncio.wait(pumps, timeout=waits, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            self._begun = True
        keeps_server = self._fault in (Fault.BLACK_HOLE, Fault.LATE_TWIN)
        if done and keeps_server and self._begun:
            # The device is gone, but the server is not told: its side stays half-open.
            self._client.abort()
            await asyncio.sleep(max(0.0, self._left()))

    def _left(self) -> float:
        return self._ends - asyncio.get_running_loop().time()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool
    ) -> None:
        with suppress(_Cut, OSError):
            while chunk := await source.read(_CHUNK):
                if asyncio.get_running_loop().time() < self._starts:
                    sink.write(chunk)
                    await sink.drain()
                else:
                    await self._suffer(chunk, sink, up=up)

    async def _suffer(self, chunk: bytes, sink: asyncio.StreamWriter, *, up: bool) -> None:
        """Treat bytes that come by after the fault has begun."""
        hit = up == self._hits_up
        match self._fault:
            case Fault.CUT_BYTES if hit:
                passed = chunk[: self._bytes_left]
                self._bytes_left -= len(passed)
                sink.write(passed)
                if not self._bytes_left:
                    await sink.drain()
                    self._cut()
                return
            case Fault.CUT_ACK if not up and ACKNOWLEDGEMENT in chunk:
                self._cut()
            case Fault.DELAY:
                self._begun = True
                await asyncio.sleep(min(self._delay, max(0.0, self._left())))
            case Fault.STALL:
                self._begun = True
                await asyncio.sleep(max(0.0, self._left() - 0.1))
            case Fault.TRICKLE if hit:
                self._begun = True
                for at in range(len(chunk)):
                    sink.write(chunk[at : at + 1])
                    await asyncio.sleep(1.0)
                return
            case Fault.BLACK_HOLE if hit:
                self._begun = True
                return
            case Fault.LATE_TWIN if up:
                self._begun = True
                self._client.abort()
                await asyncio.sleep(max(0.0, self._left() - 0.1))
        sink.write(chunk)
        await sink.drain()

    def _cut(self) -> None:
        self._begun = True
        raise _Cut
