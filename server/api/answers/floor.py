"""The live board and exceptions."""

from __future__ import annotations

from typing import Any

from server.api.answers.answer import Answer, Time
from server.api.answers.health import WorkersAnswer
from server.api.answers.lists import ListAnswer
from server.api.answers.waves import WaveAnswer


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
