"""Orders: accepted once, checked against rules and stock, held, cancelled.

The states and their transitions are those of an order up to the pack desk::

    received -> held | backordered | ready -> planned -> released -> picking
      -> picked | picked-short -> consolidating -> ready-to-pack,  picked-short -> exception
    any state -> cancelled, after launch by way of cancelling (until everything is put back)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from server.db.base import new_id
from server.errors import BadInput, Conflict, NotFound
from server.models import Bucket, Item, Order, OrderHold, OrderLine, OrderState
from server.services import audit, catalogue, changes, ledger, membership, numbers
from server.services.availability import check
from server.services.cancellation import BEFORE_LAUNCH, cancel, cancel_open, settle
from server.services.clock import Clock
from server.services.ledger import Cause

MAX_LINES = 1_000
MAX_LINE_QUANTITY = 1_000_000
__all__ = [
    "Accepted",
    "LineDraft",
    "OrderDraft",
    "accept",
    "cancel",
    "check",
    "get",
    "hold",
    "release_hold",
    "settle",
]


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A wanted quantity (>= 1) of one item."""

    external_id: str | None
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as a channel gives it. ``paid`` is yes, no or unknown; ``priority`` 0 to 3."""

    channel: str
    external_id: str
    lines: tuple[LineDraft, ...]
    priority: int = 2
    ship_by: datetime | None = None
    ordered_at: datetime | None = None
    carrier: str | None = None
    service: str | None = None
    paid: str = "yes"
    ship_complete: bool = False
    tags: tuple[str, ...] = ()
    note: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a draft; ``outcome`` is created, unchanged or updated."""

    order_id: str
    number: int
    outcome: str
    state: str


def accept(
    session: Session, clock: Clock, draft: OrderDraft, *, person_id: str | None = None
) -> Accepted:
    """Take an order in, once per (channel, external id); leaves it ``received``.

    The same draft again changes nothing. A different one under the same key changes the order
    while it is not launched: lines are matched by external id or position, units that are not
    wanted any more are cancelled, none is deleted. Call :func:`check` afterwards.

    Raises
    ------
    BadInput
        No lines, a quantity out of range, an unknown sku, an overlong text.
    Conflict
        The order was changed after launch (code ``order-launched``).
    """
    _validate(session, draft)
    body_hash = _hash(draft)
    order = session.scalars(
        select(Order)
        .where(Order.channel == draft.channel, Order.external_id == draft.external_id)
        .options(selectinload(Order.lines))
    ).first()
    if order is not None and order.body_hash == body_hash:
        return Accepted(order.id, order.number, "unchanged", order.state)
    changes.touch(session, "orders")
    if order is None:
        order = _create(session, clock, draft, body_hash, person_id)
        outcome = "created"
    else:
        _update(session, clock, order, draft, person_id)
        order.body_hash = body_hash
        outcome = "updated"
    audit.record(
        session,
        clock,
        action=f"order.{outcome}",
        subject=f"order:{order.id}",
        person_id=person_id,
        channel=draft.channel,
        external_id=draft.external_id,
    )
    return Accepted(order.id, order.number, outcome, order.state)


def get(session: Session, order_id: str) -> Order:
    """The order with its lines and holds, or :class:`NotFound`."""
    order = session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines), selectinload(Order.holds))
    ).first()
    if order is None:
        raise NotFound(f'order "{order_id}" does not exist', code="unknown-order")
    return order


def hold(
    session: Session,
    clock: Clock,
    *,
    order_id: str,
    reason: str,
    detail: str = "",
    person_id: str | None = None,
) -> Order:
    """Keep an order out of waves; received, backordered, ready or planned -> ``held``.

    The same reason again changes nothing. A planned wave that loses the order becomes stale.

    Raises
    ------
    Conflict
        The order is launched or cancelled.
    """
    order = get(session, order_id)
    _must_be(order, BEFORE_LAUNCH, "hold")
    if not reason or len(reason) > 32:
        raise BadInput("a hold needs a reason of 1 to 32 characters", code="bad-reason")
    if all(held.reason != reason or held.released_at is not None for held in order.holds):
        order.holds.append(
            OrderHold(id=new_id(), order_id=order_id, reason=reason, detail=detail, at=clock())
        )
        membership.leave(session, order_id=order.id)
        order.state = OrderState.HELD
        _note(session, clock, order, "order.hold", person_id, reason=reason)
    return order


def release_hold(
    session: Session,
    clock: Clock,
    *,
    order_id: str,
    reason: str | None = None,
    person_id: str | None = None,
) -> Order:
    """Lift the holds of an order (or the one named); held -> ``received``, then checked again.

    A payment hold that a lead lifts stays lifted.

    Raises
    ------
    Conflict
        The order is not held.
    """
    order = get(session, order_id)
    _must_be(order, {OrderState.HELD}, "release")
    for held in order.holds:
        if held.released_at is None and reason in (None, held.reason):
            held.released_at = clock()
    if all(held.released_at is not None for held in order.holds):
        order.state = OrderState.RECEIVED
    _note(session, clock, order, "order.release-hold", person_id)
    return order


def _validate(session: Session, draft: OrderDraft) -> None:
    name = f'order "{draft.external_id}"'
    if not draft.external_id or len(draft.external_id) > 100:
        raise BadInput(f"{name}: the external id needs 1 to 100 characters", code="bad-order")
    if not draft.channel:
        raise BadInput(f"{name}: the channel is missing", code="bad-order")
    if draft.paid not in ("yes", "no", "unknown"):
        raise BadInput(f'{name}: paid must be yes, no or unknown, got "{draft.paid}"')
    if isinstance(draft.priority, bool) or not 0 <= draft.priority <= 3:
        raise BadInput(f"{name}: priority must be 0 to 3, got {draft.priority}", code="bad-order")
    for label, text, limit in (
        ("carrier", draft.carrier, 64),
        ("service", draft.service, 64),
        ("note", draft.note, 500),
    ):
        if text is not None and len(text) > limit:
            raise BadInput(f"{name}: {label} is longer than {limit} characters", code="bad-order")
    for moment in (draft.ship_by, draft.ordered_at):
        if moment is not None and moment.tzinfo is None:
            raise BadInput(f"{name}: times need a time zone", code="bad-order")
    if not 1 <= len(draft.lines) <= MAX_LINES:
        raise BadInput(
            f"{name}: needs 1 to {MAX_LINES} lines, got {len(draft.lines)}", code="no-lines"
        )
    known = set(
        session.scalars(select(Item.sku).where(Item.sku.in_({line.sku for line in draft.lines})))
    )
    for number, line in enumerate(draft.lines, start=1):
        at = {"pointer": f"/lines/{number - 1}"}
        if isinstance(line.quantity, bool) or not 1 <= line.quantity <= MAX_LINE_QUANTITY:
            raise BadInput(
                f"{name}, line {number}: quantity must be 1 to {MAX_LINE_QUANTITY}, "
                f"got {line.quantity}",
                code="bad-quantity",
                **at,
            )
        if line.sku not in known:
            raise BadInput(
                f'{name}, line {number}: item "{line.sku}" is not known', code="unknown-sku", **at
            )
        if line.external_id is not None and len(line.external_id) > 100:
            raise BadInput(f"{name}, line {number}: the external id is too long", **at)


def _hash(draft: OrderDraft) -> str:
    body = json.dumps(asdict(draft), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _create(
    session: Session, clock: Clock, draft: OrderDraft, body_hash: str, person_id: str | None
) -> Order:
    catalogue.put_channel(session, code=draft.channel)
    order = Order(
        id=new_id(),
        number=numbers.take(session, "order"),
        channel=draft.channel,
        external_id=draft.external_id,
        state=OrderState.RECEIVED,
        body_hash=body_hash,
        missing=[],
        received_at=clock(),
        lines=[],
        holds=[],
    )
    _fill(order, draft)
    order.lines = [
        _new_line(order, position, line) for position, line in enumerate(draft.lines, start=1)
    ]
    session.add(order)
    for line, wanted in zip(order.lines, draft.lines, strict=True):
        ledger.move_line(
            session,
            clock,
            line=line,
            origin=None,
            target=Bucket.OPEN,
            quantity=wanted.quantity,
            cause=Cause("accept", person_id=person_id),
        )
    session.flush()
    return order


def _new_line(order: Order, position: int, wanted: LineDraft) -> OrderLine:
    buckets = {bucket.value: 0 for bucket in Bucket}
    return OrderLine(
        id=new_id(),
        order_id=order.id,
        position=position,
        external_id=wanted.external_id,
        sku=wanted.sku,
        ordered=0,
        **buckets,
    )


def _fill(order: Order, draft: OrderDraft) -> None:
    order.priority, order.ship_by, order.ordered_at = (
        draft.priority,
        draft.ship_by,
        draft.ordered_at,
    )
    order.carrier, order.service, order.paid = draft.carrier, draft.service, draft.paid
    order.ship_complete, order.note = draft.ship_complete, draft.note
    order.tags, order.extra = list(draft.tags), dict(draft.extra)


def _update(
    session: Session, clock: Clock, order: Order, draft: OrderDraft, person_id: str | None
) -> None:
    if order.state not in BEFORE_LAUNCH:
        raise Conflict(
            f'order "{order.external_id}" is {order.state}; it cannot be changed after launch',
            code="order-launched",
        )
    membership.leave(session, order_id=order.id)
    _fill(order, draft)
    cause = Cause("change", person_id=person_id)
    left = {_line_key(line): line for line in order.lines if line.cancelled < line.ordered}
    position = max(line.position for line in order.lines)
    for number, wanted in enumerate(draft.lines, start=1):
        line = left.pop((wanted.external_id or str(number), wanted.sku), None)
        if line is None:
            position += 1
            line = _new_line(order, position, wanted)
            order.lines.append(line)
        surplus = line.open - wanted.quantity
        if surplus < 0:
            ledger.move_line(
                session, clock, line=line, origin=None, target=Bucket.OPEN, quantity=-surplus,
                cause=cause,
            )  # fmt: skip
        elif surplus > 0:
            cancel_open(session, clock, line=line, quantity=surplus, cause=cause)
    for line in left.values():
        cancel_open(session, clock, line=line, quantity=line.open, cause=cause)
    order.state = OrderState.HELD if order.state == OrderState.HELD else OrderState.RECEIVED
    session.flush()


def _line_key(line: OrderLine) -> tuple[str, str]:
    return (line.external_id or str(line.position), line.sku)


def _must_be(order: Order, states: Iterable[str], verb: str) -> None:
    if order.state not in set(states):
        raise Conflict(
            f"order {order.number} is {order.state}; cannot {verb} it", code="order-state"
        )


def _note(
    session: Session,
    clock: Clock,
    order: Order,
    action: str,
    person_id: str | None,
    **detail: Any,
) -> None:
    changes.touch(session, "orders")
    audit.record(
        session,
        clock,
        action=action,
        subject=f"order:{order.id}",
        person_id=person_id,
        **detail,
    )
