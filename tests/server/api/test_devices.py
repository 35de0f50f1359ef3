"""Enrolling handhelds over REST, and signing in on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from server.app import create_app
from server.config import from_environment
from server.limits import FAILURES
from server.models import Audit
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of


@pytest.fixture
def strict(site: Site) -> Site:
    """The site with handhelds that must be enrolled."""
    url = str(site.database.url)
    settings = replace(from_environment({"WAVEPICK_DATABASE_URL": url}), enrolled_only=True)
    site.app = create_app(settings, site.database, enqueue=site.enqueued.append, publish=False)
    return site


def enrolled(lead: Lead, name: str = "Handheld 1") -> tuple[str, str]:
    """(device id, device token) of a new handheld."""
    invitation = lead.ok(lead.post("/devices", {"name": name}), 201)
    answer = lead.site.call("POST", "/devices/enrolment", {"code": invitation["code"]}, token=None)
    assert answer.status_code == 201
    return str(body_of(answer)["device"]), str(body_of(answer)["token"])


def sign_in(site: Site, device: str | None, pin: str = small_site.PIN) -> Any:
    body = {"badge": small_site.PICKER, "pin": pin, "client": "handheld"}
    return site.call(
        "POST", "/session", body if device is None else {**body, "device": device}, token=None
    )


def test_a_lead_enrols_a_handheld_and_a_picker_signs_in_on_it(strict: Site) -> None:
    lead = Lead(strict, strict.token())
    refused = sign_in(strict, None)
    assert (refused.status_code, body_of(refused)["code"]) == (403, "not-enrolled")
    _, token = enrolled(lead)
    answer = sign_in(strict, token)
    assert answer.status_code == 201
    assert body_of(answer)["device_token"] is None
    assert sign_in(strict, "x" * 43).status_code == 401


def test_the_console_needs_no_device(strict: Site) -> None:
    assert strict.token(small_site.LEAD, "console")


def test_the_qr_code_is_that_of_the_address_with_the_code(lead: Lead) -> None:
    invitation = lead.ok(lead.post("/devices", {"name": "Handheld 1"}), 201)
    assert invitation["url"] == f"http://localhost/pick#enrol={invitation['code']}"
    rows = invitation["qr"]
    # The finder pattern of every QR code: a dark ring of seven modules in the corner.
    assert all(len(row) == len(rows) for row in rows)
    assert rows[0][:8] == "11111110"
    assert rows[6][:8] == "11111110"
    assert rows[1][:8] == "10000010"


def test_revoking_ends_the_sessions_of_that_handheld_only(lead: Lead) -> None:
    site = lead.site
    lost, kept = enrolled(lead, "lost"), enrolled(lead, "kept")
    on_lost, on_kept = (body_of(sign_in(site, token))["token"] for _, token in (lost, kept))
    assert lead.ok(lead.post(f"/devices/{lost[0]}/revoke"))["state"] == "revoked"
    assert site.call("GET", "/session", token=on_lost).status_code == 401
    assert site.call("GET", "/session", token=on_kept).status_code == 200
    assert sign_in(site, lost[1]).status_code == 401
    states = {row["name"]: row["state"] for row in lead.ok(lead.get("/devices"))["devices"]}
    assert states == {"lost": "revoked", "kept": "enrolled"}


def test_a_known_handheld_gets_another_code(lead: Lead) -> None:
    device_id, token = enrolled(lead)
    again = lead.ok(lead.post(f"/devices/{device_id}/code"), 201)
    assert again["device"]["code_until"] is not None
    answer = lead.site.call("POST", "/devices/enrolment", {"code": again["code"]}, token=None)
    assert body_of(answer)["device"] == device_id
    assert sign_in(lead.site, token).status_code == 401
    assert sign_in(lead.site, body_of(answer)["token"]).status_code == 201


def test_neither_lists_nor_answers_show_hashes(lead: Lead) -> None:
    enrolled(lead)
    row = lead.ok(lead.get("/devices"))["devices"][0]
    assert not any("hash" in name or "token" in name for name in row)


def test_unknown_devices_are_not_found(lead: Lead) -> None:
    for action in ("code", "revoke"):
        assert lead.post(f"/devices/{'0' * 32}/{action}").status_code == 404


def test_guessing_from_one_address_ends_and_enrolled_handhelds_go_on(lead: Lead) -> None:
    site = lead.site
    _, token = enrolled(lead)
    for number in range(FAILURES):
        body = {"badge": f"B-{number}", "pin": "000000", "client": "console"}
        assert site.call("POST", "/session", body, token=None).status_code == 401
    answer = sign_in(site, None)
    assert (answer.status_code, body_of(answer)["code"]) == (429, "address-tries")
    code = site.call("POST", "/devices/enrolment", {"code": "x" * 22}, token=None)
    assert code.status_code == 429
    assert sign_in(site, token).status_code == 201


def test_refused_calls_are_in_the_audit_trail_once_a_minute(site: Site, lead: Lead) -> None:
    picker = site.token(small_site.PICKER, "handheld")
    for _ in range(3):
        assert site.call("GET", "/board", token=picker).status_code == 403
    with site.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "access.refused")).all()
    assert [row.detail for row in rows] == [{"why": "role", "at": "GET /api/v1/board"}]
    assert rows[0].subject == f"person:{rows[0].person_id}"


def test_commands_of_a_signed_in_person_carry_that_person(site: Site, lead: Lead) -> None:
    who = lead.ok(lead.get("/session"))["person"]["id"]
    body = {"location": small_site.LOCATIONS[0], "sku": small_site.ITEMS[0], "quantity": 1}
    lead.ok(lead.post("/stock/receipts", body), 201)
    with site.database.read() as session:
        newest = session.scalars(select(Audit).order_by(Audit.id.desc())).first()
    assert newest is not None
    assert newest.person_id == who
