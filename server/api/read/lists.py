"""Pick lists: where each stands, and one in detail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.api.read.orders import order_numbers
from server.api.read.times import iso
from server.api.read.waves import get_wave
from server.errors import NotFound
from server.models import (
    Item,
    ListTote,
    Location,
    Op,
    Person,
    PickList,
    PickStop,
    PickTask,
    TaskState,
    Wave,
)

Shape = dict[str, Any]

FINISHED = frozenset({TaskState.DONE, TaskState.SHORT, TaskState.CANCELLED})

OPS_SHOWN = 50


def wave_lists(session: Session, wave_id: str) -> list[Shape]:
    """Return all pick lists of a wave, whatever their state.

    Raises
    ------
    NotFound
        There is no such wave.
    """
    get_wave(session, wave_id)
    query = select(PickList).where(PickList.wave_id == wave_id).order_by(PickList.number)
    return list_shapes(session, session.scalars(query).all())


def list_shapes(session: Session, lists: Sequence[PickList]) -> list[Shape]:
    """Return pick lists with progress, picker and where the last finished stop is."""
    ids = [row.id for row in lists]
    waves = {
        wave_id: (number, layout_id)
        for wave_id, number, layout_id in session.execute(
            select(Wave.id, Wave.number, Wave.layout_id).where(
                Wave.id.in_({row.wave_id for row in lists})
            )
        )
    }
    names = dict(
        session.execute(
            select(Person.id, Person.name).where(
                Person.id.in_({row.holder_id for row in lists if row.holder_id})
            )
        ).all()
    )
    tasks: dict[str, list[tuple[str, int, str, int, str]]] = {}
    for list_id, stop_id, position, state, short, order_id in session.execute(
        select(
            PickTask.list_id,
            PickTask.stop_id,
            PickStop.position,
            PickTask.state,
            PickTask.short,
            PickTask.order_id,
        )
        .join(PickStop, PickStop.id == PickTask.stop_id)
        .where(PickTask.list_id.in_(ids))
    ):
        tasks.setdefault(list_id, []).append((stop_id, position, state, short, order_id))
    progress = {row.id: _progress(tasks.get(row.id, [])) for row in lists}
    points = _points(session, {waves[row.wave_id][1]: None for row in lists}, progress.values())
    return [
        {
            "id": row.id,
            "number": row.number,
            "wave_number": waves[row.wave_id][0],
            "method": row.method,
            "zone": row.zone,
            "state": row.state,
            "picker": (
                {"id": row.holder_id, "name": names[row.holder_id]} if row.holder_id else None
            ),
            **{key: value for key, value in progress[row.id].items() if key != "last_stop"},
            "length_mm": row.length_mm,
            "duration_ms": row.duration_ms,
            "claimed_at": iso(row.claimed_at),
            "last_op_at": iso(row.last_op_at),
            **points.get(
                (waves[row.wave_id][1], progress[row.id]["last_stop"]),
                {"x_mm": None, "y_mm": None, "floor": None},
            ),
        }
        for row in lists
    ]


def list_detail(session: Session, list_id: str) -> Shape:
    """Return one pick list with stops, tasks, path, totes and its newest operations.

    Raises
    ------
    NotFound
        There is no such list.
    """
    row = session.get(PickList, list_id)
    if row is None:
        raise NotFound(f'there is no pick list "{list_id}"', code="list-not-found")
    tasks = session.execute(
        select(PickTask, Item.name)
        .join(Item, Item.sku == PickTask.sku)
        .where(PickTask.list_id == list_id)
        .order_by(PickTask.position)
    ).all()
    totes = session.scalars(
        select(ListTote).where(ListTote.list_id == list_id).order_by(ListTote.slot)
    ).all()
    numbers = order_numbers(
        session,
        {task.order_id for task, _ in tasks} | {tote.order_id for tote in totes if tote.order_id},
    )
    return {
        **list_shapes(session, [row])[0],
        "stops": _stops(session, row, [(task, name) for task, name in tasks], numbers),
        "path": row.path,
        "totes": [
            {
                "slot": tote.slot,
                "label": slot_label(tote.slot),
                "tote": tote.tote,
                "order_number": numbers.get(tote.order_id) if tote.order_id else None,
                "dropped_station": tote.dropped_station,
            }
            for tote in totes
        ],
        "ops": _ops(session, list_id),
    }


def slot_label(slot: int) -> str:
    """Return the letter on a cart slot: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    number = slot + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _progress(tasks: Iterable[tuple[str, int, str, int, str]]) -> Shape:
    stops: dict[tuple[int, str], bool] = {}
    done = shorts = total = 0
    orders = set()
    for stop_id, position, state, short, order_id in tasks:
        total += 1
        finished = state in FINISHED
        done += finished
        shorts += short > 0
        orders.add(order_id)
        stops[position, stop_id] = stops.get((position, stop_id), True) and finished
    finished_stops = [key for key, finished in stops.items() if finished]
    return {
        "stops_total": len(stops),
        "stops_done": len(finished_stops),
        "tasks_total": total,
        "tasks_done": done,
        "shorts": shorts,
        "orders": len(orders),
        "last_stop": max(finished_stops)[1] if finished_stops else None,
    }


def _points(
    session: Session, layouts: Iterable[str], progress: Iterable[Shape]
) -> dict[tuple[str, str | None], Shape]:
    stops = [part["last_stop"] for part in progress if part["last_stop"] is not None]
    rows = session.execute(
        select(Location.layout_id, PickStop.id, Location.x_mm, Location.y_mm, Location.floor)
        .join(PickStop, PickStop.location == Location.code)
        .where(PickStop.id.in_(stops), Location.layout_id.in_(list(layouts)))
    )
    return {
        (layout_id, stop_id): {"x_mm": x, "y_mm": y, "floor": floor}
        for layout_id, stop_id, x, y, floor in rows
    }


def _stops(
    session: Session,
    row: PickList,
    tasks: Sequence[tuple[PickTask, str]],
    numbers: dict[str, int],
) -> list[Shape]:
    by_stop: dict[str, list[Shape]] = {}
    for task, name in tasks:
        by_stop.setdefault(task.stop_id, []).append(
            {
                "id": task.id,
                "sku": task.sku,
                "name": name,
                "quantity": task.quantity,
                "picked": task.picked,
                "short": task.short,
                "cancelled": task.cancelled,
                "state": task.state,
                "slot": task.slot,
                "order_number": numbers.get(task.order_id),
            }
        )
    layout_id = select(Wave.layout_id).where(Wave.id == row.wave_id).scalar_subquery()
    stops = session.execute(
        select(PickStop, Location)
        .join(Location, (Location.code == PickStop.location) & (Location.layout_id == layout_id))
        .where(PickStop.list_id == row.id)
        .order_by(PickStop.position)
    ).all()
    return [
        {
            "id": stop.id,
            "location": stop.location,
            "x_mm": place.x_mm,
            "y_mm": place.y_mm,
            "floor": place.floor,
            "position": stop.position,
            "tasks": by_stop.get(stop.id, []),
        }
        for stop, place in stops
    ]


def _ops(session: Session, list_id: str) -> list[Shape]:
    rows = session.scalars(
        select(Op)
        .where(Op.list_id == list_id)
        .order_by(Op.received_at.desc(), Op.seq.desc())
        .limit(OPS_SHOWN)
    )
    return [
        {
            "at": iso(op.received_at),
            "seq": op.seq,
            "kind": op.kind,
            "task": op.task_id,
            "verdict": op.verdict,
            "code": op.code,
        }
        for op in rows
    ]
