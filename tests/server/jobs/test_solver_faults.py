"""F42: whatever a solver dies of, its baseline stands, the lead is told why, the worker goes on."""

from __future__ import annotations

import sys

import pytest

from server.jobs.child import Target
from server.models import RunState, StockBalance, WaveState
from server.services import stock, waves
from server.services.clock import system_clock
from server.services.launch import LaunchResult
from tests.server.jobs import solvers
from tests.server.jobs.conftest import Bench
from tests.server.jobs.test_planning import Lane, plans


def launched(bench: Bench, plan_id: str) -> LaunchResult:
    with bench.database.write() as session:
        return waves.launch(
            session, system_clock, wave_id=bench.wave_id, plan_id=plan_id, key="fallback"
        )


@pytest.mark.parametrize(
    ("solver", "grace_s", "state", "reason"),
    [
        (solvers.crash_after_baseline, 60.0, RunState.FAILED, "ended by signal 11"),
        (solvers.killed_after_baseline, 60.0, RunState.FAILED, "may have run out of memory"),
        (solvers.out_of_memory, 60.0, RunState.FAILED, "ran out of memory"),
        # Last: its grace must cover the first start of the process that solvers are forked from.
        (solvers.hang_after_baseline, 8.0, RunState.OVERRUN, "did not end 8 s after its time"),
    ],
)
def test_the_baseline_stands_and_can_be_launched(
    bench: Bench, solver: Target, grace_s: float, state: RunState, reason: str
) -> None:
    run_id = bench.ask(seconds=0.5)
    Lane(bench, solver, grace_s=grace_s).work()
    row, stored = bench.run(run_id), plans(bench, run_id)
    assert row.state == state
    assert reason in (row.error or "")
    assert [plan.is_baseline for plan in stored] == [True]
    assert launched(bench, stored[0].id).tasks == 12
    assert bench.wave().state == WaveState.RELEASED


def test_a_worker_that_lost_many_solvers_solves_the_next_run(bench: Bench) -> None:
    for solver in (solvers.crash_after_baseline, solvers.out_of_memory) * 3:
        bench.ask(seconds=0.5)
        Lane(bench, solver).work()
    run_id = bench.ask()
    Lane(bench).work()
    assert bench.run(run_id).state == RunState.DONE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told whom to end first")
def test_the_solver_is_the_first_to_go_when_memory_runs_out(bench: Bench) -> None:
    run_id = bench.ask()
    Lane(bench, solvers.tell_who_goes_first).work()
    assert bench.run(run_id).error == "RuntimeError: 1000"


def test_what_cannot_be_planned_is_infeasible_with_its_reasons(bench: Bench) -> None:
    with bench.database.write() as session:
        for row in session.query(StockBalance).filter_by(kind="location").all():
            stock.adjust(session, system_clock, location=row.place, sku=row.sku, counted=0)
    run_id = bench.ask()
    Lane(bench).work()
    assert bench.run(run_id).state == RunState.DONE
    assert bench.wave().state == WaveState.INFEASIBLE
    reasons = {
        entry["reason"] for plan in plans(bench, run_id) for entry in plan.document["unplanned"]
    }
    assert reasons == {"no-stock"}
