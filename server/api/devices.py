"""Handhelds: let in by a code that works once, shut out when lost."""

from __future__ import annotations

from typing import Any, Final

import segno
from apiflask import APIBlueprint
from flask import request

from server.api.answers.devices import DeviceAnswer, DeviceList, EnrolmentAnswer, InvitationAnswer
from server.api.read.times import iso
from server.api.requests import DeviceBody, EnrolmentBody
from server.auth import allowed, public, signed_in
from server.models import Device, Role
from server.parts import parts
from server.services import devices
from server.services.devices import BadCode

blueprint = APIBlueprint("devices", __name__, tag="Devices")

ENROL_AT: Final = "pick#enrol="
"""The code stands behind the ``#``, which browsers do not send: it is in no access log."""


@blueprint.get("/devices")
@allowed(Role.LEAD)
@blueprint.output(DeviceList)
def list_devices() -> dict[str, Any]:
    """List handhelds by name."""
    with parts().database.read() as session:
        return {"devices": [device_shape(device) for device in devices.everything(session)]}


@blueprint.post("/devices")
@allowed(Role.LEAD)
@blueprint.input(DeviceBody, arg_name="body")
@blueprint.output(InvitationAnswer, status_code=201)
def invite_device(body: DeviceBody) -> dict[str, Any]:
    """Make a handheld known; answers the code that enrols it once, within ten minutes."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        code, device = devices.invite(session, wired.clock, name=body.name, person_id=who.person_id)
        return _invitation(code, device)


@blueprint.post("/devices/<device_id>/code")
@allowed(Role.LEAD)
@blueprint.output(InvitationAnswer, status_code=201)
def invite_device_again(device_id: str) -> dict[str, Any]:
    """Make another code for a handheld that was wiped, or whose code ran out."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        code, device = devices.invite_again(
            session, wired.clock, device_id=device_id, person_id=who.person_id
        )
        return _invitation(code, device)


@blueprint.post("/devices/<device_id>/revoke")
@allowed(Role.LEAD)
@blueprint.output(DeviceAnswer)
def revoke_device(device_id: str) -> dict[str, Any]:
    """Shut a lost handheld out: its sessions end, its sockets close, what it still sends is kept
    for the lead and not applied."""
    wired, who = parts(), signed_in()
    with wired.database.write() as session:
        device = devices.revoke(session, wired.clock, device_id=device_id, person_id=who.person_id)
        return device_shape(device)


@blueprint.post("/devices/enrolment")
@public
@blueprint.input(EnrolmentBody, arg_name="body")
@blueprint.output(EnrolmentAnswer, status_code=201)
def enrol_device(body: EnrolmentBody) -> dict[str, Any]:
    """Exchange a code for the handheld's own token, once."""
    wired, address = parts(), request.remote_addr or ""
    wired.failures.check(address)
    try:
        with wired.database.write() as session:
            token, device = devices.enrol(session, wired.clock, code=body.code)
            return {"device": device.id, "name": device.name, "token": token}
    except BadCode:
        wired.failures.note(address)
        raise


def device_shape(device: Device) -> dict[str, Any]:
    """Return a handheld as the console shows it."""
    if device.revoked_at is not None:
        state = "revoked"
    else:
        state = "waiting" if device.token_hash is None else "enrolled"
    return {
        "id": device.id,
        "name": device.name,
        "state": state,
        "created_at": iso(device.created_at),
        "enrolled_at": iso(device.enrolled_at),
        "seen_at": iso(device.seen_at),
        "code_until": iso(device.code_expires_at),
    }


def _invitation(code: str, device: Device) -> dict[str, Any]:
    url = f"{request.host_url}{ENROL_AT}{code}"
    return {
        "device": device_shape(device),
        "code": code,
        "url": url,
        "qr": ["".join(map(str, row)) for row in segno.make(url, error="m", micro=False).matrix],
    }
