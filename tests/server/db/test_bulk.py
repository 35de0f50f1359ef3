"""Many rows in one statement: the same rows on both databases, as if written one at a time."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError

from server.db.bulk import BulkInsert, BulkUpdate, Together
from server.db.engine import Database
from server.models import Channel, Order, OrderState, Stream
from server.services.clock import system_clock

ORDERS = cast(Table, Order.__table__)
STREAMS = cast(Table, Stream.__table__)


def _order(number: int, **values: Any) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "number": number,
        "channel": "web",
        "external_id": f"E-{number}",
        "state": OrderState.READY if number % 2 else "held",
        "priority": 2,
        "paid": "yes",
        "ship_complete": bool(number % 2),
        "tags": ["a", ["b", number]] if number % 2 else [],
        "note": None if number % 2 else "x",
        "extra": {"n": number},
        "body_hash": "0" * 64,
        "missing": [],
        "received_at": system_clock(),
        **values,
    }


@pytest.fixture
def channel(database: Database) -> Database:
    with database.write() as session:
        if session.get(Channel, "web") is None:
            session.add(Channel(code="web", name="Web"))
    return database


@pytest.mark.parametrize("count", [0, 1, 5])
def test_rows_are_added_as_they_are_given(channel: Database, count: int) -> None:
    rows = [_order(number) for number in range(1, count + 1)]
    with channel.write() as session:
        BulkInsert(ORDERS).write(session, rows)
    with channel.read() as session:
        stored = session.execute(select(ORDERS).order_by(ORDERS.c.number)).all()
    assert len(stored) == count
    for given, row in zip(rows, stored, strict=True):
        assert {name: getattr(row, name) for name in given} == given


def test_rows_are_changed_by_their_keys_and_no_others(channel: Database) -> None:
    with channel.write() as session:
        BulkInsert(ORDERS).write(session, [_order(number) for number in range(1, 5)])
        BulkUpdate(ORDERS, {"of": ORDERS.c.channel, "as": ORDERS.c.external_id}).write(
            session,
            [
                {"of": "web", "as": "E-1", "state": OrderState.CANCELLED, "note": "one"},
                {"of": "web", "as": "E-3", "state": "held", "note": None},
                {"of": "other", "as": "E-4", "state": "held", "note": "never"},
            ],
        )
    with channel.read() as session:
        stored = session.execute(select(ORDERS.c.state, ORDERS.c.note).order_by(ORDERS.c.number))
        assert [tuple(row) for row in stored] == [
            ("cancelled", "one"),
            ("held", "x"),
            ("held", None),
            ("held", "x"),
        ]


def test_text_that_is_too_long_is_refused_and_not_cut(channel: Database) -> None:
    """SQLite keeps it whole."""
    name = "s" * 40
    rows = [{"id": name, "last": 0, "created_at": system_clock()}]
    if channel.is_sqlite:
        with channel.write() as session:
            BulkInsert(STREAMS).write(session, rows)
            assert session.scalars(select(STREAMS.c.id)).all() == [name]
        return
    with pytest.raises(DBAPIError), channel.write() as session:
        BulkInsert(STREAMS).write(session, rows)


def test_parts_that_are_written_together_are_written_alike(channel: Database) -> None:
    """One part has no rows, one has one, one has several; then others do."""
    together = Together(
        BulkInsert(ORDERS), BulkUpdate(STREAMS, {"key": STREAMS.c.id}), BulkInsert(STREAMS)
    )

    def stream(name: str) -> dict[str, Any]:
        return {"id": name, "last": 0, "created_at": system_clock()}

    with channel.write() as session:
        together.write(session, ([_order(1)], [], [stream("a"), stream("b")]))
        together.write(session, ([], [{"key": "a", "last": 7}, {"key": "no", "last": 1}], []))
        together.write(session, ([], [], []))
        together.write(session, ([_order(2)], [{"key": "b", "last": 8}], [stream("c")]))
    with channel.read() as session:
        rows = session.execute(select(STREAMS.c.id, STREAMS.c.last).order_by(STREAMS.c.id))
        assert [tuple(row) for row in rows] == [("a", 7), ("b", 8), ("c", 0)]
        found = session.scalars(select(ORDERS.c.external_id).order_by(ORDERS.c.number)).all()
        assert found == ["E-1", "E-2"]


def test_a_rule_broken_in_one_part_undoes_them_all(channel: Database) -> None:
    together = Together(BulkInsert(STREAMS), BulkInsert(ORDERS))
    row = {"id": "a", "last": 0, "created_at": system_clock()}
    with pytest.raises(DBAPIError), channel.write() as session:
        together.write(session, ([row], [_order(1), _order(2, channel="unknown")]))
    with channel.read() as session:
        assert session.scalars(select(STREAMS.c.id)).all() == []
