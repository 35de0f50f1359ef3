"""The ledger: the only place where quantities of stock and of order lines change.

Two books, both append-only, kept in the transaction of the change:

- ``stock_move``: units of an item went from one place to another. Totes, wall slots, the damaged
  box and the outside world are places too, so every entry is double and all places together
  always hold zero.
- ``line_move``: units of an order line went from one bucket to another. Each unit is in exactly
  one bucket; the opening entry comes from nowhere.

Replaying either book gives the present balances and buckets
(:func:`server.services.reports.recount`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models import (
    Bucket,
    LineMove,
    OrderLine,
    PickTask,
    PlaceKind,
    StockBalance,
    StockMove,
)
from server.services.clock import Clock


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods can be: a location, tote, wall slot, … or the outside world."""

    kind: PlaceKind
    code: str


OUTSIDE = Place(PlaceKind.OUTSIDE, "world")


def at_location(code: str) -> Place:
    """The place of a location's code."""
    return Place(PlaceKind.LOCATION, code)


def in_tote(code: str) -> Place:
    """The place of a tote's barcode."""
    return Place(PlaceKind.TOTE, code)


def in_wall_slot(code: str) -> Place:
    """The place of a wall slot's code."""
    return Place(PlaceKind.WALL_SLOT, code)


@dataclass(frozen=True, slots=True)
class OpRef:
    """The handheld operation that caused an entry."""

    stream: str
    seq: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an entry was made, and on whose account.

    ``word`` is a short kebab-case word (``receipt``, ``pick``, ``short``, ``undo``, …).
    """

    word: str
    op: OpRef | None = None
    task_id: str | None = None
    person_id: str | None = None


def balance(session: Session, place: Place, sku: str) -> StockBalance:
    """The balance row of an item in a place, made with zero where it is missing."""
    row = session.get(StockBalance, (place.kind, place.code, sku))
    if row is None:
        row = StockBalance(kind=place.kind, place=place.code, sku=sku, on_hand=0, allocated=0)
        session.add(row)
    return row


def move_stock(
    session: Session,
    clock: Clock,
    *,
    sku: str,
    quantity: int,
    origin: Place,
    target: Place,
    cause: Cause,
    line_id: str | None = None,
) -> None:
    """Move ``quantity`` (>= 1) units of an item from ``origin`` to ``target``.

    Promised units stay: a pick first takes its own promise back (:func:`unpromise`).

    Raises
    ------
    Conflict
        ``origin`` has fewer free units (code ``no-stock``).
    """
    _positive(quantity)
    source, sink = balance(session, origin, sku), balance(session, target, sku)
    if origin.kind is not PlaceKind.OUTSIDE:
        free = source.on_hand - source.allocated
        if free < quantity:
            raise Conflict(
                f'{origin.kind} "{origin.code}" has {free} free units of "{sku}", '
                f"{quantity} were asked for",
                code="no-stock",
            )
    source.on_hand -= quantity
    sink.on_hand += quantity
    session.add(
        StockMove(
            sku=sku,
            quantity=quantity,
            from_kind=origin.kind,
            from_place=origin.code,
            to_kind=target.kind,
            to_place=target.code,
            cause=cause.word,
            line_id=line_id,
            task_id=cause.task_id,
            op_stream=cause.op.stream if cause.op else None,
            op_seq=cause.op.seq if cause.op else None,
            person_id=cause.person_id,
            at=clock(),
        )
    )


def move_line(
    session: Session,
    clock: Clock,
    *,
    line: OrderLine,
    origin: Bucket | None,
    target: Bucket,
    quantity: int,
    cause: Cause,
) -> None:
    """Move ``quantity`` (>= 1) units of a line from bucket ``origin`` to ``target``.

    ``origin`` None opens the line: the units become ordered.

    Raises
    ------
    Conflict
        The bucket holds fewer units (code ``bucket``).
    """
    _positive(quantity)
    if origin is None:
        line.ordered = (line.ordered or 0) + quantity
    else:
        held: int = getattr(line, origin.value)
        if held < quantity:
            raise Conflict(
                f"line {line.position} has {held} units {origin.value}, {quantity} were asked for",
                code="bucket",
            )
        setattr(line, origin.value, held - quantity)
    setattr(line, target.value, (getattr(line, target.value) or 0) + quantity)
    session.add(
        LineMove(
            line=line,
            from_bucket=origin,
            to_bucket=target,
            quantity=quantity,
            cause=cause.word,
            task_id=cause.task_id,
            op_stream=cause.op.stream if cause.op else None,
            op_seq=cause.op.seq if cause.op else None,
            person_id=cause.person_id,
            at=clock(),
        )
    )


def promise(session: Session, *, task: PickTask, quantity: int) -> int:
    """Keep up to ``quantity`` free units of the task's location for it; return how many."""
    row = balance(session, at_location(task.location), task.sku)
    kept = max(0, min(quantity, row.on_hand - row.allocated))
    row.allocated += kept
    task.promised = (task.promised or 0) + kept
    return kept


def unpromise(session: Session, *, task: PickTask, quantity: int) -> int:
    """Give back up to ``quantity`` units kept for the task; return how many it had."""
    given = min(quantity, task.promised)
    if given:
        balance(session, at_location(task.location), task.sku).allocated -= given
        task.promised -= given
    return given


def _positive(quantity: int) -> None:
    if quantity < 1:
        raise ValueError(f"a ledger entry moves at least 1 unit, got {quantity}")
