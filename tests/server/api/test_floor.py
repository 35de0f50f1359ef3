"""The board's commands over REST."""

from __future__ import annotations

from server.models import Role
from server.services import lists, people
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of
from tests.server.api.test_waves import make_wave, plan_queued_runs


def _claimed(site: Site, badge: str) -> str:
    """Let a picker claim work; the id of the list."""
    token = site.token(badge, "handheld")
    with site.database.write() as session:
        who = people.who(session, system_clock, token=token)
        assert who.role == Role.PICKER
        found = lists.claim(session, system_clock, person_id=who.person_id, stream=who.sign_in_id)
        assert found is not None
        return found.id


def test_a_repeated_recall_is_answered_alike_and_spares_the_next_picker(
    site: Site, lead: Lead
) -> None:
    wave = make_wave(lead, order_ids=[site.orders[0]])
    path = f"/waves/{wave['id']}"
    lead.ok(lead.post(f"{path}/plan", {"seconds": 1, "seed": 1, "methods": ["single"]}), 202)
    plan_queued_runs(site)
    plan_id = lead.ok(lead.get(f"{path}/plan-sheet"))["methods"][0]["plan_id"]
    launched = lead.ok(lead.post(f"{path}/launch", {"plan_id": plan_id, "key": "click-0001"}))
    assert launched["lists"] == 1
    list_id = _claimed(site, small_site.PICKER)

    click, other = {"key": "click-0001"}, {"key": "click-0002"}
    first = lead.ok(lead.post(f"/lists/{list_id}/recall", click))
    assert (first["state"], first["picker"]) == ("ready", None)
    assert lead.ok(lead.post(f"/lists/{list_id}/recall", click)) == first
    assert _claimed(site, small_site.OTHER_PICKER) == list_id
    again = lead.ok(lead.post(f"/lists/{list_id}/recall", click))
    assert again["picker"]["name"] == f"Person {small_site.OTHER_PICKER}"
    assert lead.ok(lead.post(f"/lists/{list_id}/recall", other))["picker"] is None

    lead.ok(lead.post(f"{path}/cancel"))
    assert lead.ok(lead.post(f"/lists/{list_id}/recall", click))["state"] == "cancelled"
    late = lead.post(f"/lists/{list_id}/recall", {"key": "click-0003"})
    assert (late.status_code, body_of(late)["code"]) == (409, "list-over")


def test_a_recall_needs_a_key(lead: Lead) -> None:
    for body in ({}, {"key": "short"}, {"key": "with space"}, {"key": "click-0001", "why": "x"}):
        assert lead.post(f"/lists/{'0' * 32}/recall", body).status_code == 422
    assert lead.post(f"/lists/{'0' * 32}/recall", {"key": "click-0001"}).status_code == 404
