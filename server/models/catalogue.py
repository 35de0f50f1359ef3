"""Items, their barcodes, cart types and totes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Code, Text


class Item(Base):
    """An article that is stocked; ``sku`` is its key and is case sensitive."""

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("weight_g >= 0", name="weight"),
        CheckConstraint("volume_ml >= 0", name="volume"),
    )

    sku: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[Text]
    weight_g: Mapped[int] = mapped_column(default=0)
    volume_ml: Mapped[int] = mapped_column(default=0)
    abc_class: Mapped[str | None] = mapped_column(String(1))
    picture: Mapped[str | None] = mapped_column(String(200))


class ItemCode(Base):
    """A barcode of an item; one scan of it counts ``units``. A code may name several items."""

    __tablename__ = "item_code"
    __table_args__ = (CheckConstraint("units >= 1", name="units"),)

    code: Mapped[str] = mapped_column(String(128), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"), primary_key=True, index=True)
    units: Mapped[int] = mapped_column(default=1)


class CartType(Base):
    """A kind of cart: tote slots and hard limits."""

    __tablename__ = "cart_type"
    __table_args__ = (CheckConstraint("slots >= 1 and max_lines >= 1", name="limits"),)

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[Text]
    slots: Mapped[int]
    tote_weight_g: Mapped[int]
    tote_volume_ml: Mapped[int]
    max_weight_g: Mapped[int]
    max_lines: Mapped[int]


class Tote(Base):
    """A reusable container with a barcode.

    ``list_id`` is the pick list it is bound to while it travels; ``station`` where it was dropped.
    """

    __tablename__ = "tote"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[Code] = mapped_column(default="empty")
    list_id: Mapped[str | None] = mapped_column(String(32))
    station: Mapped[str | None] = mapped_column(String(64))
