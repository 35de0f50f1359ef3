"""People and their sessions: badge and PIN in, a random token out.

A badge identifies, a server-issued PIN of six digits authenticates (NIST SP 800-63B allows six
where they are random). Five wrong tries lock the badge for 15 minutes. The slow hash is computed
here and nowhere else; a reconnect only shows its token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.base import new_id
from server.errors import BadInput, Conflict, NotFound, NotSignedIn, TooManyTries
from server.models import Person, Role, SignIn
from server.services import audit, changes
from server.services.clock import Clock

TRIES = 5
LOCK_FOR = timedelta(minutes=15)
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


class WrongPin(NotSignedIn):
    """Badge or PIN is wrong; the try is counted although nobody signed in."""

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
    if len(pin) != 6 or not (pin.isascii() and pin.isdigit()):
        raise BadInput("the PIN must have six digits", code="bad-pin")
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
) -> tuple[str, SignIn]:
    """Open a session; returns its token (shown once, stored hashed) and its row.

    ``verify(pin, pin_hash)`` is asked once; a caller that has computed the slow hash before it
    took the writer lock passes one that only looks the answer up.

    Raises
    ------
    WrongPin
        Unknown badge, inactive person or wrong PIN; all answered alike, in the same time.
    TooManyTries
        Five wrong tries; locked for 15 minutes.
    """
    if client not in SESSION_FOR:
        raise BadInput(f'client "{client}": must be handheld or console', code="bad-client")
    now = clock()
    person = session.scalars(select(Person).where(Person.badge == badge)).first()
    if person is not None and person.locked_until is not None and person.locked_until > now:
        raise TooManyTries("too many wrong tries; wait 15 minutes", code="locked")
    fits = verify(pin, person.pin_hash if person is not None else _nobody())
    if person is None or not person.active or not fits:
        if person is not None:
            person.failed_tries += 1
            if person.failed_tries >= TRIES:
                person.failed_tries, person.locked_until = 0, now + LOCK_FOR
        audit.record(session, clock, action="sign-in.refused", subject="badge", client=client)
        raise WrongPin("badge or PIN is wrong", code="wrong-pin")
    person.failed_tries, person.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    row = SignIn(
        id=new_id(),
        token_hash=_token_hash(token),
        person_id=person.id,
        client=client,
        created_at=now,
        expires_at=now + SESSION_FOR[client],
    )
    session.add(row)
    session.flush()
    audit.record(session, clock, action="sign-in", subject=f"sign-in:{row.id}", person_id=person.id)
    return token, row


def who(session: Session, clock: Clock, *, token: str) -> SignedIn:
    """Whose token this is; asked again on every event, so revoking works at once.

    Raises
    ------
    NotSignedIn
        Unknown, expired, signed-out or revoked token, or the person is inactive.
    """
    row = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == _token_hash(token))
    ).first()
    if row is None:
        raise NotSignedIn("sign in first", code="no-session")
    sign_in_row, person = row
    if sign_in_row.revoked_at is not None or not person.active:
        raise NotSignedIn("this session was revoked", code="revoked")
    if sign_in_row.signed_out_at is not None or sign_in_row.expires_at <= clock():
        raise NotSignedIn("this session is over; sign in again", code="expired")
    return SignedIn(
        person.id, person.name, person.role, person.language, sign_in_row.id, sign_in_row.client
    )


def sign_out(session: Session, clock: Clock, *, sign_in_id: str) -> None:
    """End a session; what it recorded before still counts. Twice is the same as once."""
    row = _sign_in(session, sign_in_id)
    if row.signed_out_at is None:
        row.signed_out_at = clock()
        changes.touch(session, f"session:{sign_in_id}")


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


def deactivate(session: Session, clock: Clock, *, badge: str, person_id: str | None = None) -> None:
    """Keep a person from signing in and revoke every session they have."""
    person = session.scalars(select(Person).where(Person.badge == badge)).first()
    if person is None:
        raise NotFound(f'badge "{badge}" does not exist', code="unknown-badge")
    person.active = False
    for row in session.scalars(
        select(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
    ):
        row.revoked_at = clock()
        changes.touch(session, f"session:{row.id}")
    audit.record(
        session,
        clock,
        action="person.deactivate",
        subject=f"person:{person.id}",
        person_id=person_id,
    )


def everyone(session: Session) -> list[Person]:
    """All people by badge."""
    return list(session.scalars(select(Person).order_by(Person.badge)))


def _sign_in(session: Session, sign_in_id: str) -> SignIn:
    row = session.get(SignIn, sign_in_id)
    if row is None:
        raise NotFound("this session does not exist", code="unknown-session")
    return row


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


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
