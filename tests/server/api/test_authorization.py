"""Who may call what: every route, with every kind of wrong token."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from server.auth import MARK
from server.models import Person, Role, SignIn
from server.services import people
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Site, body_of

PUBLIC = {
    "/",
    "/landing.css",
    "/pick",
    "/lead",
    "/assets/<path:name>",
    "/<path:name>",
    "/health",
    "/healthz",
    "/ready",
    "/readyz",
    "/metrics",  # asks for the installation's own token, see test_metrics.py
    "/api/v1/openapi.json",
    "/api/v1/devices/enrolment",
    "/api/v1/session POST",
}
"""What anyone may call, spelled out: a new public route must be added here on purpose."""

PICKERS = {
    "/api/v1/session GET",
    "/api/v1/session DELETE",
    "/api/v1/pick/sync POST",
    "/api/v1/pick/ops POST",
    "/api/v1/pick/directory GET",
}


def routes(site: Site) -> list[tuple[str, str, str | None]]:
    """Return (method, rule, mark) of every route."""
    return [
        (method, rule.rule, getattr(site.app.view_functions[rule.endpoint], MARK, None))
        for rule in site.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def filled_in(rule: str) -> str:
    return re.sub(r"<[^>]+>", "0" * 32, rule)


def test_every_route_says_who_may_call_it(site: Site) -> None:
    unmarked = {rule for _, rule, mark in routes(site) if mark is None}
    assert unmarked == {"/api/v1/openapi.json"}


def test_public_routes_are_exactly_those_listed(site: Site) -> None:
    public = {
        rule if not rule.startswith("/api/v1/session") else f"{rule} {method}"
        for method, rule, mark in routes(site)
        if mark in {None, "public"}
    }
    assert public == PUBLIC


def test_picker_routes_are_exactly_those_listed(site: Site) -> None:
    assert {
        f"{rule} {method}" for method, rule, mark in routes(site) if mark == Role.PICKER
    } == PICKERS


@pytest.mark.parametrize("kind", ["none", "garbage", "signed-out", "revoked", "expired", "gone"])
def test_guarded_routes_refuse_bad_tokens(site: Site, kind: str) -> None:
    token = bad_token(site, kind)
    for method, rule, mark in routes(site):
        if mark in {None, "public"}:
            continue
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = site.app.test_client().open(filled_in(rule), method=method, headers=headers)
        assert answer.status_code == 401, f"{method} {rule}"
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("badge", "role"), [(small_site.PICKER, Role.PICKER), (small_site.LEAD, Role.LEAD)]
)
def test_low_roles_are_refused_everything_above_them(site: Site, badge: str, role: Role) -> None:
    rank = {Role.PICKER: 0, Role.LEAD: 1, Role.ADMIN: 2}
    token = site.token(badge)
    refused = 0
    for method, rule, mark in routes(site):
        if mark in {None, "public"} or rank[Role(mark)] <= rank[role]:
            continue
        answer = site.app.test_client().open(
            filled_in(rule), method=method, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 403, f"{method} {rule}"
        assert body_of(answer)["code"] == "role"
        refused += 1
    assert refused > 0


def test_a_view_without_mark_is_closed(site: Site) -> None:
    site.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = site.app.test_client().get("/forgotten")
    assert (answer.status_code, body_of(answer)["code"]) == (403, "closed")


def bad_token(site: Site, kind: str) -> str | None:
    """Return a token that must not work."""
    if kind == "none":
        return None
    if kind == "garbage":
        return "x" * 43
    token = site.token(small_site.ADMIN)
    with site.database.write() as session:
        who = people.who(session, system_clock, token=token)
        if kind == "signed-out":
            people.sign_out(session, system_clock, sign_in_id=who.sign_in_id)
        elif kind == "revoked":
            people.revoke(session, system_clock, sign_in_id=who.sign_in_id)
        elif kind == "expired":
            session.execute(update(SignIn).values(expires_at=system_clock() - timedelta(seconds=1)))
        else:
            session.execute(update(Person).values(active=False))
    return token
