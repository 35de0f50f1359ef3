"""People and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Id


class Role(StrEnum):
    """What a person may do; each role includes the ones before it."""

    PICKER = "picker"
    LEAD = "lead"
    ADMIN = "admin"


class Person(Base):
    """A person who signs in with a badge (identifies) and a PIN (authenticates)."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("role in ('picker', 'lead', 'admin')", name="role"),)

    id: Mapped[Id]
    badge: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8), default="en")
    pin_hash: Mapped[str] = mapped_column(String(300))
    active: Mapped[bool] = mapped_column(default=True)
    failed_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class SignIn(Base):
    """A session of a person on a device or in a console; only the token's SHA-256 is stored.

    Signing out ends the session, but what it recorded before still counts; operations of a
    revoked one are parked.
    """

    __tablename__ = "sign_in"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    client: Mapped[str] = mapped_column(String(16))  # handheld | console
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
