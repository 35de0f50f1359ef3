"""Take a launched wave back: free what was promised, ask for put-backs of what was taken."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from server.models import (
    Bucket,
    ListState,
    ListTote,
    Order,
    OrderState,
    PickList,
    PickTask,
    PlanningRun,
    RunState,
    Wave,
    WaveOrder,
)
from server.services import changes, floor_work, ledger, progress, totes
from server.services.cancellation import cancel_tasks
from server.services.clock import Clock
from server.services.ledger import Cause

_UNFINISHED = (OrderState.RELEASED, OrderState.PICKING)


def undo_launched(session: Session, clock: Clock, *, wave: Wave, person_id: str | None) -> None:
    """Undo what can be undone of a launched wave.

    Orders that were picked completely stay as they are. The others become received again: units
    in lists and units already taken go back to ``open``, the latter with a put-back task for the
    goods. Lists are cancelled, leases raised, so that late operations are parked.
    """
    session.flush()
    cause = Cause("wave-cancel", person_id=person_id)
    lists = list(session.scalars(select(PickList).where(PickList.wave_id == wave.id)))
    tasks: dict[str, list[PickTask]] = defaultdict(list)
    for task in session.scalars(
        select(PickTask)
        .join(PickList, PickList.id == PickTask.list_id)
        .where(PickList.wave_id == wave.id)
    ):
        tasks[task.order_id].append(task)
    orders = session.scalars(
        select(Order)
        .join(WaveOrder, WaveOrder.order_id == Order.id)
        .where(WaveOrder.wave_id == wave.id, WaveOrder.active)
        .options(selectinload(Order.lines))
    )
    for order in orders:
        if order.state in _UNFINISHED:
            _undo_order(session, clock, order, tasks[order.id], cause)
    for pick_list in lists:
        if pick_list.state not in progress.OVER:
            _take_back(session, clock, pick_list)
    _stop_replans(session, clock, wave)


def _undo_order(
    session: Session, clock: Clock, order: Order, tasks: list[PickTask], cause: Cause
) -> None:
    lines = {line.id: line for line in order.lines}
    cancel_tasks(session, clock, tasks=tasks, lines=lines, target=Bucket.OPEN, cause=cause)
    held = progress.held_where(session, order.id)
    for line in order.lines:
        for bucket in (Bucket.PICKED, Bucket.CONSOLIDATED, Bucket.SHORT_CLOSED):
            units: int = getattr(line, bucket.value)
            if units:
                ledger.move_line(
                    session,
                    clock,
                    line=line,
                    origin=bucket,
                    target=Bucket.OPEN,
                    quantity=units,
                    cause=cause,
                )
    for goods, units in sorted(held.items()):
        floor_work.ask(
            session,
            clock,
            kind="put-back",
            cause="wave-cancelled",
            sku=goods.sku,
            quantity=units,
            tote=goods.place,
            line_id=goods.line_id,
        )
    order.state = OrderState.RECEIVED


def _take_back(session: Session, clock: Clock, pick_list: PickList) -> None:
    pick_list.state, pick_list.closed_at = ListState.CANCELLED, clock()
    pick_list.holder_id, pick_list.stream = None, None
    pick_list.lease += 1
    progress.list_changed(session, pick_list)
    session.flush()
    for slot in session.scalars(select(ListTote).where(ListTote.list_id == pick_list.id)):
        if slot.tote is not None:
            totes.release_if_empty(session, slot.tote)


def _stop_replans(session: Session, clock: Clock, wave: Wave) -> None:
    for run in session.scalars(
        select(PlanningRun).where(
            PlanningRun.wave_id == wave.id, PlanningRun.state == RunState.QUEUED
        )
    ):
        run.state, run.finished_at = RunState.CANCELLED, clock()
        changes.touch(session, f"run:{run.id}")
