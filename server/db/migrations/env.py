"""Alembic environment: uses the connection that :mod:`server.db.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import server.models  # noqa: F401 - registers all tables
from server.db.base import Base, UtcDateTime


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own column type as the plain type it stores: revisions never import models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
