"""Exception cards: open questions that only a lead can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import NotFound
from server.models import ExceptionCard
from server.services import audit, changes
from server.services.clock import Clock
from server.services.ledger import OpRef


def raise_card(
    session: Session,
    clock: Clock,
    *,
    kind: str,
    list_id: str | None = None,
    order_id: str | None = None,
    location: str | None = None,
    sku: str | None = None,
    quantity: int = 0,
    op: OpRef | None = None,
    detail: Mapping[str, Any] | None = None,
) -> ExceptionCard:
    """Put a card on the lead's desk; ``detail`` is whatever helps to answer it (JSON)."""
    card = ExceptionCard(
        id=new_id(),
        kind=kind,
        state="open",
        list_id=list_id,
        order_id=order_id,
        location=location,
        sku=sku,
        quantity=quantity,
        op_stream=op.stream if op else None,
        op_seq=op.seq if op else None,
        detail=dict(detail or {}),
        at=clock(),
    )
    session.add(card)
    changes.touch(session, "board", "exceptions")
    return card


def close(session: Session, clock: Clock, *, card_id: str, person_id: str | None) -> ExceptionCard:
    """Mark a card as dealt with; twice is the same as once."""
    card = session.get(ExceptionCard, card_id)
    if card is None:
        raise NotFound("this exception does not exist", code="unknown-exception")
    if card.state != "closed":
        card.state, card.closed_at, card.closed_by = "closed", clock(), person_id
        audit.record(
            session,
            clock,
            action="exception.close",
            subject=f"exception:{card_id}",
            person_id=person_id,
        )
        changes.touch(session, "board", "exceptions")
    return card


def cards(session: Session, *, only_open: bool = True, limit: int = 200) -> list[ExceptionCard]:
    """Cards, newest first."""
    query = select(ExceptionCard).order_by(ExceptionCard.id.desc()).limit(limit)
    if only_open:
        query = query.where(ExceptionCard.state == "open")
    return list(session.scalars(query))


def of_op(session: Session, op: OpRef, kind: str) -> list[ExceptionCard]:
    """Cards of a kind that an operation raised, open or closed."""
    session.flush()
    return list(
        session.scalars(
            select(ExceptionCard).where(
                ExceptionCard.op_stream == op.stream,
                ExceptionCard.op_seq == op.seq,
                ExceptionCard.kind == kind,
            )
        )
    )


def withdraw(session: Session, clock: Clock, *, op: OpRef) -> None:
    """Close the open cards that an operation raised, because it was undone."""
    for card in session.scalars(
        select(ExceptionCard).where(
            ExceptionCard.op_stream == op.stream,
            ExceptionCard.op_seq == op.seq,
            ExceptionCard.state == "open",
        )
    ):
        card.state, card.closed_at = "closed", clock()
        changes.touch(session, "board", "exceptions")
