"""PICK/1 over HTTPS, with the message examples that both sides share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import handheld_ui
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of

EXAMPLES = Path(handheld_ui.__file__).parent / "protocol"


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def picker(site: Site) -> Lead:
    return Lead(site, site.token(small_site.PICKER, "handheld"))


def test_sync_answers_the_fields_of_the_example(site: Site) -> None:
    device = picker(site)
    reply = device.ok(device.post("/pick/sync", example("sync-request")))
    assert set(reply) == set(example("sync-reply"))
    assert (reply["rid"], reply["last"], reply["list"]) == ("r-18", 0, None)


def test_ops_ahead_of_the_stream_are_a_gap(site: Site) -> None:
    device = picker(site)
    assert device.ok(device.post("/pick/ops", example("ops-request"))) == {"gap": 0}


def test_a_deeply_nested_op_gets_a_verdict_and_does_not_block(site: Site) -> None:
    device = picker(site)
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    op = {"seq": 1, "kind": "pick", "task": deep}
    reply = device.ok(device.post("/pick/ops", {"stream": "1" * 32, "ops": [op]}))
    assert reply["last"] == 1
    assert reply["verdicts"][0][:2] == [1, "refused"]


def test_broken_envelopes_are_refused(site: Site) -> None:
    device = picker(site)
    good = example("sync-request")
    for body in (
        {**good, "stream": "x"},
        {**good, "acked": -1},
        {**good, "want": "everything"},
        {**good, "have": {"list": 1, "ver": 2}},
        {**good, "more": 1},
        {name: value for name, value in good.items() if name != "rid"},
    ):
        assert device.post("/pick/sync", body).status_code == 422, body
    assert device.post("/pick/ops", {"stream": "1" * 32, "ops": "all"}).status_code == 422
    too_many = [{"seq": number} for number in range(1, 52)]
    assert device.post("/pick/ops", {"stream": "1" * 32, "ops": too_many}).status_code == 422


def test_a_body_beyond_64_kib_is_refused(site: Site) -> None:
    device = picker(site)
    op = {"seq": 1, "kind": "report", "text": "x" * 70_000}
    answer = device.post("/pick/ops", {"stream": "1" * 32, "ops": [op]})
    assert answer.status_code == 413


def test_directory_is_answered_once_and_then_unchanged(site: Site) -> None:
    device = picker(site)
    first = device.get("/pick/directory")
    assert first.status_code == 200
    assert set(body_of(first)) == {"hash", "locations", "items", "stations", "totes"}
    again = site.app.test_client().get(
        "/api/v1/pick/directory",
        headers={"Authorization": f"Bearer {device.token}", "If-None-Match": first.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_lead_may_pick_too(site: Site, lead: Lead) -> None:
    assert lead.post("/pick/sync", example("sync-request")).status_code == 200
