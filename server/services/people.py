"""People and their sessions: badge and PIN in, a random token out.

A badge identifies, a server-issued PIN of six digits authenticates (NIST SP 800-63B allows six
where they are random). Five wrong tries lock the badge for 15 minutes, whether or not somebody has
it, and an enrolled device has 20 tries an hour. The slow hash is computed here and nowhere else; a
reconnect only shows its token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Executable, Row, Table, delete, select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.db.sets import OneOf
from server.errors import BadInput, Conflict, NotFound, NotSignedIn, TooManyTries
from server.models import BadgeTries, Device, Person, Role, SignIn
from server.services import audit, changes, devices, sign_ins
from server.services.clock import Clock
from server.services.devices import token_hash

PIN_DIGITS = 6
TRIES = 5
LOCK_FOR = timedelta(minutes=15)
FORGET_TRIES_AFTER = timedelta(hours=24)
"""Wrong tries under a badge count together for so long."""
SESSION_FOR = {"handheld": timedelta(hours=16), "console": timedelta(hours=12)}
"""A shift and a half: nobody signs in again in the middle of a list."""
SCRYPT_LOG2_N = 14
SCRYPT_R = 8
SCRYPT_P = 1


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is calling, read from the database for this very call."""

    person_id: str
    name: str
    role: str
    language: str
    sign_in_id: str
    client: str
    device_id: str | None = None

    @property
    def actor(self) -> audit.Actor:
        """Who this is in the audit trail."""
        return audit.Actor(self.person_id, self.device_id)


class SessionOver(NotSignedIn):
    """The token was of a session that has ended; says whose."""

    def __init__(self, message: str, *, code: str, sign_in_id: str, actor: audit.Actor) -> None:
        super().__init__(message, code=code)
        self.sign_in_id = sign_in_id
        self.actor = actor


class WrongPin(NotSignedIn):
    """Badge or PIN is wrong; the try is counted although nobody signed in."""

    keeps_changes = True


class Locked(TooManyTries):
    """The badge is locked for a while; that somebody tried is recorded."""

    keeps_changes = True


def hash_pin(pin: str) -> str:
    """A salted scrypt hash with its cost, as text."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(pin, salt, SCRYPT_LOG2_N)
    return f"scrypt${SCRYPT_LOG2_N}${salt.hex()}${digest.hex()}"


def pin_matches(pin: str, pin_hash: str) -> bool:
    """Whether ``pin`` has that hash; takes the same time either way (about 50 ms)."""
    _, cost, salt, digest = pin_hash.split("$")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt), int(cost)), bytes.fromhex(digest))


def create(
    session: Session, clock: Clock, *, badge: str, name: str, role: str, language: str, pin: str
) -> Person:
    """Add a person.

    Raises
    ------
    BadInput
        Empty badge or name, unknown role, PIN that is not six digits.
    Conflict
        The badge is taken.
    """
    if not badge.strip() or len(badge) > 64 or not name.strip() or len(name) > 100:
        raise BadInput("badge and name must not be empty or overlong", code="bad-person")
    if role not in set(Role):
        raise BadInput(f'role "{role}": must be picker, lead or admin', code="bad-role")
    _check_pin(pin)
    if session.scalars(select(Person.id).where(Person.badge == badge)).first() is not None:
        raise Conflict(f'badge "{badge}" is taken', code="badge-taken")
    person = Person(
        id=new_id(), badge=badge, name=name, role=role, language=language, pin_hash=hash_pin(pin)
    )
    session.add(person)
    session.flush()
    audit.record(session, clock, action="person.create", subject=f"person:{person.id}", role=role)
    return person


def pin_hash(session: Session, *, badge: str) -> str:
    """The hash a PIN must have; of an unknown badge one that no PIN has, at the same cost."""
    found = session.scalars(select(Person.pin_hash).where(Person.badge == badge)).first()
    return found if found is not None else _nobody()


def sign_in(
    session: Session,
    clock: Clock,
    *,
    badge: str,
    pin: str,
    client: str,
    verify: Callable[[str, str], bool] = pin_matches,
    device: Device | None = None,
) -> tuple[str, SignIn]:
    """Open a session; returns its token (shown once, stored hashed) and its row.

    ``verify(pin, pin_hash)`` is asked once; a caller that has computed the slow hash before it
    took the writer lock passes one that only looks the answer up. ``device`` is the enrolled one
    that asks.

    Raises
    ------
    WrongPin
        Unknown badge, inactive person or wrong PIN; all answered alike, in the same time.
    TooManyTries
        Five wrong tries under the badge: locked for 15 minutes. Or 20 tries on the device within
        an hour.
    """
    if client not in SESSION_FOR:
        raise BadInput(f'client "{client}": must be handheld or console', code="bad-client")
    now = clock()
    if device is not None:
        devices.count_try(session, clock, device)
    tries = _tries(session, clock, badge)
    person = session.scalars(select(Person).where(Person.badge == badge)).first()
    subject = "badge:unknown" if person is None else f"person:{person.id}"
    if tries.locked_until is not None and tries.locked_until > now:
        audit.record(
            session, clock, action="sign-in.refused", subject=subject, client=client, why="locked"
        )
        raise Locked("too many wrong tries; wait 15 minutes", code="locked")
    fits = verify(pin, person.pin_hash if person is not None else _nobody())
    if person is None or not person.active or not fits:
        tries.failed, tries.last_at = tries.failed + 1, now
        if tries.failed >= TRIES:
            tries.failed, tries.locked_until = 0, now + LOCK_FOR
        audit.record(session, clock, action="sign-in.refused", subject=subject, client=client)
        raise WrongPin("badge or PIN is wrong", code="wrong-pin")
    session.delete(tries)
    token = secrets.token_urlsafe(32)
    row = SignIn(
        id=new_id(),
        token_hash=token_hash(token),
        person_id=person.id,
        client=client,
        device_id=device.id if device is not None else None,
        created_at=now,
        expires_at=now + SESSION_FOR[client],
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        clock,
        action="sign-in",
        subject=f"sign-in:{row.id}",
        person_id=person.id,
        client=client,
    )
    return token, row


# Asked with every event: columns, not rows, which would take half as long again.
_SIGN_IN, _PERSON = cast(Table, SignIn.__table__), cast(Table, Person.__table__)
_WHO = (
    select(
        *(_SIGN_IN.c.id, _SIGN_IN.c.person_id, _SIGN_IN.c.device_id, _SIGN_IN.c.client),
        *(_SIGN_IN.c.revoked_at, _SIGN_IN.c.signed_out_at, _SIGN_IN.c.expires_at),
        _SIGN_IN.c.token_hash,
        *(_PERSON.c.name, _PERSON.c.role, _PERSON.c.language, _PERSON.c.active),
    )
    .join(_PERSON, _PERSON.c.id == _SIGN_IN.c.person_id)
    .where(OneOf(_SIGN_IN.c.token_hash, "hashes"))
)


def who(session: Session, clock: Clock, *, token: str) -> SignedIn:
    """Whose token this is; errors as :func:`read_session`."""
    return read_session(session.execute(*sessions_of([token_hash(token)])).first(), clock)


def sessions_of(hashes: Iterable[str]) -> tuple[Executable, dict[str, list[str]]]:
    """The statement that finds the sessions of tokens by their hashes, and its values."""
    return _WHO, {"hashes": list(dict.fromkeys(hashes))}


def read_session(row: Row[Any] | None, clock: Clock) -> SignedIn:
    """Who is behind the row that :func:`sessions_of` found, asked anew on every event.

    Raises
    ------
    NotSignedIn
        Unknown token.
    SessionOver
        Expired, signed-out or revoked token, or the person is inactive.
    """
    if row is None:
        raise NotSignedIn("sign in first", code="no-session")
    actor = audit.Actor(row.person_id, row.device_id)
    if row.revoked_at is not None or not row.active:
        raise SessionOver(
            "this session was revoked", code="revoked", sign_in_id=row.id, actor=actor
        )
    if row.signed_out_at is not None or row.expires_at <= clock():
        raise SessionOver(
            "this session is over; sign in again", code="expired", sign_in_id=row.id, actor=actor
        )
    return SignedIn(
        row.person_id, row.name, row.role, row.language, row.id, row.client, row.device_id
    )


def sign_out(session: Session, clock: Clock, *, sign_in_id: str) -> None:
    """End a session; what it recorded before still counts. Twice is the same as once."""
    row = _sign_in(session, sign_in_id)
    if row.signed_out_at is None:
        row.signed_out_at = clock()
        changes.touch(session, f"session:{sign_in_id}")
        audit.record(
            session,
            clock,
            action="sign-out",
            subject=f"sign-in:{sign_in_id}",
            person_id=row.person_id,
        )


def revoke(
    session: Session, clock: Clock, *, sign_in_id: str, person_id: str | None = None
) -> None:
    """Take a session away (lost device): operations it recorded are parked from now on."""
    row = _sign_in(session, sign_in_id)
    if row.revoked_at is None:
        row.revoked_at = clock()
        changes.touch(session, f"session:{sign_in_id}")
        audit.record(
            session,
            clock,
            action="sign-in.revoke",
            subject=f"sign-in:{sign_in_id}",
            person_id=person_id,
        )


def renew_pin(
    session: Session, clock: Clock, *, badge: str, pin: str, person_id: str | None = None
) -> None:
    """Give a person another PIN; sessions that are open go on."""
    _check_pin(pin)
    person = _person(session, badge)
    person.pin_hash = hash_pin(pin)
    audit.record(
        session, clock, action="person.pin", subject=f"person:{person.id}", person_id=person_id
    )


def deactivate(session: Session, clock: Clock, *, badge: str, person_id: str | None = None) -> None:
    """Keep a person from signing in and revoke every session they have."""
    person = _person(session, badge)
    person.active = False
    sign_ins.revoke_all(session, clock, SignIn.person_id == person.id)
    audit.record(
        session,
        clock,
        action="person.deactivate",
        subject=f"person:{person.id}",
        person_id=person_id,
    )


def revoke_sessions(
    session: Session, clock: Clock, *, badge: str, person_id: str | None = None
) -> int:
    """Revoke every session of a person, who may sign in again; returns how many those were."""
    person = _person(session, badge)
    revoked = sign_ins.revoke_all(session, clock, SignIn.person_id == person.id)
    audit.record(
        session,
        clock,
        action="person.revoke",
        subject=f"person:{person.id}",
        person_id=person_id,
        sessions=revoked,
    )
    return revoked


def everyone(session: Session) -> list[Person]:
    """All people by badge."""
    return list(session.scalars(select(Person).order_by(Person.badge)))


def _person(session: Session, badge: str) -> Person:
    person = session.scalars(select(Person).where(Person.badge == badge)).first()
    if person is None:
        raise NotFound(f'badge "{badge}" does not exist', code="unknown-badge")
    return person


def _sign_in(session: Session, sign_in_id: str) -> SignIn:
    row = session.get(SignIn, sign_in_id)
    if row is None:
        raise NotFound("this session does not exist", code="unknown-session")
    return row


def _check_pin(pin: str) -> None:
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise BadInput("the PIN must have six digits", code="bad-pin")


def _tries(session: Session, clock: Clock, badge: str) -> BadgeTries:
    """The counter of a badge, known or not; counters that no longer matter are dropped."""
    now = clock()
    session.execute(delete(BadgeTries).where(BadgeTries.last_at < now - FORGET_TRIES_AFTER))
    key = token_hash(badge)
    found = session.get(BadgeTries, key)
    if found is None:
        found = BadgeTries(badge_hash=key, failed=0, last_at=now, locked_until=None)
        session.add(found)
        session.flush()
    return found


def _scrypt(pin: str, salt: bytes, log2_n: int) -> bytes:
    return hashlib.scrypt(
        pin.encode(),
        salt=salt,
        n=2**log2_n,
        r=SCRYPT_R,
        p=SCRYPT_P,
        maxmem=256 * SCRYPT_R * 2**log2_n,
    )


def _nobody() -> str:
    """A hash that no PIN has, at the present cost: unknown badges take as long as known ones."""
    return f"scrypt${SCRYPT_LOG2_N}${'00' * 16}${'00' * 64}"
