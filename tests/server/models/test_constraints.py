"""The schema itself refuses what the services must never do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from server.db.base import new_id
from server.db.engine import Database
from server.models import Item, PlaceKind, StockBalance, Wave
from tests.server.services.site import PlannedTask, PlannedTour, Site


@pytest.fixture
def launched(database: Database) -> Database:
    """A warehouse with one launched list: 3 x S1 promised in A-1 (10 on hand)."""
    site = Site(database)
    site.build({("A-1", "S1"): 10})
    order = site.order(("S1", 3))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)]))
    return database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock_balance SET on_hand = -1 WHERE kind = 'location'",
        "UPDATE stock_balance SET on_hand = 2 WHERE kind = 'location'",
        "UPDATE stock_balance SET allocated = -1 WHERE kind = 'location'",
        "UPDATE order_line SET picked = picked + 1",
        "UPDATE order_line SET open = -1, in_list = in_list + 1",
        "UPDATE pick_task SET picked = 4",
        "UPDATE pick_task SET promised = promised + 1",
        "UPDATE pick_list SET state = 'picking'",
        "UPDATE person SET role = 'owner'",
        "UPDATE customer_order SET priority = 4",
        "INSERT INTO wave_order (wave_id, order_id, active) "
        "SELECT id, (SELECT order_id FROM wave_order LIMIT 1), true FROM wave "
        "WHERE number = 2",
    ],
)
def test_impossible_rows_are_refused(launched: Database, statement: str) -> None:
    with launched.write() as session:
        wave = session.query(Wave).one()
        session.add(
            Wave(
                id=new_id(),
                number=2,
                name="second",
                layout_id=wave.layout_id,
                cart_type=wave.cart_type,
                created_at=wave.created_at,
            )
        )
    with pytest.raises(IntegrityError), launched.write() as session:
        session.execute(text(statement))


def test_only_the_outside_may_owe_goods(sqlite: Database) -> None:
    with sqlite.write() as session:
        session.add(Item(sku="S1", name="n"))
        session.flush()
        session.add(StockBalance(kind=PlaceKind.OUTSIDE, place="world", sku="S1", on_hand=-5))


def test_naive_times_are_refused(launched: Database) -> None:
    naive: Any = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(StatementError, match="naive"), launched.write() as session:
        session.query(Wave).one().launched_at = naive


def test_times_come_back_as_utc(launched: Database) -> None:
    with launched.read() as session:
        at = session.query(Wave).one().created_at
    assert at.utcoffset() is not None
    assert at.isoformat() == "2026-03-02T06:00:00+00:00"


def test_ids_are_ordered_by_time_and_never_repeat() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    assert [id_[:12] for id_ in ids] == sorted(id_[:12] for id_ in ids)
    assert all(len(id_) == 32 for id_ in ids)
