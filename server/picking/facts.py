"""What judging an operation starts from: the operation, who made it, and its list and lease."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import (
    ListLease,
    ListState,
    ListTote,
    Op,
    OrderLine,
    PickList,
    PickTask,
    TaskState,
    Verdict,
)
from server.picking.operations import Header
from server.services import generations, lists, progress
from server.services.clock import Clock
from server.services.ledger import Cause, OpRef


class Standing(StrEnum):
    """How the operation's lease stands to the list's."""

    CURRENT = "current"
    LATE = "late"
    """The device held the list then; goods may be in its totes, so facts still count."""


class Refused(Exception):
    """The operation is not applied and shown to the picker."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Parked(Exception):
    """The operation is not applied and lies on the lead's desk: goods may have moved.

    ``put_back`` units were possibly taken although the books cannot say so.
    """

    def __init__(self, code: str, *, put_back: int = 0, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.put_back = put_back
        self.detail = detail


@dataclass(slots=True)
class Fact:
    """One operation in its context; lives for one judgement."""

    session: Session
    clock: Clock
    stream: str
    header: Header
    person_id: str
    pick_list: PickList | None = None
    standing: Standing = Standing.CURRENT
    causes: dict[str, Cause] = field(default_factory=dict)

    @property
    def ref(self) -> OpRef:
        """The operation as ledger entries name it."""
        return OpRef(self.stream, self.header.seq)

    def cause(self, word: str, task_id: str | None = None) -> Cause:
        """A ledger cause on account of this operation and its picker."""
        return Cause(word, op=self.ref, task_id=task_id, person_id=self.person_id)

    @property
    def the_list(self) -> PickList:
        """The list the operation is about; kinds that need one have it."""
        if self.pick_list is None:
            raise Parked("unknown-list")
        return self.pick_list

    def must_be_current(self) -> None:
        """Refuse what only the present holder may say."""
        if self.standing is not Standing.CURRENT:
            raise Refused("lease-old")

    def task(self, task_id: str) -> PickTask:
        """The named task, which must be one of the list's."""
        task = self.session.get(PickTask, task_id)
        if task is None or task.list_id != self.the_list.id:
            raise Parked("unknown-task")
        return task

    def line(self, task: PickTask) -> OrderLine:
        """The order line of a task."""
        return self.session.get_one(OrderLine, task.line_id)

    def slot(self, number: int) -> ListTote:
        """The cart slot of the list."""
        slot = self.session.get(ListTote, (self.the_list.id, number))
        if slot is None:
            raise Refused("unknown-slot")
        return slot

    def slot_of_tote(self, tote: str) -> ListTote | None:
        """The slot of the list that the tote is bound to."""
        self.session.flush()
        return self.session.scalars(
            select(ListTote).where(ListTote.list_id == self.the_list.id, ListTote.tote == tote)
        ).first()


def take_standing(fact: Fact) -> None:
    """Find the list and how the lease stands, and see that the picker once held it.

    Raises
    ------
    Parked
        Unknown list, or the lease was never given to this picker on this device.
    """
    header = fact.header
    if header.list_id is None:
        return
    pick_list = fact.session.get(PickList, header.list_id)
    if pick_list is None or header.lease is None:
        raise Parked("unknown-list")
    fact.pick_list = pick_list
    given = fact.session.get(ListLease, (pick_list.id, header.lease))
    if given is None:
        # Only a restored backup can have forgotten a lease; else somebody made it up.
        forgotten = header.lease > pick_list.lease
        if not forgotten or not generations.is_restored(fact.session, fact.clock):
            raise Parked("not-holder")
        _restored_lease(fact, pick_list, header.lease)
        return
    if given.person_id != fact.person_id or given.stream != fact.stream:
        raise Parked("not-holder")
    held = pick_list.state in lists.HELD and pick_list.lease == header.lease
    fact.standing = Standing.CURRENT if held else Standing.LATE


def _restored_lease(fact: Fact, pick_list: PickList, lease: int) -> None:
    """A lease from a future that a restored backup has forgotten: the device did hold the list.

    If nobody else holds it now, it is given back to the device.
    """
    fact.session.add(
        ListLease(
            list_id=pick_list.id,
            lease=lease,
            person_id=fact.person_id,
            stream=fact.stream,
            at=fact.clock(),
        )
    )
    free = pick_list.state == ListState.READY
    if free and lists.held_by(fact.session, fact.person_id) is None:
        lists.adopt(
            fact.session,
            fact.clock,
            pick_list,
            person_id=fact.person_id,
            stream=fact.stream,
            lease=lease,
        )
    else:
        fact.standing = Standing.LATE
    fact.session.flush()


def judge_quantity(fact: Fact, task: PickTask, qty: int, *, goods: bool) -> None:
    """Let ``qty`` units through when the task has them open; else refuse or park.

    More than is open is the picker's mistake while nobody else touched the task: refused. If
    something happened that the device could not know (lease lost, order cancelled, another
    picker's late operation), the units may have been taken in good faith: parked.
    """
    if qty <= task.open:
        return
    unforeseen = (
        fact.standing is Standing.LATE
        or task.cancelled > 0
        or fact.the_list.state in progress.OVER
        or _others_worked_on(fact, task)
    )
    if unforeseen:
        raise Parked("late", put_back=qty if goods else 0)
    raise Refused("over-pick" if task.open else "task-finished")


def _others_worked_on(fact: Fact, task: PickTask) -> bool:
    other = fact.session.scalars(
        select(Op.seq)
        .where(
            Op.task_id == task.id,
            Op.list_id == task.list_id,
            Op.stream != fact.stream,
            Op.verdict == Verdict.APPLIED,
            Op.kind.in_(("pick", "short")),
        )
        .limit(1)
    ).first()
    return other is not None


def settle_task(task: PickTask) -> None:
    """Set a task's state from its quantities."""
    if task.open:
        task.state = TaskState.WAITING
    elif task.short:
        task.state = TaskState.SHORT
    elif task.picked or not task.cancelled:
        task.state = TaskState.DONE
    else:
        task.state = TaskState.CANCELLED


def settle_list(fact: Fact, *, worked_on: PickTask | None = None) -> None:
    """Set a held list's state after a fact about its tasks: picking, or dropping at the end.

    With the task that was ``worked_on`` the others are only looked at when it is finished.
    """
    pick_list = fact.the_list
    if pick_list.state not in lists.HELD:
        return
    if worked_on is not None and worked_on.open:
        pick_list.state = ListState.PICKING
        return
    changed = [
        row
        for row in (*fact.session.dirty, *fact.session.new)
        if isinstance(row, PickTask) and row.list_id == pick_list.id
    ]
    left = any(task.open for task in changed) or _others_open(fact, changed)
    pick_list.state = ListState.PICKING if left else ListState.DROPPING


def _others_open(fact: Fact, known: list[PickTask]) -> bool:
    """Whether the list has open tasks besides the ``known`` ones, which may be unwritten yet."""
    query = select(PickTask.id).where(
        PickTask.list_id == fact.the_list.id,
        PickTask.id.not_in([task.id for task in known]),
        PickTask.quantity > PickTask.picked + PickTask.short + PickTask.cancelled,
    )
    with fact.session.no_autoflush:
        return fact.session.scalars(query.limit(1)).first() is not None
