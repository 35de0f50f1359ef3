"""People, their devices and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Id, IdRef


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


class BadgeTries(Base):
    """Wrong tries under one badge, whether or not somebody has it: both lock alike.

    The badge is kept as its SHA-256: what is typed there by mistake may be a PIN.
    """

    __tablename__ = "badge_tries"
    __table_args__ = (CheckConstraint("failed >= 0", name="failed"),)

    badge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failed: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class Device(Base):
    """A handheld that a lead let in; codes and tokens are stored as SHA-256 only.

    ``code_hash`` is there while an enrolment code waits to be used, once. ``former_token_hash``
    works beside ``token_hash`` until the new token was shown for the first time, so that an answer
    lost on the way locks nobody out. ``tries`` counts sign-ins since ``tries_from``.
    """

    __tablename__ = "device"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    created_by: Mapped[IdRef | None]
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    former_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    tries_from: Mapped[datetime | None]


class SignIn(Base):
    """A session of a person on a device or in a console; only the token's SHA-256 is stored.

    ``device_id`` is the enrolled device it was opened on, where there is one.

    Signing out ends the session, but what it recorded before still counts; operations of a
    revoked one are parked.
    """

    __tablename__ = "sign_in"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    client: Mapped[str] = mapped_column(String(16))  # handheld | console
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
