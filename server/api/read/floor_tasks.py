"""Put-backs and counts: what is to be done on the floor, and where its goods came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.api.read.orders import order_numbers
from server.api.read.times import iso
from server.models import FloorTask, Item, OrderLine, PickList, PlaceKind, StockMove

Shape = dict[str, Any]


def floor_tasks(session: Session, *, state: str, limit: int) -> list[Shape]:
    """Return floor tasks in a state, oldest first, in a fixed number of queries."""
    query = select(FloorTask).where(FloorTask.state == state).order_by(FloorTask.id).limit(limit)
    return shapes(session, session.scalars(query).all())


def shapes(session: Session, tasks: Sequence[FloorTask]) -> list[Shape]:
    """Return floor tasks as answers show them.

    The location of an open put-back is where its units were picked last, unless it names one
    itself; the order of goods whose wave was cancelled is that of their line.
    """
    lines = {task.line_id for task in tasks if task.line_id is not None}
    origins = _origins(session, lines)
    orders = _pairs(session, select(OrderLine.id, OrderLine.order_id), OrderLine.id, lines)
    owners = {task.id: task.order_id or orders.get(task.line_id or "") for task in tasks}
    numbers = order_numbers(session, (order for order in owners.values() if order is not None))
    names = _pairs(
        session, select(Item.sku, Item.name), Item.sku, {task.sku for task in tasks if task.sku}
    )
    lists = _pairs(
        session,
        select(PickList.id, PickList.number),
        PickList.id,
        {task.list_id for task in tasks if task.list_id},
    )
    return [
        {
            "id": task.id,
            "kind": task.kind,
            "state": task.state,
            "cause": task.cause,
            "location": task.location or origins.get(task.line_id or ""),
            "tote": task.tote,
            "sku": task.sku,
            "name": names.get(task.sku or "", ""),
            "quantity": task.quantity,
            "order_number": numbers.get(owners[task.id] or ""),
            "list_number": lists.get(task.list_id or ""),
            "created_at": iso(task.created_at),
        }
        for task in tasks
    ]


def _pairs(session: Session, query: Any, column: Any, wanted: Iterable[str]) -> dict[str, Any]:
    return dict(session.execute(query.where(column.in_(sorted(wanted)))).all())


def _origins(session: Session, lines: Iterable[str]) -> dict[str, str]:
    """Return where the units of order lines were picked, the last pick by line."""
    moves = session.execute(
        select(StockMove.line_id, StockMove.from_place)
        .where(
            StockMove.line_id.in_(sorted(lines)),
            StockMove.from_kind == PlaceKind.LOCATION,
            StockMove.to_kind == PlaceKind.TOTE,
        )
        .order_by(StockMove.id)
    )
    return {line_id: place for line_id, place in moves if line_id is not None}
