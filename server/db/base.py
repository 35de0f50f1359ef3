"""Declarative base, column types and ids shared by all models."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; naive values are refused on the way in.

    SQLite stores no zone, so values come back as UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: the server stores aware UTC only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON on SQLite, JSONB on PostgreSQL."""

BigSerial = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit autoincrement key; SQLite only counts up plain INTEGER keys."""


def new_id() -> str:
    """A time-ordered random 128-bit id as 32 hex digits.

    48 bits of Unix milliseconds, then 80 random bits. Ids that travel are never autoincrement:
    after a restored backup a reused number would let an operation land on another task.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


Id = Annotated[str, mapped_column(String(32), primary_key=True)]
IdRef = Annotated[str, mapped_column(String(32))]
Code = Annotated[str, mapped_column(String(64))]
Text = Annotated[str, mapped_column(String(500))]
JsonDict = dict[str, Any]


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar = {datetime: UtcDateTime(), JsonDict: Json, list[Any]: Json}
