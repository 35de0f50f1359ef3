"""All rows of a database as one JSON document, and back into either engine at their revision.

A dump is made by the program whose newest revision it has, once, and kept: a later program cannot
fill a database at an earlier revision any more. For a new revision add one::

    python -m tests.server.db.dump

which works half a shift (:mod:`tests.server.db.shift`) and writes ``dumps/<revision>.json``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, DateTime, MetaData, Table, text

from server.db import migrate
from server.db.connections import normal_url, writer_engine
from server.db.engine import Database
from tests.server.databases import unguarded
from tests.server.db.shift import half_a_shift
from tests.server.services.device import Device

DUMPS = Path(__file__).parent / "dumps"

Rows = Mapping[str, list[dict[str, Any]]]


def dumped(url: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables, in an order in which they may be inserted again."""
    engine = writer_engine(normal_url(url))
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = {
            table.name: [
                {column.name: _plain(row[column]) for column in table.columns}
                for row in connection.execute(table.select()).mappings()
            ]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }
    engine.dispose()
    return found


def load(url: str, revision: str, rows: Rows) -> None:
    """Make a database at a revision and fill it with rows."""
    migrate.upgrade(url, revision=revision)
    engine = writer_engine(normal_url(url))
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        # The schema itself begins a generation and a chain; the dump brings its own.
        connection.execute(tables.tables["generation"].delete())
        if "audit_seal" in tables.tables:
            with unguarded(connection, ("audit_seal",)):
                connection.execute(tables.tables["audit_seal"].delete())
        for table in tables.sorted_tables:
            for row in rows.get(table.name, []):
                connection.execute(
                    table.insert(), {name: _typed(table.c[name], row[name]) for name in row}
                )
            if connection.dialect.name == "postgresql":
                _count_on(connection, table)
    engine.dispose()


def _count_on(connection: Any, table: Table) -> None:
    """Let the numbers that the database gives go on behind the rows that were inserted."""
    for column in table.primary_key:
        name = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        ).scalar()
        if name is not None:
            connection.execute(
                text(f"SELECT setval('{name}', (SELECT max({column.name}) FROM {table.name}))")
            )


def _plain(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    # SQLite keeps no zone: what it has is UTC.
    return (
        value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    ).isoformat()


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(column.type, JSON) and value is None:
        raise ValueError(f"{column}: a JSON column without a value")
    return value


def _outbox(device: Device) -> dict[str, Any]:
    return {
        "stream": device.stream,
        "sign_in": device.who.sign_in_id,
        "log": device.log,
        "verdicts": {str(seq): list(verdict) for seq, verdict in device.verdicts.items()},
    }


def _a_line_per_row(document: Mapping[str, Any]) -> str:
    """The document as JSON that a person can compare with the one of another revision."""
    tables = ",\n".join(
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for name, rows in document["tables"].items()
    )
    head = {name: part for name, part in document.items() if name != "tables"}
    return json.dumps(head)[:-1] + f',\n"tables": {{\n{tables}\n}}}}\n'


def main() -> None:
    """Work half a shift at the newest revision and keep what it left."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/wavepick.db"
        migrate.upgrade(url)
        database = Database(url)
        shift = half_a_shift(database)
        database.close()
        document = {
            "revision": migrate.head(),
            "devices": {
                "picking": _outbox(shift.picking),
                "wall": _outbox(shift.wall),
                "late": _outbox(shift.late),
            },
            "tables": dumped(url),
        }
    file = DUMPS / f"{document['revision']}.json"
    file.write_text(_a_line_per_row(document), encoding="utf-8")
    sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
