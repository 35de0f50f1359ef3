"""Emptying a database that tests share."""

from __future__ import annotations

from sqlalchemy import text

from server.db.base import Base, new_id
from server.db.engine import Database
from server.models import Generation
from server.services.clock import system_clock


def emptied(database: Database) -> Database:
    """The database with all rows deleted and a new generation begun."""
    tables = Base.metadata.sorted_tables
    with database.write() as session:
        if database.is_sqlite:
            for table in reversed(tables):
                session.execute(table.delete())
        else:
            names = ", ".join(table.name for table in tables)
            session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        session.add(Generation(id=new_id(), at=system_clock()))
    return database
