"""Databases under gevent: who waits for whom, and that no update is lost by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PATCHED = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from sqlalchemy import text
from server.db.engine import Database
from server.errors import Unavailable

database = Database(sys.argv[1])
turns = 0

def count_turns():
    global turns
    while True:
        gevent.sleep(0)
        turns += 1

def turns_during(work):
    counting = gevent.spawn(count_turns)
    before = turns
    work()
    gevent.kill(counting)
    return turns - before
"""
ADD = """
from server.services import numbers

def add():
    for _ in range(5):
        with database.write() as session:
            number = numbers.take(session, "n")
            gevent.sleep(0.001)  # another greenlet gets its turn in the middle of a transaction

gevent.joinall([gevent.spawn(add) for _ in range(8)], raise_error=True)
with database.write() as session:
    print(numbers.take(session, "n"))
"""
ASK = """
def ask(session, statement, times=1):
    for _ in range(times):
        session.execute(text(statement))

for opened in (database.write, database.read):
    with opened() as session:
        ask(session, "SELECT 1")
        print(turns_during(lambda: ask(session, "SELECT 1", times=20)) <= 2)
        print(turns_during(lambda: ask(session, "SELECT pg_sleep(0.3)")) > 20)
"""
WAIT_FOR_THE_LOCK = """
with Database(sys.argv[1])._writer.connect() as other:  # as another process would hold it
    from server.db.engine import WRITER_LOCK_KEY
    other.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK_KEY})"))
    gevent.spawn_later(0.3, other.rollback)
    with database.write() as session:
        print(session.execute(text("SELECT 1")).scalar())
"""
BREAK = """
with database.write() as session:
    own = session.execute(text("SELECT pg_backend_pid()")).scalar()
with database.read() as killer:
    try:
        with database.write() as session:
            session.execute(text("SELECT 1"))
            killer.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            gevent.sleep(0.2)
            session.execute(text("SELECT 1"))
    except Unavailable as error:
        print(error.code)
with database.write() as session:
    print(session.execute(text("SELECT 1")).scalar())
"""
END_IDLE = """
def backend():
    with database.write() as session:
        return session.execute(text("SELECT pg_backend_pid()")).scalar()

own = backend()
print(backend() == own)
with database.read() as killer:
    killer.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
gevent.sleep(0.2)
print(backend() == own)
"""


def _run(script: str, url: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PATCHED + script, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_greenlets_lose_no_update(database_url: str) -> None:
    assert _run(ADD, database_url) == ["41"]


@pytest.mark.postgres
def test_postgres_keeps_its_turn_for_short_answers_only(postgres_url: str) -> None:
    assert _run(ASK, postgres_url) == ["True"] * 4


@pytest.mark.postgres
def test_waiting_for_another_process_lets_others_run(postgres_url: str) -> None:
    assert _run(WAIT_FOR_THE_LOCK, postgres_url) == ["1"]


@pytest.mark.postgres
def test_a_connection_that_broke_is_told_and_replaced(postgres_url: str) -> None:
    assert _run(BREAK, postgres_url) == ["unavailable", "1"]


@pytest.mark.postgres
def test_an_idle_connection_that_was_ended_is_replaced_before_its_use(postgres_url: str) -> None:
    assert _run(END_IDLE, postgres_url) == ["True", "False"]
