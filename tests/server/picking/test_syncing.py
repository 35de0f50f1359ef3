"""``sync``: what is true is told without the writer, and what waits follows every change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.models import FloorTask, Order, PickList, Wave
from server.picking import sync_reads, syncing
from server.picking.pick_queue import PickQueue
from server.services import floor_tasks, lists, orders, waves
from server.services.orders import Accepted
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _launch(site: Site) -> Accepted:
    """One ready list of 2 x S1 at A-1; returns its order."""
    order = site.order(("S1", 2))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]))
    return order


def _request(device: Device, **fields: Any) -> dict[str, Any]:
    return {
        "stream": device.stream,
        "acked": device.acked,
        "have": None,
        "want": None,
        "rid": "r-1",
        **fields,
    }


def _look(site: Site, device: Device, **fields: Any) -> dict[str, Any] | None:
    with site.database.read() as session:
        return syncing.look(session, site.clock, who=device.who, request=_request(device, **fields))


def test_a_look_says_what_the_writer_would_say(site: Site) -> None:
    _launch(site)
    _launch(site)
    device = Device(site.database, site.clock, site.sign_in())
    device.sync(want="work")
    device.bind_all()
    assert device.view is not None
    for have in (None, {"list": device.view["list"], "ver": device.view["ver"] + 1}):
        looked = _look(site, device, have=have)
        with site.database.write() as session:
            request = _request(device, have=have)
            written = syncing.sync(session, site.clock, who=device.who, request=request)
        assert looked is not None
        assert {**looked, "now": None} == {**written, "now": None}
        assert looked["waiting"]["lists"] == 1
    assert looked is not None
    assert looked["list"] == "same"


def test_what_is_to_be_written_is_left_to_the_writer(site: Site) -> None:
    device = Device(site.database, site.clock, site.sign_in())
    assert _look(site, device) is None, "the stream is new"
    device.sync()
    assert _look(site, device) is not None
    assert _look(site, device, want="work") is None
    device.who = site.sign_in("B-3")
    assert _look(site, device) is None, "somebody else uses the device"
    device.sync()
    site.clock.forward(minutes=2)
    assert _look(site, device) is None, "a sign of life is due"


@pytest.mark.parametrize(
    "change", ["claim", "hand back", "cancel order", "cancel wave", "launch", "put back"]
)
def test_what_waits_follows_every_change(site: Site, change: str) -> None:
    """The queue remembers what waits; the database is asked for the truth."""
    order = _launch(site)
    queue = PickQueue(site.database, site.clock)
    idle = Device(site.database, site.clock, site.sign_in("B-2"))
    other = Device(site.database, site.clock, site.sign_in("B-3"))
    idle.sync()
    if change == "hand back":
        other.sync(want="work")
    if change == "put back":
        # Nothing is left to take, but goods of the cancelled order stand on the cart.
        other.sync(want="work")
        other.bind_all()
        assert other.pick(0, 1) == ("applied", "ok")
        assert other.do("hand_back") == ("applied", "ok")
        with site.database.write() as session:
            orders.cancel(session, site.clock, order_id=order.order_id, reason="customer")
    before = queue.sync(idle.who, _request(idle))["waiting"]
    if change == "claim":
        other.sync(want="work")
    elif change == "hand back":
        assert other.do("hand_back") == ("applied", "ok")
    elif change == "cancel order":
        with site.database.write() as session:
            orders.cancel(session, site.clock, order_id=order.order_id, reason="customer")
    elif change == "put back":
        with site.database.write() as session:
            task_id = session.scalars(select(FloorTask.id)).one()
            floor_tasks.put_back(session, site.clock, floor_task_id=task_id, location="A-1")
    elif change == "cancel wave":
        with site.database.write() as session:
            wave_id = session.scalars(select(Wave.id)).one()
            waves.cancel(session, site.clock, wave_id=wave_id)
    else:
        _launch(site)
    with site.database.read() as session:
        truth = sync_reads.waiting(session)
    assert queue.sync(idle.who, _request(idle))["waiting"] == truth != before


def test_a_list_that_changes_while_it_waits_is_described_anew(site: Site) -> None:
    """One of two orders is cancelled: the list has one order left."""
    first, second = site.order(("S1", 2)), site.order(("S2", 1))
    site.launch(
        PlannedTour([PlannedTask("A-1", first, "S1", 2, 0), PlannedTask("A-2", second, "S2", 1, 1)])
    )
    idle = Device(site.database, site.clock, site.sign_in())
    idle.sync()
    with site.database.read() as session:
        before = sync_reads.feed(session).work
    with site.database.write() as session:
        orders.cancel(session, site.clock, order_id=second.order_id, reason="customer")
    with site.database.read() as session:
        assert sync_reads.feed(session).work > before
        assert session.get_one(Order, second.order_id).state == "cancelled"
        assert session.scalars(lists.claimable(select(PickList.id))).all()
