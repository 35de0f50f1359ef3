"""Waves: previewed, listed, one in detail, launched, reported."""

from __future__ import annotations

from typing import Any

from server.api.answers.answer import Answer, Time
from server.api.answers.orders import OrderAnswer
from server.api.answers.runs import PlanRef, RunAnswer
from server.api.answers.stock import LayoutRef


class PreviewAnswer(Answer):
    orders: int
    lines: int
    units: int
    weight_g: int
    volume_ml: int
    order_ids: list[str]


class WaveProgress(Answer):
    tasks: int
    done: int
    short: int
    cancelled: int
    lists: int
    closed: int


class WaveAnswer(Answer):
    id: str
    number: int
    name: str
    state: str
    revision: int
    orders: int
    lines: int
    units: int
    cart_type: str
    layout: LayoutRef
    plan_id: str | None
    run: RunAnswer | None
    progress: WaveProgress
    created_at: Time
    launched_at: Time
    closed_at: Time


class WaveList(Answer):
    waves: list[WaveAnswer]


class WaveDetail(WaveAnswer):
    order_list: list[OrderAnswer]
    runs: list[RunAnswer]
    plans: list[PlanRef]


class LaunchAnswer(Answer):
    lists: int
    tasks: int
    wave: WaveAnswer


class ReportAnswer(Answer):
    report: dict[str, Any]
    recount: dict[str, Any]
    equal: bool
