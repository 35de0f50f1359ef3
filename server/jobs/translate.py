"""Rows to a planning problem: the only place that knows both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from optimizer.ids import LineId, LocationId, OrderId, PlaceId, Sku, StationId
from optimizer.layout.model import Layout, StationKind
from optimizer.layout.model import Station as LayoutStation
from optimizer.layout.parse import parse_layout
from optimizer.problem import CartType as Cart
from optimizer.problem import Item as PlanItem
from optimizer.problem import Order as PlanOrder
from optimizer.problem import OrderLine as PlanLine
from optimizer.problem import Problem, Stock
from server.errors import Conflict
from server.models import CartType, Item, LayoutVersion, Order, OrderLine, Wave, WaveOrder
from server.services import stock as stock_service

WALL_SLOTS = 48
"""Orders a put wall takes at once, until layouts say it."""

CHUNK = 500


@dataclass(frozen=True, slots=True)
class WaveProblem:
    """A wave as a problem, with what identifies its input.

    ``input_hash`` is a SHA-256 over everything the planner sees: equal hashes, seeds and numbers
    of iterations give equal plans.
    """

    problem: Problem
    layout_id: str
    layout_name: str
    input_hash: str


def wave_problem(session: Session, wave_id: str) -> WaveProblem:
    """Return a wave's open quantities, the free stock and the layout as a problem.

    Orders come most urgent first: priority, then ship-by time, then number. Only units still open
    are asked for, only stock that nobody else was promised is offered, and only in locations of
    the wave's layout version.

    Raises
    ------
    Conflict
        The layout has no start or no pack station (``bad-layout``).
    """
    wave = session.get_one(Wave, wave_id)
    version = session.get_one(LayoutVersion, wave.layout_id)
    layout = parse_layout(version.document)
    orders = _orders(session, wave_id)
    skus = sorted({line.sku for order in orders for line in order.lines})
    walls = _stations(layout, StationKind.WALL)
    problem = Problem(
        layout=layout,
        orders=orders,
        items=_items(session, skus),
        stock=_stock(session, layout, skus),
        cart=_cart(session.get_one(CartType, wave.cart_type)),
        start=_first(layout, StationKind.START),
        pack=tuple(_stations(layout, StationKind.PACK)) or (_first(layout, StationKind.PACK),),
        wall=walls[0] if walls else None,
        wall_slots=WALL_SLOTS if walls else 0,
    )
    return WaveProblem(
        problem=problem,
        layout_id=version.id,
        layout_name=version.name,
        input_hash=_hash(version.id, problem),
    )


def stored_layout(session: Session, layout_id: str) -> Layout:
    """Return a stored layout version as the optimizer sees it."""
    return parse_layout(session.get_one(LayoutVersion, layout_id).document)


def free_elsewhere(
    session: Session, layout: Layout, *, sku: str, zone: str | None, without: str
) -> Mapping[LocationId, int]:
    """Return free units of an item by location, except in ``without`` and other zones."""
    zones = {location.id: location.zone for location in layout.locations}
    return {
        LocationId(PlaceId(location)): units
        for (location, _), units in stock_service.free(session, [sku]).items()
        if location != without
        and LocationId(PlaceId(location)) in zones
        and (zone is None or zones[LocationId(PlaceId(location))] == zone)
    }


def _orders(session: Session, wave_id: str) -> tuple[PlanOrder, ...]:
    members = session.scalars(
        select(Order)
        .join(WaveOrder, WaveOrder.order_id == Order.id)
        .where(WaveOrder.wave_id == wave_id, WaveOrder.active)
    ).all()
    urgent_first = sorted(
        members,
        key=lambda order: (
            order.priority,
            order.ship_by is None,
            order.ship_by.timestamp() if order.ship_by else 0.0,
            order.number,
        ),
    )
    lines: dict[str, list[PlanLine]] = {}
    ids = [order.id for order in urgent_first]
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(
            select(OrderLine.order_id, OrderLine.id, OrderLine.sku, OrderLine.open)
            .where(OrderLine.order_id.in_(ids[start : start + CHUNK]), OrderLine.open > 0)
            .order_by(OrderLine.position)
        )
        for order_id, line_id, sku, quantity in rows:
            lines.setdefault(order_id, []).append(PlanLine(LineId(line_id), Sku(sku), quantity))
    return tuple(
        PlanOrder(OrderId(order.id), tuple(lines[order.id]), order.priority)
        for order in urgent_first
        if order.id in lines
    )


def _items(session: Session, skus: Sequence[str]) -> tuple[PlanItem, ...]:
    found: list[PlanItem] = []
    for start in range(0, len(skus), CHUNK):
        rows = session.execute(
            select(Item.sku, Item.weight_g, Item.volume_ml)
            .where(Item.sku.in_(skus[start : start + CHUNK]))
            .order_by(Item.sku)
        )
        found.extend(PlanItem(Sku(sku), weight, volume) for sku, weight, volume in rows)
    return tuple(found)


def _stock(session: Session, layout: Layout, skus: Sequence[str]) -> tuple[Stock, ...]:
    known = {location.id for location in layout.locations}
    return tuple(
        Stock(LocationId(PlaceId(location)), Sku(sku), units)
        for (location, sku), units in sorted(stock_service.free(session, skus).items())
        if location in known
    )


def _cart(row: CartType) -> Cart:
    return Cart(
        id=row.code,
        slots=row.slots,
        tote_weight_g=row.tote_weight_g,
        tote_volume_ml=row.tote_volume_ml,
        max_weight_g=row.max_weight_g,
        max_lines=row.max_lines,
    )


def _stations(layout: Layout, kind: StationKind) -> list[StationId]:
    stations: list[LayoutStation] = [each for each in layout.stations if each.kind is kind]
    return [station.id for station in stations]


def _first(layout: Layout, kind: StationKind) -> StationId:
    """Return the first station of a kind, the parking or pack station where there is no start."""
    kinds = [kind]
    if kind is StationKind.START:
        kinds += [StationKind.PARKING, StationKind.PACK]
    for each in kinds:
        found = _stations(layout, each)
        if found:
            return found[0]
    raise Conflict(f'layout "{layout.name}" has no {kind} station', code="bad-layout")


def _hash(layout_id: str, problem: Problem) -> str:
    # The layout version is immutable, so its id stands for it.
    parts = (
        layout_id,
        problem.orders,
        problem.items,
        problem.stock,
        problem.cart,
        problem.start,
        problem.pack,
        problem.wall,
        problem.wall_slots,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()
