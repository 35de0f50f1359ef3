"""What a handheld knows: the whole list it works on, and the directory of all barcodes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from server.db.sets import OneOf
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
from server.picking import sync_reads

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
        "hash": sync_reads.feed(session).directory_hash,
        "locations": {row.code: row.zone for row in session.execute(locations)},
        "items": dict(items),
        "stations": {row.code: row.kind for row in session.execute(stations)},
        "totes": TOTE_PREFIX,
    }


# Columns, not rows, and statements built once: half of a claim's time is spent here.
_STOPS = (
    select(
        *(PickStop.id, PickStop.location, PickStop.distance_mm),
        *(Location.check_digits, Location.zone, Location.aisle, Location.x_mm, Location.y_mm),
        *(Location.floor, Location.side, Location.level),
    )
    .join(
        Location,
        (Location.code == PickStop.location) & (Location.layout_id == bindparam("layout")),
    )
    .where(PickStop.list_id == bindparam("list"))
    .order_by(PickStop.position)
)


def _stops(session: Session, pick_list: PickList, layout_id: str) -> list[dict[str, Any]]:
    rows = session.execute(_STOPS, {"list": pick_list.id, "layout": layout_id})
    return [
        {
            "id": row.id,
            "location": row.location,
            "check_digits": row.check_digits,
            "zone": row.zone,
            "aisle": row.aisle,
            "x_mm": row.x_mm,
            "y_mm": row.y_mm,
            "floor": row.floor,
            "side": row.side,
            "level": row.level,
            "distance_mm": row.distance_mm,
            "expect_empty": False,
        }
        for row in rows
    ]


_TASKS = (
    select(
        *(PickTask.id, PickTask.stop_id, PickTask.sku, PickTask.quantity, PickTask.picked),
        *(PickTask.short, PickTask.cancelled, PickTask.state, PickTask.slot),
        *(Item.name, Item.picture, Order.number),
    )
    .join(Item, Item.sku == PickTask.sku)
    .join(Order, Order.id == PickTask.order_id)
    .join(PickStop, PickStop.id == PickTask.stop_id)
    .where(PickTask.list_id == bindparam("list"))
    .order_by(PickStop.position, PickTask.position, PickTask.id)
)
_CODES = (
    select(ItemCode.sku, ItemCode.code, ItemCode.units)
    .where(ItemCode.sku.in_(select(PickTask.sku).where(PickTask.list_id == bindparam("list"))))
    .order_by(ItemCode.sku, ItemCode.code)
)


def _tasks(session: Session, pick_list: PickList) -> list[dict[str, Any]]:
    codes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(_CODES, {"list": pick_list.id}):
        codes[row.sku].append({"code": row.code, "units": row.units})
    return [
        {
            "id": row.id,
            "stop": row.stop_id,
            "sku": row.sku,
            "name": row.name,
            "picture": row.picture,
            "codes": codes[row.sku],
            "lot": None,
            "expiry_min": None,
            "flags": [],
            "qty": row.quantity,
            "picked": row.picked,
            "short": row.short,
            "cancelled": row.cancelled,
            "state": row.state,
            "tote_slot": row.slot,
            "order_number": row.number,
            "verify": {
                "location": True,
                "item": "each" if row.quantity <= EACH_UP_TO else "once",
                "tote": True,
            },
        }
        for row in session.execute(_TASKS, {"list": pick_list.id})
    ]


_LEFT = select(StockBalance.place, StockBalance.sku, StockBalance.on_hand).where(
    StockBalance.kind == PlaceKind.LOCATION,
    OneOf(StockBalance.place, "places"),
    StockBalance.on_hand > 0,
)


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
    places = sorted({location for location, _ in open_units})
    rows = session.execute(_LEFT, {"places": places})
    left_over = {place for place, sku, on_hand in rows if on_hand > open_units.get((place, sku), 0)}
    visited = {location for location, _ in open_units}
    for stop in stops:
        stop["expect_empty"] = stop["location"] in visited - left_over


_SLOTS = (
    select(
        *(ListTote.slot, ListTote.plan_tote, ListTote.tote, ListTote.dropped_station),
        Order.number,
    )
    .join(Order, Order.id == ListTote.order_id, isouter=True)
    .where(ListTote.list_id == bindparam("list"))
    .order_by(ListTote.slot)
)


def _slots(session: Session, pick_list: PickList) -> list[dict[str, Any]]:
    passed_on = expected_totes(session, pick_list)
    return [
        {
            "slot": row.slot,
            "label": slot_label(row.slot),
            "tote": row.tote or passed_on.get(row.plan_tote),
            "bound": row.tote is not None,
            "dropped": row.dropped_station is not None,
            "order_number": row.number,
        }
        for row in session.execute(_SLOTS, {"list": pick_list.id})
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
