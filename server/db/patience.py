"""Connections to PostgreSQL that keep their turn for an answer which is about to come.

Under gevent a driver gives way at each statement, and a busy process comes back to it only after
everything else that is ready, a few milliseconds later: a transaction of twenty statements, each
answered in a fraction of one, held the write lock ten times as long as it worked.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait

RV = TypeVar("RV")

PATIENCE_MS = 5
"""How long a process stands still for an answer: no more than the flush of a commit takes."""

_WANTED = {
    Wait.R: select.POLLIN,
    Wait.W: select.POLLOUT,
    Wait.RW: select.POLLIN | select.POLLOUT,
}


def is_called_for() -> bool:
    """Whether gevent has patched this process: waiting for a socket then lets others run."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("select"))


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for a short answer without letting any other greenlet run."""

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        """Wait as psycopg's own does, but only for what takes longer than :data:`PATIENCE_MS`."""
        return super().wait(_patiently(gen, self.pgconn.socket), *args, **options)


def has_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection was ended by its server; costs nothing where nothing has happened.

    A server that restarts says so and hangs up: there is something to read where nothing was asked.
    It may as well be a notice, so only then the connection is tried.
    """
    if connection.closed:
        return True
    poll = _standing_poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if not poll.poll(0):
        return False
    try:
        connection.execute("SELECT 1")
        connection.commit()
    except psycopg.OperationalError:
        return True
    return False


def _standing_poll() -> select.poll:
    """A poll that lets nothing else run, gevent or not."""
    monkey = sys.modules.get("gevent.monkey")
    make = select.poll if monkey is None else monkey.get_original("select", "poll")
    poll: select.poll = make()
    return poll


def _patiently(gen: PQGen[RV], socket: int) -> Generator[Wait, Ready | int, RV]:
    """Drive the steps of a statement; yields what it waits for only where that takes longer."""
    poll = _standing_poll()
    try:
        wanted = next(gen)
        while True:
            poll.register(socket, _WANTED[wanted])
            came = poll.poll(PATIENCE_MS)
            wanted = gen.send(_ready(came[0][1]) if came else (yield wanted))
    except StopIteration as end:
        value: RV = end.value
        return value


def _ready(events: int) -> int:
    """What may be done now; a socket that broke is readable, which is where the error is met."""
    readable = events & ~select.POLLOUT
    writable = events & select.POLLOUT
    return (Ready.R if readable else 0) | (Ready.W if writable else 0)
