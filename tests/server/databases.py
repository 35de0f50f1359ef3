"""Emptying a database that tests share."""

from __future__ import annotations

from sqlalchemy import text
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
        if database.is_sqlite:
            guards = without_guards(session)
            for table in reversed(tables):
                session.execute(table.delete())
            for statement in guards:
                session.execute(text(statement))
        else:
            names = ", ".join(table.name for table in tables)
            for name in APPEND_ONLY:
                session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
            session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
            for name in APPEND_ONLY:
                session.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
        session.add(Generation(id=new_id(), at=system_clock()))
    return database


def without_guards(session: Session) -> list[str]:
    """Drop the triggers that keep SQLite tables append-only; returns what makes them again."""
    found = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    guards = [(str(name), str(statement)) for name, statement in found]
    for name, _ in guards:
        session.execute(text(f"DROP TRIGGER {name}"))
    return [statement for _, statement in guards]
