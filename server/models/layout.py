"""Layout versions: immutable documents with their locations and stations as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Id, JsonDict


class LayoutVersion(Base):
    """One immutable version of the walking graph (`wavepick-layout/1`); at most one is active."""

    __tablename__ = "layout_version"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    active: Mapped[bool] = mapped_column(default=False)
    document: Mapped[JsonDict]
    created_at: Mapped[datetime]


class Location(Base):
    """A location of one layout version. ``aisle`` groups locations of one edge for display."""

    __tablename__ = "location"

    layout_id: Mapped[str] = mapped_column(ForeignKey("layout_version.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    zone: Mapped[str | None] = mapped_column(String(64))
    aisle: Mapped[str | None] = mapped_column(String(64))
    check_digits: Mapped[str | None] = mapped_column(String(8))
    side: Mapped[str | None] = mapped_column(String(8))
    level: Mapped[int] = mapped_column(default=0)
    x_mm: Mapped[int]
    y_mm: Mapped[int]
    floor: Mapped[int] = mapped_column(default=0)


class Station(Base):
    """A station of one layout version."""

    __tablename__ = "station"

    layout_id: Mapped[str] = mapped_column(ForeignKey("layout_version.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str | None] = mapped_column(String(64))
    x_mm: Mapped[int]
    y_mm: Mapped[int]
    floor: Mapped[int] = mapped_column(default=0)
