"""Commands that carry a key: the same one again gets the first answer and has no second effect.

A client that clicks twice, or asks again because the answer was lost, sends the key of its first
request. The answer is kept in the transaction of the effect, so there is never one without the
other; a refused command keeps nothing, and its key may be used again.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from server.errors import BadInput
from server.models import IdempotencyKey
from server.services.clock import Clock

LONGEST_KEY: Final = 60


def first_answer(session: Session, *, action: str, of: str, key: str) -> dict[str, Any] | None:
    """What :func:`keep` kept for this ``action`` of the row with id ``of``; None the first time.

    Raises
    ------
    BadInput
        The key is empty or longer than 60 characters.
    """
    if not key or len(key) > LONGEST_KEY:
        raise BadInput(f"the key needs 1 to {LONGEST_KEY} characters", code="bad-key")
    known = session.get(IdempotencyKey, _stored(action, of, key))
    return None if known is None else dict(known.result)


def keep(
    session: Session, clock: Clock, *, action: str, of: str, key: str, answer: dict[str, Any]
) -> None:
    """Keep the answer to a command that is being carried out."""
    session.add(
        IdempotencyKey(key=_stored(action, of, key), action=action, result=dict(answer), at=clock())
    )


def _stored(action: str, of: str, key: str) -> str:
    return f"{action}:{of[:32]}:{key}"
