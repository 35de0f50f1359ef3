"""What all answers have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

Time = str | None
Point = tuple[int, int, int]


class Answer(BaseModel):
    """An answer with exactly these fields: a forgotten or surplus one fails in the tests."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
