"""Pages and the headers of every answer."""

from __future__ import annotations

from pathlib import Path

import pytest

import handheld_ui
from tests.server.api.conftest import Lead, Site, body_of


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of built pages."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "pick.html").write_text("<!doctype html>pick")
    (folder / "lead.html").write_text("<!doctype html>lead")
    (folder / "sw.js").write_text("self.x = 1")
    (folder / "assets" / "a-1b2c.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(handheld_ui, "dist", lambda: folder)
    return folder


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("/pick", "text/html", "no-cache"),
        ("/lead", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/assets/a-1b2c.js", "text/javascript", "public, max-age=31536000, immutable"),
        ("/", "text/html", "no-cache"),
    ],
)
def test_pages_are_served_with_policy(
    site: Site, built: Path, path: str, kind: str, caching: str
) -> None:
    answer = site.app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert answer.headers["Cache-Control"] == caching
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/.hidden"]
)
def test_files_outside_the_build_are_not_served(site: Site, built: Path, path: str) -> None:
    (built / ".hidden").write_text("secret")
    answer = site.app.test_client().get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.get_data(as_text=True).replace("secret.txt", "")


def test_a_strange_host_does_not_reach_the_policy(site: Site, built: Path) -> None:
    answer = site.app.test_client().get("/pick", headers={"Host": "a;script-src *"})
    assert "script-src *" not in answer.headers.get("Content-Security-Policy", "")


def test_missing_pages_say_how_to_build_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise handheld_ui.PagesMissing("run `python hatch_build.py` once")

    monkeypatch.setattr(handheld_ui, "dist", missing)
    answer = site.app.test_client().get("/pick")
    assert answer.status_code == 503
    assert "hatch_build.py" in body_of(answer)["detail"]


def test_api_answers_are_not_cached(lead: Lead) -> None:
    assert lead.get("/board").headers["Cache-Control"] == "no-store"


def test_health_and_readiness(site: Site) -> None:
    client = site.app.test_client()
    assert body_of(client.get("/health")) == {"status": "ok"}
    assert body_of(client.get("/ready"))["workers"] == {"alive": 0, "lanes": []}
