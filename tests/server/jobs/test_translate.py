"""Rows to a problem: what is open, what is free, where."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from optimizer.problem import Problem
from server.errors import Conflict
from server.jobs.translate import WALL_SLOTS, free_elsewhere, stored_layout, wave_problem
from server.models import LayoutVersion, Order, StockBalance
from server.services import orders
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.jobs.conftest import Bench


def problem(bench: Bench) -> Problem:
    with bench.database.read() as session:
        return wave_problem(session, bench.wave_id).problem


def test_problem_has_the_open_lines_and_the_stations(bench: Bench) -> None:
    found = problem(bench)
    assert [str(order.id) for order in found.orders] == list(bench.orders)
    assert {(line.sku, line.quantity) for line in found.orders[0].lines} == {
        ("SKU-00", 2),
        ("SKU-01", 2),
    }
    assert (found.start, found.pack, found.wall) == ("start", ("pack-1",), "wall")
    assert found.wall_slots == WALL_SLOTS
    assert found.cart.slots == 4
    assert {str(item.sku): item.weight_g for item in found.items}["SKU-03"] == 200


def test_only_free_stock_is_offered(bench: Bench) -> None:
    with bench.database.write() as session:
        session.execute(
            update(StockBalance)
            .where(StockBalance.place == small_site.LOCATIONS[0])
            .values(allocated=small_site.UNITS - 1)
        )
        session.execute(
            update(StockBalance)
            .where(StockBalance.place == small_site.LOCATIONS[1])
            .values(allocated=small_site.UNITS)
        )
    offered = {(stock.location, stock.sku): stock.quantity for stock in problem(bench).stock}
    assert offered[small_site.LOCATIONS[0], "SKU-00"] == 1  # type: ignore[index]
    assert (small_site.LOCATIONS[1], "SKU-01") not in offered


def test_urgent_orders_come_first(bench: Bench) -> None:
    with bench.database.write() as session:
        session.execute(update(Order).where(Order.id == bench.orders[4]).values(priority=0))
    assert problem(bench).orders[0].id == bench.orders[4]


def test_a_cancelled_order_is_not_asked_for(bench: Bench) -> None:
    with bench.database.write() as session:
        orders.cancel(session, system_clock, order_id=bench.orders[2], reason="test")
    assert bench.orders[2] not in {order.id for order in problem(bench).orders}


def test_equal_input_has_an_equal_hash(bench: Bench) -> None:
    def digest() -> str:
        with bench.database.read() as session:
            return wave_problem(session, bench.wave_id).input_hash

    before = digest()
    assert digest() == before
    with bench.database.write() as session:
        session.execute(
            update(StockBalance)
            .where(StockBalance.place == small_site.LOCATIONS[0])
            .values(allocated=1)
        )
    assert digest() != before


def test_a_layout_without_pack_station_is_refused(bench: Bench) -> None:
    with bench.database.write() as session:
        version = session.scalars(select(LayoutVersion.id)).first()
        assert version is not None
        row = session.get_one(LayoutVersion, version)
        row.document = {
            **row.document,
            "stations": [each for each in row.document["stations"] if each["kind"] != "pack"],
        }
    with pytest.raises(Conflict, match="has no pack station"):
        problem(bench)


def test_free_elsewhere_leaves_out_the_location_and_other_zones(bench: Bench) -> None:
    with bench.database.read() as session:
        layout_id = session.scalars(select(LayoutVersion.id)).first()
        assert layout_id is not None
        layout = stored_layout(session, layout_id)
        options = {"sku": "SKU-00", "without": small_site.LOCATIONS[0]}
        found = free_elsewhere(session, layout, zone=None, **options)
        assert dict(found) == {small_site.SECOND_LOCATION: small_site.UNITS}
        assert dict(free_elsewhere(session, layout, zone="Z1", **options)) == dict(found)
        assert dict(free_elsewhere(session, layout, zone="Z3", **options)) == {}
