"""What a handheld knows: the whole list it works on, and the directory of all barcodes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from server.models import (
    Item,
    ItemCode,
    LayoutVersion,
    ListTote,
    Location,
    Order,
    PickList,
    PickStop,
    PickTask,
    PlaceKind,
    Station,
    StockBalance,
    Wave,
)
from server.services import pick_state

PROTO = 1
TOTE_PREFIX = "T-"
EACH_UP_TO = 12
"""Units of a task up to which every one is scanned; of more, one is scanned and all are counted."""


def build(session: Session, pick_list: PickList) -> dict[str, Any]:
    """The snapshot of a list, as in ``handheld_ui/protocol/sync-reply.json``; seven queries."""
    session.flush()
    wave = session.get_one(Wave, pick_list.wave_id)
    stops = _stops(session, pick_list, wave.layout_id)
    tasks = _tasks(session, pick_list)
    _mark_emptied(session, stops, tasks)
    return {
        "list": pick_list.id,
        "number": pick_list.number,
        "ver": pick_list.ver,
        "lease": pick_list.lease,
        "proto": PROTO,
        "state": pick_list.state,
        "method": pick_list.method,
        "wave": wave.number,
        "zone": pick_list.zone,
        "priority": pick_list.priority,
        "length_mm": pick_list.length_mm,
        "duration_ms": pick_list.duration_ms,
        "messages": list(pick_list.messages),
        "start": pick_list.start,
        "drop": [pick_list.end],
        "cart": {"type": pick_list.cart_type, "slots": _slots(session, pick_list)},
        "stops": stops,
        "tasks": tasks,
        "path": list(pick_list.path),
    }


def slot_label(slot: int) -> str:
    """The letter on a cart slot: A for 0, Z for 25, then AA, AB, …"""
    label = ""
    number = slot + 1
    while number:
        number, rest = divmod(number - 1, 26)
        label = chr(ord("A") + rest) + label
    return label


def directory(session: Session) -> dict[str, Any]:
    """Every code a picker may scan, so that a handheld can name it without a network.

    ``{"hash", "locations": {code: zone}, "items": {code: [[sku, name, units], …]},
    "stations": {code: kind}, "totes": prefix}``; places are those of the active layout.
    """
    active = select(LayoutVersion.id).where(LayoutVersion.active).scalar_subquery()
    items: dict[str, list[list[Any]]] = defaultdict(list)
    for code, sku, name, units in session.execute(
        select(ItemCode.code, ItemCode.sku, Item.name, ItemCode.units)
        .join(Item, Item.sku == ItemCode.sku)
        .order_by(ItemCode.code, ItemCode.sku)
    ):
        items[code].append([sku, name, units])
    locations = select(Location.code, Location.zone).where(Location.layout_id == active)
    stations = select(Station.code, Station.kind).where(Station.layout_id == active)
    return {
        "hash": pick_state.feed(session).directory_hash,
        "locations": {row.code: row.zone for row in session.execute(locations)},
        "items": dict(items),
        "stations": {row.code: row.kind for row in session.execute(stations)},
        "totes": TOTE_PREFIX,
    }


def _stops(session: Session, pick_list: PickList, layout_id: str) -> list[dict[str, Any]]:
    rows = session.execute(
        select(PickStop, Location)
        .join(Location, (Location.code == PickStop.location) & (Location.layout_id == layout_id))
        .where(PickStop.list_id == pick_list.id)
        .order_by(PickStop.position)
    )
    return [
        {
            "id": stop.id,
            "location": stop.location,
            "check_digits": location.check_digits,
            "zone": location.zone,
            "aisle": location.aisle,
            "x_mm": location.x_mm,
            "y_mm": location.y_mm,
            "floor": location.floor,
            "side": location.side,
            "level": location.level,
            "distance_mm": stop.distance_mm,
            "expect_empty": False,
        }
        for stop, location in rows
    ]


def _tasks(session: Session, pick_list: PickList) -> list[dict[str, Any]]:
    rows = session.execute(
        select(PickTask, Item.name, Item.picture, Order.number)
        .join(Item, Item.sku == PickTask.sku)
        .join(Order, Order.id == PickTask.order_id)
        .join(PickStop, PickStop.id == PickTask.stop_id)
        .where(PickTask.list_id == pick_list.id)
        .order_by(PickStop.position, PickTask.position, PickTask.id)
    ).all()
    codes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(
        select(ItemCode)
        .where(ItemCode.sku.in_(select(PickTask.sku).where(PickTask.list_id == pick_list.id)))
        .order_by(ItemCode.sku, ItemCode.code)
    ):
        codes[row.sku].append({"code": row.code, "units": row.units})
    return [
        {
            "id": task.id,
            "stop": task.stop_id,
            "sku": task.sku,
            "name": name,
            "picture": picture,
            "codes": codes[task.sku],
            "lot": None,
            "expiry_min": None,
            "flags": [],
            "qty": task.quantity,
            "picked": task.picked,
            "short": task.short,
            "cancelled": task.cancelled,
            "state": task.state,
            "tote_slot": task.slot,
            "order_number": number,
            "verify": {
                "location": True,
                "item": "each" if task.quantity <= EACH_UP_TO else "once",
                "tote": True,
            },
        }
        for task, name, picture, number in rows
    ]


def _mark_emptied(
    session: Session, stops: list[dict[str, Any]], tasks: list[dict[str, Any]]
) -> None:
    """Mark the stops whose location should be empty of the item afterwards (zero check)."""
    open_units: dict[tuple[str, str], int] = defaultdict(int)
    where = {stop["id"]: stop["location"] for stop in stops}
    for task in tasks:
        left = task["qty"] - task["picked"] - task["short"] - task["cancelled"]
        if left and task["stop"] in where:
            open_units[(where[task["stop"]], task["sku"])] += left
    if not open_units:
        return
    rows = session.execute(
        select(StockBalance.place, StockBalance.sku, StockBalance.on_hand).where(
            StockBalance.kind == PlaceKind.LOCATION,
            StockBalance.place.in_({location for location, _ in open_units}),
            StockBalance.on_hand > 0,
        )
    ).all()
    left_over = {place for place, sku, on_hand in rows if on_hand > open_units.get((place, sku), 0)}
    visited = {location for location, _ in open_units}
    for stop in stops:
        stop["expect_empty"] = stop["location"] in visited - left_over


def _slots(session: Session, pick_list: PickList) -> list[dict[str, Any]]:
    rows = session.execute(
        select(ListTote, Order.number)
        .join(Order, Order.id == ListTote.order_id, isouter=True)
        .where(ListTote.list_id == pick_list.id)
        .order_by(ListTote.slot)
    ).all()
    passed_on = expected_totes(session, pick_list)
    return [
        {
            "slot": row.slot,
            "label": slot_label(row.slot),
            "tote": row.tote or passed_on.get(row.plan_tote),
            "bound": row.tote is not None,
            "dropped": row.dropped_station is not None,
            "order_number": number,
        }
        for row, number in rows
    ]


_own, _other = aliased(ListTote), aliased(ListTote)
_PASSED_ON = (
    select(_other.plan_tote, _other.tote)
    .join(_own, _own.plan_tote == _other.plan_tote)
    .join(PickList, PickList.id == _other.list_id)
    .where(
        _own.list_id == bindparam("list"),
        _other.list_id != bindparam("list"),
        PickList.wave_id == bindparam("wave"),
        _other.tote.is_not(None),
    )
)


def expected_totes(session: Session, pick_list: PickList) -> dict[str, str]:
    """Containers that other lists of the wave have bound to this list's plan totes."""
    rows = session.execute(_PASSED_ON, {"list": pick_list.id, "wave": pick_list.wave_id})
    return {plan_tote: tote for plan_tote, tote in rows if tote is not None}
