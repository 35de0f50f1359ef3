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

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, tuple_
from sqlalchemy.orm import Session

from server.db.bulk import BulkInsert
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


_ADD_LINE_MOVES = BulkInsert(cast(Table, LineMove.__table__))
_Key = tuple[str, str, str]
"""Kind and code of a place, and an item: the primary key of a balance."""
_BALANCES = "balances"
_BY_KEYS = select(StockBalance).where(
    tuple_(StockBalance.kind, StockBalance.place, StockBalance.sku).in_(
        bindparam("keys", expanding=True)
    )
)


def read_balances(session: Session, wanted: Collection[tuple[Place, str]]) -> None:
    """Read the balances of items in places at once, for :func:`balance` to find them."""
    if not wanted:
        return
    known = _known(session)
    keys: set[_Key] = {(place.kind, place.code, sku) for place, sku in wanted}
    keys.difference_update(known)
    rows = session.scalars(_BY_KEYS, {"keys": list(keys)}).all() if keys else ()
    known.update(dict.fromkeys(keys))
    known.update({(row.kind, row.place, row.sku): row for row in rows})


def balance(session: Session, place: Place, sku: str) -> StockBalance:
    """The balance row of an item in a place, made with zero where it is missing."""
    known, key = _known(session), (place.kind, place.code, sku)
    row = known.get(key)
    if row is not None and row in session:
        return row
    if key in known:  # not in the database, or made since and undone with its savepoint
        row = None
    else:
        with session.no_autoflush:
            row = session.get(StockBalance, key)
    if row is None:
        row = StockBalance(kind=place.kind, place=place.code, sku=sku, on_hand=0, allocated=0)
        session.add(row)
    known[key] = row
    return row


def forget_balances(session: Session) -> None:
    """Read balances again: they were changed, or made, without the ledger's rows."""
    session.info.pop(_BALANCES, None)


def _known(session: Session) -> dict[_Key, StockBalance | None]:
    """Balances that this transaction has read or made; None: the database does not have it.

    All balances are made here and there is one writer at a time, so what was missing stays
    missing until it is made, and looking it up need not flush what is pending.
    """
    begun = session.get_transaction()
    held: tuple[object, dict[_Key, StockBalance | None]] = session.info.get(_BALANCES, (None, {}))
    if begun is None or held[0] is not begun:
        held = session.info[_BALANCES] = (begun, {})
    return held[1]


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
    _shift(line, origin, target, quantity)
    session.add(LineMove(line=line, **_line_entry(clock, origin, target, quantity, cause)))


def move_lines(
    session: Session,
    clock: Clock,
    *,
    moves: Sequence[tuple[OrderLine, int]],
    origin: Bucket,
    target: Bucket,
    cause: Cause,
) -> None:
    """:func:`move_line` of many lines that the database has, their entries in one statement."""
    entries = []
    for line, quantity in moves:
        _shift(line, origin, target, quantity)
        entry = _line_entry(clock, origin, target, quantity, cause)
        entries.append({"line_id": line.id, **entry})
    _ADD_LINE_MOVES.write(session, entries)


def _shift(line: OrderLine, origin: Bucket | None, target: Bucket, quantity: int) -> None:
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


def _line_entry(
    clock: Clock, origin: Bucket | None, target: Bucket, quantity: int, cause: Cause
) -> dict[str, Any]:
    return {
        "from_bucket": origin,
        "to_bucket": target,
        "quantity": quantity,
        "cause": cause.word,
        "task_id": cause.task_id,
        "op_stream": cause.op.stream if cause.op else None,
        "op_seq": cause.op.seq if cause.op else None,
        "person_id": cause.person_id,
        "at": clock(),
    }


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
