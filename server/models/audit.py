"""Audit entries and the chain over them, change counters and idempotency keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, BigSerial, Id, IdRef, JsonDict


class Audit(Base):
    """One append-only entry: who did what to which thing, in the same transaction as the change.

    What handhelds record is in ``op``, which is append-only too and part of the same chain; an
    entry that an operation caused names it.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    person_id: Mapped[IdRef | None]
    device_id: Mapped[IdRef | None]
    op_stream: Mapped[IdRef | None]
    op_seq: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(100))
    detail: Mapped[JsonDict] = mapped_column(default=dict)


class AuditSeal(Base):
    """One link of the hash chain: everything that one transaction added to the trail.

    ``digest`` is the SHA-256 of the link before it and of the content of the audit entries up to
    ``last_audit`` that no earlier link covers, and of the operations in ``ops``, as ranges
    ``[stream, first seq, last seq]``. Link 0 stands for what was there before the chain began.
    """

    __tablename__ = "audit_seal"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    number: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    last_audit: Mapped[int] = mapped_column(BigSerial)
    ops: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))


class Change(Base):
    """Latest revision at which a topic changed; ``rev`` is server-wide and only grows.

    Topics: ``list:<id>``, ``wave:<id>``, ``run:<id>``, ``orders``, ``board``, ``stock``,
    ``session:<id>``. Written in the transaction of the change, so any process can tell others
    what changed without a broker.
    """

    __tablename__ = "change"

    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    rev: Mapped[int] = mapped_column(index=True)


class Counter(Base):
    """Short numbers that people see (orders, waves, lists) and the server-wide revision."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Generation(Base):
    """A life of this database; a restored backup begins a new one.

    Handhelds compare revisions only within one generation. The newest id is the present one.
    """

    __tablename__ = "generation"

    id: Mapped[Id]
    at: Mapped[datetime]


class IdempotencyKey(Base):
    """The first answer to a command; the same key again returns it and does nothing."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    action: Mapped[str] = mapped_column(String(48))
    result: Mapped[JsonDict]
    at: Mapped[datetime]
