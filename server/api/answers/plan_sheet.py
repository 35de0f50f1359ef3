"""The plan sheet: the methods of a run side by side."""

from __future__ import annotations

from server.api.answers.answer import Answer
from server.api.answers.runs import RunAnswer
from server.api.answers.waves import WaveAnswer


class SheetBaseline(Answer):
    plan_id: str
    length_mm: int
    duration_ms: int
    lists: int


class LeftOut(Answer):
    order_id: str
    order_number: int | None
    reason: str
    detail: str
    sku: str | None
    asked: int
    free: int


class TerminationAnswer(Answer):
    reason: str
    limit: str


class SheetMethod(Answer):
    plan_id: str
    method: str
    length_mm: int
    duration_ms: int
    lists: int
    stops: int
    picks: int
    units: int
    baseline_mm: int
    bound_mm: int | None
    saving_percent: float
    unplanned: list[LeftOut]
    termination: TerminationAnswer
    recommended: bool


class PlanSheet(Answer):
    wave: WaveAnswer
    run: RunAnswer
    baseline: SheetBaseline | None
    methods: list[SheetMethod]
