"""Waves, planning runs and the immutable plans they found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, Id, IdRef, JsonDict


class WaveState(StrEnum):
    """States of a wave (`product.md` D3)."""

    DRAFT = "draft"
    PLANNING = "planning"
    PLANNED = "planned"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    STALE = "stale"
    RELEASED = "released"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    COMPLETED_WITH_SHORTS = "completed-with-shorts"
    UNDOING = "undoing"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """States of a planning run."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OVERRUN = "overrun"
    """Killed by the watchdog; the best stored plan stands."""


class Wave(Base):
    """Orders planned and released together; pins a layout version."""

    __tablename__ = "wave"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(24), default=WaveState.DRAFT)
    layout_id: Mapped[str] = mapped_column(ForeignKey("layout_version.id"))
    cart_type: Mapped[str] = mapped_column(ForeignKey("cart_type.code"))
    revision: Mapped[int] = mapped_column(default=1)
    plan_id: Mapped[str | None] = mapped_column(String(32))  # the launched plan
    created_by: Mapped[IdRef | None]
    created_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class WaveOrder(Base):
    """Membership of an order in a wave; an order is in at most one wave that is not over."""

    __tablename__ = "wave_order"
    __table_args__ = (
        Index(
            "uq_wave_order_one_open_wave",
            "order_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    wave_id: Mapped[str] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("customer_order.id"), primary_key=True)
    active: Mapped[bool] = mapped_column(default=True)


class PlanningRun(Base):
    """One request to plan, worked by a worker process under a lease."""

    __tablename__ = "planning_run"
    __table_args__ = (Index("ix_planning_run_state", "state"),)

    id: Mapped[Id]
    wave_id: Mapped[str] = mapped_column(ForeignKey("wave.id"), index=True)
    wave_revision: Mapped[int]
    lane: Mapped[str] = mapped_column(String(8), default="plan")  # plan | replan
    state: Mapped[str] = mapped_column(String(16), default=RunState.QUEUED)
    params: Mapped[JsonDict] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=1)
    seconds: Mapped[float] = mapped_column(default=10.0)
    lease: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(100))
    beat_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[JsonDict] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(String(1000))
    created_by: Mapped[IdRef | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class StoredPlan(Base):
    """An immutable judged plan (`wavepick-plan/1` document) with what reproduces it."""

    __tablename__ = "stored_plan"

    id: Mapped[Id]
    run_id: Mapped[str] = mapped_column(ForeignKey("planning_run.id"), index=True)
    wave_id: Mapped[str] = mapped_column(ForeignKey("wave.id"), index=True)
    method: Mapped[str] = mapped_column(String(16))
    is_baseline: Mapped[bool] = mapped_column(default=False)
    recommended: Mapped[bool] = mapped_column(default=False)
    input_hash: Mapped[str] = mapped_column(String(64))
    layout_id: Mapped[str] = mapped_column(String(32))
    seed: Mapped[int]
    solver: Mapped[str] = mapped_column(String(100))
    document: Mapped[JsonDict]
    length_mm: Mapped[int]
    duration_ms: Mapped[int]
    lists: Mapped[int]
    baseline_mm: Mapped[int]
    bound_mm: Mapped[int | None]
    unplanned: Mapped[int]
    termination: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[datetime]
