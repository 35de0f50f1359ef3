"""Pick lists, stops, tasks, totes on carts; operations of handhelds and their verdicts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Id, IdRef, JsonDict


class ListState(StrEnum):
    """States of a pick list (`product.md` D3)."""

    READY = "ready"
    CLAIMED = "claimed"
    LOADING = "loading"
    PICKING = "picking"
    PAUSED = "paused"
    DROPPING = "dropping"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """States of a pick task as the server sees them."""

    WAITING = "waiting"
    SKIPPED = "skipped"
    DONE = "done"
    SHORT = "short"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """The server's final answer to an operation."""

    APPLIED = "applied"
    PARKED = "parked"
    REFUSED = "refused"


class PickList(Base):
    """What one picker does on one tour.

    ``ver`` grows with every change that the device should see; ``lease`` is the fencing number,
    raised at every claim and release.
    """

    __tablename__ = "pick_list"
    __table_args__ = (
        Index("ix_pick_list_state", "state"),
        CheckConstraint(
            "(state in ('ready', 'closed', 'cancelled')) or holder_id is not null", name="holder"
        ),
    )

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    wave_id: Mapped[str] = mapped_column(ForeignKey("wave.id"), index=True)
    method: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=ListState.READY)
    priority: Mapped[int] = mapped_column(default=2)
    position: Mapped[int]  # order of the plan within the wave
    ver: Mapped[int] = mapped_column(default=1)
    lease: Mapped[int] = mapped_column(default=0)
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    stream: Mapped[str | None] = mapped_column(String(32))  # device that holds it
    start: Mapped[str] = mapped_column(String(64))
    end: Mapped[str] = mapped_column(String(64))
    length_mm: Mapped[int]
    duration_ms: Mapped[int]
    path: Mapped[list[Any]]
    cart_type: Mapped[str] = mapped_column(String(64))
    messages: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    last_op_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ListLease(Base):
    """Who held a list under which lease, on which device; kept for judging late operations."""

    __tablename__ = "list_lease"

    list_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), primary_key=True)
    lease: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    stream: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class ListAfter(Base):
    """``list_id`` may begin only when ``after_id`` is closed (pick-and-pass)."""

    __tablename__ = "list_after"

    list_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), primary_key=True)
    after_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), primary_key=True)


class ListTote(Base):
    """A slot of the list's cart: planned tote, the order it belongs to, the bound container.

    ``plan_tote`` is the plan's tote id; with pick-and-pass the lists of one plan tote bind the
    same container.
    """

    __tablename__ = "list_tote"

    list_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    plan_tote: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[str | None] = mapped_column(ForeignKey("customer_order.id"), index=True)
    tote: Mapped[str | None] = mapped_column(ForeignKey("tote.code"), index=True)
    dropped_station: Mapped[str | None] = mapped_column(String(64))
    dropped_at: Mapped[datetime | None]


class PickStop(Base):
    """One visit of one location, in walking order."""

    __tablename__ = "pick_stop"

    id: Mapped[Id]
    list_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), index=True)
    position: Mapped[int]
    location: Mapped[str] = mapped_column(String(64))
    distance_mm: Mapped[int]  # from the stop before (or the start)


class PickTask(Base):
    """One item taken at one stop for one order line into one slot of the cart.

    ``promised`` units of the location's stock are kept for this task; the promises of all tasks
    of a location add up to its ``allocated``.
    """

    __tablename__ = "pick_task"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("picked >= 0 and short >= 0 and cancelled >= 0", name="parts"),
        CheckConstraint("picked + short + cancelled <= quantity", name="not_over"),
        CheckConstraint("promised >= 0", name="promised"),
        CheckConstraint("promised + picked + short + cancelled <= quantity", name="promise"),
        Index("ix_pick_task_line", "line_id"),
        Index("ix_pick_task_order", "order_id"),
        Index("ix_pick_task_place", "location", "sku"),
    )

    id: Mapped[Id]
    list_id: Mapped[str] = mapped_column(ForeignKey("pick_list.id"), index=True)
    stop_id: Mapped[str] = mapped_column(ForeignKey("pick_stop.id"))
    position: Mapped[int]
    line_id: Mapped[str] = mapped_column(ForeignKey("order_line.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("customer_order.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"))
    location: Mapped[str] = mapped_column(String(64))
    slot: Mapped[int]
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    promised: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default=TaskState.WAITING)

    @property
    def open(self) -> int:
        """Units still to be taken."""
        return self.quantity - self.picked - self.short - self.cancelled


class Stream(Base):
    """The outbox of one device installation; ``last`` is the highest operation with a verdict."""

    __tablename__ = "stream"

    id: Mapped[Id]
    last: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[IdRef | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class Op(Base):
    """One fact a handheld recorded and the server's final verdict. Append-only, never expires."""

    __tablename__ = "op"

    stream: Mapped[str] = mapped_column(ForeignKey("stream.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    list_id: Mapped[str | None] = mapped_column(String(32), index=True)
    task_id: Mapped[str | None] = mapped_column(String(32))
    lease: Mapped[int | None]
    person_id: Mapped[IdRef | None]
    undone_by: Mapped[int | None]  # seq of the undo that compensated it
    body: Mapped[JsonDict]
    body_hash: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[datetime]


class ExceptionCard(Base):
    """An open question for a lead: a parked operation, a short, a lost device."""

    __tablename__ = "exception_card"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default="open")
    list_id: Mapped[str | None] = mapped_column(String(32))
    order_id: Mapped[str | None] = mapped_column(String(32))
    location: Mapped[str | None] = mapped_column(String(64))
    sku: Mapped[str | None] = mapped_column(String(64))
    quantity: Mapped[int] = mapped_column(default=0)
    op_stream: Mapped[str | None] = mapped_column(String(32))
    op_seq: Mapped[int | None]
    detail: Mapped[JsonDict] = mapped_column(default=dict)
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[IdRef | None]
