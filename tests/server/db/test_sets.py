"""Sets of values in a question: the same answer on both databases, one text to PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import Table, event, insert, or_, select

from server.db.engine import Database
from server.db.sets import OneOf
from server.models import Stream
from server.services.clock import system_clock

STREAMS = cast(Table, Stream.__table__)
FOUND = select(STREAMS.c.id).where(OneOf(STREAMS.c.id, "ids")).order_by(STREAMS.c.id)


@pytest.fixture
def streams(database: Database) -> Database:
    with database.write() as session:
        rows = [{"id": name, "last": 0, "created_at": system_clock()} for name in "abcd"]
        session.execute(insert(STREAMS), rows)
    return database


@pytest.mark.parametrize(
    ("asked", "found"),
    [((), ""), (("a",), "a"), (("d", "b", "x", "b"), "bd"), (("a,b", "'", "{c}"), "")],
)
def test_rows_with_one_of_the_values_are_found(
    streams: Database, asked: Sequence[str], found: str
) -> None:
    with streams.read() as session:
        assert session.scalars(FOUND, {"ids": list(asked)}).all() == list(found)


def test_it_joins_other_conditions_and_mapped_columns(streams: Database) -> None:
    either = select(Stream).where(or_(OneOf(Stream.id, "ids"), Stream.id == "d"), Stream.last == 0)
    with streams.read() as session:
        rows = session.scalars(either.order_by(Stream.id), {"ids": ["b"]}).all()
        assert [row.id for row in rows] == ["b", "d"]


def test_two_sets_of_one_statement_are_two(streams: Database) -> None:
    both = FOUND.where(OneOf(STREAMS.c.id, "others"))
    with streams.read() as session:
        assert session.scalars(both, {"ids": ["a", "b"], "others": ["b", "c"]}).all() == ["b"]


@pytest.mark.postgres
def test_postgres_gets_one_text_however_many_values(shared_postgres: Database) -> None:
    texts: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        texts.add(statement)

    event.listen(shared_postgres._reader, "before_cursor_execute", note)
    try:
        for size in range(4):
            with shared_postgres.read() as session:
                session.scalars(FOUND, {"ids": ["a"] * size}).all()
    finally:
        event.remove(shared_postgres._reader, "before_cursor_execute", note)
    assert len(texts) == 1
