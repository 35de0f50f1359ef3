"""``/metrics`` is for the installation's own scraper only."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from server.app import create_app
from server.config import from_environment
from server.db.engine import Database
from tests.server import small_site
from tests.server.api.conftest import Site, body_of
from tests.server.observability.test_meters import values

TOKEN = "scraper-" + "0123456789abcdef" * 2


@pytest.fixture
def scraped(site: Site, tmp_path: Path) -> Site:
    """The small warehouse with metrics switched on."""
    shutil.copy(tmp_path / "site.db", tmp_path / "scraped.db")
    url = f"sqlite:///{tmp_path / 'scraped.db'}"
    settings = from_environment({"WAVEPICK_DATABASE_URL": url, "WAVEPICK_METRICS_TOKEN": TOKEN})
    database = Database(url)
    app = create_app(settings, database, enqueue=lambda _lane: None, publish=False)
    return replace(site, app=app, database=database)


def scrape(site: Site) -> dict[tuple[str, ...], float]:
    """Samples of one scrape."""
    answer = site.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return values(answer.get_data())


def test_without_a_token_there_is_no_such_page(site: Site) -> None:
    answer = site.app.test_client().get("/metrics")
    assert (answer.status_code, body_of(answer)["code"]) == (404, "no-metrics")


def test_only_the_own_token_opens_it(scraped: Site) -> None:
    client = scraped.app.test_client()
    lead = scraped.token(small_site.ADMIN)
    for header in (None, "Bearer x", f"Bearer {lead}", f"Basic {TOKEN}", "Bearer ", "Bearer é"):
        answer = client.get("/metrics", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert "wavepick_" not in answer.get_data(as_text=True)


def test_what_happened_is_measured(scraped: Site) -> None:
    token = scraped.token(small_site.PICKER, "handheld")
    wrong = {"badge": small_site.PICKER, "pin": "000000", "client": "handheld"}
    assert scraped.call("POST", "/session", wrong, token=None).status_code == 401
    op = {"seq": 1, "kind": "pick", "list": "0" * 32, "lease": 1, "by": "0" * 32, "dt": 0}
    op |= {"task": "0" * 32, "location": "A", "sku": "S", "qty": 1, "code": "S", "tote": "T"}
    answer = scraped.call("POST", "/pick/ops", {"stream": "0" * 32, "ops": [op]}, token=token)
    assert body_of(answer)["verdicts"] == [[1, "parked", "unknown-list"]]
    found = scrape(scraped)
    assert found["wavepick_sign_ins_total", "ok"] == 1
    assert found["wavepick_sign_ins_total", "refused"] == 1
    assert found["wavepick_op_verdicts_total", "unknown-list", "parked"] == 1
    assert found["wavepick_exceptions_open", "parked"] == 1
    assert found["wavepick_http_requests_total", "pick.ops", "POST", "200"] == 1
    assert found["wavepick_commit_seconds_count",] >= 2
    assert found["wavepick_connections", "/handheld"] == 0
    assert found["wavepick_database_up",] == 1
