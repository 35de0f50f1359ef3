"""PICK/1 over HTTPS: the same bodies as on the socket, where WebSockets are blocked."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from server import failpoints, wire
from server.api.requests import OpsBody, SyncBody
from server.auth import allowed, signed_in
from server.errors import BadInput
from server.failpoints import FailPoint
from server.models import Role
from server.parts import parts
from server.picking import protocol

blueprint = APIBlueprint("pick", __name__, tag="Picking", url_prefix="/pick")

MAX_BODY = 64 * 1024
"""Bytes of one ``ops`` body, as on the socket."""


@blueprint.before_request
def bound_body() -> None:
    """Refuse bodies larger than a socket message may be."""
    request.max_content_length = MAX_BODY


@blueprint.post("/sync")
@allowed(Role.PICKER)
@blueprint.input(SyncBody, arg_name="body")
def sync(body: SyncBody) -> dict[str, Any]:
    """Answer the state of the device's list, or claim one (PICK/1 ``sync``)."""
    return parts().picks.sync(signed_in(), _bounded(body.model_dump()))


@blueprint.post("/ops")
@allowed(Role.PICKER)
@blueprint.input(OpsBody, arg_name="body")
def ops(body: OpsBody) -> dict[str, Any]:
    """Record what a device did; each operation gets one final verdict (PICK/1 ``ops``)."""
    wired = parts()
    reply = wired.picks.ops(signed_in(), body.model_dump())
    wired.observation.verdicts(reply)
    failpoints.reach(FailPoint.BEFORE_ACK)
    return reply


@blueprint.get("/directory")
@allowed(Role.PICKER)
def directory() -> Response:
    """Give what a device needs to recognise codes without network; cached by its hash."""
    with parts().database.read() as session:
        found = protocol.directory(session)
    response = Response(wire.dumps(found), content_type="application/json")
    response.set_etag(str(found["hash"]))
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _bounded(body: dict[str, Any]) -> dict[str, Any]:
    if wire.depth(body) > wire.MAX_DEPTH:
        raise BadInput(f"nested deeper than {wire.MAX_DEPTH}", code="too-deep")
    return body
