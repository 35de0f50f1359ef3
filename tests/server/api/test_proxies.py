"""Whose word about the address of a client counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import request

from server.app import create_app
from server.config import from_environment
from server.errors import BadInput
from tests.server import small_site
from tests.server.api.conftest import Site


@pytest.mark.parametrize(("proxies", "secure"), [("0", False), ("1", True)])
def test_only_the_own_proxy_is_believed(
    site: Site, tmp_path: Path, proxies: str, secure: bool
) -> None:
    """Without one, anybody could claim any address and so share out their wrong PINs."""
    settings = from_environment(
        {
            "WAVEPICK_DATABASE_URL": small_site.sqlite_url(tmp_path),
            "WAVEPICK_PROXIES": proxies,
        }
    )
    app = create_app(settings, site.database, enqueue=lambda _lane: None, publish=False)
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    answer = app.test_client().get("/healthz", headers=forwarded)
    assert seen == ["198.51.100.7" if secure else "127.0.0.1"]
    assert ("Strict-Transport-Security" in answer.headers) is secure


@pytest.mark.parametrize("value", ["-1", "6", "x"])
def test_an_impossible_number_of_proxies_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="WAVEPICK_PROXIES"):
        from_environment({"WAVEPICK_PROXIES": value})
