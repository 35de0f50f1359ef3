"""Who is asking, and may they: the one decorator for routes and socket events.

Nothing is allowed by default. A route or event without :func:`allowed` or :func:`public` is
refused when it is called, and a test lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import g, has_request_context, request
from sqlalchemy.orm import Session

from server.errors import NotAllowed, NotSignedIn
from server.models import Role
from server.parts import Parts, parts
from server.services import audit, people
from server.services.people import SessionOver, SignedIn

P = ParamSpec("P")
R = TypeVar("R")

RANK: Final[Mapping[str, int]] = {Role.PICKER: 0, Role.LEAD: 1, Role.ADMIN: 2}
"""Each role includes the ones before it."""

MARK: Final = "__wavepick_allowed__"
"""Attribute that :func:`allowed` and :func:`public` leave on a handler: a role or ``public``."""

TOKENS: Final = "wavepick.tokens"
"""Key of the connection's environment under which tokens are kept by namespace."""


def allowed(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only signed-in people with at least ``role`` call a route or socket event.

    The session is looked up again on every call, so a revoked one ends with the next message.
    The person is then found by :func:`signed_in`.
    """

    def decorate(handler: Callable[P, R]) -> Callable[P, R]:
        @wraps(handler)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            g.signed_in = check(parts(), current_token(), role)
            return handler(*args, **kwargs)

        setattr(guarded, MARK, role)
        # Routes say in the OpenAPI document that they need a token; events have no such document.
        guarded._spec = {**getattr(handler, "_spec", {}), "security": "bearer"}  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(handler: Callable[P, R]) -> Callable[P, R]:
    """Mark a route that anyone may call."""
    setattr(handler, MARK, "public")
    return handler


def is_marked(handler: Callable[..., Any] | None) -> bool:
    """Return whether a handler says who may call it."""
    return getattr(handler, MARK, None) is not None


def check(wired: Parts, token: str | None, role: Role) -> SignedIn:
    """Return who holds ``token`` if that person has at least ``role``.

    Raises
    ------
    NotSignedIn
        No token, or one that is unknown, expired or revoked.
    NotAllowed
        The person's role is too low.

    What a known person is refused, and every use of a revoked session, is recorded.
    """
    if not token:
        raise NotSignedIn("sign in first: no token was sent", code="not-signed-in")
    try:
        who = people.read_session(wired.sessions.find(token), wired.clock)
    except SessionOver as over:
        if over.code == "revoked":
            wired.refusals.note(over.actor, f"sign-in:{over.sign_in_id}", why="revoked", at=_what())
        raise
    if RANK[who.role] < RANK[role]:
        wired.refusals.note(who.actor, f"person:{who.person_id}", why="role", at=_what())
        raise NotAllowed(f'this needs the role "{role}", you are "{who.role}"', code="role")
    return who


def signed_in() -> SignedIn:
    """Return the person that :func:`allowed` found for this call."""
    who = g.signed_in
    assert isinstance(who, SignedIn)
    return who


def act_in(session: Session) -> None:
    """Name the person of this call as the one behind what ``session`` records."""
    who = g.get("signed_in") if has_request_context() else None
    if who is not None:
        audit.on_behalf(session, who.actor)


def _what() -> str:
    """Return the route or namespace that is being called, without what the caller filled in."""
    if not has_request_context():
        return ""
    namespace = getattr(request, "namespace", None)
    return namespace or f"{request.method} {request.url_rule}"


def current_token() -> str | None:
    """Return the token of this request: of its socket connection, or its Authorization header."""
    namespace = getattr(request, "namespace", None)
    if namespace is not None:
        tokens: Mapping[str, str] = request.environ.get(TOKENS, {})
        return tokens.get(namespace)
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token


def remember_token(namespace: str, token: str) -> None:
    """Keep the token of the socket connection being opened for its later events."""
    request.environ.setdefault(TOKENS, {})[namespace] = token
