"""Put-backs and counts."""

from __future__ import annotations

from server.api.answers.answer import Answer, Time


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
