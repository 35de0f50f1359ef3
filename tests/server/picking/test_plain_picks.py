"""Plain picks have the effect of the general way, alone and with other devices' messages."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from server.db import base
from server.db.base import Base
from server.db.engine import Database
from server.picking import plain_picks, protocol
from server.picking.messages import OpsMessage, ops_message
from server.picking.plain_picks import PlainPicks
from server.services import stock
from tests.server.databases import emptied
from tests.server.services.device import Device
from tests.server.services.site import PlannedTask, PlannedTour, Site
from tests.server.services.test_histories import FLOOR, OFFICE, History

SECRET = frozenset({"token_hash", "pin_hash"})
"""Columns that are random on purpose."""
ONCE = frozenset({"generation"})
"""Tables about the life of a database, which is another one after it was emptied."""


@pytest.fixture
def counted_ids(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Ids that are the same in every run; :func:`_restart` begins again."""
    _restart(monkeypatch)
    return monkeypatch


def _restart(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count(1)

    class Counted:
        @staticmethod
        def token_hex(_size: int) -> str:
            return f"{next(numbers):020x}"

    class Standing:
        @staticmethod
        def time_ns() -> int:
            return 0

    monkeypatch.setattr(base, "secrets", Counted)
    monkeypatch.setattr(base, "time", Standing)


def _rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order that does not depend on when it was written."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in ONCE:
                columns = [column for column in table.columns if column.name not in SECRET]
                rows = session.execute(table.select().with_only_columns(*columns)).all()
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def _play(database: Database, seed: int) -> None:
    """A random shift."""
    history = History(emptied(database), seed)
    for _ in range(4):
        history.order()
    history.launch()
    for device in history.devices:
        history.ask_for_work(device)
        history.bind(device)
    for _ in range(100):
        if history.random.random() < 0.15:
            getattr(history, history.random.choice(OFFICE))()
        else:
            name = history.random.choices(FLOOR, weights=(2, 2, 8, 1, 4, 2))[0]
            getattr(history, name)(history.random.choice(history.devices))


@pytest.mark.parametrize("seed", range(2))
def test_plain_and_general_way_leave_the_same_rows(
    database: Database, counted_ids: pytest.MonkeyPatch, seed: int
) -> None:
    plain: list[bool] = []
    pick = PlainPicks.pick

    def counting(self: PlainPicks, op: Any, said: Any) -> bool:
        plain.append(pick(self, op, said))
        return plain[-1]

    with counted_ids.context() as patched:
        patched.setattr(plain_picks.PlainPicks, "pick", counting)
        _play(database, seed)
        found = _rows(database)
    assert any(plain)
    _restart(counted_ids)
    with counted_ids.context() as patched:
        patched.setattr(plain_picks.PlainPicks, "pick", lambda _self, _op, _said: False)
        _play(database, seed)
        assert _rows(database) == found


def _message(device: Device, count: int) -> OpsMessage:
    """The next operations of a device as one message."""
    ops = copy.deepcopy(device.log[device.acked : device.acked + count])
    return ops_message(device.who, {"stream": device.stream, "ops": ops})


def _work(history: History) -> None:
    """Every device gets a list and records what comes to its picker's mind."""
    for _ in range(4):
        history.order()
    history.launch()
    for device in history.devices:
        history.ask_for_work(device)
        history.bind(device)
        for _ in range(12):
            history.work(device)


@pytest.mark.parametrize("seed", range(2))
def test_messages_of_several_devices_in_one_transaction_are_answered_as_alone(
    database: Database, counted_ids: pytest.MonkeyPatch, seed: int
) -> None:
    """One transaction has one revision and one seal, three have three; all else is the same."""
    together = History(emptied(database), seed)
    _work(together)
    messages = [_message(device, 50) for device in together.devices]
    messages.append(messages[0])  # sent again before it was answered
    with database.write() as session:
        grouped = protocol.judge(session, together.site.clock, messages)
    found = _rows(database)
    _restart(counted_ids)
    apart = History(emptied(database), seed)
    _work(apart)
    alone: list[dict[str, Any]] = []
    for message in [_message(device, 50) for device in apart.devices] + [
        _message(apart.devices[0], 50)
    ]:
        with database.write() as session:
            alone += protocol.judge(session, apart.site.clock, [message])
    assert grouped[:-1] == alone[:-1]
    assert grouped[-1]["verdicts"] == grouped[0]["verdicts"]
    expected = _rows(database)
    for counted in ("change", "counter", "audit_seal"):
        del found[counted], expected[counted]
    assert found == expected


@pytest.mark.parametrize("seed", range(2))
def test_one_by_one_gives_the_same_answers(
    database: Database, counted_ids: pytest.MonkeyPatch, seed: int
) -> None:
    answers: list[list[dict[str, Any]]] = []
    for judged in (
        lambda session, clock, message: protocol.judge(session, clock, [message])[0],
        protocol.judge_one_by_one,
    ):
        _restart(counted_ids)
        history = History(emptied(database), seed)
        _work(history)
        answers.append([])
        for device in history.devices:
            message = _message(device, 50)
            with database.write() as session:
                answers[-1].append(judged(session, history.site.clock, message))
    assert answers[0] == answers[1]


def test_two_pickers_empty_a_location_in_one_transaction(site: Site) -> None:
    """A-1 has 10 x S1. 6 + 6 are taken: the second time 2 are found, and the books say so."""
    orders = [site.order(("S1", 6)), site.order(("S1", 4))]
    site.launch(
        PlannedTour([PlannedTask("A-1", orders[0], "S1", 6, 0)]),
        PlannedTour([PlannedTask("A-1", orders[1], "S1", 4, 0)]),
    )
    devices = [Device(site.database, site.clock, site.sign_in(f"B-{n}")) for n in (2, 3)]
    for number, device in enumerate(devices):
        device.sync(want="work")
        device.bind_all(first=1 + 10 * number)
    with site.database.write() as session:
        # The books lose two units, which are there all the same.
        stock.adjust(session, site.clock, location="A-1", sku="S1", counted=8)
    for device in devices:
        device.record("pick", **device.pick_fields(device.task(0), device.task(0)["qty"]))
    with site.database.write() as session:
        answers = protocol.judge(session, site.clock, [_message(d, 50) for d in devices])
    assert [answer["verdicts"][0][1:] for answer in answers] == [["applied", "ok"]] * 2
    assert site.on_hand("A-1", "S1") == (0, 0)
