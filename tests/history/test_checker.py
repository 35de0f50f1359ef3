"""The judge of histories finds what is wrong, in histories and databases made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.history.checker import check
from tests.history.recorder import Recorder
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site

Line = dict[str, Any]
GENERATION = "g"


@pytest.fixture
def device(small: Site) -> Device:
    """A device that holds a list with one task of 2 units, and has picked one of them."""
    order = small.order(("S1", 2))
    small.launch(PlannedTour([PlannedTask("A-1", order, "S1", 2, 0)]))
    held = Device(small.database, small.clock, small.sign_in())
    held.sync(want="work")
    held.bind_all()
    assert held.pick(0, 1) == ("applied", "ok")
    held.sync()
    return held


def history_of(device: Device) -> list[Line]:
    """What a device lived through, written down in one call and a last word."""
    recorder = Recorder(lambda: 0)
    call = recorder.invoke("D", "ops", stream=device.stream, ops=device.log)
    verdicts = [[seq, *told] for seq, told in device.verdicts.items()]
    recorder.ok("D", call, {"last": device.acked, "verdicts": verdicts, "ver": 1})
    recorder.view(
        "D",
        stream=device.stream,
        person=device.who.person_id,
        gen=GENERATION,
        rev=1,
        snapshot=device.view,
    )
    recorder.end(
        "D",
        stream=device.stream,
        person=device.who.person_id,
        recorded=len(device.log),
        acked=device.acked,
        snapshot=device.view,
        facts=device.log,
    )
    return [dict(line) for line in recorder.lines]


def rules(lines: list[Line], device: Device) -> set[str]:
    """The rules that are broken."""
    with device.database.read() as session:
        return {violation.rule for violation in check(lines, session)}


def test_a_true_history_breaks_no_rule(device: Device) -> None:
    assert rules(history_of(device), device) == set()


def _verdict_changed(lines: list[Line]) -> None:
    lines[1]["reply"]["verdicts"][1][1:] = ["refused", "over-pick"]


def _acknowledged_more(lines: list[Line]) -> None:
    lines[1]["reply"]["verdicts"].append([9, "applied", "ok"])


def _sent_otherwise(lines: list[Line]) -> None:
    lines[0]["ops"] = [{**op, "dt": 7} for op in lines[0]["ops"]]


def _outbox_not_empty(lines: list[Line]) -> None:
    lines[-1]["recorded"] += 1


def _shows_an_old_list(lines: list[Line]) -> None:
    lines[-1]["snapshot"] = {**lines[-1]["snapshot"], "ver": 1}


def _lease_of_somebody_else(lines: list[Line]) -> None:
    lines[2]["stream"] = "e" * 32


def _went_back(lines: list[Line]) -> None:
    lines.insert(3, {**lines[2], "rev": 0})


def _went_back_to_what_a_restore_ended(lines: list[Line]) -> None:
    lines[3:3] = [{**lines[2], "gen": "h"}, lines[2]]


def _task_changed(lines: list[Line]) -> None:
    shown = lines[2]["snapshot"]
    other = [{**task, "qty": 5} for task in shown["tasks"]]
    lines.insert(3, {**lines[2], "snapshot": {**shown, "tasks": other}})


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (_verdict_changed, "I2"),
        (_acknowledged_more, "I1"),
        (_sent_otherwise, "I2"),
        (_outbox_not_empty, "I6"),
        (_shows_an_old_list, "I10"),
        (_lease_of_somebody_else, "I4"),
        (_went_back, "I10"),
        (_went_back_to_what_a_restore_ended, "I10"),
        (_task_changed, "I9"),
    ],
)
def test_a_history_that_does_not_fit_the_database_is_found(
    device: Device, spoil: Callable[[list[Line]], None], rule: str
) -> None:
    lines = history_of(device)
    spoil(lines)
    assert rule in rules(lines, device)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE stock_balance SET on_hand = on_hand + 1 WHERE place = 'A-1'", "I3"),
        ("UPDATE pick_task SET picked = picked - 1", "I2"),
        ("UPDATE order_line SET picked = picked - 1, in_list = in_list + 1", "I7"),
        ("UPDATE pick_list SET lease = lease + 1", "I4"),
        ("UPDATE stream SET last = last + 1", "I2"),
    ],
)
def test_books_that_were_tampered_with_are_found(device: Device, statement: str, rule: str) -> None:
    lines = history_of(device)
    with device.database.write() as session:
        session.execute(text(statement))
    assert rule in rules(lines, device)


def test_an_acknowledged_operation_is_missed_after_a_restore(device: Device) -> None:
    lines = history_of(device)
    told = {**lines[1], "reply": {**lines[1]["reply"]}}
    told["reply"] = {
        **told["reply"],
        "last": 4,
        "verdicts": [*told["reply"]["verdicts"], [4, "applied", "ok"]],
    }
    restored = [lines[0], told, {"event": "restore", "client": "", "at": 0}, *lines[2:]]
    assert rules(restored, device) == {"I1"}
    wiped = {"event": "wipe", "client": "D", "stream": device.stream, "at": 0}
    assert rules([wiped, *restored], device) == set()


def test_a_view_of_before_a_restore_may_arrive_after_it(device: Device) -> None:
    lines = history_of(device)
    restored = {"event": "restore", "client": "", "at": 0}
    present = {**lines[2], "gen": GENERATION + "1"}
    forgotten = {**lines[2], "snapshot": {**lines[2]["snapshot"], "lease": 9}}
    assert rules([*lines[:2], forgotten, *lines[2:]], device) == {"I4"}
    # The device has shown the former generation before, so the late view is known to be of it.
    late = [lines[2], restored, forgotten, *lines[:2], present, *lines[3:]]
    assert rules(late, device) == set()
    assert rules(
        [*late[:2], present, {**forgotten, "gen": GENERATION + "1"}, *late[3:]], device
    ) == {"I4"}


def test_a_fact_may_be_lost_where_server_and_device_have_forgotten_it(device: Device) -> None:
    former = "f" * 32  # The stream that ended when the device could not send what was asked for.
    fact = {**device.log[0], "dt": 7}
    about = {"client": "D", "stream": former, "at": 0}
    told = [
        {**about, "event": "record", "op": fact},
        {**about, "event": "invoke", "call": 9, "name": "ops", "ops": [fact]},
        {
            **about,
            "event": "ok",
            "call": 9,
            "reply": {"last": 1, "verdicts": [[fact["seq"], "applied", "ok"]], "ver": 2},
        },
    ]
    forgotten = {**about, "event": "forget", "seq": fact["seq"]}
    restored = {"event": "restore", "client": "", "at": 0}
    last = history_of(device)
    assert rules([*told, restored, *last], device) == {"I8"}
    assert rules([*told, forgotten, restored, *last], device) == set()
    assert rules([*told, forgotten, *last], device) == {"I1", "I8"}


def test_a_fact_may_be_forgotten_under_its_number_in_a_later_stream(device: Device) -> None:
    first, second = "e" * 32, "f" * 32
    fact = {**device.log[0], "seq": 4, "dt": 7}
    anew = {**fact, "seq": 1}
    about = {"client": "D", "stream": second, "at": 0}
    told = [
        {**about, "stream": first, "event": "record", "op": fact},
        {**about, "event": "invoke", "call": 9, "name": "ops", "ops": [anew]},
        {
            **about,
            "event": "ok",
            "call": 9,
            "reply": {"last": 1, "verdicts": [[1, "applied", "ok"]], "ver": 2},
        },
    ]
    forgotten = {**about, "event": "forget", "seq": 1}
    restored = {"event": "restore", "client": "", "at": 0}
    last = history_of(device)
    assert rules([*told, restored, *last], device) == {"I8"}
    assert rules([*told, forgotten, restored, *last], device) == set()
    twice = {**told[0], "op": {**fact, "seq": 5}}
    assert rules([twice, *told, forgotten, restored, *last], device) == {"I8"}


def test_a_server_that_forgets_without_a_restore_is_found(device: Device) -> None:
    lines = history_of(device)
    asked = {**lines[0], "call": 2, "name": "sync", "ops": []}
    answered = {**lines[1], "call": 2, "reply": {"last": 1}}
    assert rules([*lines[:2], asked, answered, *lines[2:]], device) == {"I1"}
