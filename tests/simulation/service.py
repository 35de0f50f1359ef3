"""The server of a history: the real services, one transaction after the other, and its deaths."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.errors import NotSignedIn, ServiceError
from server.models import ListState, PickList
from server.picking import pick_queue, sync_reads
from server.picking.messages import ops_message
from server.realtime.events import error_body
from server.services import generations, people
from tests.simulation.loop import Loop
from tests.simulation.mix import Mix
from tests.simulation.warehouse import connection_of, copy_of, put_back

T = TypeVar("T")
Deliver = Callable[[str, Mapping[str, Any]], None]
"""Sends a hint (name, body) down a connection."""

Answer = Callable[[Mapping[str, Any]], None]
"""Takes the answer to a call; never called when the server dies before."""

GATHER_MS = 12
"""Messages that arrive within this time are judged in one transaction."""
STATEMENTS = 25
"""A transaction dies before one of its first statements, or at its commit."""


class Crash(Exception):
    """The process is killed here. No service handles it: they name what they catch.

    Not a BaseException: SQLAlchemy would throw the connection away, and with it the database.
    """


class _Killed(BaseException):
    """The process is gone: no supervisor goes on, as the line of messages does after faults."""


class Down(Exception):
    """No answer: the server died during the call, or is not running."""


class _Mortal:
    """The database of a process that may be killed in the middle of a transaction."""

    def __init__(self, database: Database, failures: list[str]) -> None:
        self._database = database
        self._failures = failures

    @contextmanager
    def read(self) -> Iterator[Session]:
        """As :meth:`server.db.engine.Database.read`; the process may die in it, too."""
        try:
            with self._database.read() as session:
                yield session
        except Crash:
            connection_of(self._database).rollback()
            raise _Killed from None

    def run(self, work: Callable[[Session], T]) -> T:
        """As :meth:`server.db.engine.Database.run`; notes what nobody may ever see."""
        try:
            return self._database.run(work)
        except Crash:
            # What the file system would do: nothing of the transaction is there any more.
            connection_of(self._database).rollback()
            raise _Killed from None
        except ServiceError:
            raise
        except Exception as error:
            self._failures.append(f"{type(error).__name__}: {str(error)[:300]}")
            raise


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message that waits for its turn in the line, and who is told its answer."""

    call: pick_queue._Call
    answer: Answer


@dataclass(slots=True)
class Connected:
    """What the process remembers of one connection."""

    stream: str
    token: str
    sign_in_id: str
    deliver: Deliver
    close: Callable[[], None]
    room: str = ""


class Server:
    """One installation of the server through all its lives.

    Attributes
    ----------
    faults
        Whether it may still die.
    failures
        Sentences about exceptions that nobody may ever see.
    """

    def __init__(
        self, database: Database, loop: Loop, rng: random.Random, mix: Mix, *, hints: float
    ) -> None:
        self.database = database
        self.hints = hints
        self.faults = True
        self.up = True
        self.failures: list[str] = []
        self.crashes = 0
        self._loop = loop
        self._rng = rng
        self._mix = mix
        self._connected: dict[int, Connected] = {}
        self._dies_in: int | None = None
        self._numbers = count()
        self.restores = 0
        """How often the database was put back: answers of before cannot arrive after it."""
        self._life = 0
        self._line: list[_Waiting] = []
        self._mortal = _Mortal(database, self.failures)
        self._queue = pick_queue.PickQueue(cast(Database, self._mortal), loop.now)
        self._copy: sqlite3.Connection | None = None
        database.on_commit = self._committed

    # Connections

    def new_number(self) -> int:
        """A number for a connection that no other has had."""
        return next(self._numbers)

    def connect(self, number: int, token: str, stream: str, deliver: Deliver,
                close: Callable[[], None]) -> str | None:  # fmt: skip
        """Let a device in; returns why not. Its older connection is told that it was replaced."""
        if not self.up:
            raise Down
        try:
            who = self._who(token)
        except NotSignedIn as error:
            return error.code
        for other, older in list(self._connected.items()):
            if older.stream == stream:
                del self._connected[other]
                older.close()
        self._connected[number] = Connected(stream, token, who.sign_in_id, deliver, close)
        return None

    def disconnect(self, number: int) -> None:
        """The connection is closed; unknown ones are fine."""
        self._connected.pop(number, None)

    def call(
        self, token: str, number: int, name: str, body: Mapping[str, Any], answer: Answer
    ) -> None:
        """Answer ``sync`` or ``ops`` as the socket handlers do, now or later, or never."""
        if not self.up:
            return
        try:
            who = self._who(token)
            if name == "ops":
                self._join_line(pick_queue._Call(ops_message(who, body)), answer)
                return
            reply = self._live_through(name, lambda: self._queue.sync(who, body))
        except Down:
            return
        except NotSignedIn as error:
            connection = self._connected.pop(number, None)
            if connection is not None:
                connection.close()
            answer(error_body(error))
            return
        except ServiceError as error:
            answer(error_body(error))
            return
        self._compare(reply["waiting"])
        self._follow(number, reply["list"], body["have"])
        answer(reply)

    def _compare(self, waiting: Mapping[str, Any]) -> None:
        """What is remembered of the lists that wait is what a reading at this moment says."""
        with self.database.read() as session:
            now = sync_reads.waiting(session)
        if waiting != now:
            self.failures.append(f"sync tells of {waiting}, but what waits is {now}")

    def _follow(self, number: int, shown: Any, have: Mapping[str, Any] | None) -> None:
        """Remember which list the device shows: hints about it go there."""
        connection = self._connected.get(number)
        if connection is None:
            return
        if isinstance(shown, dict):
            connection.room = shown["list"]
        else:
            connection.room = have["list"] if shown == "same" and have is not None else ""

    def _join_line(self, call: pick_queue._Call, answer: Answer) -> None:
        """Wait with the messages of other devices for the next transaction."""
        self._line.append(_Waiting(call, answer))
        if len(self._line) == 1:
            life = self._life
            self._loop.later(
                self._rng.uniform(0, GATHER_MS),
                lambda: self._serve() if life == self._life else None,
            )

    def _serve(self) -> None:
        line, self._line = self._line, []
        try:
            self._live_through("ops", lambda: self._queue._serve([each.call for each in line]))
        except Down:
            return
        for each in line:
            if each.call.answer is not None:
                each.answer(each.call.answer)
            elif isinstance(each.call.error, ServiceError):
                each.answer(error_body(each.call.error))

    # Transactions

    def transact(self, what: str, work: Callable[[Session], T]) -> T:
        """Do a use case in one transaction; it may die anywhere in it, or after its commit.

        Raises
        ------
        Down
            It died; whether the transaction was committed is unknown to the caller.
        """
        if not self.up:
            raise Down
        return self._live_through(what, lambda: self._mortal.run(work))

    def _live_through(self, what: str, step: Callable[[], T]) -> T:
        dies = self.faults and self._rng.random() < self._mix.crash
        dies_after = dies and self._rng.random() < 0.3
        if dies and not dies_after:
            self._dies_in = self._rng.randrange(STATEMENTS)
        try:
            result = step()
        except _Killed:
            self._die(f"during {what}")
            raise Down from None
        except ServiceError:
            raise
        except Exception as error:
            raise Down from error
        finally:
            self._dies_in = None
        if dies_after:
            self._die(f"after the commit of {what}")
            raise Down
        return result

    def listen(self) -> Callable[[], None]:
        """Begin to count statements; returns what ends it."""
        engine = self.database._writer

        def before(connection: Connection, *_arguments: object) -> None:
            if self._dies_in is not None:
                if self._dies_in == 0:
                    self._dies_in = None
                    raise Crash
                self._dies_in -= 1

        def at_commit(connection: Connection) -> None:
            if self._dies_in is not None:
                self._dies_in = None
                raise Crash

        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "commit", at_commit)

        def end() -> None:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "commit", at_commit)

        return end

    # Lives

    def _die(self, why: str) -> None:
        self._loop.note(f"server dies {why}")
        self.crashes += 1
        self.stop()
        self._loop.later(self._rng.choice((50, 500, 3_000)), self.start)

    def stop(self) -> None:
        """End the process: connections and memory are gone."""
        self.up = False
        self._life += 1
        self._line = []
        gone, self._connected = list(self._connected.values()), {}
        for connection in gone:
            connection.close()

    def start(self) -> None:
        """Begin a new process on the same database."""
        self.up = True

    def back_up(self) -> None:
        """Copy the database as it is now."""
        self._copy = copy_of(self.database)

    def restore(self) -> bool:
        """Put the last copy back, with a new generation; False without a copy."""
        if self._copy is None:
            return False
        self.stop()
        self.restores += 1
        put_back(self.database, self._copy)
        with self.database.write() as session:
            generations.begin(session, self._loop.now, why="restored")
        self.start()
        return True

    def _who(self, token: str) -> people.SignedIn:
        with self.database.read() as session:
            return people.who(session, self._loop.now, token=token)

    # Hints

    def _committed(self, revisions: Mapping[str, int]) -> None:
        """Poke the devices that show a changed list, and idle ones when there is work."""
        ended = {topic.removeprefix("session:") for topic in revisions}
        for number, connection in list(self._connected.items()):
            if connection.sign_in_id in ended:
                del self._connected[number]
                connection.close()
        listening = [c for c in self._connected.values() if self._rng.random() < self.hints]
        if not listening:
            return
        changed = [t.removeprefix("list:") for t in revisions if t.startswith("list:")]
        versions, offered = self._versions(changed, offered="work" in revisions)
        for connection in listening:
            if connection.room in versions:
                body = {"list": connection.room, "ver": versions[connection.room]}
                connection.deliver("poke", body)
            elif not connection.room and offered:
                list_id, ver = next(iter(offered.items()))
                connection.deliver("poke", {"list": list_id, "ver": ver})

    def _versions(
        self, changed: list[str], *, offered: bool
    ) -> tuple[dict[str, int], dict[str, int]]:
        columns = select(PickList.id, PickList.ver)
        with self.database.read() as session:
            rows = session.execute(columns.where(PickList.id.in_(changed))) if changed else ()
            versions = {row.id: row.ver for row in rows}
            if not offered:
                return versions, {}
            free = session.execute(columns.where(PickList.state == ListState.READY).limit(1))
            return versions, {row.id: row.ver for row in free}
