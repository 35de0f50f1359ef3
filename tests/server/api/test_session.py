"""Signing in and out over REST."""

from __future__ import annotations

from server.services.people import TRIES
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of


def sign_in(site: Site, badge: str, pin: str) -> int:
    body = {"badge": badge, "pin": pin, "client": "handheld"}
    return site.call("POST", "/session", body, token=None).status_code


def test_sign_in_answers_token_and_person(site: Site) -> None:
    body = {"badge": small_site.PICKER, "pin": small_site.PIN, "client": "handheld"}
    answer = site.call("POST", "/session", body, token=None)
    assert answer.status_code == 201
    assert body_of(answer)["person"]["badge"] == small_site.PICKER
    assert body_of(answer)["person"]["role"] == "picker"
    again = site.call("GET", "/session", token=body_of(answer)["token"])
    assert body_of(again) == {
        "sign_in": body_of(answer)["sign_in"],
        "person": body_of(answer)["person"],
    }


def test_wrong_pin_and_unknown_badge_look_alike(site: Site) -> None:
    answers = [
        site.call(
            "POST", "/session", {"badge": badge, "pin": "000000", "client": "console"}, token=None
        )
        for badge in (small_site.LEAD, "B-0000")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert body_of(answers[0]) == body_of(answers[1])


def test_five_wrong_tries_lock_the_badge(site: Site) -> None:
    assert [sign_in(site, small_site.PICKER, "000000") for _ in range(TRIES)] == [401] * TRIES
    assert sign_in(site, small_site.PICKER, small_site.PIN) == 429
    assert sign_in(site, small_site.OTHER_PICKER, small_site.PIN) == 201


def test_sign_out_ends_the_token_and_touches_its_topic(site: Site, lead: Lead) -> None:
    published: list[str] = []
    before = site.database.on_commit
    assert before is not None
    site.database.on_commit = lambda revisions: published.extend(revisions)
    sign_in_id = lead.ok(lead.get("/session"))["sign_in"]
    assert site.call("DELETE", "/session", token=lead.token).status_code == 204
    assert lead.get("/session").status_code == 401
    assert f"session:{sign_in_id}" in published
