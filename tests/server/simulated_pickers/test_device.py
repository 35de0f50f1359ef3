"""A device: resends, restored servers, versions, answers the protocol does not allow."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Any

import pytest

from server.simulated_pickers.device import Device, Rejected, Stopped
from server.simulated_pickers.link import Hint
from server.simulated_pickers.outbox import Outbox
from server.simulated_pickers.tally import Tally
from tests.server.simulated_pickers.fake_floor import FakeFloor, FakeLink


@dataclass
class Rig:
    floor: FakeFloor
    link: FakeLink
    device: Device
    tally: Tally
    stop: threading.Event


@pytest.fixture
def rig() -> Rig:
    return make_rig(duplicate=0.0)


def make_rig(*, duplicate: float) -> Rig:
    floor = FakeFloor([("L1", "A", 2), ("L2", "B", 3)])
    link, tally, stop = FakeLink(floor), Tally(), threading.Event()
    device = Device(
        link,
        outbox=Outbox(),
        sign_in="me",
        duplicate=duplicate,
        rng=random.Random(1),
        tally=tally,
        stop=stop,
        pause=lambda _seconds: None,
    )
    device.sync(want="work")
    return Rig(floor, link, device, tally, stop)


def bind(rig: Rig, slot: int = 0) -> int:
    return rig.device.record("bind", tote=f"T-{slot}", slot=slot)


def test_facts_carry_list_lease_and_sign_in(rig: Rig) -> None:
    bind(rig)
    rig.device.flush()
    op = rig.floor.applied[0]
    assert (op["list"], op["lease"], op["by"]) == ("the-list", 1, "me")
    assert rig.device.take_verdicts() == {1: ("applied", "ok")}
    assert rig.device.take_verdicts() == {}


@pytest.mark.parametrize("fault", ["lost-answer", "lost-call", "busy"])
def test_a_lost_message_is_sent_again_and_takes_effect_once(rig: Rig, fault: str) -> None:
    rig.floor.faults = [fault, fault]
    bind(rig)
    rig.device.flush()
    assert len(rig.floor.applied) == 1
    assert rig.floor.calls["ops"] == 3
    assert rig.tally.counts["link-down"] == 2
    assert rig.tally.violations == ()


def test_a_message_sent_twice_must_be_judged_alike() -> None:
    rig = make_rig(duplicate=1.0)
    bind(rig)
    rig.device.flush()
    assert (rig.floor.calls["ops"], len(rig.floor.applied)) == (2, 1)
    assert list(rig.tally.violations) == []
    bind(rig, 1)
    original = rig.floor.call

    def forgetful(name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = original(name, body)
        rig.floor.verdicts[2] = ("refused", "other")
        return answer

    rig.floor.call = forgetful  # type: ignore[method-assign]
    rig.device.flush()
    assert "sent twice, judged" in rig.tally.violations[0]


def test_a_server_restored_from_a_backup_gets_everything_again(rig: Rig) -> None:
    bind(rig, 0)
    bind(rig, 1)
    rig.device.flush()
    rig.floor.last = 0
    rig.floor.used_totes.clear()
    rig.floor.applied.clear()
    rig.device.sync()
    rig.device.flush()
    assert [op["seq"] for op in rig.floor.applied] == [1, 2]
    assert rig.tally.counts["resent-after-restore"] == 2
    assert rig.tally.counts["verdict:applied"] == 2  # counted once, not twice


def test_a_gap_makes_it_send_from_where_the_server_is(rig: Rig) -> None:
    bind(rig, 0)
    rig.device.flush()
    rig.floor.last = 0
    rig.floor.used_totes.clear()
    bind(rig, 1)
    rig.device.flush()
    assert rig.floor.last == 2


def test_offline_nothing_is_sent_until_it_is_online_again(rig: Rig) -> None:
    rig.device.go_offline()
    bind(rig)
    rig.device.flush()
    assert rig.floor.applied == []
    rig.device.go_online()
    rig.device.flush()
    assert len(rig.floor.applied) == 1
    assert rig.link.n_opened == 2


def test_an_error_answer_ends_the_device(rig: Rig) -> None:
    rig.floor.faults = ["refuse"]
    bind(rig)
    with pytest.raises(Rejected, match="bad-message"):
        rig.device.flush()


def test_stopping_ends_a_device_whose_server_is_gone(rig: Rig) -> None:
    rig.stop.set()
    rig.floor.faults = ["lost-call"] * 10
    bind(rig)
    with pytest.raises(Stopped):
        rig.device.flush()


def test_own_facts_do_not_make_it_behind_but_others_do(rig: Rig) -> None:
    bind(rig)
    rig.device.flush()
    seen = [rig.device.behind]
    # The server's hint about the device's own fact brings no news.
    rig.link.hint = Hint("the-list", rig.floor.ver)
    rig.link.poked.set()
    seen.append(rig.device.behind)
    rig.floor.ver += 1
    rig.link.hint = Hint("the-list", rig.floor.ver)
    seen.append(rig.device.behind)
    rig.device.sync()
    seen.append(rig.device.behind)
    assert seen == [False, False, True, False]


def test_an_unexplained_version_in_an_answer_makes_it_behind(rig: Rig) -> None:
    rig.floor.ver += 1
    bind(rig)
    rig.device.flush()
    assert rig.device.behind


def test_a_cut_link_makes_it_behind(rig: Rig) -> None:
    rig.link.hint = None
    rig.link.poked.set()
    assert rig.device.behind


def test_acknowledged_units_are_counted_and_undone_ones_taken_away(rig: Rig) -> None:
    bind(rig)
    task = rig.floor.tasks[0]
    pick = {"task": task["id"], "location": "L1", "sku": "A", "qty": 2, "tote": "T-0"}
    seq = rig.device.record("pick", **pick)
    rig.device.record("undo", op=seq)
    rig.device.record("pick", **pick | {"qty": 1})
    rig.device.record("pick", **pick | {"sku": "wrong"})
    rig.device.record("short", task=task["id"], qty=1, reason="empty", counted=0)
    rig.device.flush()
    counts = rig.tally.counts
    assert counts["acknowledged-pick-units"] == 1
    assert counts["acknowledged-short-units"] == 1
    assert counts["code:pick:refused:wrong-item"] == 1
