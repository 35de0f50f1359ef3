"""Orders, their lines with quantity buckets, and the ledger of moves between buckets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db.base import Base, BigSerial, Id, IdRef, JsonDict, Text


class OrderState(StrEnum):
    """States of an order, up to the pack desk (`product.md` D3)."""

    RECEIVED = "received"
    HELD = "held"
    BACKORDERED = "backordered"
    READY = "ready"
    PLANNED = "planned"
    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    PICKED_SHORT = "picked-short"
    CONSOLIDATING = "consolidating"
    READY_TO_PACK = "ready-to-pack"
    EXCEPTION = "exception"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class Bucket(StrEnum):
    """Where the units of an order line are; each unit is in exactly one bucket."""

    OPEN = "open"
    ALLOCATED = "allocated"
    IN_LIST = "in_list"
    PICKED = "picked"
    CONSOLIDATED = "consolidated"
    PACKED = "packed"
    SHIPPED = "shipped"
    SHORT_CLOSED = "short_closed"
    CANCELLED = "cancelled"


class Channel(Base):
    """Where orders come from."""

    __tablename__ = "channel"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[Text]


class Order(Base):
    """Customer demand; unique by (channel, external id)."""

    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        CheckConstraint("priority between 0 and 3", name="priority"),
        Index("ix_customer_order_state", "state"),
    )

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    channel: Mapped[str] = mapped_column(ForeignKey("channel.code"))
    external_id: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(16), default=OrderState.RECEIVED)
    priority: Mapped[int] = mapped_column(default=2)
    ship_by: Mapped[datetime | None]
    carrier: Mapped[str | None] = mapped_column(String(64))
    service: Mapped[str | None] = mapped_column(String(64))
    paid: Mapped[str] = mapped_column(String(8), default="yes")  # yes | no | unknown
    ship_complete: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str | None] = mapped_column(String(500))
    extra: Mapped[JsonDict] = mapped_column(default=dict)  # unknown columns of the source, kept
    body_hash: Mapped[str] = mapped_column(String(64))
    missing: Mapped[list[Any]] = mapped_column(default=list)  # [{sku, asked, free, missing}]
    received_at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]

    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", order_by="OrderLine.position", lazy="raise"
    )
    holds: Mapped[list[OrderHold]] = relationship(lazy="raise")


class OrderHold(Base):
    """Why an order may not enter a wave; open until ``released_at``."""

    __tablename__ = "order_hold"

    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("customer_order.id"), index=True)
    reason: Mapped[str] = mapped_column(String(32))
    detail: Mapped[Text] = mapped_column(default="")
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]


_BUCKETS = " + ".join(bucket.value for bucket in Bucket)


class OrderLine(Base):
    """A quantity of one item; the buckets always add up to what was ordered."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint(f"ordered = {_BUCKETS}", name="conserved"),
        *(CheckConstraint(f"{bucket.value} >= 0", name=bucket.value) for bucket in Bucket),
        CheckConstraint("ordered >= 1", name="ordered"),
        UniqueConstraint("order_id", "position"),
    )

    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("customer_order.id"), index=True)
    position: Mapped[int]
    external_id: Mapped[str | None] = mapped_column(String(100))
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"), index=True)
    ordered: Mapped[int]
    open: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)
    in_list: Mapped[int] = mapped_column(default=0)
    picked: Mapped[int] = mapped_column(default=0)
    consolidated: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    short_closed: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise")


class LineMove(Base):
    """One append-only entry: units of a line went from one bucket to another, and why.

    ``from_bucket`` is null for the opening entry that puts the ordered units into ``open``.
    """

    __tablename__ = "line_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_line_move_op", "op_stream", "op_seq"),
    )

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("order_line.id"), index=True)
    from_bucket: Mapped[str | None] = mapped_column(String(16))
    to_bucket: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int]
    cause: Mapped[str] = mapped_column(String(32))
    task_id: Mapped[str | None] = mapped_column(String(32))
    op_stream: Mapped[str | None] = mapped_column(String(32))
    op_seq: Mapped[int | None]
    person_id: Mapped[IdRef | None]
    at: Mapped[datetime]

    line: Mapped[OrderLine] = relationship(lazy="raise")
