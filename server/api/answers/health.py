"""Is the process up, and can it work."""

from __future__ import annotations

from pydantic import Field

from server.api.answers.answer import Answer


class Health(Answer):
    status: str


class WorkersAnswer(Answer):
    alive: int
    lanes: list[str]


class Ready(Answer):
    status: str
    schema_: str = Field(alias="schema")
    workers: WorkersAnswer
    warnings: list[str]
