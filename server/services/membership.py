"""Which orders are in which wave."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.models import Order, OrderState, Wave, WaveOrder, WaveState
from server.services import changes

PLANNABLE = frozenset(
    {
        WaveState.DRAFT,
        WaveState.PLANNING,
        WaveState.PLANNED,
        WaveState.STALE,
        WaveState.FAILED,
        WaveState.INFEASIBLE,
    }
)
"""States of a wave before its launch."""


def wave_of(session: Session, order_id: str) -> Wave | None:
    """The wave that is not over and has the order, if any."""
    return session.scalars(
        select(Wave)
        .join(WaveOrder, WaveOrder.wave_id == Wave.id)
        .where(WaveOrder.order_id == order_id, WaveOrder.active)
    ).first()


def leave(session: Session, *, order_id: str) -> None:
    """Take an order out of its wave before launch; plans of the wave become stale."""
    wave = wave_of(session, order_id)
    if wave is None or wave.state not in PLANNABLE:
        return
    session.execute(
        update(WaveOrder)
        .where(WaveOrder.order_id == order_id, WaveOrder.active)
        .values(active=False)
    )
    outdate(session, wave)


def outdate(session: Session, wave: Wave) -> None:
    """What was planned does not fit any more: planned or planning -> stale, orders -> ready."""
    wave.revision += 1
    if wave.state in (WaveState.PLANNED, WaveState.PLANNING, WaveState.FAILED):
        wave.state = WaveState.STALE
        mark(session, wave, of=OrderState.PLANNED, to=OrderState.READY)
    changes.touch(session, f"wave:{wave.id}", "orders", "board")


def mark(session: Session, wave: Wave, *, of: OrderState, to: OrderState) -> None:
    """Set the state of the wave's orders that are in state ``of``."""
    members = select(WaveOrder.order_id).where(WaveOrder.wave_id == wave.id, WaveOrder.active)
    session.flush()
    for order in session.scalars(select(Order).where(Order.id.in_(members), Order.state == of)):
        order.state = to


def members(session: Session, wave_id: str) -> list[str]:
    """Ids of the orders that are in the wave now, by order number."""
    return list(
        session.scalars(
            select(WaveOrder.order_id)
            .join(Order, Order.id == WaveOrder.order_id)
            .where(WaveOrder.wave_id == wave_id, WaveOrder.active)
            .order_by(Order.number)
        )
    )


def release_all(session: Session, wave: Wave) -> None:
    """The wave is over: its orders may enter another one."""
    session.execute(update(WaveOrder).where(WaveOrder.wave_id == wave.id).values(active=False))
