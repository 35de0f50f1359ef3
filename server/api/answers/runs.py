"""Planning runs and the plans they stored."""

from __future__ import annotations

from server.api.answers.answer import Answer, Time


class RunProgress(Answer):
    method: str | None
    best_mm: int | None
    baseline_mm: int | None
    bound_mm: int | None
    iterations: int
    methods_done: list[str]


class RunAnswer(Answer):
    id: str
    wave_id: str
    lane: str
    state: str
    seconds: float
    seed: int
    progress: RunProgress
    elapsed_ms: int
    worker_alive: bool
    error: str | None
    created_at: Time
    finished_at: Time


class PlanRef(Answer):
    plan_id: str
    run_id: str
    method: str
    is_baseline: bool
    recommended: bool
    length_mm: int
    duration_ms: int
    lists: int
    created_at: Time
