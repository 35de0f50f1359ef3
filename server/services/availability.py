"""Which orders can be picked: rules first, then the stock that nobody else was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from server.db.base import new_id
from server.models import Order, OrderHold, OrderLine, OrderState
from server.services import audit, changes, stock
from server.services.clock import Clock

PAYMENT = "payment"
_WAITING = (OrderState.RECEIVED, OrderState.BACKORDERED)
_COUNTED_ON = (OrderState.READY, OrderState.PLANNED)


def check(session: Session, clock: Clock, *, order_ids: Iterable[str] | None = None) -> None:
    """Judge received and backordered orders: -> ``held``, ``ready`` or ``backordered``.

    An order that is not paid is held for ``payment`` (once: a lead may lift it). The others take,
    the most urgent first, from the free stock that no ready order counts on; an order whose every
    line is covered becomes ready, else backordered, with ``missing`` saying what and how much.
    With ``order_ids`` only those orders are judged; the other waiting ones stay as they are.
    """
    session.flush()
    query = (
        select(Order)
        .where(Order.state.in_(_WAITING))
        .options(selectinload(Order.lines), selectinload(Order.holds))
    )
    waiting = list(session.scalars(query))
    if order_ids is not None:
        wanted = set(order_ids)
        waiting = [order for order in waiting if order.id in wanted]
    if not waiting:
        return
    waiting.sort(key=_urgency)
    skus = {line.sku for order in waiting for line in order.lines if line.open}
    free = _uncounted(session, skus)
    for order in waiting:
        before = (order.state, list(order.missing))
        if _hold_for_payment(clock, order):
            order.missing = []
        else:
            order.missing = _missing(order, free)
            if order.missing:
                order.state = OrderState.BACKORDERED
            else:
                order.state = OrderState.READY
                free.subtract(_demand(order))
        if before != (order.state, order.missing):
            audit.record(
                session,
                clock,
                action="order.check",
                subject=f"order:{order.id}",
                before=before[0],
                after=order.state,
            )
            changes.touch(session, "orders")
    session.flush()


def _urgency(order: Order) -> tuple[int, bool, float, int]:
    due = order.ship_by.timestamp() if order.ship_by is not None else 0.0
    return (order.priority, order.ship_by is None, due, order.number)


def _demand(order: Order) -> Counter[str]:
    demand: Counter[str] = Counter()
    for line in order.lines:
        if line.open:
            demand[line.sku] += line.open
    return demand


def _missing(order: Order, free: Counter[str]) -> list[dict[str, Any]]:
    return [
        {
            "sku": sku,
            "asked": asked,
            "free": max(0, free[sku]),
            "missing": asked - max(0, free[sku]),
        }
        for sku, asked in sorted(_demand(order).items())
        if asked > free[sku]
    ]


def _uncounted(session: Session, skus: set[str]) -> Counter[str]:
    """Free units by sku, less what ready and planned orders will take."""
    free: Counter[str] = Counter()
    for (_, sku), units in stock.free(session, skus).items():
        free[sku] += units
    counted_on = session.execute(
        select(OrderLine.sku, func.sum(OrderLine.open))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state.in_(_COUNTED_ON))
        .group_by(OrderLine.sku)
    )
    for sku, units in counted_on:
        free[sku] -= int(units)
    return free


def _hold_for_payment(clock: Clock, order: Order) -> bool:
    if order.paid == "yes" or any(held.reason == PAYMENT for held in order.holds):
        return False
    detail = "not paid" if order.paid == "no" else "payment unknown"
    order.holds.append(
        OrderHold(id=new_id(), order_id=order.id, reason=PAYMENT, detail=detail, at=clock())
    )
    order.state = OrderState.HELD
    return True
