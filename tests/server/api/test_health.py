"""Health for supervisors, readiness for balancers, an id for every request."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from server.parts import EXTENSION
from server.services import workers
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.api.conftest import Site, body_of


@pytest.mark.parametrize("path", ["/healthz", "/health"])
def test_a_living_process_says_so(site: Site, path: str) -> None:
    answer = site.app.test_client().get(path)
    assert (answer.status_code, body_of(answer)) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/readyz", "/ready"])
def test_ready_while_picks_can_be_booked(site: Site, path: str) -> None:
    """Without workers it is ready, with a warning: picking goes on."""
    body = body_of(site.app.test_client().get(path))
    assert body["status"] == "degraded"
    assert {"no-worker-plan", "no-worker-replan"} <= set(body["warnings"])
    with site.database.write() as session:
        workers.beat(session, system_clock, worker="w", lanes=("plan", "replan"))
    body = body_of(site.app.test_client().get(path))
    assert body["workers"] == {"alive": 1, "lanes": ["plan", "replan"]}
    assert not [warning for warning in body["warnings"] if warning.startswith("no-worker")]


@pytest.mark.parametrize("code", ["draining", "commits-fail-disk-full", "outdated-schema"])
def test_not_ready_says_why(site: Site, code: str) -> None:
    observation = site.app.extensions[EXTENSION].observation
    if code == "draining":
        observation.lifecycle.begin_to_drain()
    elif code == "outdated-schema":
        with site.database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    else:
        observation.vitals.failed("disk-full")
    answer = site.app.test_client().get("/readyz")
    assert (answer.status_code, body_of(answer)["code"]) == (503, code)
    assert site.app.test_client().get("/healthz").status_code == 200


def test_readiness_tells_strangers_nothing_of_the_machine(site: Site) -> None:
    answer = site.app.test_client().get("/readyz").get_data(as_text=True)
    assert "/" not in answer.replace("application/", "")


def test_every_answer_has_a_request_id(site: Site) -> None:
    client = site.app.test_client()
    own = [client.get("/healthz").headers["X-Request-ID"] for _ in range(2)]
    assert own[0] != own[1]
    taken = client.get("/api/v1/session", headers={"X-Request-ID": "proxy-7.1_a"})
    assert taken.headers["X-Request-ID"] == "proxy-7.1_a"
    for bad in ("x" * 65, "a b", 'a"b', ""):
        answer = client.get("/healthz", headers={"X-Request-ID": bad})
        assert answer.headers["X-Request-ID"] != bad


def test_requests_are_logged_with_their_id_and_person(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    token = site.token()
    with caplog.at_level("INFO", logger="server.api.access"):
        site.call("GET", "/session", token=token)
        site.app.test_client().get("/healthz")
    (record,) = [record for record in caplog.records if record.name == "server.api.access"]
    assert vars(record)["path"] == "/api/v1/session"
    assert vars(record)["status"] == 200
    assert len(vars(record)["person"]) == 32
    assert token not in caplog.text
    assert small_site.PIN not in caplog.text
