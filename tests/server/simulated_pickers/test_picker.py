"""A picker works a whole list, whatever goes wrong on the way."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, replace
from typing import Any

import pytest

from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.device import Device
from server.simulated_pickers.outbox import Outbox
from server.simulated_pickers.picker import Picker
from server.simulated_pickers.tally import Tally
from server.simulated_pickers.warehouse import Shelves, ToteRack, WallQueue
from tests.server.simulated_pickers.fake_floor import FakeFloor, FakeLink

CALM = Behaviour(short=0, wrong_scan=0, skip=0, undo=0, offline=0, duplicate=0)
TASKS = [("L1", "A", 2), ("L1", "B", 1), ("L2", "C", 5), ("L3", "D", 3), ("L3", "D", 2)]


@dataclass
class Shift:
    floor: FakeFloor
    tally: Tally
    shelves: Shelves
    wall: WallQueue


def work(
    floor: FakeFloor,
    behaviour: Behaviour,
    *,
    seed: int = 1,
    totes: tuple[str, ...] = ("T-1", "T-2", "T-3"),
    stations: dict[str, str] | None = None,
) -> Shift:
    """Let one picker work until the floor's list is closed."""
    tally, stop = Tally(), threading.Event()
    shelves, wall, link = Shelves(), WallQueue(), FakeLink(floor)
    device = Device(
        link,
        outbox=Outbox(),
        sign_in="me",
        duplicate=behaviour.duplicate,
        rng=random.Random(seed),
        tally=tally,
        stop=stop,
        pause=lambda _seconds: None,
    )
    wait = link.poked.wait

    def idle(timeout: float | None = None) -> bool:
        stop.set()  # no work is left
        return wait(0)

    link.poked.wait = idle  # type: ignore[method-assign]
    Picker(
        device,
        behaviour=behaviour,
        rng=random.Random(seed),
        tally=tally,
        stop=stop,
        shelves=shelves,
        rack=ToteRack(totes),
        wall=wall,
        stations=stations or {"pack-1": "pack"},
    ).work()
    return Shift(floor, tally, shelves, wall)


def kinds(floor: FakeFloor) -> list[str]:
    return [op["kind"] for op in floor.applied]


def test_a_calm_list_is_walked_in_order_and_closed() -> None:
    shift = work(FakeFloor(TASKS), CALM)
    assert shift.floor.closed
    picked = [op["location"] for op in shift.floor.applied if op["kind"] == "pick"]
    assert picked == ["L1", "L1", "L2", "L3", "L3"]
    assert kinds(shift.floor)[-3:] == ["drop", "drop", "done"]
    assert all(task["picked"] == task["qty"] for task in shift.floor.tasks)
    assert shift.tally.violations == ()


@pytest.mark.parametrize("seed", range(8))
def test_every_unit_is_picked_or_short_whatever_goes_wrong(seed: int) -> None:
    rough = Behaviour(
        short=0.2, wrong_scan=0.3, skip=0.3, undo=0.3, offline=0.3, duplicate=0.5, batch=3
    )
    floor = FakeFloor(TASKS * 4)
    floor.faults = ["", "lost-answer", "", "lost-call", "busy", "", "", "lost-answer"]
    shift = work(floor, rough, seed=seed)
    assert floor.closed
    assert all(task["picked"] + task["short"] == task["qty"] for task in floor.tasks)
    counts = shift.tally.counts
    assert counts["acknowledged-pick-units"] == sum(task["picked"] for task in floor.tasks)
    assert counts.get("acknowledged-short-units", 0) == sum(t["short"] for t in floor.tasks)
    assert shift.tally.violations == ()


def test_a_wrong_item_is_refused_and_not_taken_for_a_failure() -> None:
    shift = work(FakeFloor(TASKS), replace(CALM, wrong_scan=1.0))
    assert shift.tally.counts["code:pick:refused:wrong-item"] == len(TASKS)
    assert shift.tally.violations == ()


def test_a_server_that_takes_a_wrong_item_is_a_violation() -> None:
    floor = FakeFloor(TASKS)
    strict = floor._close_units

    def lenient(op: dict[str, Any], task: dict[str, Any]) -> str:
        return strict(op | {"sku": task["sku"]}, task)

    floor._close_units = lenient  # type: ignore[method-assign]
    shift = work(floor, replace(CALM, wrong_scan=1.0))
    assert "a wrong item was applied" in shift.tally.violations[0]


def test_an_empty_shelf_is_empty_for_everybody() -> None:
    shift = work(
        FakeFloor([("L1", "A", 2), ("L1", "A", 3), ("L1", "A", 4)]), replace(CALM, short=1)
    )
    shorts = [op for op in shift.floor.applied if op["kind"] == "short"]
    assert len(shorts) == 3
    assert all(op["counted"] == 0 for op in shorts)
    assert shift.shelves.is_empty("L1", "A")
    # Whoever comes after the first finds nothing at all.
    assert [task["picked"] for task in shift.floor.tasks[1:]] == [0, 0]


def test_skipped_tasks_are_done_last() -> None:
    shift = work(FakeFloor(TASKS), replace(CALM, skip=0.5), seed=3)
    skipped = [op["task"] for op in shift.floor.applied if op["kind"] == "skip"]
    picked = [op["task"] for op in shift.floor.applied if op["kind"] == "pick"]
    assert skipped
    assert picked[-len(skipped) :] == sorted(skipped)


def test_a_tote_in_use_is_put_back_and_the_next_taken() -> None:
    floor = FakeFloor(TASKS)
    floor.used_totes.add("T-1")
    shift = work(floor, CALM)
    assert floor.closed
    assert {slot["tote"] for slot in floor.slots} == {"T-2", "T-3"}
    assert shift.tally.counts["code:bind:refused:tote-not-empty"] == 1


def test_no_empty_tote_is_said() -> None:
    shift = work(FakeFloor(TASKS), CALM, totes=("T-1",))
    assert shift.tally.violations == ("no empty tote is left",)


def test_cancelled_units_are_left_alone() -> None:
    floor = FakeFloor(TASKS)
    floor.tasks[2]["cancelled"] = 5
    work(floor, CALM)
    assert floor.closed
    assert floor.tasks[2]["picked"] == 0


def test_totes_dropped_at_the_wall_go_to_the_sorter() -> None:
    shift = work(FakeFloor(TASKS), CALM, stations={"pack-1": "wall"})
    goods = shift.wall.take(0)
    assert shift.wall.n_waiting == 1
    assert sum(part.quantity for part in goods) == 13  # 2 + 1 + 5 + 3 + 2
    assert {part.order_number for part in goods} == {100, 101}
    shift.wall.sorted_away()
    assert shift.wall.n_waiting == 0


def test_a_list_on_which_nothing_works_is_given_back() -> None:
    floor = FakeFloor(TASKS)
    judge = floor._judge

    def judged(op: dict[str, Any]) -> str:
        if op["kind"] == "hand_back":
            floor.closed = True
        return "nonsense" if op["kind"] in ("pick", "short") else judge(op)

    floor._judge = judged  # type: ignore[method-assign]
    shift = work(floor, CALM)
    assert floor.closed
    assert "facts in a row were not applied" in shift.tally.violations[0]


@pytest.mark.parametrize("wrong", [{"short": 1.5}, {"pace_s": -1.0}, {"skip": -0.1}, {"batch": 0}])
def test_behaviour_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Behaviour(**wrong)  # type: ignore[arg-type]
