"""Hostile input in quantity: frames at a real server, requests at the routes.

The tests run a short version; the long one is ``make fuzz FRAMES=100000 CASES=10000``, or::

    python -m tests.security.fuzz --frames 100000 --cases 10000 --first 1

Both print the seed that makes the same input again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import websocket

from server.simulated_pickers.rest import Rest
from tests.security.frames import STREAM, frame
from tests.security.raw import opened, text
from tests.security.requests import Requests, attack_routes
from tests.server import processes, small_site
from tests.server.processes import Server

PER_PROBE = 40
"""Frames between two questions that must be answered."""

ANSWER_S = 10.0
"""When to give up on an answer: the server hangs."""


@dataclass(slots=True)
class Frames:
    """What was sent and how the server took it."""

    sent: int = 0
    answered: int = 0
    cut_off: int = 0
    grown_kb: int = 0


class _Attacker:
    """One signed-in connection after the other."""

    def __init__(self, server: Server) -> None:
        self._url = server.url
        rest = Rest(server.url)
        rest.sign_in(badge=small_site.PICKER, pin=small_site.PIN, client="handheld")
        session = rest.get("/session")
        self.sign_in = str(session["sign_in"])
        self._auth = {"token": rest.token, "proto": 1, "app": "fuzz", "stream": STREAM}
        self._connection: websocket.WebSocket | None = None
        self._seq = itertools.count(1)

    def next_seq(self) -> int:
        """The next number as this side believes it; a gap answers with the server's."""
        return next(self._seq)

    def send(self, packet: str) -> None:
        """Send a frame as text, whatever is in it."""
        self._open().send(packet.encode("utf-8", "replace").decode())

    def probe(self, number: int) -> None:
        """Ask something sound and wait for its answer."""
        body = {"stream": STREAM, "acked": 0, "have": None, "want": None, "rid": f"p{number}"}
        connection = self._open()
        connection.send(f'42/handheld,777["sync",{json.dumps(body)}]')
        while True:
            answer = text(connection)
            if answer.startswith("43/handheld,777[") and f'"rid":"p{number}"' in answer:
                last = json.loads(answer.split(",", 1)[1].removeprefix("777"))[0]["last"]
                self._seq = itertools.count(int(last) + 1)
                return

    def drop(self) -> None:
        """Forget a connection that the server has ended."""
        if self._connection is not None:
            self._connection.shutdown()  # type: ignore[no-untyped-call]
        self._connection = None

    def _open(self) -> websocket.WebSocket:
        if self._connection is None:
            self._connection = opened(self._url, timeout_s=ANSWER_S)
            self._connection.send(f"40/handheld,{json.dumps(self._auth)}")
            while not text(self._connection).startswith("40/handheld,"):
                continue
        return self._connection


def attack_frames(server: Server, *, frames: int, seed: int) -> Frames:
    """Send ``frames`` malformed frames; every one of the questions in between is answered.

    Raises
    ------
    websocket.WebSocketTimeoutException
        The server did not answer: a frame made it hang.
    """
    rng, counts = random.Random(seed), Frames()
    attacker = _Attacker(server)
    attacker.probe(0)
    before = resident_kb(server)
    while counts.sent < frames:
        try:
            for _ in range(min(PER_PROBE, frames - counts.sent)):
                counts.sent += 1
                attacker.send(frame(rng, attacker.sign_in, attacker.next_seq))
            attacker.probe(counts.sent)
            counts.answered += 1
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            counts.cut_off += 1
            attacker.drop()
    attacker.drop()
    Rest(server.url).healthy()
    counts.grown_kb = resident_kb(server) - before
    return counts


def resident_kb(server: Server) -> int:
    """Resident memory of the server process, KiB; 0 where the system does not tell."""
    assert server._process is not None
    status = Path(f"/proc/{server._process.pid}/status")
    if not status.exists():
        return 0
    line = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1])


def main(arguments: list[str] | None = None) -> int:
    """Attack a fresh server and print what happened; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1, help="seed")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wavepick-fuzz-") as name:
        folder = Path(name)
        wrong = _frames(folder, asked.frames, asked.first) if asked.frames else []
        if asked.cases:
            wrong += _routes(folder, asked.cases, asked.first)
    for sentence in wrong:
        click.echo(f"WRONG  {sentence}")
    return 1 if wrong else 0


def _frames(folder: Path, frames: int, seed: int) -> list[str]:
    started = time.monotonic()
    site = small_site.fill(small_site.sqlite_url(folder))
    with processes.web_server({"WAVEPICK_DATABASE_URL": site.url}, folder) as server:
        found = attack_frames(server, frames=frames, seed=seed)
        server.terminate()
        output = server.output
    seconds = time.monotonic() - started
    click.echo(
        f"frames, seed {seed}: {found.sent} sent, {found.answered} questions answered, "
        f"{found.cut_off} connections ended, {found.grown_kb} KiB grown, {seconds:.0f} s"
    )
    return faults(output)


def faults(output: str) -> list[str]:
    """What a log must not contain."""
    return [
        f"the server's log has: {line.strip()[:200]}"
        for line in output.splitlines()
        if "Traceback" in line or "unhandled" in line.lower() or "could not be judged" in line
    ]


def _routes(folder: Path, cases: int, seed: int) -> list[str]:
    started = time.monotonic()
    found: Requests = attack_routes(folder, cases=cases, seed=seed)
    seconds = time.monotonic() - started
    click.echo(
        f"routes, seed {seed}: {found.sent} requests to {found.operations} operations, "
        f"{sum(found.statuses[status] for status in found.statuses if status >= 500)} failures, "
        f"{seconds:.0f} s; answers {dict(sorted(found.statuses.items()))}"
    )
    return found.wrong


if __name__ == "__main__":
    sys.exit(main())
