"""Items with their barcodes, cart types and totes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.errors import BadInput, NotFound
from server.models import CartType, Channel, Item, ItemCode, Tote
from server.services import changes

DIRECTORY = "directory"
"""Topic of everything that handhelds keep to recognise a scan offline."""
MAX_CODE = 128


def put_item(
    session: Session,
    *,
    sku: str,
    name: str,
    weight_g: int = 0,
    volume_ml: int = 0,
    codes: Mapping[str, int] | None = None,
    abc_class: str | None = None,
) -> Item:
    """Create or change an item; ``codes`` maps each barcode to the units one scan counts.

    The sku itself is always a barcode of one unit. Codes that are not named any more are removed.

    Raises
    ------
    BadInput
        Empty or overlong sku, name or code; negative size; units below 1.
    """
    if not sku.strip() or len(sku) > 64:
        raise BadInput(f'item "{sku}": the sku needs 1 to 64 characters', code="bad-sku")
    if len(name) > 500:
        raise BadInput(f'item "{sku}": the name is longer than 500 characters', code="bad-name")
    if weight_g < 0 or volume_ml < 0:
        raise BadInput(
            f'item "{sku}": weight_g and volume_ml must not be negative', code="bad-size"
        )
    wanted = {sku: 1, **(codes or {})}
    for code, units in wanted.items():
        if not code.strip() or len(code) > MAX_CODE or units < 1:
            raise BadInput(
                f'item "{sku}": code "{code}" needs 1 to {MAX_CODE} characters and units >= 1',
                code="bad-code",
            )
    item = session.get(Item, sku)
    if item is None:
        item = Item(sku=sku)
        session.add(item)
    item.name, item.weight_g, item.volume_ml = name, weight_g, volume_ml
    item.abc_class = abc_class
    session.flush()
    known = {row.code: row for row in session.scalars(select(ItemCode).where(ItemCode.sku == sku))}
    for code, units in wanted.items():
        if code in known:
            known[code].units = units
        else:
            session.add(ItemCode(code=code, sku=sku, units=units))
    gone = known.keys() - wanted.keys()
    if gone:
        session.execute(delete(ItemCode).where(ItemCode.sku == sku, ItemCode.code.in_(gone)))
    changes.touch(session, DIRECTORY)
    return item


def put_cart_type(
    session: Session,
    *,
    code: str,
    name: str,
    slots: int,
    tote_weight_g: int,
    tote_volume_ml: int,
    max_weight_g: int,
    max_lines: int,
) -> CartType:
    """Create or change a kind of cart; all limits are at least 1, weights in grams per tote/cart.

    Raises
    ------
    BadInput
        A limit is below 1.
    """
    limits = {
        "slots": slots,
        "tote_weight_g": tote_weight_g,
        "tote_volume_ml": tote_volume_ml,
        "max_weight_g": max_weight_g,
        "max_lines": max_lines,
    }
    for limit, value in limits.items():
        if value < 1:
            raise BadInput(f'cart type "{code}": {limit} must be at least 1', code="bad-limit")
    cart = session.get(CartType, code)
    if cart is None:
        cart = CartType(code=code)
        session.add(cart)
    cart.name = name
    for limit, value in limits.items():
        setattr(cart, limit, value)
    return cart


def cart_types(session: Session) -> list[CartType]:
    """All kinds of carts by code."""
    return list(session.scalars(select(CartType).order_by(CartType.code)))


def cart_type(session: Session, code: str) -> CartType:
    """The kind of cart with that code, or :class:`NotFound`."""
    cart = session.get(CartType, code)
    if cart is None:
        raise NotFound(f'cart type "{code}" does not exist', code="unknown-cart-type")
    return cart


def put_totes(session: Session, codes: Iterable[str]) -> int:
    """Make sure that totes with these barcodes exist; return how many are new."""
    wanted = dict.fromkeys(codes)
    for code in wanted:
        if not code.strip() or len(code) > 64:
            raise BadInput(f'tote "{code}": the code needs 1 to 64 characters', code="bad-tote")
    known = set(session.scalars(select(Tote.code)))
    new = [code for code in wanted if code not in known]
    session.add_all(Tote(code=code) for code in new)
    changes.touch(session, DIRECTORY)
    return len(new)


def put_channel(session: Session, *, code: str, name: str | None = None) -> Channel:
    """Create a channel where it is missing; rename it where a name is given."""
    channel = session.get(Channel, code)
    if channel is None:
        if not code.strip() or len(code) > 64:
            raise BadInput(f'channel "{code}": the code needs 1 to 64 characters')
        channel = Channel(code=code, name=name or code)
        session.add(channel)
        session.flush()
    elif name is not None:
        channel.name = name
    return channel
