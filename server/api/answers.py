"""Shapes of answers, as the OpenAPI document shows them.

All times are ISO 8601 UTC, lengths millimetres, durations milliseconds. One long flat module on
purpose: it is the table that clients are written from.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Time = str | None
Point = tuple[int, int, int]


class Answer(BaseModel):
    """An answer with exactly these fields: a forgotten or surplus one fails in the tests."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PersonAnswer(Answer):
    id: str
    badge: str
    name: str
    role: str
    language: str


class SessionAnswer(Answer):
    sign_in: str
    person: PersonAnswer


class SignInAnswer(SessionAnswer):
    token: str
    expires_at: str
    device_token: str | None = Field(
        description="The device's new token where its old one was due; keep it, the old one ends."
    )


class DeviceAnswer(Answer):
    id: str
    name: str
    state: str = Field(description="waiting | enrolled | revoked")
    created_at: str
    enrolled_at: Time
    seen_at: Time
    code_until: Time = Field(description="How long an unused enrolment code works.")


class DeviceList(Answer):
    devices: list[DeviceAnswer]


class InvitationAnswer(Answer):
    device: DeviceAnswer
    code: str
    url: str = Field(description="Address that enrols the device which opens it.")
    qr: list[str] = Field(description="Rows of the QR code of the address: 1 dark, 0 light.")


class EnrolmentAnswer(Answer):
    device: str
    name: str
    token: str


class HoldAnswer(Answer):
    reason: str
    detail: str


class MissingAnswer(Answer):
    sku: str
    asked: int
    free: int
    missing: int


class OrderAnswer(Answer):
    id: str
    number: int
    channel: str
    external_id: str
    state: str
    priority: int
    ship_by: Time
    carrier: str | None
    service: str | None
    lines: int
    units: int
    holds: list[HoldAnswer]
    missing: list[MissingAnswer]
    wave: int | None
    received_at: Time


class OrderPage(Answer):
    orders: list[OrderAnswer]
    next: int | None
    counts: dict[str, int]


class LineAnswer(Answer):
    id: str
    position: int
    sku: str
    name: str
    ordered: int
    buckets: dict[str, int]
    state: str


class MoveAnswer(Answer):
    at: Time
    from_: str | None = Field(alias="from")
    to: str
    quantity: int
    cause: str
    sku: str


class OrderDetail(OrderAnswer):
    lines_detail: list[LineAnswer]
    moves: list[MoveAnswer]


class AcceptedAnswer(Answer):
    id: str
    number: int
    state: str
    outcome: str


class StockAnswer(Answer):
    location: str
    sku: str
    name: str
    on_hand: int
    allocated: int
    free: int


class StockList(Answer):
    stock: list[StockAnswer]


class LayoutRef(Answer):
    id: str
    name: str
    version: int


class LayoutListed(LayoutRef):
    active: bool


class LayoutList(Answer):
    layouts: list[LayoutListed]


class LayoutAnswer(LayoutRef):
    document: dict[str, Any]


class CartTypeAnswer(Answer):
    code: str
    name: str
    slots: int
    tote_weight_g: int
    tote_volume_ml: int
    max_weight_g: int
    max_lines: int


class CartTypeList(Answer):
    cart_types: list[CartTypeAnswer]


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


class WaveDetail(WaveAnswer):
    order_list: list[OrderAnswer]
    runs: list[RunAnswer]
    plans: list[PlanRef]


class PreviewAnswer(Answer):
    orders: int
    lines: int
    units: int
    weight_g: int
    volume_ml: int
    order_ids: list[str]


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


class LaunchAnswer(Answer):
    lists: int
    tasks: int
    wave: WaveAnswer


class PickerRef(Answer):
    id: str
    name: str


class ListAnswer(Answer):
    id: str
    number: int
    wave_number: int
    method: str
    zone: str | None
    state: str
    picker: PickerRef | None
    stops_total: int
    stops_done: int
    tasks_total: int
    tasks_done: int
    shorts: int
    orders: int
    length_mm: int
    duration_ms: int
    claimed_at: Time
    last_op_at: Time
    x_mm: int | None
    y_mm: int | None
    floor: int | None


class ListList(Answer):
    lists: list[ListAnswer]


class ExceptionAnswer(Answer):
    id: str
    kind: str
    state: str
    at: Time
    list_number: int | None
    order_number: int | None
    location: str | None
    sku: str | None
    quantity: int
    detail: dict[str, Any]
    closed_at: Time


class ExceptionList(Answer):
    exceptions: list[ExceptionAnswer]


class FloorTaskAnswer(Answer):
    """A put-back or count; ``quantity`` is units to put back, once done units put or counted."""

    id: str
    kind: str
    state: str
    cause: str
    location: str | None
    tote: str | None
    sku: str | None
    name: str
    quantity: int
    order_number: int | None
    list_number: int | None
    created_at: Time


class FloorTaskList(Answer):
    tasks: list[FloorTaskAnswer]


class WorkersAnswer(Answer):
    alive: int
    lanes: list[str]


class PickerAnswer(Answer):
    id: str
    name: str
    connected: bool
    list_number: int | None


class Board(Answer):
    now: Time
    waves: list[WaveAnswer]
    lists: list[ListAnswer]
    exceptions: list[ExceptionAnswer]
    workers: WorkersAnswer
    pickers: list[PickerAnswer]


class TaskAnswer(Answer):
    id: str
    sku: str
    name: str
    quantity: int
    picked: int
    short: int
    cancelled: int
    state: str
    slot: int
    order_number: int | None


class StopAnswer(Answer):
    id: str
    location: str
    x_mm: int
    y_mm: int
    floor: int
    position: int
    tasks: list[TaskAnswer]


class ToteAnswer(Answer):
    slot: int
    label: str
    tote: str | None
    order_number: int | None
    dropped_station: str | None


class OpAnswer(Answer):
    at: Time
    seq: int
    kind: str
    task: str | None
    verdict: str
    code: str


class ListDetail(ListAnswer):
    stops: list[StopAnswer]
    path: list[Point]
    totes: list[ToteAnswer]
    ops: list[OpAnswer]


class ReportAnswer(Answer):
    report: dict[str, Any]
    recount: dict[str, Any]
    equal: bool


class Problem(Answer):
    """RFC 9457 problem body."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    pointer: str


class Health(Answer):
    status: str


class Ready(Answer):
    status: str
    schema_: str = Field(alias="schema")
    workers: WorkersAnswer
    warnings: list[str]
