"""PICK/1 as a handheld meets it: exactly once, whatever the network and the lead do."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.engine import Database
from server.errors import BadInput
from server.models import ExceptionCard, FloorTask, Op, PickTask, PlanningRun
from server.picking import list_facts, protocol, syncing
from server.services import (
    cards,
    catalogue,
    floor_work,
    generations,
    lists,
    orders,
    people,
    reports,
    stock,
    waves,
)
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _device(site: Site, badge: str = "B-2") -> Device:
    return Device(site.database, site.clock, site.sign_in(badge))


def test_a_whole_list_from_claim_to_pack(site: Site) -> None:
    """Order 1: 3 x S1 at A-1, 2 x S2 at A-2; the books must say exactly that."""
    order = site.order(("S1", 3), ("S2", 2))
    wave_id, result = site.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 3, 0), PlannedTask("A-2", order, "S2", 2, 0)])
    )
    assert (result.lists, result.tasks) == (1, 2)
    assert site.on_hand("A-1", "S1") == (10, 3)
    assert site.buckets(order) == {"in_list": 5}
    device = _device(site)
    reply = device.sync(want="work")
    assert reply["waiting"] == {"lists": 0, "next": None}
    assert device.view is not None
    assert [task["qty"] for task in device.view["tasks"]] == [3, 2]
    assert device.bind_all() == ["T-0001"]
    assert device.pick(0, 1) == ("applied", "ok")
    assert device.pick(0, 2) == ("applied", "ok")
    assert site.state_of(order) == "picking"
    assert device.pick(1) == ("applied", "ok")
    assert device.do("done") == ("refused", "totes-not-dropped")
    assert device.do("drop", tote="T-0001", station="pack-1") == ("applied", "ok")
    assert site.state_of(order) == "ready-to-pack"
    assert device.do("done") == ("applied", "ok")
    assert site.wave_state(wave_id) == "completed"
    assert site.on_hand("A-1", "S1") == (7, 0)
    assert site.buckets(order) == {"picked": 5}
    with site.database.read() as session:
        report = reports.wave_report(session, wave_id=wave_id)
        assert report == reports.recount(session, wave_id=wave_id)
    assert report["taken"] == {"A-1": {"S1": 3}, "A-2": {"S2": 2}}
    assert report["containers"] == {"T-0001": {"S1": 3, "S2": 2}}
    assert device.sync(want="work")["list"] is None


def _two_tasks(site: Site, quantity: int = 3) -> tuple[Device, str]:
    """A device with a bound list: task 0 is S1 at A-1, task 1 is 2 x S2 at A-2."""
    order = site.order(("S1", quantity), ("S2", 2))
    site.launch(
        PlannedTour(
            [PlannedTask("A-1", order, "S1", quantity, 0), PlannedTask("A-2", order, "S2", 2, 0)]
        )
    )
    device = _device(site)
    device.sync(want="work")
    device.bind_all()
    return device, order.order_id


def _cards(site: Site) -> list[ExceptionCard]:
    with site.database.read() as session:
        return cards.cards(session)


def _floor(site: Site, kind: str) -> list[FloorTask]:
    with site.database.read() as session:
        return [task for task in floor_work.open_tasks(session) if task.kind == kind]


# Exactly once


def test_same_message_twice_gets_the_same_answer_and_one_effect(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 2))
    first = device.send(device.log[1:])
    assert first["verdicts"] == [[2, "applied", "ok"]]
    assert device.send(device.log[1:]) == first
    assert device.send(device.log)["verdicts"][1] == [2, "applied", "ok"]
    assert site.on_hand("A-1", "S1") == (8, 1)


def test_a_hole_is_answered_with_the_last_known_number(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 1))
    device.record("pick", **device.pick_fields(device.task(0), 1))
    assert device.send(device.log[2:]) == {"gap": 1}
    assert site.on_hand("A-1", "S1") == (10, 3)
    device.flush()
    assert site.on_hand("A-1", "S1") == (8, 1)


def test_a_hole_inside_a_message_judges_what_comes_before(small: Site) -> None:
    device, _ = _two_tasks(small)
    for _ in range(3):
        device.record("pick", **device.pick_fields(device.task(0), 1))
    reply = device.send([device.log[1], device.log[3]])
    assert (reply["last"], len(reply["verdicts"])) == (2, 1)


def test_another_body_under_a_known_number_is_an_alarm_and_changes_nothing(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.pick(0, 1)
    other = {**device.log[1], "qty": 2}
    for _ in range(2):
        assert device.send([other])["verdicts"] == [[2, "applied", "clash"]]
    assert small.on_hand("A-1", "S1") == (9, 2)
    assert [card.kind for card in _cards(small)] == ["clash"]
    assert device.send([device.log[1]])["verdicts"] == [[2, "applied", "ok"]]


def test_a_crash_before_the_commit_leaves_nothing_and_the_resend_counts_once(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 2))
    message = {"stream": device.stream, "ops": device.log[1:]}

    def die(session: Session) -> None:
        reply = protocol.ops(session, site.clock, who=device.who, request=message)
        assert reply["verdicts"] == [[2, "applied", "ok"]]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.database.run(die)
    assert site.on_hand("A-1", "S1") == (10, 3)
    device.flush()
    assert device.verdicts[2] == ("applied", "ok")
    assert site.on_hand("A-1", "S1") == (8, 1)


def test_a_restarted_server_answers_a_resend_from_the_store(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 2))
    first = device.send(device.log)
    site.database.close()
    restarted = Database(site.database.url.render_as_string(hide_password=False))
    site.database = device.database = restarted
    assert device.send(device.log) == first
    assert site.on_hand("A-1", "S1") == (8, 1)
    device.acked = first["last"]
    assert device.pick(0, 1) == ("applied", "ok")
    restarted.close()


def test_acknowledged_operations_return_after_a_backup_was_restored(small: Site) -> None:
    """The server forgets two picks; the device sees a lower ``last`` and sends them again."""
    device, _ = _two_tasks(small)
    path = small.database.url.database
    assert path is not None
    backup = sqlite3.connect(":memory:")
    with sqlite3.connect(path) as live:
        live.backup(backup)
    device.pick(0, 1)
    device.pick(0, 1)
    assert device.acked == 3
    small.database.close()
    with sqlite3.connect(path) as live:
        backup.backup(live)
    small.database = device.database = Database(f"sqlite:///{path}")
    assert small.on_hand("A-1", "S1") == (10, 3)
    assert device.sync()["last"] == 1
    device.flush()
    assert small.on_hand("A-1", "S1") == (8, 1)
    small.database.close()


def test_a_claim_that_a_restored_backup_forgot_is_taken_up_again(small: Site) -> None:
    order = small.order(("S1", 3))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)]))
    path = small.database.url.database
    assert path is not None
    backup = sqlite3.connect(":memory:")
    device = _device(small)
    with sqlite3.connect(path) as live:
        live.backup(backup)
    device.sync(want="work")
    device.bind_all()
    assert device.pick(0, 2) == ("applied", "ok")
    small.database.close()
    with sqlite3.connect(path) as live:
        backup.backup(live)
    small.database = device.database = Database(f"sqlite:///{path}")
    with small.database.write() as session:
        generations.begin(session, small.clock, why="restored")
    view = device.view
    assert device.sync()["list"] is None
    device.view = view
    device.flush()
    assert device.verdicts[2] == ("applied", "ok")
    assert small.on_hand("A-1", "S1") == (8, 1)
    assert device.sync()["list"]["state"] == "picking"
    assert device.pick(0, 1) == ("applied", "ok")
    small.database.close()


# Verdicts


def test_more_than_asked_is_refused_and_leaves_no_half_effect(site: Site) -> None:
    device, _ = _two_tasks(site)
    assert device.pick(0, 4) == ("refused", "over-pick")
    assert site.on_hand("A-1", "S1") == (10, 3)
    assert device.pick(0, 3) == ("applied", "ok")
    assert device.pick(0, 1) == ("refused", "task-finished")


@pytest.mark.parametrize("qty", [0, -1, 1.5, 10**9, "2", True, None])
def test_impossible_quantities_are_refused_as_malformed(small: Site, qty: object) -> None:
    device, _ = _two_tasks(small)
    assert device.pick(0, qty=qty) == ("refused", "malformed")
    assert small.on_hand("A-1", "S1") == (10, 3)
    assert device.pick(0, 3) == ("applied", "ok")


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"task": "not-an-id"},
        {"location": "x" * 129},
        {"location": "A-1\n"},
        {"code": "\x1d0104"},
        {"lease": "1"},
        {"dt": -1},
        {"by": None},
        {"kind": "teleport"},
        {"kind": 7},
        {"sku": "\ud800"},
        {"tote": "T\0"},
        {"list": None},
    ],
)
def test_a_malformed_operation_gets_a_verdict_and_blocks_nothing(
    site: Site, change: dict[str, object]
) -> None:
    device, _ = _two_tasks(site)
    assert device.pick(0, 1, **change) == ("refused", "malformed")
    assert device.pick(0, 1) == ("applied", "ok")


def test_wrong_item_is_refused_and_told_to_the_lead(small: Site) -> None:
    device, _ = _two_tasks(small)
    assert device.pick(0, 1, sku="S2") == ("refused", "wrong-item")
    assert device.pick(0, 1, code="400S2") == ("refused", "wrong-item")
    assert {card.kind for card in _cards(small)} == {"refused"}
    assert device.pick(0, 1, code="9999-unknown") == ("applied", "ok")


def test_wrong_location_is_parked_and_nothing_is_booked(site: Site) -> None:
    device, _ = _two_tasks(site)
    assert device.pick(0, 1, location="A-4") == ("parked", "wrong-location")
    assert site.on_hand("A-1", "S1") == (10, 3)
    (card,) = _cards(site)
    assert (card.kind, card.location, card.detail["location"]) == ("parked", "A-1", "A-4")


def test_a_tote_that_is_not_on_the_slot_is_parked(small: Site) -> None:
    device, _ = _two_tasks(small)
    assert device.pick(0, 1, tote="T-0009") == ("parked", "wrong-tote")
    assert [task.quantity for task in _floor(small, "put-back")] == [1]


def test_unknown_task_and_unknown_list_are_parked(small: Site) -> None:
    device, _ = _two_tasks(small)
    assert device.pick(0, 1, task="f" * 32) == ("parked", "unknown-task")
    assert device.pick(0, 1, list="f" * 32) == ("parked", "unknown-list")


def test_more_on_the_shelf_than_in_the_books_is_found(site: Site) -> None:
    """The lead counts 1 where 3 are promised; the picker takes 3 all the same: 2 were found."""
    device, _ = _two_tasks(site)
    with site.database.write() as session:
        stock.adjust(session, site.clock, location="A-1", sku="S1", counted=1)
    assert site.on_hand("A-1", "S1") == (1, 1)
    assert device.pick(0, 3) == ("applied", "ok")
    assert site.on_hand("A-1", "S1") == (0, 0)
    assert [(card.kind, card.quantity) for card in _cards(site)] == [("found", 2)]
    assert [task.location for task in _floor(site, "count")] == ["A-1"]


def test_found_stock_leaves_the_promises_to_others_alone(small: Site) -> None:
    """10 in A-1; 6 promised to one list, 4 to another. A count of 7 takes 3 promises away."""
    first, second = small.order(("S1", 6)), small.order(("S1", 4))
    small.launch(
        PlannedTour([PlannedTask("A-1", first, "S1", 6, 0)]),
        PlannedTour([PlannedTask("A-1", second, "S1", 4, 0)]),
    )
    with small.database.write() as session:
        stock.adjust(session, small.clock, location="A-1", sku="S1", counted=7)
    assert small.on_hand("A-1", "S1") == (7, 7)
    device, other = _device(small), _device(small, "B-3")
    for each, first_tote in ((device, 1), (other, 11)):
        each.sync(want="work")
        each.bind_all(first_tote)
    assert other.pick(0, 4) == ("applied", "ok")  # had 1 promise left: 3 are found
    assert small.on_hand("A-1", "S1") == (6, 6)
    assert device.pick(0, 6) == ("applied", "ok")
    assert small.on_hand("A-1", "S1") == (0, 0)
    assert [card.quantity for card in _cards(small)] == [3]


def test_kinds_of_later_versions_are_parked_not_lost(small: Site) -> None:
    device, _ = _two_tasks(small)
    for kind in ("damaged", "full", "move"):
        assert device.do(kind, task=device.task(0)["id"], qty=1) == ("parked", "not-supported-yet")
    assert len(_cards(small)) == 3


# Shorts


def test_short_books_the_count_and_asks_for_another_location(site: Site) -> None:
    """10 booked in A-1, 3 asked; 1 taken, 0 left: 9 vanish, 2 may come from A-4."""
    device, order_id = _two_tasks(site)
    assert device.pick(0, 1) == ("applied", "ok")
    task = device.task(0)
    assert device.do("short", task=task["id"], qty=2, reason="fewer", counted=0) == (
        "applied",
        "ok",
    )
    assert site.on_hand("A-1", "S1") == (0, 0)
    with site.database.read() as session:
        (run,) = session.scalars(select(PlanningRun).where(PlanningRun.lane == "replan"))
        assert run.params["quantity"] == 2
        assert run.params["task"] == task["id"]
    with site.database.write() as session:
        added = lists.take_elsewhere(
            session,
            site.clock,
            task_id=task["id"],
            picks=[lists.Elsewhere("A-4", 2, device.task(1)["stop"], 2_000)],
        )
    assert added == 2
    assert site.on_hand("A-4", "S1") == (5, 2)
    device.sync()
    assert [(entry["sku"], entry["qty"]) for entry in _tasks(device)] == [
        ("S1", 3),
        ("S2", 2),
        ("S1", 2),
    ]
    assert device.view is not None
    assert device.view["messages"][0]["kind"] == "alternative"
    assert device.pick(2) == ("applied", "ok")
    assert device.pick(1) == ("applied", "ok")
    with site.database.read() as session:
        order = orders.get(session, order_id)
        assert [(line.picked, line.short_closed) for line in order.lines] == [(3, 0), (2, 0)]


def _tasks(device: Device) -> list[dict[str, object]]:
    assert device.view is not None
    found: list[dict[str, object]] = device.view["tasks"]
    return found


def test_short_without_stock_elsewhere_ends_picked_short(site: Site) -> None:
    order = site.order(("S3", 5))
    wave_id, _ = site.launch(PlannedTour([PlannedTask("A-3", order, "S3", 5, 0)]))
    device = _device(site)
    device.sync(want="work")
    device.bind_all()
    device.pick(0, 4)
    short = {"task": device.task()["id"], "qty": 1, "reason": "none", "counted": 0}
    assert device.do("short", **short) == ("applied", "ok")
    device.do("drop", tote="T-0001", station="pack-1")
    assert site.state_of(order) == "ready-to-pack"
    device.do("done")
    assert site.wave_state(wave_id) == "completed-with-shorts"
    assert site.buckets(order) == {"picked": 4, "short_closed": 1}


def test_short_of_an_order_that_ships_complete_is_an_exception(small: Site) -> None:
    order = small.order(("S3", 5), ship_complete=True)
    small.launch(PlannedTour([PlannedTask("A-3", order, "S3", 5, 0)]))
    device = _device(small)
    device.sync(want="work")
    device.bind_all()
    device.pick(0, 4)
    device.do("short", task=device.task()["id"], qty=1, reason="none", counted=0)
    device.do("drop", tote="T-0001", station="pack-1")
    assert small.state_of(order) == "exception"


def test_nothing_found_at_all_closes_the_list_and_frees_the_tote(small: Site) -> None:
    order = small.order(("S3", 5))
    small.launch(PlannedTour([PlannedTask("A-3", order, "S3", 5, 0)]))
    device = _device(small)
    device.sync(want="work")
    device.bind_all()
    device.do("short", task=device.task()["id"], qty=5, reason="none", counted=0)
    assert device.do("done") == ("applied", "ok")
    assert small.state_of(order) == "exception"
    again = small.order(("S1", 1))
    small.launch(PlannedTour([PlannedTask("A-1", again, "S1", 1, 0)]), key="2")
    device.sync(want="work")
    assert device.bind_all() == ["T-0001"]


def test_a_short_never_adds_stock(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.do("short", task=device.task()["id"], qty=3, reason="not-found", counted=40)
    assert small.on_hand("A-1", "S1") == (10, 0)
    assert len(_floor(small, "count")) == 1


# Undo


def test_undo_restores_the_last_pick_entry_by_entry(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.pick(0, 2)
    assert device.do("undo", op=2) == ("applied", "ok")
    assert site.on_hand("A-1", "S1") == (10, 3)
    assert device.do("undo", op=2) == ("refused", "not-last")
    assert device.pick(0, 3) == ("applied", "ok")


def test_undo_goes_back_one_by_one(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.pick(0, 1)
    device.pick(0, 1)
    assert device.do("undo", op=2) == ("refused", "not-last")
    assert device.do("undo", op=3) == ("applied", "ok")
    assert device.do("undo", op=2) == ("applied", "ok")
    assert small.on_hand("A-1", "S1") == (10, 3)


def test_undo_of_a_short_takes_back_count_card_and_replan(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.do("short", task=device.task()["id"], qty=3, reason="none", counted=0)
    assert site.on_hand("A-1", "S1") == (0, 0)
    assert device.do("undo", op=2) == ("applied", "ok")
    assert site.on_hand("A-1", "S1") == (10, 3)
    assert _cards(site) == []
    assert _floor(site, "count") == []
    with site.database.read() as session:
        assert session.scalars(
            select(PlanningRun.state).where(PlanningRun.lane == "replan")
        ).all() == ["cancelled"]
    assert device.pick(0, 3) == ("applied", "ok")


def test_undo_after_the_units_were_replanned_is_refused(small: Site) -> None:
    device, _ = _two_tasks(small)
    task_id = device.task()["id"]
    device.do("short", task=task_id, qty=3, reason="none", counted=0)
    with small.database.write() as session:
        lists.take_elsewhere(
            session,
            small.clock,
            task_id=task_id,
            picks=[lists.Elsewhere("A-4", 3, None, 0)],
        )
    assert device.do("undo", op=2) == ("refused", "replanned")


def test_undo_after_the_tote_was_dropped_is_refused(small: Site) -> None:
    order = small.order(("S1", 1))
    other = small.order(("S2", 1))
    small.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 1, 0), PlannedTask("A-2", other, "S2", 1, 1)])
    )
    device = _device(small)
    device.sync(want="work")
    device.bind_all()
    device.pick(0)
    device.do("drop", tote="T-0001", station="pack-1")
    assert device.do("undo", op=3) == ("refused", "order-ready-to-pack")


# Leases


def test_two_devices_racing_for_one_list_get_it_once(site: Site) -> None:
    order = site.order(("S1", 1))
    site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)]))
    devices = [_device(site, badge) for badge in ("B-2", "B-3", "B-4")]
    barrier = threading.Barrier(len(devices))

    def ask(device: Device) -> None:
        barrier.wait()
        device.sync(want="work")

    threads = [threading.Thread(target=ask, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(device.view is not None for device in devices) == 1


def test_asking_for_work_again_returns_the_same_list_under_the_same_lease(small: Site) -> None:
    device, _ = _two_tasks(small)
    lease = device.view["lease"] if device.view else None
    assert device.sync(want="work")["list"]["lease"] == lease == 1


def test_the_number_of_a_request_that_comes_again_is_answered_anew(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.rid = 0
    before = device.sync()
    device.pick(0, 1)
    device.rid = 0  # The page was started again and counts from the beginning.
    after = device.sync()
    assert before["rid"] == after["rid"] == "r-1"
    assert after["last"] == before["last"] + 1
    assert after["list"]["tasks"][0]["picked"] == before["list"]["tasks"][0]["picked"] + 1


def test_the_same_picker_goes_on_with_another_device(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.pick(0, 1)
    device.record("pick", **device.pick_fields(device.task(0), 1))  # never reaches the server yet
    second = Device(site.database, site.clock, site.sign_in("B-2"))
    assert second.sync()["list"] is None
    view = second.sync(want="work")["list"]
    assert view["lease"] == 2
    assert view["cart"]["slots"][0]["tote"] == "T-0001"
    assert second.pick(0, 2) == ("applied", "ok")
    device.flush()
    assert device.verdicts[3] == ("parked", "late")
    assert [task.quantity for task in _floor(site, "put-back")] == [1]
    assert site.on_hand("A-1", "S1") == (7, 0)


def test_a_late_pick_counts_while_there_is_room(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 2))
    with site.database.write() as session:
        lists.recall(session, site.clock, list_id=device.view["list"], key="1")  # type: ignore[index]
    other = _device(site, "B-3")
    other.sync(want="work")
    device.flush()
    assert device.verdicts[2] == ("applied", "ok")
    assert other.pick(0, 3) == ("parked", "late")  # its view is older than the late pick
    other.sync()
    assert other.task(0)["picked"] == 2
    assert other.pick(0, 1) == ("applied", "ok")
    assert device.do("done") == ("refused", "lease-old")
    assert device.do("skip", task=device.task(1)["id"]) == ("refused", "lease-old")


def test_somebody_who_never_held_the_list_is_parked(small: Site) -> None:
    device, _ = _two_tasks(small)
    thief = _device(small, "B-3")
    thief.view = device.view
    thief.log = []
    fields = {**device.pick_fields(device.task(0), 1), "tote": "T-0001"}
    assert thief.do("pick", **fields) == ("parked", "not-holder")
    assert small.on_hand("A-1", "S1") == (10, 3)
    assert thief.do("pick", lease=0, **fields) == ("parked", "not-holder")


def test_operations_of_a_revoked_sign_in_are_parked_and_kept(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.record("pick", **device.pick_fields(device.task(0), 1))
    with site.database.write() as session:
        people.revoke(session, site.clock, sign_in_id=device.who.sign_in_id)
    device.who = site.sign_in("B-3")
    device.flush()
    assert device.verdicts[2] == ("parked", "revoked")
    assert site.on_hand("A-1", "S1") == (10, 3)


def test_operations_keep_the_picker_who_made_them(small: Site) -> None:
    """The next picker signs in on the device while the former one's outbox is full."""
    device, _ = _two_tasks(small)
    former = device.who
    device.record("pick", **device.pick_fields(device.task(0), 1))
    with small.database.write() as session:
        people.sign_out(session, small.clock, sign_in_id=former.sign_in_id)
    device.who = small.sign_in("B-3")
    device.flush()
    assert device.verdicts[2] == ("applied", "ok")
    with small.database.read() as session:
        assert session.get_one(Op, (device.stream, 2)).person_id == former.person_id


def test_hand_back_returns_the_rest_with_the_cart(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.pick(0)
    assert device.do("hand_back") == ("applied", "ok")
    assert device.sync()["list"] is None
    other = _device(site, "B-3")
    view = other.sync(want="work")["list"]
    assert (view["lease"], view["state"], view["cart"]["slots"][0]["bound"]) == (3, "picking", True)
    assert other.pick(1) == ("applied", "ok")
    assert other.do("drop", tote="T-0001", station="pack-1") == ("applied", "ok")
    assert other.do("done") == ("applied", "ok")


# Snapshots and versions


def test_version_grows_by_one_with_each_applied_operation(site: Site) -> None:
    device, _ = _two_tasks(site)
    device.sync()
    assert device.view is not None
    before = device.view["ver"]
    device.record("pick", **device.pick_fields(device.task(0), 1))
    device.record("pick", **device.pick_fields(device.task(0), 9))
    device.record("skip", task=device.task(1)["id"], reason="later")
    reply = device.send(device.log[device.acked :])
    assert [verdict for _, verdict, _ in reply["verdicts"]] == ["applied", "refused", "applied"]
    assert reply["ver"] == before + 2
    device.acked = reply["last"]
    assert device.sync(have=True)["list"] != "same"
    assert device.sync(have=True)["list"] == "same"


def test_revisions_only_grow_within_one_generation(site: Site) -> None:
    device, _ = _two_tasks(site)
    first = device.sync()
    device.pick(0, 1)
    second = device.sync()
    assert second["rev"] > first["rev"]
    assert second["gen"] == first["gen"]


def test_snapshot_has_the_fields_of_the_protocol_example(site: Site) -> None:
    example = json.loads(
        (Path(__file__).parents[3] / "handheld_ui/protocol/sync-reply.json").read_text()
    )
    device, _ = _two_tasks(site)
    reply = device.sync()
    assert reply.keys() == example.keys()
    assert reply["list"].keys() == example["list"].keys()
    for part in ("stops", "tasks"):
        assert reply["list"][part][0].keys() == example["list"][part][0].keys()
    slots = reply["list"]["cart"]["slots"]
    assert slots[0].keys() == example["list"]["cart"]["slots"][0].keys()
    assert json.loads(json.dumps(reply)) == reply


def test_directory_names_every_code_and_its_hash_follows_changes(small: Site) -> None:
    device = _device(small)
    with small.database.read() as session:
        directory = protocol.directory(session)
    assert directory["items"]["400S1"] == [["S1", "Item S1", 1]]
    assert directory["locations"]["A-1"] == "Z1"
    assert directory["stations"]["pack-1"] == "pack"
    assert device.sync()["directory"] == directory["hash"]
    with small.database.write() as session:
        catalogue.put_item(session, sku="S1", name="New name")
    assert device.sync()["directory"] != directory["hash"]


def test_a_wave_with_a_cancelled_order_tells_the_picker(site: Site) -> None:
    """2 of 3 taken when the customer cancels: 1 open is cancelled, 2 are to be put back."""
    device, order_id = _two_tasks(site)
    device.pick(0, 2)
    with site.database.write() as session:
        orders.cancel(session, site.clock, order_id=order_id, reason="customer")
        assert orders.get(session, order_id).state == "cancelling"
    assert site.on_hand("A-1", "S1") == (8, 0)
    assert device.pick(0, 1) == ("parked", "late")
    device.sync()
    assert device.view is not None
    assert device.view["messages"][0]["kind"] == "order-cancelled"
    assert [task["cancelled"] for task in _tasks(device)] == [1, 2]
    device.do("drop", tote="T-0001", station="pack-1")
    assert device.do("done") == ("applied", "ok")
    (back,) = [task for task in _floor(site, "put-back") if task.cause == "order-cancelled"]
    with site.database.write() as session:
        floor_work.put_back(
            session, site.clock, floor_task_id=back.id, location="A-1", person_id=None
        )
        assert orders.settle(session, site.clock, order_id=order_id).state == "cancelled"
    assert site.on_hand("A-1", "S1") == (10, 0)


def test_a_cancelled_wave_frees_everything_and_parks_late_picks(site: Site) -> None:
    order = site.order(("S1", 3))
    wave_id, _ = site.launch(PlannedTour([PlannedTask("A-1", order, "S1", 3, 0)]))
    device = _device(site)
    device.sync(want="work")
    device.bind_all()
    device.pick(0, 1)
    with site.database.write() as session:
        waves.cancel(session, site.clock, wave_id=wave_id)
        orders.check(session, site.clock)
    assert site.state_of(order) == "ready"
    assert site.buckets(order) == {"open": 3}
    assert site.on_hand("A-1", "S1") == (9, 0)
    assert device.pick(0, 1) == ("parked", "late")
    assert device.sync()["list"] is None
    with site.database.read() as session:
        report = reports.wave_report(session, wave_id=wave_id)
        assert report == reports.recount(session, wave_id=wave_id)


# Totes, stations, other methods


def test_a_tote_with_goods_cannot_be_bound_again(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.pick(0)
    device.pick(1)
    device.do("drop", tote="T-0001", station="pack-1")
    device.do("done")
    order = small.order(("S1", 1))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)]), key="2")
    device.sync(want="work")
    assert device.do("bind", tote="T-0001", slot=0) == ("refused", "tote-not-empty")
    assert device.do("bind", tote="T-9999", slot=0) == ("refused", "unknown-tote")
    assert device.do("bind", tote="T-0002", slot=7) == ("refused", "unknown-slot")
    assert device.do("bind", tote="T-0002", slot=0) == ("applied", "ok")
    assert device.do("bind", tote="T-0003", slot=0) == ("applied", "ok")  # still empty: exchanged
    device.pick(0)
    assert device.do("bind", tote="T-0002", slot=0) == ("refused", "slot-taken")


def test_a_tote_left_at_another_station_is_told_to_the_lead(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.pick(0)
    assert device.do("drop", tote="T-0001", station="pack-2") == ("refused", "tasks-open")
    device.pick(1)
    assert device.do("drop", tote="T-0001", station="nowhere") == ("refused", "unknown-station")
    assert device.do("drop", tote="T-0001", station="pack-2") == ("applied", "ok")
    assert [card.kind for card in _cards(small)] == ["wrong-station"]
    assert device.do("drop", tote="T-0001", station="pack-1") == ("refused", "tote-dropped")


def test_pick_and_pass_hands_one_tote_from_list_to_list(site: Site) -> None:
    """Zone 1 picks S1 and leaves the tote at hand-1; zone 2 goes on with the same tote."""
    order = site.order(("S1", 2), ("S3", 1))
    tote = {0: ("plan-tote", order)}
    wave_id, _ = site.launch(
        PlannedTour(
            [PlannedTask("A-1", order, "S1", 2, 0)], end="hand-1", method="zone", totes=tote
        ),
        PlannedTour([PlannedTask("A-3", order, "S3", 1, 0)], method="zone", totes=tote, after=[0]),
    )
    device, follower = _device(site), _device(site, "B-3")
    device.sync(want="work")
    assert follower.sync(want="work")["list"] is None
    device.bind_all()
    device.pick(0)
    device.do("drop", tote="T-0001", station="hand-1")
    assert site.state_of(order) == "picking"
    device.do("done")
    view = follower.sync(want="work")["list"]
    assert (view["cart"]["slots"][0]["tote"], view["cart"]["slots"][0]["bound"]) == (
        "T-0001",
        False,
    )
    assert follower.do("bind", tote="T-0002", slot=0) == ("refused", "wrong-tote")
    follower.bind_all()
    follower.pick(0)
    assert site.state_of(order) == "picking"
    follower.do("drop", tote="T-0001", station="pack-1")
    assert site.state_of(order) == "ready-to-pack"
    follower.do("done")
    assert site.wave_state(wave_id) == "completed"


def test_sort_after_meets_at_the_wall(site: Site) -> None:
    """Two orders share a tote; each becomes ready when its units are in its wall slot."""
    first, second = site.order(("S1", 2)), site.order(("S1", 1), ("S2", 1))
    shared = {0: ("shared", None)}
    wave_id, _ = site.launch(
        PlannedTour(
            [
                PlannedTask("A-1", first, "S1", 2, 0),
                PlannedTask("A-1", second, "S1", 1, 0),
                PlannedTask("A-2", second, "S2", 1, 0),
            ],
            end="wall-1",
            method="sort-after",
            totes=shared,
        )
    )
    device = _device(site)
    device.sync(want="work")
    device.bind_all()
    for number in range(3):
        assert device.pick(number) == ("applied", "ok")
    device.do("drop", tote="T-0001", station="wall-1")
    assert (site.state_of(first), site.state_of(second)) == ("consolidating", "consolidating")
    device.do("done")
    device.view = None
    put = {"tote": "T-0001", "sku": "S1", "wall_slot": "W-1", "order": first.number}
    assert device.do("put", qty=3, **put) == ("refused", "not-in-tote")
    assert device.do("put", qty=2, **put) == ("applied", "ok")
    assert site.state_of(first) == "ready-to-pack"
    other = {"tote": "T-0001", "order": second.number, "qty": 1}
    assert device.do("put", sku="S1", wall_slot="W-2", **other) == ("applied", "ok")
    assert site.state_of(second) == "consolidating"
    assert device.do("put", sku="S2", wall_slot="W-2", **other) == ("applied", "ok")
    assert site.state_of(second) == "ready-to-pack"
    assert site.buckets(second) == {"consolidated": 2}
    with site.database.read() as session:
        report = reports.wave_report(session, wave_id=wave_id)
        assert report == reports.recount(session, wave_id=wave_id)


def test_a_wall_slot_belongs_to_one_order_until_it_is_complete(small: Site) -> None:
    first, second = small.order(("S1", 2)), small.order(("S2", 1))
    small.launch(
        PlannedTour(
            [PlannedTask("A-1", first, "S1", 2, 0), PlannedTask("A-2", second, "S2", 1, 0)],
            end="wall-1",
            method="sort-after",
            totes={0: ("shared", None)},
        )
    )
    device = _device(small)
    device.sync(want="work")
    device.bind_all()
    device.pick(0)
    device.pick(1)
    device.do("drop", tote="T-0001", station="wall-1")
    put = {"tote": "T-0001", "wall_slot": "W-1", "qty": 1}
    assert device.do("put", sku="S1", order=first.number, **put) == ("applied", "ok")
    assert device.do("put", sku="S2", order=second.number, **put) == ("refused", "slot-taken")


def test_parts_of_an_order_at_two_pack_stations_still_have_to_meet(small: Site) -> None:
    order = small.order(("S1", 2), ("S2", 1))
    small.launch(
        PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]),
        PlannedTour([PlannedTask("A-2", order, "S2", 1, 0)]),
    )
    device, other = _device(small), _device(small, "B-3")
    for each, tote, station in ((device, 1, "pack-1"), (other, 2, "pack-2")):
        each.sync(want="work")
        each.bind_all(tote)
        each.pick(0)
        each.do("drop", tote=f"T-000{tote}", station=station)
        each.do("done")
    assert small.state_of(order) == "consolidating"


def test_count_books_the_difference_and_closes_count_tasks(small: Site) -> None:
    device, _ = _two_tasks(small)
    device.do("short", task=device.task()["id"], qty=3, reason="not-found", counted=None)
    assert len(_floor(small, "count")) == 1
    counted = {"list": None, "lease": None, "location": "A-1", "sku": "S1", "qty": 8}
    assert device.do("count", **counted) == ("applied", "ok")
    assert small.on_hand("A-1", "S1") == (8, 0)
    assert _floor(small, "count") == []
    assert device.do("count", **{**counted, "location": "Z-9"}) == ("refused", "unknown-location")


def test_reports_reach_the_lead(small: Site) -> None:
    device, _ = _two_tasks(small)
    assert device.do("report", reason="help", text="blocked") == ("applied", "ok")
    (card,) = _cards(small)
    assert (card.kind, card.detail["text"]) == ("help", "blocked")


# Envelopes


@pytest.mark.parametrize(
    "request_body",
    [
        {},
        {"stream": "x", "ops": []},
        {"stream": "a" * 32, "ops": {}},
        {"stream": "a" * 32, "ops": [{}]},
        {"stream": "a" * 32, "ops": [{"seq": True}]},
        {"stream": "a" * 32, "ops": [{"seq": 0}]},
        {"stream": "a" * 32, "ops": [{"seq": 2**31}]},
        {"stream": "a" * 32, "ops": [{"seq": 2}, {"seq": 1}]},
        {"stream": "a" * 32, "ops": [{"seq": n} for n in range(1, 52)]},
        {"stream": "a" * 32, "ops": [], "more": 1},
    ],
)
def test_broken_messages_are_bad_input(small: Site, request_body: dict[str, object]) -> None:
    who = small.sign_in()
    with pytest.raises(BadInput), small.database.write() as session:
        protocol.ops(session, small.clock, who=who, request=request_body)


@pytest.mark.parametrize(
    "change",
    [
        {"acked": -1},
        {"acked": "1"},
        {"want": "all"},
        {"rid": ""},
        {"rid": None},
        {"have": []},
        {"have": {"list": 1, "ver": 1}},
        {"stream": "A" * 32},
        {"extra": 1},
    ],
)
def test_broken_syncs_are_bad_input(small: Site, change: dict[str, object]) -> None:
    who = small.sign_in()
    request = {"stream": "a" * 32, "acked": 0, "have": None, "want": None, "rid": "r"}
    with pytest.raises(BadInput), small.database.write() as session:
        syncing.sync(session, small.clock, who=who, request={**request, **change})


def test_an_unexpected_fault_parks_the_operation_and_goes_on(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, _ = _two_tasks(small)

    def broken(fact: object, body: object) -> None:
        raise LookupError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(list_facts, "skip", broken)
        skipped = device.do("skip", task=device.task(0)["id"], reason="later")
        assert skipped == ("parked", "internal-error")
    assert device.pick(0, 1) == ("applied", "ok")
    assert small.on_hand("A-1", "S1") == (9, 2)


def test_fifty_operations_in_one_message(site: Site) -> None:
    device, _ = _two_tasks(site, quantity=10)
    for _ in range(10):
        device.record("pick", **device.pick_fields(device.task(0), 1))
    for _ in range(40):
        device.record("skip", task=device.task(1)["id"], reason="later")
    device.flush()
    assert device.acked == 51
    assert site.on_hand("A-1", "S1") == (0, 0)
    with site.database.read() as session:
        assert session.get_one(PickTask, device.task(0)["id"]).state == "done"


def test_a_list_given_back_with_nothing_left_ends_with_its_orders(site: Site) -> None:
    """Everything was short; the picker gives the list back instead of closing it."""
    order = site.order(("S3", 5))
    wave_id, _ = site.launch(PlannedTour([PlannedTask("A-3", order, "S3", 5, 0)]))
    device = _device(site)
    device.sync(want="work")
    device.bind_all()
    device.do("short", task=device.task()["id"], qty=5, reason="none", counted=0)
    assert device.do("hand_back") == ("applied", "ok")
    assert site.state_of(order) == "exception"
    assert site.wave_state(wave_id) == "completed-with-shorts"
