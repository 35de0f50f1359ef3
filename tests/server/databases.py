"""Emptying a database that tests share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from server.db.base import Base, new_id
from server.db.engine import Database
from server.models import Generation
from server.services.clock import system_clock

APPEND_ONLY = ("audit", "audit_seal", "line_move", "op", "stock_move")


def emptied(database: Database) -> Database:
    """The database with all rows deleted and a new generation begun."""
    tables = Base.metadata.sorted_tables
    with database.write() as session:
        with unguarded(session.connection(), APPEND_ONLY):
            if database.is_sqlite:
                for table in reversed(tables):
                    session.execute(table.delete())
            else:
                names = ", ".join(table.name for table in tables)
                session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        session.add(Generation(id=new_id(), at=system_clock()))
    return database


@contextmanager
def unguarded(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Let rows of append-only tables be deleted inside."""
    if connection.dialect.name == "sqlite":
        guards = without_guards(connection)
        yield
        for statement in guards:
            connection.execute(text(statement))
        return
    for name in tables:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    yield
    for name in tables:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


def without_guards(connection: Connection | Session) -> list[str]:
    """Drop the triggers that keep SQLite tables append-only; returns what makes them again."""
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    guards = [(str(name), str(statement)) for name, statement in found]
    for name, _ in guards:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return [statement for _, statement in guards]
