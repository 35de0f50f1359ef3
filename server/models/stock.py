"""Stock by place, and the double-entry ledger that explains every unit of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, BigSerial, IdRef


class PlaceKind(StrEnum):
    """Kinds of places that goods can be in."""

    LOCATION = "location"
    TOTE = "tote"
    WALL_SLOT = "wall-slot"
    CARTON = "carton"
    QUARANTINE = "quarantine"
    DAMAGED = "damaged"
    OUTSIDE = "outside"
    """The world: opening stock, receipts, adjustments come from or go to it; may be negative."""


class StockBalance(Base):
    """Units of an item in a place. ``allocated`` units of it are promised to lines or lists."""

    __tablename__ = "stock_balance"
    __table_args__ = (
        CheckConstraint("on_hand >= 0 or kind = 'outside'", name="on_hand"),
        CheckConstraint("allocated >= 0", name="allocated"),
        CheckConstraint("on_hand >= allocated or kind = 'outside'", name="promised"),
        Index("ix_stock_balance_sku", "sku"),
    )

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)


class StockMove(Base):
    """One append-only entry: ``quantity`` units went from one place to another, and why.

    Double entry: the sum over all places, the outside included, is always zero.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_move_sku", "sku"),
        Index("ix_stock_move_line", "line_id"),
        Index("ix_stock_move_op", "op_stream", "op_seq"),
    )

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"))
    quantity: Mapped[int]
    from_kind: Mapped[str] = mapped_column(String(16))
    from_place: Mapped[str] = mapped_column(String(64))
    to_kind: Mapped[str] = mapped_column(String(16))
    to_place: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(32))
    line_id: Mapped[str | None] = mapped_column(String(32))
    task_id: Mapped[str | None] = mapped_column(String(32))
    op_stream: Mapped[str | None] = mapped_column(String(32))
    op_seq: Mapped[int | None]
    person_id: Mapped[IdRef | None]
    at: Mapped[datetime]


class WallSlot(Base):
    """A slot of the put wall and the order whose parts meet in it."""

    __tablename__ = "wall_slot"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("customer_order.id"))


class FloorTask(Base):
    """Work that stock trouble creates: a count, a put-back; open to anyone with the right."""

    __tablename__ = "floor_task"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # count | put-back
    state: Mapped[str] = mapped_column(String(16), default="open")
    location: Mapped[str | None] = mapped_column(String(64))
    tote: Mapped[str | None] = mapped_column(String(64))
    sku: Mapped[str | None] = mapped_column(String(64))
    quantity: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(String(32))
    list_id: Mapped[str | None] = mapped_column(String(32))
    order_id: Mapped[str | None] = mapped_column(String(32), index=True)
    line_id: Mapped[str | None] = mapped_column(String(32), index=True)
    op_stream: Mapped[str | None] = mapped_column(String(32))
    op_seq: Mapped[int | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[IdRef | None]
