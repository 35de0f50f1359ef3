"""Signing in and out."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from server.api.answers.session import SessionAnswer, SignInAnswer
from server.api.read.times import iso
from server.api.requests import SignInBody
from server.auth import allowed, public, signed_in
from server.errors import NotAllowed
from server.models import Person, Role
from server.parts import CheckPin, parts
from server.services import audit, devices, people
from server.services.audit import Actor
from server.services.devices import BadDevice
from server.services.people import SignedIn, WrongPin

blueprint = APIBlueprint("session", __name__, tag="Session")


@blueprint.post("/session")
@public
@blueprint.input(SignInBody, arg_name="body")
@blueprint.output(SignInAnswer, status_code=201)
def sign_in(body: SignInBody) -> dict[str, Any]:
    """Sign in with badge and PIN; answers the token for all other calls.

    The slow hash is checked before the write transaction, so that a shift of pickers signing in
    does not hold up the confirmations of those already at work.
    """
    wired, address = parts(), request.remote_addr or ""
    if body.device is None:
        wired.failures.check(address)
        if wired.settings.enrolled_only and body.client == "handheld":
            raise NotAllowed("only enrolled handhelds may sign in here", code="not-enrolled")
    with wired.database.read() as session:
        pin_hash = people.pin_hash(session, badge=body.badge)
    correct = wired.check_pin(body.pin, pin_hash)
    try:
        with wired.database.write() as session:
            return _sign_in(session, body, lambda _, checked: correct and checked == pin_hash)
    except (WrongPin, BadDevice) as refused:
        # Enrolled devices count their own tries: their site may be behind one address.
        if body.device is None or isinstance(refused, BadDevice):
            wired.failures.note(address)
        raise


def _sign_in(session: Session, body: SignInBody, verify: CheckPin) -> dict[str, Any]:
    wired, device, device_token = parts(), None, None
    if body.device is not None:
        device = devices.recognise(session, wired.clock, token=body.device)
        audit.on_behalf(session, Actor(device_id=device.id))
    token, row = people.sign_in(
        session,
        wired.clock,
        badge=body.badge,
        pin=body.pin,
        client=body.client,
        verify=verify,
        device=device,
    )
    if device is not None and body.device is not None:
        device_token = devices.renew(session, wired.clock, device, shown=body.device)
    return {
        "token": token,
        "expires_at": iso(row.expires_at),
        "device_token": device_token,
        "sign_in": row.id,
        "person": person_shape(session, row.person_id),
    }


@blueprint.get("/session")
@allowed(Role.PICKER)
@blueprint.output(SessionAnswer)
def show_session() -> dict[str, Any]:
    """Tell who is signed in."""
    who: SignedIn = signed_in()
    with parts().database.read() as session:
        return {"sign_in": who.sign_in_id, "person": person_shape(session, who.person_id)}


@blueprint.delete("/session")
@allowed(Role.PICKER)
@blueprint.output({}, status_code=204)
def sign_out() -> str:
    """Sign out: the token ends and the sockets opened with it are closed."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        people.sign_out(session, wired.clock, sign_in_id=who.sign_in_id)
    return ""


def person_shape(session: Session, person_id: str) -> dict[str, Any]:
    """Return a person as clients see them."""
    person = session.get_one(Person, person_id)
    return {
        "id": person.id,
        "badge": person.badge,
        "name": person.name,
        "role": person.role,
        "language": person.language,
    }
