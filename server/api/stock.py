"""Stock, receipts, cart types and layouts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import request

from server.api.answers.stock import CartTypeList, LayoutAnswer, LayoutList, StockList
from server.api.layout_check import check_layout
from server.api.read import stock as read_stock
from server.api.requests import LayoutBody, ReceiptBody, StockQuery
from server.auth import allowed, signed_in
from server.models import Role
from server.parts import parts
from server.services import layouts, orders, stock

blueprint = APIBlueprint("stock", __name__, tag="Stock and layouts")

MAX_LAYOUT_BODY = 32 * 1024 * 1024


@blueprint.before_request
def bound_body() -> None:
    """Let layouts be larger than other bodies."""
    if request.path.endswith("/layouts"):
        request.max_content_length = MAX_LAYOUT_BODY


@blueprint.get("/stock")
@allowed(Role.LEAD)
@blueprint.input(StockQuery, location="query", arg_name="query")
@blueprint.output(StockList)
def list_stock(query: StockQuery) -> dict[str, Any]:
    """List what lies where, what is promised and what is free."""
    with parts().database.read() as session:
        return {
            "stock": read_stock.stock(
                session, sku=query.sku, location=query.location, limit=query.limit
            )
        }


@blueprint.post("/stock/receipts")
@allowed(Role.LEAD)
@blueprint.input(ReceiptBody, arg_name="body")
@blueprint.output(StockList, status_code=201)
def receive_stock(body: ReceiptBody) -> dict[str, Any]:
    """Book goods that arrived; orders that waited for them become ready."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        stock.receive(
            session,
            wired.clock,
            location=body.location,
            sku=body.sku,
            quantity=body.quantity,
            person_id=who.person_id,
        )
        orders.check(session, wired.clock)
        session.flush()
        return {"stock": read_stock.stock(session, sku=body.sku, location=body.location, limit=1)}


@blueprint.get("/cart-types")
@allowed(Role.LEAD)
@blueprint.output(CartTypeList)
def list_cart_types() -> dict[str, Any]:
    """List the kinds of carts."""
    with parts().database.read() as session:
        return {"cart_types": read_stock.cart_types(session)}


@blueprint.get("/layouts")
@allowed(Role.LEAD)
@blueprint.output(LayoutList)
def list_layouts() -> dict[str, Any]:
    """List the layout versions."""
    with parts().database.read() as session:
        return {"layouts": read_stock.layouts(session)}


@blueprint.get("/layouts/active")
@allowed(Role.LEAD)
@blueprint.output(LayoutAnswer)
def show_active_layout() -> dict[str, Any]:
    """Show the layout version that new waves use."""
    with parts().database.read() as session:
        return read_stock.layout_shape(layouts.active(session))


@blueprint.get("/layouts/<layout_id>")
@allowed(Role.LEAD)
@blueprint.output(LayoutAnswer)
def show_layout(layout_id: str) -> dict[str, Any]:
    """Show one layout version."""
    with parts().database.read() as session:
        return read_stock.layout(session, layout_id)


@blueprint.post("/layouts")
@allowed(Role.ADMIN)
@blueprint.input(LayoutBody, arg_name="body")
@blueprint.output(LayoutAnswer, status_code=HTTPStatus.CREATED)
def save_layout(body: LayoutBody) -> dict[str, Any]:
    """Check a layout document and make it the active version; the same again changes nothing."""
    document = body.model_dump()
    check_layout(document)
    wired = parts()
    with wired.database.write() as session:
        return read_stock.layout_shape(
            layouts.save(session, wired.clock, document=document, activate=True)
        )
