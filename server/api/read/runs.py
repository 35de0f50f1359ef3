"""Planning runs and stored plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.api.read.times import iso
from server.errors import NotFound
from server.models import PlanningRun, StoredPlan
from server.services import workers
from server.services.clock import Clock

Shape = dict[str, Any]


def run(session: Session, clock: Clock, run_id: str) -> Shape:
    """Return one planning run.

    Raises
    ------
    NotFound
        There is no such run.
    """
    row = session.get(PlanningRun, run_id)
    if row is None:
        raise NotFound(f'there is no planning run "{run_id}"', code="run-not-found")
    return run_shape(row, now=clock(), lanes=workers.alive(session, clock).lanes)


def run_shape(row: PlanningRun, *, now: datetime, lanes: Sequence[str]) -> Shape:
    """Return a run with what is known of it so far; ``elapsed_ms`` counts from its start."""
    known = row.progress
    elapsed = 0.0
    if row.started_at is not None:
        elapsed = ((row.finished_at or now) - row.started_at).total_seconds()
    return {
        "id": row.id,
        "wave_id": row.wave_id,
        "lane": row.lane,
        "state": row.state,
        "seconds": row.seconds,
        "seed": row.seed,
        "progress": {
            "method": known.get("method"),
            "best_mm": known.get("best_mm"),
            "baseline_mm": known.get("baseline_mm"),
            "bound_mm": known.get("bound_mm"),
            "iterations": known.get("iterations", 0),
            "methods_done": known.get("methods_done", []),
        },
        "elapsed_ms": max(0, round(elapsed * 1000)),
        "worker_alive": row.lane in lanes,
        "error": row.error,
        "created_at": iso(row.created_at),
        "finished_at": iso(row.finished_at),
    }


def plan(session: Session, plan_id: str) -> Shape:
    """Return the stored document of a plan.

    Raises
    ------
    NotFound
        There is no such plan.
    """
    row = session.get(StoredPlan, plan_id)
    if row is None:
        raise NotFound(f'there is no plan "{plan_id}"', code="plan-not-found")
    return row.document
