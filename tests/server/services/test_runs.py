"""Planning runs survive their workers, and a lost lease can store nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Conflict
from server.models import RunState
from server.services import orders, runs, waves
from server.services.runs import ClaimedRun
from tests.server.services.site import PlannedTask, PlannedTour, Site


def _requested(site: Site) -> tuple[str, str, orders.Accepted]:
    order = site.order(("S1", 1))
    wave_id = site.wave(order)
    with site.database.write() as session:
        run = waves.request_plan(
            session, site.clock, wave_id=wave_id, seconds=5, seed=7, methods=["cluster"]
        )
        return wave_id, run.id, order


def _claim(site: Site, worker: str = "w") -> ClaimedRun | None:
    with site.database.write() as session:
        return runs.claim(session, site.clock, worker=worker, lane="plan")


def _store(site: Site, run: ClaimedRun, order: orders.Accepted) -> str:
    with site.database.write() as session:
        document = site.document(session, [PlannedTour([PlannedTask("A-1", order, "S1", 1, 0)])])
        return runs.store_plan(
            session,
            site.clock,
            run_id=run.run_id,
            lease=run.lease,
            document=document,
            input_hash="0" * 64,
            solver="test",
            is_baseline=True,
        ).id


def _state(site: Site, run_id: str) -> str:
    with site.database.read() as session:
        return runs.get(session, run_id).state


def test_a_run_is_claimed_once(site: Site) -> None:
    wave_id, run_id, _ = _requested(site)
    claimed = _claim(site)
    assert claimed == ClaimedRun(run_id, wave_id, 1, "plan", 1, 5.0, 7, {"methods": ["cluster"]})
    assert _claim(site, "other") is None


def test_a_wave_being_planned_cannot_be_planned_again(small: Site) -> None:
    wave_id, _, _ = _requested(small)
    with pytest.raises(Conflict), small.database.write() as session:
        waves.request_plan(session, small.clock, wave_id=wave_id, seconds=5, seed=1)


def test_a_lost_worker_is_replaced_and_cannot_store_any_more(site: Site) -> None:
    _, run_id, order = _requested(site)
    first = _claim(site)
    assert first is not None
    site.clock.forward(seconds=30)
    with site.database.write() as session:
        assert runs.reap(session, site.clock, older_than=timedelta(seconds=10)) == [
            (run_id, "plan")
        ]
    second = _claim(site, "other")
    assert second is not None
    assert second.lease == 2
    with site.database.write() as session:
        assert not runs.beat(session, site.clock, run_id=run_id, lease=first.lease)
        assert runs.beat(session, site.clock, run_id=run_id, lease=2, progress={"best_mm": 1})
    with pytest.raises(Conflict):
        _store(site, first, order)
    _store(site, second, order)


def test_queued_runs_that_nobody_claimed_are_enqueued_again(small: Site) -> None:
    _, run_id, _ = _requested(small)
    with small.database.write() as session:
        assert runs.reap(session, small.clock, older_than=timedelta(seconds=10)) == []
    small.clock.forward(seconds=11)
    with small.database.write() as session:
        assert runs.reap(session, small.clock, older_than=timedelta(seconds=10)) == [
            (run_id, "plan")
        ]


def test_a_broken_run_leaves_the_baseline_to_launch(small: Site) -> None:
    wave_id, run_id, order = _requested(small)
    run = _claim(small)
    assert run is not None
    plan_id = _store(small, run, order)
    with small.database.write() as session:
        runs.fail(session, small.clock, run_id=run_id, lease=run.lease, error="signal 11")
    assert (small.wave_state(wave_id), _state(small, run_id)) == ("failed", "failed")
    with small.database.write() as session:
        waves.launch(session, small.clock, wave_id=wave_id, plan_id=plan_id, key="k")
    assert small.wave_state(wave_id) == "released"


@pytest.mark.parametrize(
    ("state", "stored", "wave"),
    [
        (RunState.DONE, True, "planned"),
        (RunState.DONE, False, "infeasible"),
        (RunState.OVERRUN, True, "planned"),
        (RunState.OVERRUN, False, "failed"),
        (RunState.CANCELLED, True, "planned"),
        (RunState.CANCELLED, False, "draft"),
    ],
)
def test_the_end_of_a_run_decides_about_its_wave(
    small: Site, state: RunState, stored: bool, wave: str
) -> None:
    wave_id, run_id, order = _requested(small)
    run = _claim(small)
    assert run is not None
    if stored:
        _store(small, run, order)
    with small.database.write() as session:
        runs.finish(session, small.clock, run_id=run_id, lease=run.lease, state=state)
    assert small.wave_state(wave_id) == wave


def test_cancel_reaches_a_queued_run_at_once_and_a_running_one_by_its_beat(small: Site) -> None:
    wave_id, run_id, _ = _requested(small)
    with small.database.write() as session:
        runs.request_cancel(session, small.clock, run_id=run_id)
    assert (_state(small, run_id), small.wave_state(wave_id)) == ("cancelled", "draft")
    with small.database.write() as session:
        run_id = waves.request_plan(session, small.clock, wave_id=wave_id, seconds=5, seed=1).id
    run = _claim(small)
    assert run is not None
    with small.database.write() as session:
        runs.request_cancel(session, small.clock, run_id=run_id)
        assert not runs.beat(session, small.clock, run_id=run_id, lease=run.lease)
    assert _state(small, run_id) == "running"


def test_a_stopping_worker_gives_its_run_back(small: Site) -> None:
    _, run_id, _ = _requested(small)
    run = _claim(small)
    assert run is not None
    with small.database.write() as session:
        assert runs.release(session, small.clock, run_id=run_id, lease=run.lease)
        assert not runs.release(session, small.clock, run_id=run_id, lease=run.lease)
    again = _claim(small)
    assert again is not None
    assert again.run_id == run_id


def test_a_result_for_a_wave_that_changed_is_refused(small: Site) -> None:
    wave_id, _, order = _requested(small)
    run = _claim(small)
    assert run is not None
    with small.database.write() as session:
        orders.hold(session, small.clock, order_id=order.order_id, reason="x")
    assert small.wave_state(wave_id) == "stale"
    with pytest.raises(Conflict) as refused:
        _store(small, run, order)
    assert refused.value.code == "plan-stale"
