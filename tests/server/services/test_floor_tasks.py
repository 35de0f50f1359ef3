"""Finishing put-backs and counts: where goods are taken from, and what follows for lists."""

from __future__ import annotations

import pytest

from server.errors import Conflict
from server.models import FloorTask, PickList, PlaceKind
from server.services import floor_tasks, floor_work, orders, stock
from server.services.orders import Accepted
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def picked(site: Site, *, end: str = "pack-1") -> tuple[Device, Accepted, str]:
    """An order of 3 x S1 that was picked from A-1 into T-0001; (device, order, wave id)."""
    order = site.order(("S1", 3))
    tour = PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)], end=end)
    wave_id, _ = site.launch(tour)
    device = Device(site.database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    assert device.pick(0) == ("applied", "ok")
    return device, order, wave_id


def cancel(site: Site, order: Accepted) -> str:
    """Cancel the order; returns the id of the one open put-back."""
    with site.database.write() as session:
        orders.cancel(session, site.clock, order_id=order.order_id, reason="customer")
    with site.database.read() as session:
        (task,) = floor_work.open_tasks(session)
        return task.id


def put_back(site: Site, task_id: str, location: str, quantity: int | None = None) -> None:
    with site.database.write() as session:
        floor_tasks.put_back(
            session, site.clock, floor_task_id=task_id, location=location, quantity=quantity
        )
    with site.database.read() as session:
        audit(session)


def test_goods_are_taken_out_of_the_wall_slot_they_were_sorted_into(site: Site) -> None:
    device, order, _ = picked(site, end="wall-1")
    device.do("drop", tote="T-0001", station="wall-1")
    device.do("done")
    device.view = None
    put = {"tote": "T-0001", "sku": "S1", "wall_slot": "W-1", "order": order.number}
    assert device.do("put", qty=3, **put) == ("applied", "ok")
    put_back(site, cancel(site, order), "A-1", 2)
    # 10 - 3 picked + 2 put back; 1 is lost and gone from the wall slot, too.
    assert site.on_hand("A-1", "S1") == (9, 0)
    assert site.state_of(order) == "cancelled"
    with site.database.read() as session:
        for kind in (PlaceKind.WALL_SLOT, PlaceKind.TOTE):
            assert stock.balances(session, kind=kind) == []


def test_a_list_that_was_handed_back_ends_when_its_tote_is_empty(site: Site) -> None:
    device, order, wave_id = picked(site)
    task_id = cancel(site, order)
    assert device.view is not None
    list_id = device.view["list"]
    assert device.do("hand_back") == ("applied", "ok")
    with site.database.read() as session:
        assert session.get_one(PickList, list_id).state == "ready"
    put_back(site, task_id, "A-4")
    with site.database.read() as session:
        assert session.get_one(PickList, list_id).state == "closed"
    assert site.wave_state(wave_id) == "completed"
    assert site.on_hand("A-4", "S1") == (8, 0)


def test_waiting_orders_become_ready_when_goods_come_back(site: Site) -> None:
    _, first, _ = picked(site)
    waiting = site.order(("S1", 13))  # 7 in A-1 and 5 in A-4 are left
    assert site.state_of(waiting) == "backordered"
    put_back(site, cancel(site, first), "A-1")
    assert site.state_of(waiting) == "ready"


def test_waiting_orders_become_ready_when_more_is_counted(site: Site) -> None:
    picked(site)
    waiting = site.order(("S1", 13))
    with site.database.write() as session:
        task = floor_work.ask(
            session, site.clock, kind="count", cause="short", sku="S1", location="A-4"
        )
        floor_tasks.count(session, site.clock, floor_task_id=task.id, counted=6)
    assert site.state_of(waiting) == "ready"
    assert site.on_hand("A-4", "S1") == (6, 0)


def test_a_count_on_the_handheld_closes_the_task_with_its_number(small: Site) -> None:
    device, _, _ = picked(small)
    with small.database.write() as session:
        task_id = floor_work.ask(
            session, small.clock, kind="count", cause="short", sku="S1", location="A-4"
        ).id
    assert device.do("count", location="A-4", sku="S1", qty=4) == ("applied", "ok")
    with small.database.write() as session:
        same = floor_tasks.count(session, small.clock, floor_task_id=task_id, counted=4)
        assert (same.state, same.quantity) == ("done", 4)
        with pytest.raises(Conflict, match='a count of item "S1" at "A-4" is done with 4 units'):
            floor_tasks.count(session, small.clock, floor_task_id=task_id, counted=5)
    assert small.on_hand("A-4", "S1") == (4, 0)


def test_parked_goods_need_no_tote_and_promised_ones_stay(small: Site) -> None:
    """The books have 10 in A-1, all promised: none can be booked to another place."""
    order = small.order(("S1", 10))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 10, 0)]))
    with small.database.write() as session:
        task_id = floor_work.ask(
            session,
            small.clock,
            kind="put-back",
            cause=floor_work.PARKED,
            sku="S1",
            quantity=2,
            location="A-1",
        ).id
    with pytest.raises(Conflict, match='"A-1" has 0 free units of "S1", 2 were asked for'):
        put_back(small, task_id, "A-4")
    put_back(small, task_id, "A-1", 1)
    with small.database.read() as session:
        task = session.get_one(FloorTask, task_id)
        assert (task.state, task.location, task.quantity) == ("done", "A-1", 1)
    assert small.on_hand("A-1", "S1") == (10, 10)
