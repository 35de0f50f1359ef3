"""Launch: turn a stored plan into lists on the floor, in one transaction, or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from server import failpoints
from server.db.base import new_id
from server.db.bulk import BulkInsert
from server.errors import BadInput, Conflict, NotFound
from server.failpoints import FailPoint
from server.models import (
    Bucket,
    ListAfter,
    ListState,
    ListTote,
    Location,
    Order,
    OrderLine,
    OrderState,
    PickList,
    PickStop,
    PickTask,
    PlaceKind,
    PlanningRun,
    Station,
    StockBalance,
    StoredPlan,
    TaskState,
    Wave,
    WaveOrder,
    WaveState,
)
from server.services import audit, changes, ledger, numbers, repeats
from server.services.clock import Clock
from server.services.ledger import Cause
from server.services.plan_document import PlannedList, PlannedPick, planned_lists

Point = tuple[int, int, int]
Row = dict[str, Any]
_ADD_LISTS, _ADD_AFTERS, _ADD_TOTES, _ADD_STOPS, _ADD_TASKS = (
    BulkInsert(cast(Table, model.__table__))
    for model in (PickList, ListAfter, ListTote, PickStop, PickTask)
)


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """How much work a launch put on the floor."""

    lists: int
    tasks: int


@dataclass(slots=True)
class _Rows:
    """Rows to be added, by table: a launch writes thousands, each table in one statement."""

    lists: list[Row] = field(default_factory=list)
    afters: list[Row] = field(default_factory=list)
    totes: list[Row] = field(default_factory=list)
    stops: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)

    def write(self, session: Session) -> None:
        _ADD_LISTS.write(session, self.lists)
        _ADD_AFTERS.write(session, self.afters)
        _ADD_TOTES.write(session, self.totes)
        _ADD_STOPS.write(session, self.stops)
        _ADD_TASKS.write(session, self.tasks)


@dataclass(slots=True)
class _Launch:
    """What the steps of one launch share; lives for one call."""

    session: Session
    clock: Clock
    wave: Wave
    cause: Cause
    orders: dict[str, Order]
    lines: dict[str, OrderLine]
    balances: dict[tuple[str, str], StockBalance]
    points: dict[str, Point]
    list_ids: dict[str, str]
    rows: _Rows = field(default_factory=_Rows)


def launch(
    session: Session,
    clock: Clock,
    *,
    wave_id: str,
    plan_id: str,
    key: str,
    person_id: str | None = None,
) -> LaunchResult:
    """Release a wave with one of its plans: planned (or failed, with a baseline) -> ``released``.

    Promises exactly the stock the plan takes, moves the units open -> allocated -> in_list and
    makes lists, totes, stops and tasks. Orders without any pick in the plan go back to ready.
    The same ``key`` again returns the first answer and does nothing.

    Raises
    ------
    Conflict
        The wave cannot be launched, the plan is stale, or stock the plan counts on is not free
        any more (code ``no-stock``; nothing is kept).
    """
    known = repeats.first_answer(session, action="launch", of=wave_id, key=key)
    if known is not None:
        return LaunchResult(known["lists"], known["tasks"])
    wave, plan = _checked(session, wave_id, plan_id)
    planned = planned_lists(plan.document)
    if not planned:
        raise Conflict(f"the plan of wave {wave.number} has no lists", code="plan-empty")
    work = _prepare(session, clock, wave, planned, Cause("launch", person_id=person_id))
    tasks = sum(_make_list(work, at, entry) for at, entry in enumerate(planned))
    work.rows.write(session)
    failpoints.reach(FailPoint.DURING_LAUNCH)
    _move_lines(work, planned)
    _set_states(work, planned)
    wave.state, wave.plan_id, wave.launched_at = WaveState.RELEASED, plan_id, clock()
    wave.revision += 1
    result = LaunchResult(len(planned), tasks)
    repeats.keep(
        session,
        clock,
        action="launch",
        of=wave_id,
        key=key,
        answer={"lists": result.lists, "tasks": result.tasks},
    )
    session.flush()
    changes.touch(session, f"wave:{wave_id}", "board", "orders", "stock", "work")
    audit.record(
        session,
        clock,
        action="wave.launch",
        subject=f"wave:{wave_id}",
        person_id=person_id,
        plan=plan_id,
        lists=result.lists,
        tasks=result.tasks,
    )
    return result


def _checked(session: Session, wave_id: str, plan_id: str) -> tuple[Wave, StoredPlan]:
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotFound(f'wave "{wave_id}" does not exist', code="unknown-wave")
    plan = session.get(StoredPlan, plan_id)
    if plan is None or plan.wave_id != wave_id:
        raise NotFound(f"wave {wave.number} has no such plan", code="unknown-plan")
    if wave.state not in (WaveState.PLANNED, WaveState.FAILED):
        raise Conflict(f"wave {wave.number} is {wave.state}; cannot launch it", code="wave-state")
    run = session.get_one(PlanningRun, plan.run_id)
    if run.wave_revision != wave.revision or plan.layout_id != wave.layout_id:
        raise Conflict(
            f"wave {wave.number} changed after it was planned; plan it again", code="plan-stale"
        )
    return wave, plan


def _prepare(
    session: Session, clock: Clock, wave: Wave, planned: tuple[PlannedList, ...], cause: Cause
) -> _Launch:
    members = select(WaveOrder.order_id).where(WaveOrder.wave_id == wave.id, WaveOrder.active)
    orders = {
        order.id: order for order in session.scalars(select(Order).where(Order.id.in_(members)))
    }
    lines = {
        line.id: line
        for line in session.scalars(select(OrderLine).where(OrderLine.order_id.in_(members)))
    }
    skus = {line.sku for line in lines.values()}
    balances = {
        (row.place, row.sku): row
        for row in session.scalars(
            select(StockBalance).where(
                StockBalance.kind == PlaceKind.LOCATION,
                StockBalance.sku.in_(select(OrderLine.sku).where(OrderLine.order_id.in_(members))),
            )
        )
        if row.sku in skus
    }
    points: dict[str, Point] = {}
    for model in (Location, Station):
        rows = session.execute(
            select(model.code, model.x_mm, model.y_mm, model.floor).where(
                model.layout_id == wave.layout_id
            )
        )
        points.update({code: (x_mm, y_mm, floor) for code, x_mm, y_mm, floor in rows})
    return _Launch(
        session=session,
        clock=clock,
        wave=wave,
        cause=cause,
        orders=orders,
        lines=lines,
        balances=balances,
        points=points,
        list_ids={entry.id: new_id() for entry in planned},
    )


def _make_list(work: _Launch, position: int, planned: PlannedList) -> int:
    """Make the rows of one list and promise its stock; returns the number of tasks."""
    orders = {pick.order for stop in planned.stops for pick in stop.picks}
    for order_id in orders:
        if order_id not in work.orders:
            raise Conflict("the plan has an order that is not in the wave", code="plan-stale")
    list_id = work.list_ids[planned.id]
    work.rows.lists.append(
        {
            "id": list_id,
            "number": numbers.take(work.session, "list"),
            "wave_id": work.wave.id,
            "method": planned.method,
            "zone": planned.zone,
            "state": ListState.READY,
            "priority": min((work.orders[order_id].priority for order_id in orders), default=2),
            "position": position,
            "ver": 1,
            "lease": 0,
            "start": planned.start,
            "end": planned.end,
            "length_mm": planned.length_mm,
            "duration_ms": planned.duration_ms,
            "path": [list(corner) for corner in planned.path],
            "cart_type": work.wave.cart_type,
            "messages": [],
            "created_at": work.clock(),
        }
    )
    for after in planned.after:
        if after not in work.list_ids:
            raise BadInput(f'the plan has no list "{after}"', code="bad-plan")
        work.rows.afters.append({"list_id": list_id, "after_id": work.list_ids[after]})
    slots: dict[str, int] = {}
    for tote in planned.totes:
        slots[tote.id] = tote.slot
        work.rows.totes.append(
            {
                "list_id": list_id,
                "slot": tote.slot,
                "plan_tote": tote.id,
                "order_id": tote.order,
            }
        )
    return _make_stops(work, list_id, planned, slots)


def _make_stops(work: _Launch, list_id: str, planned: PlannedList, slots: Mapping[str, int]) -> int:
    tasks = 0
    here = work.points.get(planned.start)
    for position, stop in enumerate(planned.stops):
        point = work.points.get(stop.location)
        if point is None:
            raise BadInput(
                f'the plan visits "{stop.location}", which the layout does not have',
                code="bad-plan",
            )
        straight = round(hypot(point[0] - here[0], point[1] - here[1])) if here else 0
        here = point
        stop_id = new_id()
        work.rows.stops.append(
            {
                "id": stop_id,
                "list_id": list_id,
                "position": position,
                "location": stop.location,
                "distance_mm": straight if stop.distance_mm is None else stop.distance_mm,
            }
        )
        for pick in stop.picks:
            if pick.tote not in slots:
                raise BadInput(f'list "{planned.id}" has no tote "{pick.tote}"', code="bad-plan")
            _promise(work, stop.location, pick)
            work.rows.tasks.append(
                {
                    "id": new_id(),
                    "list_id": list_id,
                    "stop_id": stop_id,
                    "position": tasks,
                    "line_id": pick.line,
                    "order_id": pick.order,
                    "sku": pick.sku,
                    "location": stop.location,
                    "slot": slots[pick.tote],
                    "quantity": pick.quantity,
                    "picked": 0,
                    "short": 0,
                    "cancelled": 0,
                    "promised": pick.quantity,
                    "state": TaskState.WAITING,
                }
            )
            tasks += 1
    return tasks


def _promise(work: _Launch, location: str, pick: PlannedPick) -> None:
    """Keep the units of a pick for its task, at exactly the location of the plan."""
    line = work.lines.get(pick.line)
    if line is None or line.sku != pick.sku or line.order_id != pick.order:
        raise Conflict("the plan has a line that is not in the wave", code="plan-stale")
    row = work.balances.get((location, pick.sku))
    free = row.on_hand - row.allocated if row is not None else 0
    if row is None or free < pick.quantity:
        raise Conflict(
            f'"{location}" has {free} free units of "{pick.sku}", '
            f"the plan takes {pick.quantity}; plan the wave again",
            code="no-stock",
        )
    row.allocated += pick.quantity


def _move_lines(work: _Launch, planned: tuple[PlannedList, ...]) -> None:
    """Move each line's planned units open -> allocated -> in_list, one entry of each."""
    units: dict[str, int] = defaultdict(int)
    for entry in planned:
        for stop in entry.stops:
            for pick in stop.picks:
                units[pick.line] += pick.quantity
    for origin, target in ((Bucket.OPEN, Bucket.ALLOCATED), (Bucket.ALLOCATED, Bucket.IN_LIST)):
        ledger.move_lines(
            work.session,
            work.clock,
            moves=[(work.lines[line_id], quantity) for line_id, quantity in units.items()],
            origin=origin,
            target=target,
            cause=work.cause,
        )


def _set_states(work: _Launch, planned: tuple[PlannedList, ...]) -> None:
    """Orders with picks -> released; the others leave the wave and are ready again."""
    in_lists = {pick.order for entry in planned for stop in entry.stops for pick in stop.picks}
    left_out: list[str] = []
    for order in work.orders.values():
        if order.state not in (OrderState.READY, OrderState.PLANNED):
            raise Conflict(f"order {order.number} is {order.state}", code="plan-stale")
        if order.id in in_lists:
            order.state = OrderState.RELEASED
        else:
            order.state = OrderState.READY
            left_out.append(order.id)
    for start in range(0, len(left_out), 500):
        work.session.execute(
            update(WaveOrder)
            .where(
                WaveOrder.wave_id == work.wave.id,
                WaveOrder.order_id.in_(left_out[start : start + 500]),
            )
            .values(active=False)
        )
