"""Pick lists: who holds which, under which lease.

A lease does not expire by itself. It is raised whenever the holder changes, so that what an
earlier holder still sends can be told apart from what the present one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from server.db.base import new_id
from server.errors import Conflict, NotFound
from server.models import (
    Bucket,
    ListAfter,
    ListLease,
    ListState,
    ListTote,
    Order,
    OrderLine,
    OrderState,
    PickList,
    PickStop,
    PickTask,
    TaskState,
    Wave,
    WaveState,
)
from server.services import audit, changes, ledger, progress, repeats
from server.services.cancellation import close_unheld
from server.services.clock import Clock
from server.services.ledger import Cause

HELD = (
    ListState.CLAIMED,
    ListState.LOADING,
    ListState.PICKING,
    ListState.PAUSED,
    ListState.DROPPING,
)
"""States in which somebody holds the list."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Units to take at another location, in a new stop after the stop ``after_stop``.

    ``after_stop`` None puts it at the end; ``distance_mm`` is the walk to it.
    """

    location: str
    quantity: int
    after_stop: str | None
    distance_mm: int


def claimable(query: Select[Any]) -> Select[Any]:
    """Restrict a query of lists to those that may be claimed, in the order they are given out."""
    before = aliased(PickList)
    blocked = (
        exists()
        .where(ListAfter.list_id == PickList.id)
        .where(before.id == ListAfter.after_id, before.state.not_in(progress.OVER))
        .correlate(PickList)
    )
    return (
        query.join(Wave, Wave.id == PickList.wave_id)
        .where(
            PickList.state == ListState.READY,
            Wave.state.in_((WaveState.RELEASED, WaveState.IN_PROGRESS)),
            ~blocked,
        )
        .order_by(PickList.priority, Wave.number, PickList.position)
    )


_CLAIMABLE_IDS = claimable(select(PickList.id))


def get(session: Session, list_id: str) -> PickList:
    """The list with that id, or :class:`NotFound`."""
    pick_list = session.get(PickList, list_id)
    if pick_list is None:
        raise NotFound(f'pick list "{list_id}" does not exist', code="unknown-list")
    return pick_list


def holding(query: Select[Any]) -> Select[Any]:
    """Restrict a query of lists to the one that the ``person`` of its values holds."""
    return (
        query.where(PickList.holder_id == bindparam("person"), PickList.state.in_(HELD))
        .order_by(PickList.claimed_at.desc())
        .limit(1)
    )


_HELD = holding(select(PickList))


def held_by(session: Session, person_id: str) -> PickList | None:
    """The list that a person holds, on whatever device."""
    return session.scalars(_HELD, {"person": person_id}).first()


def claim(session: Session, clock: Clock, *, person_id: str, stream: str) -> PickList | None:
    """The list the person holds already, else the next ready one: ready -> ``claimed``.

    On another device than before, the lease is raised and the list goes on there. Lists are given
    out by priority, then wave, then place in the plan; one that comes after another list only
    when that is closed. Asking again changes nothing.
    """
    held = held_by(session, person_id)
    if held is not None:
        if held.stream != stream:
            _take_over(session, clock, held, person_id, stream)
        return held
    for list_id in session.scalars(_CLAIMABLE_IDS):
        taken = session.execute(
            update(PickList)
            .where(PickList.id == list_id, PickList.state == ListState.READY)
            .values(state=ListState.CLAIMED, holder_id=person_id, claimed_at=clock())
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount == 1:  # type: ignore[attr-defined]
            pick_list = session.get_one(PickList, list_id, populate_existing=True)
            pick_list.state = _state_of(session, pick_list)
            _take_over(session, clock, pick_list, person_id, stream)
            changes.touch(session, progress.WORK)
            return pick_list
    return None


def adopt(
    session: Session, clock: Clock, pick_list: PickList, *, person_id: str, stream: str, lease: int
) -> None:
    """Give an unheld list back to the holder that a restored backup has forgotten."""
    pick_list.holder_id, pick_list.stream = person_id, stream
    pick_list.lease, pick_list.claimed_at = lease, clock()
    pick_list.state = _state_of(session, pick_list)
    changes.touch(session, progress.WORK)


def release(session: Session, clock: Clock, pick_list: PickList) -> None:
    """Return a list to the pool with what is left: held -> ``ready``; raises the lease.

    Totes stay bound: the next picker takes over the cart. A list with nothing left to do ends.
    The caller raises ``ver``.
    """
    pick_list.state = ListState.READY
    pick_list.holder_id, pick_list.stream = None, None
    pick_list.lease += 1
    changes.touch(session, progress.WORK, "board")
    close_unheld(session, clock, pick_list)


def recall(
    session: Session, clock: Clock, *, list_id: str, key: str, person_id: str | None = None
) -> PickList:
    """A lead takes a list away from its holder: held -> ``ready``.

    The same ``key`` again changes nothing, even where the list is over by then or somebody else
    has claimed it; so does another key while nobody holds the list.

    Raises
    ------
    Conflict
        The list is closed or cancelled.
    """
    pick_list = get(session, list_id)
    if repeats.first_answer(session, action="recall", of=list_id, key=key) is not None:
        return pick_list
    if pick_list.state in progress.OVER:
        raise Conflict(f"list {pick_list.number} is {pick_list.state}", code="list-over")
    holder = pick_list.holder_id
    if pick_list.state != ListState.READY:
        release(session, clock, pick_list)
        progress.list_changed(session, pick_list)
        audit.record(
            session,
            clock,
            action="list.recall",
            subject=f"list:{list_id}",
            person_id=person_id,
            holder=holder,
        )
    # Kept where nobody held it, too: a repeat must not take it from who claims it meanwhile.
    repeats.keep(session, clock, action="recall", of=list_id, key=key, answer={"holder": holder})
    return pick_list


def take_elsewhere(
    session: Session,
    clock: Clock,
    *,
    task_id: str,
    picks: Sequence[Elsewhere],
    path: Sequence[tuple[int, int, int]] | None = None,
    length_mm: int | None = None,
    duration_ms: int | None = None,
) -> int:
    """Add new tasks for units that were short at ``task_id``; returns how many units.

    The line's units go short_closed -> allocated -> in_list; the old task stays closed. Nothing
    is added (0) when the list is over, its tote was dropped, or the order is not being picked any
    more; a location that has less free stock by now gives what it has. All or part of the walk
    (path, mm, ms) may be renewed with it.
    """
    session.flush()
    task = session.get(PickTask, task_id)
    if task is None:
        raise NotFound("this task does not exist", code="unknown-task")
    pick_list = session.get_one(PickList, task.list_id)
    line = session.get_one(OrderLine, task.line_id)
    order = session.get_one(Order, task.order_id)
    slot = session.get(ListTote, (pick_list.id, task.slot))
    gone = slot is None or slot.dropped_station is not None
    if pick_list.state in progress.OVER or gone or order.state not in _PICKING:
        return 0
    added = 0
    for pick in picks:
        wanted = min(pick.quantity, task.short - added, line.short_closed)
        if wanted > 0:
            added += _add_task(session, clock, task, line, pick, wanted)
    if added:
        if path is not None:
            pick_list.path = [list(corner) for corner in path]
        pick_list.length_mm = pick_list.length_mm if length_mm is None else length_mm
        pick_list.duration_ms = pick_list.duration_ms if duration_ms is None else duration_ms
        if pick_list.state == ListState.DROPPING:
            pick_list.state = ListState.PICKING
        pick_list.messages = [
            *pick_list.messages,
            {
                "id": new_id(),
                "kind": "alternative",
                "sku": task.sku,
                "quantity": added,
                "order_number": order.number,
                "slot": task.slot,
            },
        ]
        progress.list_changed(session, pick_list)
        changes.touch(session, "stock")
    return added


_PICKING = (OrderState.RELEASED, OrderState.PICKING)


def _add_task(
    session: Session, clock: Clock, short: PickTask, line: OrderLine, pick: Elsewhere, wanted: int
) -> int:
    stops = list(
        session.scalars(
            select(PickStop).where(PickStop.list_id == short.list_id).order_by(PickStop.position)
        )
    )
    before = next((i for i, stop in enumerate(stops) if stop.id == pick.after_stop), len(stops) - 1)
    task = PickTask(
        id=new_id(),
        list_id=short.list_id,
        line_id=line.id,
        order_id=short.order_id,
        sku=short.sku,
        location=pick.location,
        slot=short.slot,
        position=short.position,
        picked=0,
        short=0,
        cancelled=0,
        promised=0,
        state=TaskState.WAITING,
    )
    with session.no_autoflush:
        task.quantity = ledger.promise(session, task=task, quantity=wanted)
    if not task.quantity:
        return 0
    for stop in stops[before + 1 :]:
        stop.position += 1
    stop = PickStop(
        id=new_id(),
        list_id=short.list_id,
        position=stops[before].position + 1,
        location=pick.location,
        distance_mm=pick.distance_mm,
    )
    session.add(stop)
    session.flush()
    task.stop_id = stop.id
    session.add(task)
    for origin, target in (
        (Bucket.SHORT_CLOSED, Bucket.ALLOCATED),
        (Bucket.ALLOCATED, Bucket.IN_LIST),
    ):
        ledger.move_line(
            session,
            clock,
            line=line,
            origin=origin,
            target=target,
            quantity=task.quantity,
            cause=Cause("replan", task_id=task.id),
        )
    session.flush()
    return task.quantity


def _take_over(
    session: Session, clock: Clock, pick_list: PickList, person_id: str, stream: str
) -> None:
    highest = session.scalar(
        select(func.max(ListLease.lease)).where(ListLease.list_id == pick_list.id)
    )
    pick_list.lease = max(pick_list.lease, highest or 0) + 1
    pick_list.stream = stream
    session.add(
        ListLease(
            list_id=pick_list.id,
            lease=pick_list.lease,
            person_id=person_id,
            stream=stream,
            at=clock(),
        )
    )
    progress.list_changed(session, pick_list)
    audit.record(
        session,
        clock,
        action="list.claim",
        subject=f"list:{pick_list.id}",
        person_id=person_id,
        lease=pick_list.lease,
    )


def _state_of(session: Session, pick_list: PickList) -> ListState:
    """The state of a held list, read off its tasks and totes."""
    tasks = session.scalars(select(PickTask).where(PickTask.list_id == pick_list.id)).all()
    if tasks and all(task.open == 0 for task in tasks):
        return ListState.DROPPING
    if any(task.open < task.quantity for task in tasks):
        return ListState.PICKING
    bound = session.scalar(
        select(func.count())
        .select_from(ListTote)
        .where(ListTote.list_id == pick_list.id, ListTote.tote.is_not(None))
    )
    return ListState.LOADING if bound else ListState.CLAIMED
