"""Orders: listed, accepted, and one with its lines and ledger."""

from __future__ import annotations

from pydantic import Field

from server.api.answers.answer import Answer, Time


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
