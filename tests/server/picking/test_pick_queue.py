"""The line of all handhelds of a process: everybody is answered, alone or in company."""

from __future__ import annotations

import copy
import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.errors import BadInput, Unavailable
from server.models import AuditSeal, Op
from server.picking import pick_queue, protocol
from server.picking.messages import OpsMessage
from server.picking.pick_queue import PickQueue
from server.services.clock import Clock
from tests.server.processes import wait_until
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _devices(site: Site) -> list[Device]:
    """Three pickers with a list each: 3 x S1 at A-1, 3 x S2 at A-2, 3 x S3 at A-3."""
    orders = [site.order((sku, 3)) for sku in ("S1", "S2", "S3")]
    site.launch(
        *(
            PlannedTour([PlannedTask(f"A-{number}", order, f"S{number}", 3, 0)])
            for number, order in enumerate(orders, start=1)
        )
    )
    devices = [Device(site.database, site.clock, site.sign_in(f"B-{n}")) for n in (2, 3, 4)]
    for number, device in enumerate(devices):
        device.sync(want="work")
        device.bind_all(first=1 + number)
    return devices


def _pick(device: Device) -> dict[str, Any]:
    """Record a pick of one unit; returns the message with everything that waits."""
    device.record("pick", **device.pick_fields(device.task(0), 1))
    return {"stream": device.stream, "ops": copy.deepcopy(device.log[device.acked :])}


def _at_once(queue: PickQueue, calls: list[tuple[Device, dict[str, Any]]]) -> list[Any]:
    """The outcomes of calls that all wait while somebody else is served."""
    outcomes: list[Any] = [None] * len(calls)

    def call(number: int) -> None:
        device, message = calls[number]
        try:
            outcomes[number] = queue.ops(device.who, message)
        except (BadInput, Unavailable, IntegrityError) as error:
            outcomes[number] = error

    threads = [threading.Thread(target=call, args=(number,)) for number in range(len(calls))]
    with queue._turn:
        for thread in threads:
            thread.start()
        wait_until(lambda: len(queue._waiting) == len(calls), within_s=10, what="all in line")
    for thread in threads:
        thread.join()
    return outcomes


def _seals(site: Site) -> int:
    with site.database.read() as session:
        return len(session.scalars(select(AuditSeal.number)).all())


def test_messages_that_wait_share_a_transaction(site: Site) -> None:
    """Each transaction leaves one link in the trail."""
    devices = _devices(site)
    queue = PickQueue(site.database, site.clock)
    before = _seals(site)
    answers = _at_once(queue, [(device, _pick(device)) for device in devices])
    assert [answer["verdicts"] for answer in answers] == [[[2, "applied", "ok"]]] * 3
    assert _seals(site) == before + 1
    with site.database.read() as session:
        audit(session)


def test_a_fault_in_one_message_harms_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = _devices(site)
    queue = PickQueue(site.database, site.clock)
    alone = protocol.judge_one_by_one

    def together(session: Session, clock: Clock, messages: list[OpsMessage]) -> list[Any]:
        session.add(Op(stream="nobody's", seq=1))
        session.flush()
        raise AssertionError("the database takes no such row")

    def second_is_broken(session: Session, clock: Clock, message: OpsMessage) -> Any:
        if message.stream == devices[1].stream:
            raise IntegrityError("broken", {}, Exception("constraint"))
        return alone(session, clock, message)

    monkeypatch.setattr(pick_queue, "judge", together)
    monkeypatch.setattr(pick_queue, "judge_one_by_one", second_is_broken)
    outcomes = _at_once(queue, [(device, _pick(device)) for device in devices])
    assert outcomes[0]["verdicts"] == outcomes[2]["verdicts"] == [[2, "applied", "ok"]]
    assert isinstance(outcomes[1], IntegrityError)
    monkeypatch.undo()
    devices[1].flush()
    assert devices[1].verdicts[2] == ("applied", "ok")
    with site.database.read() as session:
        audit(session)


def test_a_broken_message_is_told_to_its_sender_only(site: Site) -> None:
    devices = _devices(site)
    queue = PickQueue(site.database, site.clock)
    broken = {"stream": devices[0].stream, "ops": [{"seq": 0}]}
    with pytest.raises(BadInput):
        queue.ops(devices[0].who, broken)
    assert queue.ops(devices[1].who, _pick(devices[1]))["last"] == 2


def test_trouble_of_the_database_is_told_to_everybody_who_waits(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = _devices(site)
    queue = PickQueue(site.database, site.clock)

    def full(_session: Session, _clock: Clock, _messages: list[OpsMessage]) -> list[Any]:
        raise Unavailable("the disk is full", code="disk-full")

    monkeypatch.setattr(pick_queue, "judge", full)
    outcomes = _at_once(queue, [(device, _pick(device)) for device in devices])
    assert [outcome.code for outcome in outcomes] == ["disk-full"] * 3
    monkeypatch.undo()
    for device in devices:
        device.flush()
        assert device.verdicts[2] == ("applied", "ok")


def test_the_same_message_twice_in_line_is_applied_once(site: Site) -> None:
    devices = _devices(site)
    queue = PickQueue(site.database, site.clock)
    message = _pick(devices[0])
    outcomes = _at_once(queue, [(devices[0], message)] * 3)
    assert [outcome["verdicts"] for outcome in outcomes] == [[[2, "applied", "ok"]]] * 3
    assert site.on_hand("A-1", "S1") == (9, 2)
