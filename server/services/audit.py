"""The audit trail: one append-only entry per command, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from server.models import Audit
from server.services.clock import Clock


def record(
    session: Session,
    clock: Clock,
    *,
    action: str,
    subject: str,
    person_id: str | None = None,
    **detail: Any,
) -> None:
    """Add an entry: who did ``action`` to ``subject`` (``kind:id``). Never tokens or PINs."""
    session.add(
        Audit(at=clock(), person_id=person_id, action=action, subject=subject, detail=detail)
    )
