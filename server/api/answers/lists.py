"""Pick lists: where each stands, and one in detail."""

from __future__ import annotations

from server.api.answers.answer import Answer, Point, Time


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
