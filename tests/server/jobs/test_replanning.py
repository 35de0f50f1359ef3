"""A short is made good from another location of the same walk."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from server.jobs.planning import PlanningLane
from server.jobs.replanning import ReplanLane
from server.models import (
    ExceptionCard,
    OrderLine,
    PickList,
    PickStop,
    PickTask,
    PlanningRun,
    RunState,
    StockBalance,
    StoredPlan,
)
from server.picking import protocol, syncing
from server.services import people, reports, waves
from server.services.clock import system_clock
from server.services.people import SignedIn
from tests.server import small_site
from tests.server.jobs.conftest import Bench

STREAM = "0" * 31 + "7"


@dataclass(slots=True)
class Device:
    """One picker's handheld, talking to the protocol core directly."""

    bench: Bench
    who: SignedIn
    snapshot: dict[str, Any] = field(default_factory=dict)
    seq: int = 0

    def sync(self) -> dict[str, Any]:
        body = {"stream": STREAM, "acked": self.seq, "have": None, "want": "work", "rid": "r"}
        with self.bench.database.write() as session:
            reply = syncing.sync(session, system_clock, who=self.who, request=body)
        self.snapshot = reply["list"]
        return self.snapshot

    def send(self, kind: str, **carried: Any) -> str:
        self.seq += 1
        op = {
            "seq": self.seq,
            "kind": kind,
            "list": self.snapshot["list"],
            "lease": self.snapshot["lease"],
            "by": self.who.sign_in_id,
            "dt": 100,
            **carried,
        }
        with self.bench.database.write() as session:
            reply = protocol.ops(
                session, system_clock, who=self.who, request={"stream": STREAM, "ops": [op]}
            )
        return str(reply["verdicts"][0][1])

    def task_of(self, sku: str) -> dict[str, Any]:
        return next(task for task in self.snapshot["tasks"] if task["sku"] == sku)

    def short(self, task: dict[str, Any]) -> None:
        verdict = self.send("short", task=task["id"], qty=task["qty"], reason="empty", counted=0)
        assert verdict == "applied"


@pytest.fixture
def device(bench: Bench) -> Device:
    """A picker who has claimed the only list of a launched wave."""
    run_id = bench.ask(methods=["single"])
    PlanningLane(
        bench.settings,
        bench.database,
        system_clock,
        worker="test",
        stopping=threading.Event(),
        again=lambda: None,
    ).work()
    with bench.database.write() as session:
        plan = session.scalars(
            select(StoredPlan).where(StoredPlan.run_id == run_id, StoredPlan.recommended)
        ).one()
        waves.launch(session, system_clock, wave_id=bench.wave_id, plan_id=plan.id, key="launch")
        _, row = people.sign_in(
            session,
            system_clock,
            badge=small_site.PICKER,
            pin=small_site.PIN,
            client="handheld",
        )
        who = SignedIn(row.person_id, "Ana", "picker", "en", row.id, "handheld")
    found = Device(bench, who)
    for slot in found.sync()["cart"]["slots"]:
        assert found.send("bind", tote=f"T-{slot['slot'] + 1:04}", slot=slot["slot"]) == "applied"
    found.sync()
    return found


def lane(bench: Bench) -> ReplanLane:
    return ReplanLane(bench.database, system_clock, worker="test", stopping=threading.Event())


def runs(bench: Bench) -> list[PlanningRun]:
    with bench.database.read() as session:
        return list(session.scalars(select(PlanningRun).where(PlanningRun.lane == "replan")))


def test_a_short_gets_a_task_at_the_other_location(bench: Bench, device: Device) -> None:
    task = device.task_of("SKU-00")
    before = device.snapshot["ver"]
    device.short(task)
    assert [run.state for run in runs(bench)] == [RunState.QUEUED]
    lane(bench).work()
    assert [run.state for run in runs(bench)] == [RunState.DONE]

    snapshot = device.sync()
    assert snapshot["ver"] > before
    added = [each for each in snapshot["tasks"] if each["sku"] == "SKU-00" and each["qty"] == 2]
    new = next(each for each in added if each["id"] != task["id"])
    stop = next(each for each in snapshot["stops"] if each["id"] == new["stop"])
    assert stop["location"] == small_site.SECOND_LOCATION
    # From A-01-1-01-L (2 m into the aisle) to A-01-1-07-L (8 m into it).
    assert stop["distance_mm"] == 6_000
    old = next(each for each in snapshot["tasks"] if each["id"] == task["id"])
    assert (old["short"], old["picked"]) == (2, 0)
    with bench.database.read() as session:
        line_id = session.get_one(PickTask, new["id"]).line_id
        line = session.get_one(OrderLine, line_id)
        assert (line.in_list, line.short_closed) == (2, 0)
        balance = session.get_one(StockBalance, ("location", small_site.SECOND_LOCATION, "SKU-00"))
        assert balance.allocated == 2
        card = session.scalars(select(ExceptionCard).where(ExceptionCard.kind == "short")).one()
        assert card.detail["taken_at"] == small_site.SECOND_LOCATION
        assert reports.wave_report(session, wave_id=bench.wave_id) == reports.recount(
            session, wave_id=bench.wave_id
        )


def test_the_stored_walk_is_that_of_the_new_stops(bench: Bench, device: Device) -> None:
    device.short(device.task_of("SKU-00"))
    lane(bench).work()
    with bench.database.read() as session:
        row = session.get_one(PickList, device.snapshot["list"])
        stops = session.scalars(
            select(PickStop).where(PickStop.list_id == row.id).order_by(PickStop.position)
        ).all()
        assert [stop.position for stop in stops] == list(range(len(stops)))
        assert row.path[0] != row.path[-1]
        walked = sum(
            abs(a[0] - b[0]) + abs(a[1] - b[1])
            for a, b in zip(row.path, row.path[1:], strict=False)
        )
        assert walked == row.length_mm


def test_without_stock_elsewhere_the_short_stays(bench: Bench, device: Device) -> None:
    task = device.task_of("SKU-01")
    device.short(task)
    assert runs(bench) == []
    with bench.database.read() as session:
        assert session.scalars(
            select(ExceptionCard.kind).where(ExceptionCard.list_id == device.snapshot["list"])
        ).all() == ["short"]


def test_a_short_that_was_undone_is_not_replanned(bench: Bench, device: Device) -> None:
    task = device.task_of("SKU-00")
    device.short(task)
    assert device.send("undo", op=device.seq) == "applied"
    lane(bench).work()
    assert len(device.sync()["tasks"]) == 2
    assert [run.state for run in runs(bench)] == [RunState.CANCELLED]


def test_a_broken_request_fails_its_run_only(bench: Bench, device: Device) -> None:
    device.short(device.task_of("SKU-00"))
    with bench.database.write() as session:
        run = session.scalars(select(PlanningRun).where(PlanningRun.lane == "replan")).one()
        run.params = {"kind": "short"}
    lane(bench).work()
    assert [run.state for run in runs(bench)] == [RunState.FAILED]
