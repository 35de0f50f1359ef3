"""Orders as the console lists them, and one order with its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from server.api.read.times import iso
from server.errors import NotFound
from server.models import (
    Bucket,
    Item,
    LineMove,
    Order,
    OrderHold,
    OrderLine,
    Wave,
    WaveOrder,
)

Shape = dict[str, Any]

MOST_ORDERS = 500
"""Largest page of orders."""

DISPLAY_STATES = (
    (Bucket.OPEN, "open"),
    (Bucket.ALLOCATED, "allocated"),
    (Bucket.IN_LIST, "in_list"),
    (Bucket.PICKED, "picked"),
    (Bucket.CONSOLIDATED, "consolidated"),
    (Bucket.PACKED, "packed"),
    (Bucket.SHIPPED, "shipped"),
    (Bucket.SHORT_CLOSED, "short"),
    (Bucket.CANCELLED, "cancelled"),
)
"""A line shows the least advanced bucket that is not empty."""


def page(
    session: Session,
    *,
    state: str | None,
    channel: str | None,
    text: str | None,
    wave: str | None,
    limit: int,
    after: int | None,
) -> Shape:
    """Return one page of orders, oldest number first, and how many there are in each state.

    ``after`` is the last number of the page before. The counts obey every filter but the state.
    """
    base = _filtered(channel=channel, text=text, wave=wave)
    counts = session.execute(
        base.with_only_columns(Order.state, func.count(), maintain_column_froms=True).group_by(
            Order.state
        )
    ).all()
    query = base
    if state is not None:
        query = query.where(Order.state.in_([part.strip() for part in state.split(",")]))
    if after is not None:
        query = query.where(Order.number > after)
    found = session.scalars(query.order_by(Order.number).limit(limit + 1)).all()
    shown = found[:limit]
    return {
        "orders": shapes(session, shown),
        "next": shown[-1].number if len(found) > limit else None,
        "counts": dict(counts),
    }


def shapes(session: Session, orders: Sequence[Order]) -> list[Shape]:
    """Return orders with their totals, holds and wave, in a fixed number of queries."""
    ids = [order.id for order in orders]
    totals = {
        order_id: (lines, units)
        for order_id, lines, units in session.execute(
            select(OrderLine.order_id, func.count(), func.sum(OrderLine.ordered))
            .where(OrderLine.order_id.in_(ids))
            .group_by(OrderLine.order_id)
        )
    }
    holds: dict[str, list[Shape]] = {}
    for hold in session.scalars(
        select(OrderHold)
        .where(OrderHold.order_id.in_(ids), OrderHold.released_at.is_(None))
        .order_by(OrderHold.at)
    ):
        holds.setdefault(hold.order_id, []).append({"reason": hold.reason, "detail": hold.detail})
    waves = wave_numbers(session, ids)
    return [
        {
            "id": order.id,
            "number": order.number,
            "channel": order.channel,
            "external_id": order.external_id,
            "state": order.state,
            "priority": order.priority,
            "ship_by": iso(order.ship_by),
            "carrier": order.carrier,
            "service": order.service,
            "lines": totals.get(order.id, (0, 0))[0],
            "units": totals.get(order.id, (0, 0))[1],
            "holds": holds.get(order.id, []),
            "missing": order.missing,
            "wave": waves.get(order.id),
            "received_at": iso(order.received_at),
        }
        for order in orders
    ]


def detail(session: Session, order_id: str) -> Shape:
    """Return one order with its lines, buckets and every move of the ledger.

    Raises
    ------
    NotFound
        There is no such order.
    """
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound(f'there is no order "{order_id}"', code="order-not-found")
    lines = session.execute(
        select(OrderLine, Item.name)
        .join(Item, Item.sku == OrderLine.sku)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    ).all()
    moves = session.execute(
        select(LineMove, OrderLine.sku)
        .join(OrderLine, OrderLine.id == LineMove.line_id)
        .where(OrderLine.order_id == order_id)
        .order_by(LineMove.id)
    ).all()
    return {
        **shapes(session, [order])[0],
        "lines_detail": [
            {
                "id": line.id,
                "position": line.position,
                "sku": line.sku,
                "name": name,
                "ordered": line.ordered,
                "buckets": {bucket.value: getattr(line, bucket.value) for bucket in Bucket},
                "state": next(word for bucket, word in DISPLAY_STATES if getattr(line, bucket)),
            }
            for line, name in lines
        ],
        "moves": [
            {
                "at": iso(move.at),
                "from": move.from_bucket,
                "to": move.to_bucket,
                "quantity": move.quantity,
                "cause": move.cause,
                "sku": sku,
            }
            for move, sku in moves
        ],
    }


def wave_numbers(session: Session, order_ids: Iterable[str]) -> dict[str, int]:
    """Return the number of the wave each order is in (open waves win over closed ones)."""
    rows = session.execute(
        select(WaveOrder.order_id, Wave.number)
        .join(Wave, Wave.id == WaveOrder.wave_id)
        .where(WaveOrder.order_id.in_(list(order_ids)))
        .order_by(WaveOrder.active, Wave.number)
    )
    return dict(rows.all())


def order_numbers(session: Session, order_ids: Iterable[str]) -> dict[str, int]:
    """Return the short numbers of orders."""
    wanted = sorted(set(order_ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), MOST_ORDERS):
        chunk = wanted[start : start + MOST_ORDERS]
        rows = session.execute(select(Order.id, Order.number).where(Order.id.in_(chunk)))
        found.update(dict(rows.all()))
    return found


def _filtered(*, channel: str | None, text: str | None, wave: str | None) -> Select[Order]:
    query = select(Order)
    if channel is not None:
        query = query.where(Order.channel == channel)
    if text is not None:
        pattern = f"%{text.replace('%', '').replace('_', '')}%"
        matches: list[ColumnElement[bool]] = [
            Order.external_id.ilike(pattern),
            Order.id.in_(select(OrderLine.order_id).where(OrderLine.sku.ilike(pattern))),
        ]
        if text.isdecimal() and len(text) < 10:
            matches.append(Order.number == int(text))
        query = query.where(or_(*matches))
    if wave is not None:
        waves = select(Wave.id).where(
            Wave.number == int(wave) if wave.isdecimal() and len(wave) < 10 else Wave.id == wave
        )
        query = query.where(
            Order.id.in_(select(WaveOrder.order_id).where(WaveOrder.wave_id.in_(waves)))
        )
    return query
