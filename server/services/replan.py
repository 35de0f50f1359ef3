"""Short re-plans of lists on the floor: goods that were short are taken somewhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import Conflict, NotFound
from server.models import (
    Bucket,
    ListState,
    ListTote,
    OrderLine,
    PickList,
    PickStop,
    PickTask,
    TaskState,
)
from server.services import audit, changes, ledger, progress
from server.services.clock import Clock
from server.services.ledger import Cause

OPEN_STATES = frozenset(
    {
        ListState.CLAIMED,
        ListState.LOADING,
        ListState.PICKING,
        ListState.PAUSED,
        ListState.DROPPING,
    }
)
"""A list in these states can still be given another stop."""

FINISHED = frozenset({TaskState.DONE, TaskState.SHORT, TaskState.CANCELLED})

CAUSE = "replan"


@dataclass(frozen=True, slots=True)
class OpenStop:
    """A stop with work left, in walking order."""

    id: str
    location: str


@dataclass(frozen=True, slots=True)
class ShortTask:
    """A short on a list that still goes on: what a re-plan needs to know.

    ``ver`` is the list's version when this was read; ``here`` is where the picker was last (a
    location or the start station); ``quantity`` is what is still closed as short of the task's
    line, at most what was reported.
    """

    list_id: str
    ver: int
    wave_id: str
    zone: str | None
    start: str
    end: str
    task_id: str
    sku: str
    location: str
    quantity: int
    here: str
    visited: tuple[str, ...]
    remaining: tuple[OpenStop, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Where to take units instead, and what the walk is then.

    ``before`` is the open stop before which the new one comes, ``None`` for the end;
    ``existing`` is an open stop at the same location that takes the task instead.
    """

    location: str
    quantity: int
    before: str | None
    existing: str | None
    distance_mm: int
    next_distance_mm: int
    length_mm: int
    path: Sequence[Sequence[int]]


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
    if pick_list.state not in OPEN_STATES or tote is None or tote.dropped_station is not None:
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
        task_id=task_id,
        sku=task.sku,
        location=task.location,
        quantity=units,
        here=task.location,
        visited=visited,
        remaining=tuple(
            OpenStop(stop.id, stop.location) for stop in stops if stop.id in open_stops
        ),
    )


def apply_alternative(
    session: Session, clock: Clock, *, short: ShortTask, found: Alternative
) -> PickTask:
    """Give the list a new task for units that were short: line short_closed -> in_list.

    The old task keeps its id and its short; the new one has an id of its own, so that a late
    operation on the old one cannot land on it. Stock is promised first.

    Raises
    ------
    NotFound
        The list is gone.
    Conflict
        The list changed since ``short`` was read (``stale``), or the stock is not free any more
        (``no-stock``).
    """
    pick_list = session.get(PickList, short.list_id)
    if pick_list is None:
        raise NotFound("the list is gone", code="list-not-found")
    if pick_list.ver != short.ver or pick_list.state not in OPEN_STATES:
        raise Conflict(f"list {pick_list.number} changed meanwhile", code="stale")
    old = session.get_one(PickTask, short.task_id)
    stop = _stop(session, pick_list, found)
    task = PickTask(
        id=new_id(),
        list_id=pick_list.id,
        stop_id=stop.id,
        position=_next_position(session, pick_list.id),
        line_id=old.line_id,
        order_id=old.order_id,
        sku=old.sku,
        location=found.location,
        slot=old.slot,
        quantity=found.quantity,
        picked=0,
        short=0,
        cancelled=0,
        promised=0,
        state=TaskState.WAITING,
    )
    session.add(task)
    if ledger.promise(session, task=task, quantity=found.quantity) < found.quantity:
        raise Conflict(f'"{found.location}" has too few free units', code="no-stock")
    ledger.move_line(
        session,
        clock,
        line=session.get_one(OrderLine, old.line_id),
        origin=Bucket.SHORT_CLOSED,
        target=Bucket.IN_LIST,
        quantity=found.quantity,
        cause=Cause(CAUSE, task_id=task.id),
    )
    pick_list.length_mm = found.length_mm
    pick_list.path = [list(point) for point in found.path]
    if pick_list.state == ListState.DROPPING:
        pick_list.state = ListState.PICKING
    progress.list_changed(session, pick_list, "stock")
    changes.touch(session, "orders")
    audit.record(
        session,
        clock,
        action="list.replan",
        subject=f"list:{pick_list.id}",
        task=task.id,
        instead_of=old.id,
        location=found.location,
        quantity=found.quantity,
    )
    session.flush()
    return task


def _stop(session: Session, pick_list: PickList, found: Alternative) -> PickStop:
    """Return the open stop at the location, or a new one at its place in the order."""
    if found.existing is not None:
        return session.get_one(PickStop, found.existing)
    stops = list(
        session.scalars(
            select(PickStop).where(PickStop.list_id == pick_list.id).order_by(PickStop.position)
        )
    )
    at = next((index for index, stop in enumerate(stops) if stop.id == found.before), len(stops))
    new = PickStop(
        id=new_id(),
        list_id=pick_list.id,
        position=at,
        location=found.location,
        distance_mm=found.distance_mm,
    )
    if at < len(stops):
        stops[at].distance_mm = found.next_distance_mm
    for index, stop in enumerate([*stops[:at], new, *stops[at:]]):
        stop.position = index
    session.add(new)
    session.flush()
    return new


def _next_position(session: Session, list_id: str) -> int:
    positions = session.scalars(select(PickTask.position).where(PickTask.list_id == list_id)).all()
    return max(positions, default=-1) + 1
