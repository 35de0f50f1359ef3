"""Planning worker processes and when they were last seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base


class WorkerBeat(Base):
    """A worker process; alive while ``beat_at`` is recent, deleted when it ends in order."""

    __tablename__ = "worker_beat"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    lanes: Mapped[list[Any]]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
