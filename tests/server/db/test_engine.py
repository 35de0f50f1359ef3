"""The unit of work: one writer, snapshots for readers, all or nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import connections
from server.db import engine as engine_module
from server.db.engine import Database
from server.db.observer import NoObserver
from server.errors import BadInput, ServiceError, Unavailable
from server.jobs import worker
from server.models import Counter
from server.services import changes, numbers
from server.simulated_pickers import link


class _Recorded(BadInput):
    keeps_changes = True


def _value(database: Database, name: str = "n") -> int:
    with database.read() as session:
        return session.scalar(select(Counter.value).where(Counter.name == name)) or 0


def test_write_commits_and_tells_what_was_touched(database_url: str) -> None:
    told: list[Mapping[str, int]] = []
    database = Database(database_url, on_commit=told.append)
    with database.write() as session:
        numbers.take(session, "n")
        changes.touch(session, "orders", "board")
    with database.write() as session:
        changes.touch(session, "orders")
    with database.write() as session:
        numbers.take(session, "n")
    assert told == [{"orders": 1, "board": 1}, {"orders": 2}]
    with database.read() as session:
        assert changes.since(session, 1) == {"orders": 2}
        assert changes.revision(session) == 2
    database.close()


def test_exception_rolls_back_and_tells_nothing(database: Database) -> None:
    told: list[Mapping[str, int]] = []
    database.on_commit = told.append

    def work(session: Session) -> None:
        numbers.take(session, "n")
        changes.touch(session, "orders")
        session.flush()
        raise BadInput("no")

    with pytest.raises(BadInput):
        database.run(work)
    assert _value(database) == 0
    assert told == []


def test_failure_that_keeps_its_changes_commits_and_raises(database: Database) -> None:
    def work(session: Session) -> None:
        numbers.take(session, "n")
        raise _Recorded("counted")

    with pytest.raises(_Recorded):
        database.run(work)
    assert _value(database) == 1


def test_concurrent_read_then_write_loses_no_update(database: Database) -> None:
    def add() -> None:
        for _ in range(10):
            database.run(lambda session: numbers.take(session, "n"))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database) == 80


def test_two_database_objects_on_one_database_lose_no_update(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(2)]

    def add(database: Database) -> None:
        for _ in range(20):
            database.run(lambda session: numbers.take(session, "n"))

    threads = [threading.Thread(target=add, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(databases[0]) == 40
    for database in databases:
        database.close()


def test_reader_sees_a_snapshot_and_cannot_write(database: Database) -> None:
    with database.write() as session:
        numbers.take(session, "n")
    with database.read() as reader:
        first = reader.scalar(select(Counter.value).where(Counter.name == "n"))
        with database.write() as session:
            numbers.take(session, "n")
        reader.expire_all()
        assert reader.scalar(select(Counter.value).where(Counter.name == "n")) == first == 1
    with pytest.raises(Unavailable) as refused, database.read() as reader:
        reader.execute(text("UPDATE counter SET value = 7"))
    assert refused.value.code == "read-only"
    assert _value(database) == 2


def test_locked_by_another_process_answers_busy_without_half_effect(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.05)
    database = Database(database_url)
    # The lock of this process is of no use against another one: it has its own.
    monkeypatch.setattr(engine_module, "_locks", WeakValueDictionary())
    other = Database(database_url)
    with other.write():
        with pytest.raises(Unavailable) as refused, database.write() as session:
            numbers.take(session, "n")
        assert refused.value.code == "busy"
    with database.write() as session:
        numbers.take(session, "n")
    assert _value(database) == 1
    database.close()
    other.close()


def test_full_disk_refuses_without_half_effect_and_goes_on(sqlite: Database) -> None:
    """A page limit stands in for a full disk: SQLite answers both with SQLITE_FULL."""

    def limit(pages: int) -> None:
        with sqlite.write() as session:
            session.execute(text(f"PRAGMA max_page_count = {pages}"))

    with sqlite.read() as session:
        pages = session.scalar(text("PRAGMA page_count"))
    assert isinstance(pages, int)
    limit(pages)

    def fill(session: Session) -> None:
        numbers.take(session, "n")
        with session.begin_nested():
            changes.touch(session, *(f"topic-{i}-{'x' * 60}" for i in range(2_000)))
            changes.flush(session)

    with pytest.raises(Unavailable) as refused:
        sqlite.run(fill)
    assert refused.value.code == "disk-full"
    assert _value(sqlite) == 0
    limit(1_000_000)
    with sqlite.write() as session:
        numbers.take(session, "n")
    assert _value(sqlite) == 1


def test_sqlite_writer_is_durable_and_keeps_foreign_keys(sqlite: Database) -> None:
    with sqlite.write() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_missing_file_is_told_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(Unavailable, match="does not exist") as refused:
        Database(f"sqlite:///{path}")
    assert refused.value.code == "no-database"
    assert not path.exists()


def test_database_without_tables_is_told(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable) as refused, database.read() as session:
        changes.revision(session)
    assert refused.value.code == "not-migrated"
    database.close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(Unavailable) as refused:
        Database(url)
    assert refused.value.code == "bad-url"


@pytest.mark.parametrize(("code", "tries"), [("conflict", 3), ("busy", 1), ("unavailable", 1)])
def test_run_repeats_after_a_conflict_only(sqlite: Database, code: str, tries: int) -> None:
    """A busy database was waited for already, and whoever asked gives up after as long."""
    made: list[int] = []

    def work(session: object) -> str:
        made.append(1)
        if len(made) < 3:
            raise Unavailable("no", code=code)
        return "done"

    if tries == 3:
        assert sqlite.run(work) == "done"
    else:
        with pytest.raises(Unavailable):
            sqlite.run(work)
    assert len(made) == tries


def test_a_worker_has_the_patience_to_wait_again(sqlite: Database) -> None:
    made: list[int] = []

    def work(session: object) -> str:
        made.append(1)
        if len(made) < 3:
            raise Unavailable("busy", code="busy")
        return "done"

    sqlite.busy_tries = 3
    try:
        assert sqlite.run(work) == "done"
    finally:
        sqlite.busy_tries = 1


def test_conflicts_are_repeated_six_times_at_most(sqlite: Database) -> None:
    made: list[int] = []

    def work(session: object) -> None:
        made.append(1)
        raise Unavailable("no", code="conflict")

    with pytest.raises(Unavailable):
        sqlite.run(work)
    assert len(made) == engine_module.RETRIES


def test_other_greenlets_go_on_while_a_writer_waits(sqlite_url: str) -> None:
    """Waiting in SQLite's own busy handler would stop the whole process (F35)."""
    done = subprocess.run(
        [sys.executable, "-c", WAIT_AND_TICK, sqlite_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "busy" in done.stdout
    # Ticks of 10 ms during half a second; SQLite's own waiting leaves one or none.
    assert int(done.stdout.split()[-1]) > 5


WAIT_AND_TICK = """
from gevent import monkey; monkey.patch_all()
import sqlite3, sys, gevent
from server.db import connections, engine
from server.errors import Unavailable

connections.BUSY_TIMEOUT_S = 0.5
database = engine.Database(sys.argv[1])
other = sqlite3.connect(connections.normal_url(sys.argv[1]).database, isolation_level=None)
other.execute("BEGIN IMMEDIATE")
ticks = 0

def tick():
    global ticks
    while True:
        gevent.sleep(0.01)
        ticks += 1

def write():
    try:
        with database.write():
            print("written")
    except Unavailable as error:
        print(error.code)

gevent.spawn(tick)
gevent.spawn(write).join()
print(ticks)
"""


def test_run_does_not_repeat_a_refusal(sqlite: Database) -> None:
    tries: list[int] = []

    def work(session: object) -> str:
        tries.append(1)
        raise ServiceError("no")

    with pytest.raises(ServiceError):
        sqlite.run(work)
    assert len(tries) == 1


class Heard:
    """What a database told about its write transactions."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def began(self, waited_s: float) -> None:
        assert waited_s >= 0
        self.words.append("began")

    def committed(self, took_s: float) -> None:
        assert took_s >= 0
        self.words.append("committed")

    def failed(self, code: str) -> None:
        self.words.append(f"failed {code}")

    def repeated(self, code: str) -> None:
        self.words.append(f"repeated {code}")


def test_an_observer_hears_of_transactions_trouble_and_repeats(database: Database) -> None:
    heard = Heard()
    database.observer = heard
    with database.write() as session:
        session.execute(text("SELECT 1"))
    with pytest.raises(ZeroDivisionError), database.write():
        raise ZeroDivisionError
    with pytest.raises(Unavailable), database.write() as session:
        session.execute(text("SELECT * FROM nowhere"))
    failures = iter([Unavailable("x", code="conflict")])

    def work(_session: Session) -> int:
        for failure in failures:
            raise failure
        return 7

    assert database.run(work) == 7
    database.observer = NoObserver()
    assert heard.words == [
        *("began", "committed"),
        "began",
        *("began", "failed not-migrated"),
        *("began", "repeated conflict", "began", "committed"),
    ]


@contextmanager
def _held(database: Database) -> Iterator[threading.Event]:
    """Another thread of this process writes until the event is set or the block ends."""
    began, ends = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as session:
            numbers.take(session, "held")
            began.set()
            ends.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert began.wait(60)
    try:
        yield ends
    finally:
        ends.set()
        thread.join()


def test_writers_answer_before_a_handheld_gives_up_on_them() -> None:
    assert engine_module.QUEUE_TIMEOUT_S <= link.ANSWER_S
    assert connections.BUSY_TIMEOUT_S <= link.ANSWER_S


def test_a_writer_held_up_in_its_own_process_is_told_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    with _held(database):
        monkeypatch.setattr(engine_module, "QUEUE_TIMEOUT_S", 0.05)
        monkeypatch.setattr(database, "observer", heard)
        # Twice: who did not get the lock must not release it.
        for _ in range(2):
            with pytest.raises(Unavailable) as refused:
                database.run(lambda session: numbers.take(session, "n"))
            assert refused.value.code == "busy"
        assert heard.words == ["failed busy"] * 2
    monkeypatch.undo()
    assert (_value(database, "held"), _value(database)) == (1, 0)
    assert database.run(lambda session: numbers.take(session, "n")) == 1


def test_a_worker_outwaits_a_writer_of_its_own_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    with _held(database) as ends:

        class Patient(Heard):
            """Lets the other writer end once it was waited for in vain."""

            def repeated(self, code: str) -> None:
                heard.repeated(code)
                monkeypatch.setattr(engine_module, "QUEUE_TIMEOUT_S", 60)
                ends.set()

        monkeypatch.setattr(engine_module, "QUEUE_TIMEOUT_S", 0.05)
        monkeypatch.setattr(database, "observer", Patient())
        monkeypatch.setattr(database, "busy_tries", worker.BUSY_TRIES)
        assert database.run(lambda session: numbers.take(session, "n")) == 1
    assert heard.words == ["repeated busy"]
    assert (_value(database, "held"), _value(database)) == (1, 1)


def test_errors_hide_the_values_of_statements(database: Database) -> None:
    insert = text("INSERT INTO counter (name, value) VALUES (:name, :value)")
    with pytest.raises(IntegrityError) as failure, database.write() as session:
        session.execute(insert, {"name": "hush-hush", "value": None})
    assert "parameters hidden" in str(failure.value)
