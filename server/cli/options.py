"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from server.config import from_environment
from server.db.engine import Database
from server.errors import BadInput

Command = TypeVar("Command", bound=Callable[..., Any])

MAX_FILE_BYTES = 20_000_000
"""Largest file any command reads."""


def database_options(command: Command) -> Command:
    """Add ``--database`` and ``--data``."""
    command = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="Data folder; else WAVEPICK_HOME.",
    )(command)
    return click.option("--database", help="SQLAlchemy URL; else WAVEPICK_DATABASE_URL.")(command)


@contextmanager
def opened(database: str | None, data: Path | None) -> Iterator[Database]:
    """The installation's database, migrated, closed at the end.

    Raises
    ------
    Unavailable
        It does not exist or has no present schema.
    """
    # Imported late: --help needs no database.
    from server.installation import open_database

    found = open_database(from_environment(data=data, database_url=database))
    try:
        yield found
    finally:
        found.close()


def read_file(path: Path) -> bytes:
    """Return the content of a file that a person named.

    Raises
    ------
    BadInput
        It does not exist, cannot be read, or is larger than 20 MB.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(
                f"the file has more than {MAX_FILE_BYTES:,} bytes",
                code="file-too-large",
                pointer=str(path),
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror}", code="no-file", pointer=str(path)
        ) from error
