"""Half a shift on the tiny warehouse: every kind of row that an upgrade has to carry over.

Afterwards one list is packed, one is being picked, one was sorted at the wall, one was cancelled
with goods in a tote, and a device has operations that the server has not seen yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.db.engine import Database
from server.services import lists, orders, people, runs, stock, waves, workers
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site

STOCK = {("A-1", "S1"): 30, ("A-2", "S2"): 20, ("A-3", "S3"): 9, ("A-4", "S1"): 5}


@dataclass(frozen=True, slots=True)
class HalfShift:
    """The warehouse and its three devices when the program was upgraded."""

    site: Site
    picking: Device
    wall: Device
    late: Device


def half_a_shift(database: Database) -> HalfShift:
    """Work half a shift on an empty database."""
    site = Site(database)
    site.build(STOCK)
    late, picking, wall = (
        Device(database, site.clock, site.sign_in(badge)) for badge in ("B-2", "B-3", "B-4")
    )
    _packed(site, late)
    _sorted_at_the_wall(site, wall)
    _cancelled_with_goods_in_a_tote(site, late)
    _half_picked(site, picking)
    _office(site, wall)
    # Recorded without network: the device will send these after the upgrade.
    picking.record("pick", **picking.pick_fields(picking.task(2), 1))
    return HalfShift(site, picking, wall, late)


def _packed(site: Site, device: Device) -> None:
    order = site.order(("S1", 3), ("S2", 2))
    site.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 3, 0), PlannedTask("A-2", order, "S2", 2, 0)]),
        key="packed",
    )
    device.sync(want="work")
    device.bind_all(1)
    device.pick(0)
    device.pick(1, 1)
    device.do("undo", op=len(device.log))
    device.pick(1)
    device.do("drop", tote="T-0001", station="pack-1")
    device.do("done")
    device.sync()


def _sorted_at_the_wall(site: Site, device: Device) -> None:
    first, second = site.order(("S1", 2)), site.order(("S1", 1), ("S2", 1))
    tasks = [
        PlannedTask("A-1", first, "S1", 2, 0),
        PlannedTask("A-1", second, "S1", 1, 0),
        PlannedTask("A-2", second, "S2", 1, 0),
    ]
    shared = {0: ("shared", None)}
    site.launch(PlannedTour(tasks, end="wall-1", method="sort-after", totes=shared), key="wall")
    device.sync(want="work")
    device.bind_all(2)
    for number in range(3):
        device.pick(number)
    device.do("drop", tote="T-0002", station="wall-1")
    device.do("done")
    device.view = None
    device.do("put", tote="T-0002", sku="S1", wall_slot="W-1", order=first.number, qty=2)
    device.do("put", tote="T-0002", sku="S1", wall_slot="W-2", order=second.number, qty=1)


def _cancelled_with_goods_in_a_tote(site: Site, device: Device) -> None:
    order = site.order(("S1", 2), ("S3", 1))
    wave_id, _ = site.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 2, 0), PlannedTask("A-3", order, "S3", 1, 0)]),
        key="cancelled",
    )
    device.sync(want="work")
    device.bind_all(3)
    device.pick(0)
    with site.database.write() as session:
        waves.cancel(session, site.clock, wave_id=wave_id)
    site.clock.forward(minutes=3)
    device.pick(1)


def _half_picked(site: Site, device: Device) -> None:
    order, other = site.order(("S1", 4), ("S2", 3)), site.order(("S3", 3))
    tasks = [
        PlannedTask("A-1", order, "S1", 4, 0),
        PlannedTask("A-2", order, "S2", 3, 0),
        PlannedTask("A-3", other, "S3", 3, 1),
    ]
    site.launch(PlannedTour(tasks), key="half")
    device.sync(want="work")
    device.bind_all(4)
    device.pick(0, 3)
    device.do("short", task=device.task(0)["id"], qty=1, reason="fewer", counted=20)
    device.do("skip", task=device.task(1)["id"], reason="later")
    device.pick(1, 9)
    device.pick(1, 1, location="A-3")
    device.pick(2, 1)


def _office(site: Site, revoked: Device) -> None:
    """Planned, failed and queued runs, orders that wait, a session that was revoked."""
    site.plan(site.wave(site.order(("S2", 1))), [])
    site.order(("S4", 5))
    cancelled = site.order(("S2", 2))
    failing, queued = site.wave(site.order(("S2", 2))), site.wave(site.order(("S2", 1)))
    site.order(("S1", 1), check=False)
    clock = site.clock
    with site.database.write() as session:
        orders.cancel(session, clock, order_id=cancelled.order_id, reason="customer")
        stock.adjust(session, clock, location="A-4", sku="S1", counted=6)
        run = waves.request_plan(session, clock, wave_id=failing, seconds=5, seed=1)
        claimed = runs.claim(session, clock, worker="w", lane="plan", run_id=run.id)
        assert claimed is not None
        runs.fail(session, clock, run_id=run.id, lease=claimed.lease, error="signal 11")
        waves.request_plan(session, clock, wave_id=queued, seconds=5, seed=1)
        workers.beat(session, clock, worker="w", lanes=("plan", "replan"))
        people.revoke(session, clock, sign_in_id=revoked.who.sign_in_id)
    revoked.do("count", location="A-1", sku="S1", qty=7)
    order = site.order(("S2", 2))
    site.launch(PlannedTour([PlannedTask("A-2", order, "S2", 2, 0)]), key="recalled")
    with site.database.write() as session:
        held = lists.claim(session, clock, person_id=revoked.who.person_id, stream=revoked.stream)
        assert held is not None
        lists.recall(session, clock, list_id=held.id, key="recalled")
