"""Planning runs: claimed under a lease, kept alive by beats, taken over when the beat stops.

Every call of a worker names its lease; whoever lost it is told so and must stop. What a worker
with an old lease stores is refused, so a run has one result however many workers touched it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import Conflict, NotFound
from server.models import (
    OrderState,
    PlanningRun,
    RunState,
    StoredPlan,
    Wave,
    WaveState,
)
from server.services import audit, changes, membership
from server.services.clock import Clock
from server.services.plan_document import plan_figures

MAX_ERROR = 1000
_ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.OVERRUN)


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """What a worker needs to know about the run it has just claimed."""

    run_id: str
    wave_id: str
    wave_revision: int
    lane: str
    lease: int
    seconds: float
    seed: int
    params: dict[str, Any]


def claim(
    session: Session, clock: Clock, *, worker: str, lane: str, run_id: str | None = None
) -> ClaimedRun | None:
    """Take the oldest queued run of a lane (or the one named): queued -> ``running``.

    Returns None where there is nothing to do, or the run is not queued any more.
    """
    query = (
        select(PlanningRun)
        .where(PlanningRun.state == RunState.QUEUED, PlanningRun.lane == lane)
        .order_by(PlanningRun.created_at, PlanningRun.id)
        .limit(1)
    )
    if run_id is not None:
        query = query.where(PlanningRun.id == run_id)
    run = session.scalars(query).first()
    if run is None:
        return None
    run.state, run.worker, run.beat_at = RunState.RUNNING, worker[:100], clock()
    run.started_at = run.started_at or clock()
    run.lease += 1
    session.flush()
    _tell(session, run)
    return ClaimedRun(
        run.id,
        run.wave_id,
        run.wave_revision,
        run.lane,
        run.lease,
        run.seconds,
        run.seed,
        dict(run.params),
    )


def beat(
    session: Session,
    clock: Clock,
    *,
    run_id: str,
    lease: int,
    progress: dict[str, Any] | None = None,
) -> bool:
    """Say that the run is alive, and how far; False means stop: lease lost or cancel requested."""
    run = session.get(PlanningRun, run_id)
    if run is None or run.state != RunState.RUNNING or run.lease != lease:
        return False
    run.beat_at = clock()
    if progress is not None and progress != run.progress:
        run.progress = progress
        _tell(session, run)
    return not run.cancel_requested


def store_plan(
    session: Session,
    clock: Clock,
    *,
    run_id: str,
    lease: int,
    document: dict[str, Any],
    input_hash: str,
    solver: str,
    layout_id: str | None = None,
    is_baseline: bool = False,
) -> StoredPlan:
    """Keep an immutable, judged plan (a ``wavepick-plan/1`` document) of the run.

    Raises
    ------
    BadInput
        The document is not a plan.
    Conflict
        The lease is lost, or the wave or its layout changed since (code ``plan-stale``).
    """
    run = _held(session, run_id, lease)
    wave = session.get_one(Wave, run.wave_id)
    stale = run.lane == "plan" and wave.revision != run.wave_revision
    if stale or layout_id not in (None, wave.layout_id):
        raise Conflict(f"wave {wave.number} changed while it was planned", code="plan-stale")
    figures = plan_figures(document)
    row = StoredPlan(
        id=new_id(),
        run_id=run_id,
        wave_id=run.wave_id,
        method=figures.method,
        is_baseline=is_baseline,
        recommended=False,
        input_hash=input_hash,
        layout_id=wave.layout_id,
        seed=run.seed,
        solver=solver[:100],
        document=document,
        length_mm=figures.length_mm,
        duration_ms=figures.duration_ms,
        lists=figures.lists,
        baseline_mm=figures.baseline_mm,
        bound_mm=figures.bound_mm,
        unplanned=figures.unplanned,
        termination=figures.termination,
        created_at=clock(),
    )
    session.add(row)
    session.flush()
    _tell(session, run)
    return row


def finish(
    session: Session,
    clock: Clock,
    *,
    run_id: str,
    lease: int,
    state: str = RunState.DONE,
    recommended: str | None = None,
    error: str | None = None,
) -> None:
    """End a run: done, overrun or cancelled; its wave -> ``planned`` or ``infeasible``.

    ``recommended`` names the method whose plan is marked. A wave without a stored plan that has
    lists is infeasible.

    Raises
    ------
    Conflict
        The lease is lost.
    """
    run = _held(session, run_id, lease)
    session.flush()
    if recommended is not None:
        for plan in session.scalars(select(StoredPlan).where(StoredPlan.run_id == run_id)):
            plan.recommended = plan.method == recommended and not plan.is_baseline
    run.state, run.finished_at = RunState(state), clock()
    run.error = error[:MAX_ERROR] if error else None
    _settle_wave(session, clock, run)
    _tell(session, run)


def fail(session: Session, clock: Clock, *, run_id: str, lease: int, error: str) -> None:
    """End a run that broke: wave -> ``failed``; plans stored before (the baseline) stand."""
    run = _held(session, run_id, lease)
    run.state, run.finished_at, run.error = RunState.FAILED, clock(), error[:MAX_ERROR]
    _settle_wave(session, clock, run)
    _tell(session, run)


def release(session: Session, clock: Clock, *, run_id: str, lease: int) -> bool:
    """Give a run back unfinished (worker stops): running -> ``queued``; False if not held."""
    run = session.get(PlanningRun, run_id)
    if run is None or run.state != RunState.RUNNING or run.lease != lease:
        return False
    _requeue(session, clock, run, "released")
    return True


def request_cancel(
    session: Session, clock: Clock, *, run_id: str, person_id: str | None = None
) -> PlanningRun:
    """Ask a run to stop: queued -> ``cancelled`` at once, running when its worker next beats.

    The plans it stored stand. An ended run stays as it is.
    """
    run = get(session, run_id)
    if run.state in _ENDED:
        return run
    run.cancel_requested = True
    if run.state == RunState.QUEUED:
        run.state, run.finished_at = RunState.CANCELLED, clock()
        _settle_wave(session, clock, run)
    audit.record(session, clock, action="run.cancel", subject=f"run:{run_id}", person_id=person_id)
    _tell(session, run)
    return run


def reap(session: Session, clock: Clock, *, older_than: timedelta) -> list[tuple[str, str]]:
    """(run id, lane) of runs to enqueue: without a beat, or queued without being claimed.

    Runs without a beat for ``older_than`` become queued again, or cancelled where that was asked.
    """
    before = clock() - older_than
    lost = session.scalars(
        select(PlanningRun)
        .where(
            or_(
                (PlanningRun.state == RunState.RUNNING) & (PlanningRun.beat_at < before),
                (PlanningRun.state == RunState.QUEUED) & (PlanningRun.created_at < before),
            )
        )
        .order_by(PlanningRun.created_at, PlanningRun.id)
    ).all()
    again: list[tuple[str, str]] = []
    for run in lost:
        if run.state == RunState.RUNNING:
            if run.cancel_requested:
                run.state, run.finished_at = RunState.CANCELLED, clock()
                _settle_wave(session, clock, run)
                _tell(session, run)
                continue
            _requeue(session, clock, run, "lost")
        again.append((run.id, run.lane))
    return again


def get(session: Session, run_id: str) -> PlanningRun:
    """The run with that id, or :class:`NotFound`."""
    run = session.get(PlanningRun, run_id)
    if run is None:
        raise NotFound(f'planning run "{run_id}" does not exist', code="unknown-run")
    return run


def _held(session: Session, run_id: str, lease: int) -> PlanningRun:
    run = get(session, run_id)
    if run.state != RunState.RUNNING or run.lease != lease:
        raise Conflict(f"the run is {run.state} under lease {run.lease}", code="lease-lost")
    return run


def _requeue(session: Session, clock: Clock, run: PlanningRun, why: str) -> None:
    run.state, run.worker, run.beat_at = RunState.QUEUED, None, None
    audit.record(session, clock, action="run.requeue", subject=f"run:{run.id}", why=why)
    _tell(session, run)


def _settle_wave(session: Session, clock: Clock, run: PlanningRun) -> None:
    """What the end of a run means for its wave; a wave that has moved on is left alone."""
    wave = session.get_one(Wave, run.wave_id)
    stale = wave.revision != run.wave_revision or wave.state != WaveState.PLANNING
    if run.lane != "plan" or stale:
        return
    session.flush()
    usable = session.scalar(
        select(func.count())
        .select_from(StoredPlan)
        .join(PlanningRun, PlanningRun.id == StoredPlan.run_id)
        .where(
            StoredPlan.wave_id == wave.id,
            StoredPlan.lists > 0,
            PlanningRun.wave_revision == wave.revision,
        )
    )
    if run.state == RunState.FAILED:
        wave.state = WaveState.FAILED
    elif usable:
        wave.state = WaveState.PLANNED
        membership.mark(session, wave, of=OrderState.READY, to=OrderState.PLANNED)
    elif run.state == RunState.DONE:
        wave.state = WaveState.INFEASIBLE
    elif run.state == RunState.OVERRUN:
        wave.state = WaveState.FAILED
    else:
        wave.state = WaveState.DRAFT
    audit.record(session, clock, action="wave.planned", subject=f"wave:{wave.id}", state=wave.state)
    changes.touch(session, "orders")


def _tell(session: Session, run: PlanningRun) -> None:
    changes.touch(session, f"run:{run.id}", f"wave:{run.wave_id}", "board")
