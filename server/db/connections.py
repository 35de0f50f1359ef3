"""Connections to the two databases: one that writes, some that read a snapshot."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import QueuePool, StaticPool

from server.errors import Unavailable

BUSY_TIMEOUT_S = 5.0
"""How long a writer waits for another process's transaction before it answers ``busy``."""
BUSY_STEP_MS = 20
"""How long SQLite itself may wait: it waits in C, where nothing else of a greenlet server runs."""

_WRITER_KNOWS = 500
"""Statements the writer keeps prepared: a list of values of another length is another statement."""
_READER_KNOWS = 200


def normal_url(url: str) -> URL:
    """``url`` with the one driver we support for its database.

    Raises
    ------
    Unavailable
        The database is neither SQLite nor PostgreSQL, or the URL cannot be read.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise Unavailable(f"cannot read the database URL: {error}", code="bad-url") from error
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise Unavailable(
        f'database "{parsed.drivername}" is not supported; use sqlite or postgresql',
        code="bad-url",
    )


def writer_engine(url: URL) -> Engine:
    """An engine with one connection whose transactions take the write lock at once.

    Messages of its errors hide the values of statements: some are hashes of tokens, and logs are
    read by more people than the database.
    """
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
        _listen_postgres(engine, _WRITER_KNOWS)
        return engine
    engine = create_engine(
        url,
        poolclass=QueuePool if url.database else StaticPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,
        **({"pool_size": 1, "max_overflow": 0} if url.database else {}),
    )
    _listen_sqlite(engine, begin="BEGIN IMMEDIATE", read_only=False)
    return engine


def reader_engine(url: URL) -> Engine:
    """An engine whose transactions are read-only snapshots."""
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            pool_size=4,
            max_overflow=12,
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
        _listen_postgres(engine, _READER_KNOWS)
        return engine
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=28,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,
    )
    _listen_sqlite(engine, begin="BEGIN", read_only=True)
    return engine


def _listen_postgres(engine: Engine, statements: int) -> None:
    """Set every connection up once, wait for short answers in turn, and replace what has ended.

    A bound for locks is said once, not in every transaction. SQLAlchemy's own ping before each use
    would be a statement of its own, and as dear as the one question of a message. A plan that was
    made while a table was small stays when it has grown: so none may read whole tables.
    """
    from server.db.patience import PatientConnection, has_ended, is_called_for

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.prepared_max = statements
        connection.execute(f"SET lock_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        connection.execute("SET enable_seqscan = off")
        connection.commit()

    @event.listens_for(engine, "checkout")
    def check_out(connection: Any, _record: object, _proxy: object) -> None:
        if has_ended(connection):
            raise InvalidatePoolError("the server ended the connection")

    if is_called_for():

        @event.listens_for(engine, "do_connect")
        def dial(_dialect: object, _record: object, args: Any, options: Any) -> Any:
            return PatientConnection.connect(*args, **options)


def _listen_sqlite(engine: Engine, *, begin: str, read_only: bool) -> None:
    """Make the driver leave transactions to us and set every connection's pragmas."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        pragmas = [f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}", "foreign_keys=ON"]
        if read_only:
            pragmas.append("query_only=ON")
        else:
            pragmas += ["journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_STEP_MS}"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        # What cannot begin is tried once more through SQLAlchemy, which wraps the error.
        if read_only or not _begin_when_free(connection.connection.driver_connection):
            connection.exec_driver_sql(begin)


def _begin_when_free(connection: sqlite3.Connection) -> bool:
    """Begin a write transaction once no other process has one; False when that fails.

    The waiting, :data:`BUSY_TIMEOUT_S` at most, is ours: SQLite's own stops every greenlet of the
    process, reads and answers included, for as long as an import in another process takes.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                return False
        else:
            return True
        time.sleep(random.uniform(0.005, 0.02))
