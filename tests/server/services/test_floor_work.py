"""Counts and put-backs as rows: asked for, listed, booked."""

from __future__ import annotations

import pytest

from server.errors import BadInput, Conflict, NotFound
from server.services import floor_work, orders
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def cancelled_pick(site: Site) -> tuple[str, str]:
    """An order of 3 x S1 that was cancelled after 3 of the 10 in A-1 were taken; (order, task)."""
    order = site.order(("S1", 3))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)]))
    device = Device(site.database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    assert device.pick(0) == ("applied", "ok")
    with site.database.write() as session:
        orders.cancel(session, site.clock, order_id=order.order_id, reason="customer")
    with site.database.read() as session:
        (task,) = floor_work.open_tasks(session, order_id=order.order_id)
        assert (task.kind, task.sku, task.quantity, task.tote) == ("put-back", "S1", 3, "T-0001")
        return order.order_id, task.id


def test_open_tasks_are_of_one_order_or_of_all(small: Site) -> None:
    order_id, task_id = cancelled_pick(small)
    with small.database.write() as session:
        count = floor_work.ask(
            session, small.clock, kind="count", cause="short", sku="S1", location="A-4"
        ).id
    with small.database.write() as session:
        assert {task.id for task in floor_work.open_tasks(session)} == {task_id, count}
        floor_work.put_back(
            session, small.clock, floor_task_id=task_id, location="A-1", person_id=None
        )
        assert floor_work.open_tasks(session, order_id=order_id) == []
        assert [task.id for task in floor_work.open_tasks(session)] == [count]
    assert small.on_hand("A-1", "S1") == (10, 0)


def test_goods_that_were_not_found_are_booked_out_and_nothing_is_put_back_twice(
    small: Site,
) -> None:
    """10 - 3 taken + 2 put back = 9; the tote is empty, so 1 is lost."""
    _, task_id = cancelled_pick(small)
    with small.database.write() as session:
        task = floor_work.put_back(
            session,
            small.clock,
            floor_task_id=task_id,
            location="A-1",
            quantity=2,
            person_id=None,
        )
        assert (task.state, task.location, task.quantity) == ("done", "A-1", 2)
    with pytest.raises(Conflict, match="done"), small.database.write() as session:
        floor_work.put_back(
            session, small.clock, floor_task_id=task_id, location="A-1", person_id=None
        )
    with small.database.read() as session:
        audit(session)
    assert small.on_hand("A-1", "S1") == (9, 0)


@pytest.mark.parametrize(("location", "quantity"), [("A-1", 4), ("A-1", -1), ("Z-1", 3)])
def test_what_cannot_be_put_back_changes_nothing(small: Site, location: str, quantity: int) -> None:
    _, task_id = cancelled_pick(small)
    with pytest.raises(BadInput), small.database.write() as session:
        floor_work.put_back(
            session,
            small.clock,
            floor_task_id=task_id,
            location=location,
            quantity=quantity,
            person_id=None,
        )
    assert small.on_hand("A-1", "S1") == (7, 0)


def test_unknown_put_backs_are_not_found(small: Site) -> None:
    with pytest.raises(NotFound), small.database.write() as session:
        floor_work.put_back(
            session, small.clock, floor_task_id="0" * 32, location="A-1", person_id=None
        )
