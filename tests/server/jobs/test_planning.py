"""Planning runs: claimed, solved in a child, cancelled, killed, given back, never lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.jobs.child import Target
from server.jobs.planning import PlanningLane
from server.jobs.solve import main
from server.models import RunState, StoredPlan, WaveState
from server.services import orders, runs
from server.services.clock import system_clock
from tests.server.jobs import solvers
from tests.server.jobs.conftest import Bench
from tests.server.processes import wait_until


class Lane:
    """A planning lane with what it announced."""

    def __init__(self, bench: Bench, target: Target = main, *, grace_s: float = 60.0) -> None:
        self.stopping = threading.Event()
        self.announced: list[str] = []
        self._lane = PlanningLane(
            replace(bench.settings, watchdog_grace_s=grace_s),
            bench.database,
            system_clock,
            worker="test",
            stopping=self.stopping,
            again=lambda: self.announced.append("plan"),
            target=target,
        )

    def work(self) -> None:
        self._lane.work()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work in a thread; joined at the end."""
        thread = threading.Thread(target=self._lane.work)
        thread.start()
        try:
            yield
        finally:
            thread.join(20)
            assert not thread.is_alive()


def plans(bench: Bench, run_id: str) -> list[StoredPlan]:
    with bench.database.read() as session:
        return list(
            session.scalars(
                select(StoredPlan).where(StoredPlan.run_id == run_id).order_by(StoredPlan.id)
            )
        )


def test_run_stores_baseline_first_and_recommends_one_method(bench: Bench) -> None:
    run_id = bench.ask(methods=["single", "cluster"])
    Lane(bench).work()
    row, stored = bench.run(run_id), plans(bench, run_id)
    assert (row.state, row.error) == (RunState.DONE, None)
    assert [(plan.is_baseline, plan.method) for plan in stored] == [
        (True, "cluster"),
        (False, "single"),
        (False, "cluster"),
    ]
    assert [plan.recommended for plan in stored] == [False, False, True]
    assert len({plan.input_hash for plan in stored}) == 1
    assert row.progress["baseline_mm"] == stored[0].length_mm
    assert row.progress["methods_done"] == ["single", "cluster"]
    assert bench.wave().state == WaveState.PLANNED
    # Two lines of two units each: 6 orders x 2 picks.
    assert stored[2].document["totals"]["units"] == 24


def test_without_queued_runs_nothing_happens(bench: Bench) -> None:
    Lane(bench, solvers.hang_after_baseline).work()
    assert bench.wave().state == WaveState.DRAFT


def test_watchdog_kills_a_hanging_solver_and_the_baseline_stands(bench: Bench) -> None:
    run_id = bench.ask(seconds=0.5)
    Lane(bench, solvers.hang_after_baseline, grace_s=4.0).work()
    assert bench.run(run_id).state == RunState.OVERRUN
    assert [plan.is_baseline for plan in plans(bench, run_id)] == [True]
    assert bench.wave().state == WaveState.PLANNED


def test_a_crashing_solver_fails_the_run_and_says_how(bench: Bench) -> None:
    run_id = bench.ask()
    Lane(bench, solvers.crash_after_baseline).work()
    row = bench.run(run_id)
    assert row.state == RunState.FAILED
    assert row.error == "the solver was ended by signal 11"
    assert len(plans(bench, run_id)) == 1
    assert bench.wave().state == WaveState.FAILED


def test_input_the_planner_refuses_fails_the_run_with_its_words(bench: Bench) -> None:
    run_id = bench.ask()
    Lane(bench, solvers.complain).work()
    assert bench.run(run_id).error == "two orders have the same id"


def test_cancelled_run_keeps_what_it_has(bench: Bench) -> None:
    run_id = bench.ask(seconds=60)
    with Lane(bench, solvers.answer_when_asked).working():
        wait_until(
            lambda: bench.run(run_id).progress.get("best_mm") == 100_000,
            within_s=15,
            what="progress shown",
        )
        with bench.database.write() as session:
            runs.request_cancel(session, system_clock, run_id=run_id)
    assert bench.run(run_id).state == RunState.CANCELLED
    assert [plan.is_baseline for plan in plans(bench, run_id)] == [True, False]
    assert bench.wave().state == WaveState.PLANNED


def test_ending_worker_releases_the_lease_before_it_announces(bench: Bench) -> None:
    run_id = bench.ask(seconds=60)
    lane = Lane(bench, solvers.hang_after_baseline)
    states: list[str] = []
    lane.announced = _Recorder(lambda: states.append(bench.run(run_id).state))
    with lane.working():
        wait_until(lambda: len(plans(bench, run_id)) == 1, within_s=15, what="baseline stored")
        lane.stopping.set()
    assert states == [RunState.QUEUED]
    Lane(bench).work()
    assert bench.run(run_id).state == RunState.DONE
    assert bench.run(run_id).lease == 2


def test_a_worker_that_was_taken_over_stores_nothing_more(bench: Bench) -> None:
    run_id = bench.ask(seconds=60)
    with Lane(bench, solvers.answer_when_asked).working():
        wait_until(lambda: len(plans(bench, run_id)) == 1, within_s=15, what="baseline stored")
        with bench.database.write() as session:
            assert runs.reap(session, system_clock, older_than=timedelta(seconds=-1))
            taken = runs.claim(session, system_clock, worker="other", lane="plan")
    assert taken is not None
    assert bench.run(run_id).state == RunState.RUNNING
    assert bench.run(run_id).worker == "other"
    assert len(plans(bench, run_id)) == 1


def test_a_wave_that_changed_meanwhile_fails_the_run(bench: Bench) -> None:
    run_id = bench.ask(seconds=60)
    with Lane(bench, solvers.answer_when_asked).working():
        wait_until(lambda: len(plans(bench, run_id)) == 1, within_s=15, what="baseline stored")
        with bench.database.write() as session:
            orders.cancel(session, system_clock, order_id=bench.orders[0], reason="test")
            runs.request_cancel(session, system_clock, run_id=run_id)
    row = bench.run(run_id)
    assert row.state == RunState.FAILED
    assert row.error is not None
    assert "changed" in row.error
    assert bench.wave().state == WaveState.STALE


class _Recorder(list[str]):
    """A list that tells when something is added."""

    def __init__(self, told: object) -> None:
        super().__init__()
        assert callable(told)
        self._told = told

    def append(self, entry: str) -> None:
        self._told()
        super().append(entry)


@pytest.mark.parametrize("method", ["total", "zone", "sort-after"])
def test_each_method_can_be_asked_for_alone(bench: Bench, method: str) -> None:
    run_id = bench.ask(methods=[method])
    Lane(bench).work()
    assert [(plan.method, plan.recommended) for plan in plans(bench, run_id)[1:]] == [
        (method, True)
    ]
