"""Orders: intake, list, holds, cancelling."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from server.api.answers.orders import AcceptedAnswer, OrderDetail, OrderPage
from server.api.read import orders as read_orders
from server.api.requests import CancelBody, HoldBody, OrderBody, OrderQuery, ReleaseHoldBody
from server.auth import allowed, signed_in
from server.models import Role
from server.parts import parts
from server.services import orders

blueprint = APIBlueprint("orders", __name__, tag="Orders", url_prefix="/orders")


@blueprint.get("")
@allowed(Role.LEAD)
@blueprint.input(OrderQuery, location="query", arg_name="query")
@blueprint.output(OrderPage)
def list_orders(query: OrderQuery) -> dict[str, Any]:
    """List orders with their holds and shortages, and count them by state."""
    with parts().database.read() as session:
        return read_orders.page(
            session,
            state=query.state,
            channel=query.channel,
            text=query.q,
            wave=query.wave,
            limit=query.limit,
            after=query.after,
        )


@blueprint.post("")
@allowed(Role.LEAD)
@blueprint.input(OrderBody, arg_name="body")
@blueprint.output(AcceptedAnswer, status_code=201)
def accept_order(body: OrderBody) -> tuple[dict[str, Any], int]:
    """Accept an order; the same one again answers 200 and changes nothing."""
    wired, who = parts(), signed_in()
    draft = orders.OrderDraft(
        channel=body.channel,
        external_id=body.external_id,
        lines=tuple(
            orders.LineDraft(external_id=line.external_id, sku=line.sku, quantity=line.quantity)
            for line in body.lines
        ),
        priority=body.priority,
        ship_by=body.ship_by,
        ordered_at=body.ordered_at,
        carrier=body.carrier,
        service=body.service,
        paid=body.paid,
        ship_complete=body.ship_complete,
        tags=tuple(body.tags),
        note=body.note,
    )
    with wired.database.write() as session:
        found = orders.accept(session, wired.clock, draft, person_id=who.person_id)
        if found.outcome != "unchanged":
            orders.check(session, wired.clock, order_ids=[found.order_id])
        state = orders.get(session, found.order_id).state
    answer = {
        "id": found.order_id,
        "number": found.number,
        "state": state,
        "outcome": found.outcome,
    }
    return answer, 201 if found.outcome == "created" else 200


@blueprint.get("/<order_id>")
@allowed(Role.LEAD)
@blueprint.output(OrderDetail)
def show_order(order_id: str) -> dict[str, Any]:
    """Show an order with its lines, buckets and every move of the ledger."""
    with parts().database.read() as session:
        return read_orders.detail(session, order_id)


@blueprint.post("/<order_id>/hold")
@allowed(Role.LEAD)
@blueprint.input(HoldBody, arg_name="body")
@blueprint.output(OrderDetail)
def hold_order(order_id: str, body: HoldBody) -> dict[str, Any]:
    """Keep an order out of waves."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        orders.hold(
            session,
            wired.clock,
            order_id=order_id,
            reason=body.reason,
            detail=body.detail,
            person_id=who.person_id,
        )
        return read_orders.detail(session, order_id)


@blueprint.post("/<order_id>/release-hold")
@allowed(Role.LEAD)
@blueprint.input(ReleaseHoldBody, arg_name="body")
@blueprint.output(OrderDetail)
def release_hold(order_id: str, body: ReleaseHoldBody) -> dict[str, Any]:
    """End a hold (or all of them); the order is checked again."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        orders.release_hold(
            session,
            wired.clock,
            order_id=order_id,
            reason=body.reason,
            person_id=who.person_id,
        )
        orders.check(session, wired.clock, order_ids=[order_id])
        return read_orders.detail(session, order_id)


@blueprint.post("/<order_id>/cancel")
@allowed(Role.LEAD)
@blueprint.input(CancelBody, arg_name="body")
@blueprint.output(OrderDetail)
def cancel_order(order_id: str, body: CancelBody) -> dict[str, Any]:
    """Cancel an order; what was picked already is put back first."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        orders.cancel(
            session,
            wired.clock,
            order_id=order_id,
            reason=body.reason,
            person_id=who.person_id,
        )
        orders.check(session, wired.clock)
        session.flush()
        return read_orders.detail(session, order_id)
