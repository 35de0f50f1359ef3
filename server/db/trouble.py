"""What trouble of a database means to who asked: full, busy, damaged, unreachable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from server.errors import Unavailable


@contextmanager
def translated(told: Callable[[str], None] | None = None) -> Iterator[None]:
    """Turn trouble of the database itself into :class:`Unavailable`; its code is ``told``."""
    try:
        yield
    except DBAPIError as error:
        known = _meaning(error)
        if known is None:
            raise
        code, message = known
        if told is not None:
            told(code)
        raise Unavailable(message, code=code) from error


_MEANINGS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("database or disk is full", "disk full", "No space left"), "disk-full", "the disk is full"),
    (("database is locked", "database table is locked"), "busy", "the database is busy; try again"),
    (("malformed", "not a database", "disk I/O error"), "damaged", "the database is damaged"),
    (("no such table", "does not exist"), "not-migrated", "the database has no tables"),
    (("readonly database", "read-only"), "read-only", "the database cannot be written"),
)
_SQLSTATES = {
    "40001": ("conflict", "another change came first; try again"),
    "40P01": ("conflict", "another change came first; try again"),
    "55P03": ("busy", "the database is busy; try again"),
    "53100": ("disk-full", "the disk is full"),
    "42P01": ("not-migrated", "the database has no tables"),
    "25006": ("read-only", "the database cannot be written"),
}


def _meaning(error: DBAPIError) -> tuple[str, str] | None:
    """Code and sentence for trouble of the database; None for a fault of ours.

    After SQLITE_FULL the transaction is already rolled back, so undoing a savepoint fails too:
    the first cause, further down the chain, is what counts.
    """
    cause: BaseException | None = error
    found: tuple[str, str] | None = None
    while cause is not None:
        state = getattr(cause, "sqlstate", None)
        if state in _SQLSTATES:
            found = _SQLSTATES[state]
        elif isinstance(cause, OperationalError) or type(cause) is DatabaseError:
            # SQLite reports a damaged file as the plain base class of all its errors.
            words = str(cause.orig)
            for marks, code, message in _MEANINGS:
                if any(mark in words for mark in marks):
                    found = (code, message)
                    break
            else:
                found = found or ("unavailable", f"the database cannot be reached: {words}")
        cause = cause.__cause__ or cause.__context__
    return found
