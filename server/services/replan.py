"""Short re-plans of lists on the floor: goods that were short are taken somewhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models import (
    ExceptionCard,
    ListTote,
    OrderLine,
    PickList,
    PickStop,
    PickTask,
    TaskState,
)
from server.services import changes, lists
from server.services.clock import Clock
from server.services.ledger import OpRef
from server.services.lists import HELD, Elsewhere

FINISHED = frozenset({TaskState.DONE, TaskState.SHORT, TaskState.CANCELLED})


@dataclass(frozen=True, slots=True)
class OpenStop:
    """A stop with work left, in walking order."""

    id: str
    location: str


@dataclass(frozen=True, slots=True)
class ShortTask:
    """A short on a list that still goes on: what a re-plan needs to know.

    ``ver`` is the list's version when this was read; ``stop`` and ``location`` are where the goods
    were missing; ``quantity`` is what is still closed as short of the task's line, at most what
    was reported; ``visited`` are the locations without work left, in walking order.
    """

    list_id: str
    ver: int
    wave_id: str
    zone: str | None
    start: str
    end: str
    duration_ms: int
    task_id: str
    stop: str
    sku: str
    location: str
    quantity: int
    visited: tuple[str, ...]
    remaining: tuple[OpenStop, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Where to take units instead, and what the walk of the list is then.

    ``next_stop`` is the open stop that follows the new one, with its new distance.
    """

    pick: Elsewhere
    next_stop: str | None
    next_distance_mm: int
    length_mm: int
    duration_ms: int
    path: Sequence[tuple[int, int, int]]


def short_task(session: Session, *, list_id: str, task_id: str, quantity: int) -> ShortTask | None:
    """Return a short that can still be made good on its list, ``None`` when it is too late.

    Too late is: the list is gone or closed, the tote of the task was dropped, or its line is no
    longer short (the short was undone, the order cancelled).
    """
    pick_list = session.get(PickList, list_id)
    task = session.get(PickTask, task_id)
    if pick_list is None or task is None or task.list_id != list_id:
        return None
    line = session.get_one(OrderLine, task.line_id)
    tote = session.get(ListTote, (list_id, task.slot))
    units = min(quantity, line.short_closed, task.short)
    if pick_list.state not in HELD or tote is None or tote.dropped_station is not None:
        return None
    if units < 1:
        return None
    stops = session.scalars(
        select(PickStop).where(PickStop.list_id == list_id).order_by(PickStop.position)
    ).all()
    open_stops = set(
        session.scalars(
            select(PickTask.stop_id).where(
                PickTask.list_id == list_id, PickTask.state.not_in(FINISHED)
            )
        )
    )
    visited = tuple(stop.location for stop in stops if stop.id not in open_stops)
    return ShortTask(
        list_id=list_id,
        ver=pick_list.ver,
        wave_id=pick_list.wave_id,
        zone=pick_list.zone,
        start=pick_list.start,
        end=pick_list.end,
        duration_ms=pick_list.duration_ms,
        task_id=task_id,
        stop=task.stop_id,
        sku=task.sku,
        location=task.location,
        quantity=units,
        visited=visited,
        remaining=tuple(
            OpenStop(stop.id, stop.location) for stop in stops if stop.id in open_stops
        ),
    )


def apply_alternative(
    session: Session,
    clock: Clock,
    *,
    short: ShortTask,
    found: Alternative,
    op: OpRef | None = None,
) -> int:
    """Give the list a new task for units that were short; returns how many units.

    ``op`` is the operation that reported the short: its card then says where they are taken.

    Raises
    ------
    NotFound
        The list is gone.
    Conflict
        The list changed since ``short`` was read (code ``stale``): look again.
    """
    pick_list = session.get(PickList, short.list_id)
    if pick_list is None:
        raise NotFound("the list is gone", code="unknown-list")
    if pick_list.ver != short.ver:
        raise Conflict(f"list {pick_list.number} changed meanwhile", code="stale")
    added = lists.take_elsewhere(
        session,
        clock,
        task_id=short.task_id,
        picks=[found.pick],
        path=found.path,
        length_mm=found.length_mm,
        duration_ms=found.duration_ms,
    )
    if added and found.next_stop is not None:
        session.get_one(PickStop, found.next_stop).distance_mm = found.next_distance_mm
    if added and op is not None:
        _tell_lead(session, op, location=found.pick.location, quantity=added)
    return added


def _tell_lead(session: Session, op: OpRef, *, location: str, quantity: int) -> None:
    """Write on the short's card where the goods are taken instead; the lead closes it."""
    for card in session.scalars(
        select(ExceptionCard).where(
            ExceptionCard.op_stream == op.stream, ExceptionCard.op_seq == op.seq
        )
    ):
        card.detail = {**card.detail, "taken_at": location, "taken_quantity": quantity}
        changes.touch(session, "exceptions")
