"""Handhelds that a lead let in: enrolled by a code that works once, known by a token that changes.

A lead makes a code, the device shows it within ten minutes and gets a token of its own. The token
is replaced at the first sign-in after a day; the former one works until the new one was shown, so
that neither a lost answer nor days without network lock a device out. A lost device is revoked:
its sessions end at once and operations it still holds are parked.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, NotFound, NotSignedIn, TooManyTries
from server.models import Device, SignIn
from server.services import audit, changes, sign_ins
from server.services.clock import Clock

CODE_BYTES: Final = 16
CODE_FOR: Final = timedelta(minutes=10)
TOKEN_BYTES: Final = 32
RENEW_AFTER: Final = timedelta(hours=24)
UNUSED_FOR: Final = timedelta(days=90)
"""A device that nobody signed in on for so long must be enrolled again."""
TRIES: Final = 20
TRIES_PER: Final = timedelta(hours=1)
MAX_NAME: Final = 100
TOPIC: Final = "devices"


class BadCode(NotSignedIn):
    """The code is unknown, used or too old: one answer, and the attempt is recorded."""

    keeps_changes = True


class BadDevice(NotSignedIn):
    """The token is of no device that may sign anybody in; the attempt is recorded."""

    keeps_changes = True


class DeviceTired(TooManyTries):
    """Too many tries on one device; they are counted and recorded."""

    keeps_changes = True


def token_hash(token: str) -> str:
    """SHA-256 of a random token, all that is stored of it; 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    session: Session, clock: Clock, *, name: str, person_id: str | None = None
) -> tuple[str, Device]:
    """Make a device and the code that enrols it once, within ten minutes.

    Raises
    ------
    BadInput
        The name is empty, overlong or has control characters.
    """
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise BadInput(
            f"the device needs a name of at most {MAX_NAME} printable characters", code="bad-name"
        )
    device = Device(id=new_id(), name=name.strip(), created_at=clock(), created_by=person_id)
    session.add(device)
    session.flush()
    return _new_code(session, clock, device, person_id), device


def invite_again(
    session: Session, clock: Clock, *, device_id: str, person_id: str | None = None
) -> tuple[str, Device]:
    """Make another code for a known device (wiped, or the code ran out).

    Its present token works until the new code is used; a revoked device is let in again.
    """
    device = get(session, device_id)
    return _new_code(session, clock, device, person_id), device


def enrol(session: Session, clock: Clock, *, code: str) -> tuple[str, Device]:
    """Exchange a code for the device's token (shown once, stored hashed).

    Sessions opened before go on, so that what the device still has to send is not parked.

    Raises
    ------
    BadCode
        Unknown, used or older than ten minutes; all answered alike.
    """
    now = clock()
    device = session.scalars(select(Device).where(Device.code_hash == token_hash(code))).first()
    if device is None or device.code_expires_at is None or device.code_expires_at <= now:
        subject = "device:unknown" if device is None else f"device:{device.id}"
        audit.record(session, clock, action="device.refused", subject=subject, why="code")
        raise BadCode("this code is not valid; ask for a new one", code="bad-code")
    device.code_hash, device.code_expires_at = None, None
    device.former_token_hash, device.revoked_at = None, None
    device.enrolled_at = device.seen_at = now
    token = _new_token(clock, device)
    changes.touch(session, TOPIC)
    audit.record(session, clock, action="device.enrol", subject=f"device:{device.id}")
    return token, device


def recognise(session: Session, clock: Clock, *, token: str) -> Device:
    """The enrolled device that has this token, in force now or until the new one is shown.

    Raises
    ------
    BadDevice
        Unknown or revoked, or unused for 90 days.
    """
    digest = token_hash(token)
    device = session.scalars(
        select(Device).where(or_(Device.token_hash == digest, Device.former_token_hash == digest))
    ).first()
    stale = (
        device is not None
        and device.seen_at is not None
        and (clock() - device.seen_at > UNUSED_FOR)
    )
    if device is None or device.revoked_at is not None or stale:
        subject = "device:unknown" if device is None else f"device:{device.id}"
        audit.record(session, clock, action="device.refused", subject=subject, why="token")
        raise BadDevice("this device is not enrolled; ask a lead for a code", code="bad-device")
    return device


def renew(session: Session, clock: Clock, device: Device, *, shown: str) -> str | None:
    """Note that a device has shown its token; returns a new one after a day, else None.

    The former token ends when the present one is shown for the first time.
    """
    now = clock()
    device.seen_at = now
    if token_hash(shown) == device.token_hash:
        device.former_token_hash = None
        if device.token_at is not None and now - device.token_at < RENEW_AFTER:
            return None
        device.former_token_hash = device.token_hash
    # Else the former token: the answer with the present one was lost, so it gets another.
    audit.record(session, clock, action="device.renew", subject=f"device:{device.id}")
    return _new_token(clock, device)


def count_try(session: Session, clock: Clock, device: Device) -> None:
    """Count one sign-in, right or wrong, on a device.

    Raises
    ------
    DeviceTired
        More than 20 within an hour.
    """
    now = clock()
    if device.tries_from is None or now - device.tries_from >= TRIES_PER:
        device.tries, device.tries_from = 0, now
    if device.tries >= TRIES:
        audit.record(
            session, clock, action="sign-in.refused", subject=f"device:{device.id}", why="tries"
        )
        raise DeviceTired("too many tries on this device; wait an hour", code="device-tries")
    device.tries += 1


def revoke(
    session: Session, clock: Clock, *, device_id: str, person_id: str | None = None
) -> Device:
    """Shut a device out (lost, stolen); again changes nothing. Its sockets close within 2 s."""
    device = get(session, device_id)
    if device.revoked_at is None:
        device.revoked_at = clock()
        device.code_hash, device.code_expires_at = None, None
        device.token_hash = device.former_token_hash = None
        sign_ins.revoke_all(session, clock, SignIn.device_id == device.id)
        changes.touch(session, TOPIC)
        audit.record(
            session,
            clock,
            action="device.revoke",
            subject=f"device:{device.id}",
            person_id=person_id,
        )
    return device


def get(session: Session, device_id: str) -> Device:
    """The device with that id, or :class:`NotFound`."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(f'device "{device_id}" does not exist', code="unknown-device")
    return device


def everything(session: Session) -> list[Device]:
    """All devices by name."""
    return list(session.scalars(select(Device).order_by(Device.name, Device.id)))


def _new_code(session: Session, clock: Clock, device: Device, person_id: str | None) -> str:
    code = secrets.token_urlsafe(CODE_BYTES)
    device.code_hash, device.code_expires_at = token_hash(code), clock() + CODE_FOR
    changes.touch(session, TOPIC)
    audit.record(
        session, clock, action="device.invite", subject=f"device:{device.id}", person_id=person_id
    )
    return code


def _new_token(clock: Clock, device: Device) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device.token_hash, device.token_at = token_hash(token), clock()
    return token
