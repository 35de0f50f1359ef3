"""Stock by location, cart types and layout versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models import CartType, Item, LayoutVersion, PlaceKind, StockBalance

Shape = dict[str, Any]


def stock(session: Session, *, sku: str | None, location: str | None, limit: int) -> list[Shape]:
    """Return what lies in locations, and how much of it is free."""
    query = (
        select(StockBalance, Item.name)
        .join(Item, Item.sku == StockBalance.sku)
        .where(StockBalance.kind == PlaceKind.LOCATION)
        .order_by(StockBalance.place, StockBalance.sku)
        .limit(limit)
    )
    if sku is not None:
        query = query.where(StockBalance.sku == sku)
    if location is not None:
        query = query.where(StockBalance.place == location)
    return [
        {
            "location": row.place,
            "sku": row.sku,
            "name": name,
            "on_hand": row.on_hand,
            "allocated": row.allocated,
            "free": row.on_hand - row.allocated,
        }
        for row, name in session.execute(query)
    ]


def layouts(session: Session) -> list[Shape]:
    """Return the layout versions, without their documents."""
    rows = session.execute(
        select(
            LayoutVersion.id, LayoutVersion.name, LayoutVersion.version, LayoutVersion.active
        ).order_by(LayoutVersion.name, LayoutVersion.version)
    )
    return [
        {"id": id_, "name": name, "version": version, "active": active}
        for id_, name, version, active in rows
    ]


def layout(session: Session, layout_id: str) -> Shape:
    """Return one layout version with its document.

    Raises
    ------
    NotFound
        There is no such layout version.
    """
    row = session.get(LayoutVersion, layout_id)
    if row is None:
        raise NotFound(f'there is no layout version "{layout_id}"', code="layout-not-found")
    return layout_shape(row)


def layout_shape(row: LayoutVersion) -> Shape:
    """Return a layout version with its document."""
    return {"id": row.id, "name": row.name, "version": row.version, "document": row.document}


def cart_types(session: Session) -> list[Shape]:
    """Return the kinds of carts."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "slots": row.slots,
            "tote_weight_g": row.tote_weight_g,
            "tote_volume_ml": row.tote_volume_ml,
            "max_weight_g": row.max_weight_g,
            "max_lines": row.max_lines,
        }
        for row in session.scalars(select(CartType).order_by(CartType.code))
    ]
