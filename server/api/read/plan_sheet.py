"""The plan sheet: the methods of a run side by side."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.api.read.orders import order_numbers
from server.api.read.runs import run_shape
from server.api.read.waves import get_wave, wave_shapes
from server.errors import NotFound
from server.models import PlanningRun, StoredPlan
from server.services import workers
from server.services.clock import Clock

Shape = dict[str, Any]


def plan_sheet(session: Session, clock: Clock, wave_id: str) -> Shape:
    """Return the methods of a wave's newest run side by side, with the baseline.

    Raises
    ------
    NotFound
        There is no such wave, or it was never planned.
    """
    wave = get_wave(session, wave_id)
    newest = session.scalars(
        select(PlanningRun)
        .where(PlanningRun.wave_id == wave_id, PlanningRun.lane == "plan")
        .order_by(PlanningRun.created_at.desc(), PlanningRun.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        raise NotFound(f"wave {wave.number} was never planned", code="not-planned")
    stored = session.scalars(
        select(StoredPlan)
        .where(StoredPlan.run_id == newest.id)
        .order_by(StoredPlan.created_at, StoredPlan.id)
    ).all()
    # A run that was taken over by another worker has stored some methods twice.
    newest_of = {(row.method, row.is_baseline): row for row in stored}
    plans = sorted(newest_of.values(), key=lambda row: (row.length_mm, row.method))
    left_out = {part["order"] for row in plans for part in row.document["unplanned"]}
    numbers = order_numbers(session, left_out)
    baseline = next((row for row in plans if row.is_baseline), None)
    return {
        "wave": wave_shapes(session, clock, [wave])[0],
        "run": run_shape(newest, now=clock(), lanes=workers.alive(session, clock).lanes),
        "baseline": None
        if baseline is None
        else {
            "plan_id": baseline.id,
            "length_mm": baseline.length_mm,
            "duration_ms": baseline.duration_ms,
            "lists": baseline.lists,
        },
        "methods": [_sheet_row(row, numbers) for row in plans if not row.is_baseline],
    }


def _sheet_row(row: StoredPlan, numbers: dict[str, int]) -> Shape:
    totals = row.document["totals"]
    saved = row.baseline_mm - row.length_mm
    return {
        "plan_id": row.id,
        "method": row.method,
        "length_mm": row.length_mm,
        "duration_ms": row.duration_ms,
        "lists": row.lists,
        "stops": totals["stops"],
        "picks": totals["picks"],
        "units": totals["units"],
        "baseline_mm": row.baseline_mm,
        "bound_mm": row.bound_mm,
        "saving_percent": round(100 * saved / row.baseline_mm, 1) if row.baseline_mm else 0.0,
        "unplanned": [
            {
                "order_id": part["order"],
                "order_number": numbers.get(part["order"]),
                "reason": part["reason"],
                "detail": part.get("detail", ""),
                "sku": part.get("sku"),
                "asked": part.get("asked", 0),
                "free": part.get("free", 0),
            }
            for part in row.document["unplanned"]
        ],
        "termination": {
            "reason": row.document["termination"]["reason"],
            "limit": row.document["termination"]["limit"],
        },
        "recommended": row.recommended,
    }
