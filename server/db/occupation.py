"""Who uses an SQLite database: servers and workers share it, a restore needs it alone.

A server that has just started has no connection yet, so SQLite's own locks do not tell that it
runs. An advisory lock on a file beside the database does; the system frees it when the process
ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from server.db.backup import as_one_file, is_sqlite
from server.errors import Conflict, Unavailable
from server.store_urls import sqlite_file


class Occupation:
    """One process's use of the database of a URL, until closed; nothing on PostgreSQL.

    Raises
    ------
    Unavailable
        The database is being restored.
    """

    def __init__(self, database_url: str) -> None:
        file = sqlite_file(database_url)
        self._handle: int | None = None
        if file is None:
            return
        handle = _open(file)
        if not _locked(handle, fcntl.LOCK_SH):
            os.close(handle)
            raise Unavailable(f"{file} is being restored; try again", code="being-restored")
        self._handle = handle

    def close(self) -> None:
        """End the use; twice is the same as once."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """Keep servers and workers away from a database file, which may not exist.

    On entry everything it holds is in the one file, unless it is damaged.

    Raises
    ------
    Conflict
        A server, a worker or another command uses it.
    """
    handle = _open(file)
    try:
        if not _locked(handle, fcntl.LOCK_EX):
            raise Conflict(
                f"{file} is in use: stop the server and its workers first", code="in-use"
            )
        if file.exists():
            _refuse_connections(file)
        yield
    finally:
        os.close(handle)


def _refuse_connections(file: Path) -> None:
    if not is_sqlite(file):
        # SQLite would throw the log of such a file away, the last thing to be rescued.
        return
    try:
        as_one_file(file)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Conflict(
                f"{file} is in use by another command: wait for its end", code="in-use"
            ) from error
        # A damaged database is no reason not to restore a sound one: its files are kept.
    except sqlite3.DatabaseError:
        return


def _open(file: Path) -> int:
    lock = file.with_name(f"{file.name}.lock")
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as error:
        raise Unavailable(f"cannot use {lock}: {error.strerror}", code="no-folder") from error


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
