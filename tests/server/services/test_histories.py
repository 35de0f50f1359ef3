"""Random histories: pickers, leads and a bad network, and the books after every step.

The model is the pickers' own memory: what each device was told about each of its operations.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from server.db.base import new_id
from server.db.engine import Database
from server.models import (
    Op,
    Order,
    OrderState,
    PickList,
    PlanningRun,
    RunState,
    Wave,
    WaveState,
)
from server.services import floor_work, lists, orders, reports, stock, waves
from tests.server.databases import emptied
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import SKUS, PlannedTask, PlannedTour, Site

SHELVES = {("A-1", "S1"): 6, ("A-2", "S2"): 5, ("A-3", "S3"): 4, ("A-4", "S1"): 3, ("A-5", "S2"): 2}


class History:
    """One warehouse, three devices, and everything that can happen to them."""

    def __init__(self, database: Database, seed: int) -> None:
        self.random = random.Random(seed)
        self.site = Site(database)
        self.site.build(SHELVES)
        self.devices = [
            Device(database, self.site.clock, self.site.sign_in(badge))
            for badge in ("B-2", "B-3", "B-4")
        ]
        self.accepted: list[Any] = []
        self.launches = 0
        self.next_tote = 1

    # The office

    def order(self) -> None:
        wanted = self.random.sample(SKUS[:3], self.random.randint(1, 2))
        self.accepted.append(
            self.site.order(
                *((sku, self.random.randint(1, 3)) for sku in wanted),
                ship_complete=self.random.random() < 0.3,
            )
        )

    def launch(self) -> None:
        """Plan all ready orders by hand onto free stock, in one or two lists, and launch."""
        with self.site.database.read() as session:
            ready = set(waves.select(session))
            free = Counter(stock.free(session))
        tours: list[list[PlannedTask]] = [[], []]
        chosen = [order for order in self.accepted if order.order_id in ready][:4]
        for number, accepted in enumerate(chosen):
            for sku, quantity in self._open_lines(accepted):
                left = quantity
                for location, stocked in sorted(free):
                    take = min(left, free[(location, stocked)]) if stocked == sku else 0
                    if take:
                        free[(location, stocked)] -= take
                        left -= take
                        half = self.random.randrange(2)
                        tours[half].append(PlannedTask(location, accepted, sku, take, number))
        planned = [PlannedTour(tasks) for tasks in tours if tasks]
        if planned:
            self.launches += 1
            missing = [
                o for o in chosen if all(o != t.order for tour in planned for t in tour.tasks)
            ]
            self.site.launch(*planned, key=str(self.launches), also=missing)

    def _open_lines(self, accepted: Any) -> list[tuple[str, int]]:
        with self.site.database.read() as session:
            lines = orders.get(session, accepted.order_id).lines
            return [(line.sku, line.open) for line in lines if line.open]

    def cancel_order(self) -> None:
        with self.site.database.write() as session:
            found = list(session.scalars(select(Order.id).order_by(Order.number)))
            if found:
                orders.cancel(
                    session, self.site.clock, order_id=self.random.choice(found), reason="x"
                )

    def cancel_wave(self) -> None:
        with self.site.database.write() as session:
            live = (WaveState.RELEASED, WaveState.IN_PROGRESS)
            found = list(session.scalars(select(Wave.id).where(Wave.state.in_(live))))
            if found:
                waves.cancel(session, self.site.clock, wave_id=self.random.choice(found))
                orders.check(session, self.site.clock)

    def count(self) -> None:
        location, sku = self.random.choice(sorted(SHELVES))
        with self.site.database.write() as session:
            counted = self.random.randint(0, 6)
            stock.adjust(session, self.site.clock, location=location, sku=sku, counted=counted)

    def receive(self) -> None:
        location, sku = self.random.choice(sorted(SHELVES))
        with self.site.database.write() as session:
            stock.receive(session, self.site.clock, location=location, sku=sku, quantity=2)
            orders.check(session, self.site.clock)

    def recall(self) -> None:
        with self.site.database.write() as session:
            held = list(session.scalars(select(PickList.id).where(PickList.state.in_(lists.HELD))))
            if held:
                lists.recall(
                    session, self.site.clock, list_id=self.random.choice(held), key=new_id()
                )

    def put_back(self) -> None:
        with self.site.database.write() as session:
            for task in floor_work.open_tasks(session):
                if task.kind == "put-back":
                    floor_work.put_back(
                        session,
                        self.site.clock,
                        floor_task_id=task.id,
                        location="A-6",
                        person_id=None,
                    )
                    if task.order_id is not None:
                        orders.settle(session, self.site.clock, order_id=task.order_id)
                    return

    def replan(self) -> None:
        """Answer the oldest short with whatever is free elsewhere."""
        with self.site.database.write() as session:
            run = session.scalars(
                select(PlanningRun)
                .where(PlanningRun.lane == "replan", PlanningRun.state == RunState.QUEUED)
                .order_by(PlanningRun.id)
            ).first()
            if run is None:
                return
            sku = session.scalar(
                select(Op.body["sku"].as_string()).where(Op.task_id == run.params["task"])
            )
            picks = [
                lists.Elsewhere(location, min(units, run.params["quantity"]), None, 500)
                for (location, found), units in stock.free(session).items()
                if sku is None or found == sku
            ]
            lists.take_elsewhere(
                session, self.site.clock, task_id=run.params["task"], picks=picks[:2]
            )
            run.state = RunState.DONE

    # The floor

    def ask_for_work(self, device: Device) -> None:
        device.flush()
        device.sync(want="work")

    def bind(self, device: Device) -> None:
        for row in device.view["cart"]["slots"] if device.view else ():
            if not row["bound"]:
                tote = row["tote"] or f"T-{self.next_tote:04}"
                self.next_tote = self.next_tote % 40 + 1
                device.record("bind", tote=tote, slot=row["slot"])
                row["bound"], row["tote"] = True, tote

    def work(self, device: Device) -> None:
        """Record something about a random task of the view, right or wrong."""
        if not device.view or not device.view["tasks"]:
            return
        task = self.random.choice(device.view["tasks"])
        slot = next(row for row in device.view["cart"]["slots"] if row["slot"] == task["tote_slot"])
        if slot["tote"] is None:
            return
        left = task["qty"] - task["picked"] - task["short"] - task["cancelled"]
        quantity = self.random.randint(1, max(1, left + (self.random.random() < 0.1)))
        choice = self.random.random()
        if choice < 0.6:
            device.record(
                "pick",
                task=task["id"],
                location=device.location_of(task),
                sku=task["sku"],
                qty=quantity,
                tote=slot["tote"],
            )
            task["picked"] += min(quantity, left)
        elif choice < 0.75:
            counted = self.random.choice([None, 0, 1])
            device.record("short", task=task["id"], qty=quantity, reason="fewer", counted=counted)
            task["short"] += min(quantity, left)
        elif choice < 0.85:
            device.record("skip", task=task["id"], reason="later")
        elif device.log:
            device.record("undo", op=self.random.randint(1, len(device.log)))

    def leave(self, device: Device) -> None:
        """Drop the totes and finish, or give the rest back."""
        if not device.view:
            return
        if self.random.random() < 0.3:
            device.record("hand_back")
        else:
            for row in device.view["cart"]["slots"]:
                if row["tote"] is not None:
                    device.record("drop", tote=row["tote"], station=device.view["drop"][0])
            device.record("done")
        device.flush()
        device.sync()

    def network(self, device: Device) -> None:
        """Flush, or send something again: the answers must be the ones given before."""
        if self.random.random() < 0.5 and device.acked:
            start = self.random.randrange(device.acked)
            again = device.log[start : start + self.random.randint(1, 5)]
            for seq, verdict, code in device.send(again)["verdicts"]:
                if seq in device.verdicts:
                    assert device.verdicts[seq] == (verdict, code)
        else:
            device.flush(size=self.random.randint(1, 7))

    def look(self, device: Device) -> None:
        device.flush()
        device.sync(have=True)

    def check(self) -> None:
        """The books hold, and every device's memory is what the server stored."""
        with self.site.database.read() as session:
            audit(session)
            for device in self.devices:
                for seq, (verdict, code) in device.verdicts.items():
                    op = session.get_one(Op, (device.stream, seq))
                    assert (op.verdict, op.code) == (verdict, code)
            for wave_id in session.scalars(select(Wave.id)):
                assert reports.wave_report(session, wave_id=wave_id) == reports.recount(
                    session, wave_id=wave_id
                )

    def finish(self) -> None:
        """Faults stop: every outbox drains, and what is left can be picked to the end."""
        for _ in range(30):
            busy = False
            for device in self.devices:
                self.ask_for_work(device)
                assert device.acked == len(device.log)
                if device.view is not None:
                    busy = True
                    self._finish_list(device)
            if not busy:
                break
        self.check()
        with self.site.database.read() as session:
            live = (WaveState.RELEASED, WaveState.IN_PROGRESS)
            assert session.scalars(select(Wave.number).where(Wave.state.in_(live))).all() == []
            stuck = session.scalars(
                select(Order.state).where(
                    Order.state.in_((OrderState.RELEASED, OrderState.PICKING))
                )
            ).all()
            assert stuck == []

    def _finish_list(self, device: Device) -> None:
        assert device.view is not None
        self.bind(device)
        device.flush()
        device.sync()
        assert device.view is not None
        for task in device.view["tasks"]:
            left = task["qty"] - task["picked"] - task["short"] - task["cancelled"]
            slot = next(
                row for row in device.view["cart"]["slots"] if row["slot"] == task["tote_slot"]
            )
            if left:
                device.record(
                    "pick",
                    task=task["id"],
                    location=device.location_of(task),
                    sku=task["sku"],
                    qty=left,
                    tote=slot["tote"],
                )
        for row in device.view["cart"]["slots"]:
            if row["tote"] is not None and not row["dropped"]:
                device.record("drop", tote=row["tote"], station=device.view["drop"][0])
        done = device.record("done")
        device.flush()
        assert device.verdicts[done] == ("applied", "ok"), device.verdicts
        device.sync()


OFFICE = ("order", "cancel_order", "count", "receive", "recall", "put_back", "replan")
FLOOR = ("ask_for_work", "bind", "work", "leave", "network", "look")


@pytest.mark.parametrize("seed", range(4))
def test_random_history_keeps_the_books(database: Database, seed: int) -> None:
    """120 steps in a row; the books are audited every 20 and at the end."""
    history = History(database, seed)
    for _ in range(4):
        history.order()
    history.launch()
    for step in range(120):
        office = history.random.random()
        if office < 0.05:
            history.launch()
        elif office < 0.06:
            history.cancel_wave()
        elif office < 0.25:
            getattr(history, history.random.choice(OFFICE))()
        else:
            name = history.random.choices(FLOOR, weights=(2, 2, 8, 1, 4, 2))[0]
            getattr(history, name)(history.random.choice(history.devices))
        if step % 20 == 19:
            history.check()
    history.finish()


class Machine(RuleBasedStateMachine):
    """The same, with Hypothesis choosing the steps and shrinking what fails."""

    database: Database

    @initialize(seed=st.integers(0, 10_000))
    def start(self, seed: int) -> None:
        emptied(self.database)
        self.history = History(self.database, seed)
        for _ in range(3):
            self.history.order()
        self.history.launch()

    @rule(what=st.sampled_from(OFFICE))
    def office(self, what: str) -> None:
        getattr(self.history, what)()

    @rule()
    def launch(self) -> None:
        self.history.launch()

    @rule()
    def cancel_wave(self) -> None:
        self.history.cancel_wave()

    @rule(device=st.integers(0, 2), what=st.sampled_from(FLOOR))
    def floor(self, device: int, what: str) -> None:
        getattr(self.history, what)(self.history.devices[device])

    @rule(device=st.integers(0, 2), times=st.integers(1, 4))
    def pick(self, device: int, times: int) -> None:
        holder = self.history.devices[device]
        if holder.view is None:
            self.history.ask_for_work(holder)
        self.history.bind(holder)
        for _ in range(times):
            self.history.work(holder)

    @precondition(lambda self: hasattr(self, "history"))
    @invariant()
    def books_hold(self) -> None:
        self.history.check()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.finish()


def test_hypothesis_finds_no_history_that_breaks_the_books(sqlite: Database) -> None:
    class OnThis(Machine):
        database = sqlite

    OnThis.TestCase.settings = settings(
        max_examples=8,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    OnThis.TestCase("runTest").debug()
