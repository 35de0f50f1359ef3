"""The short version of ``make fuzz``: nothing that is sent breaks a server (S5, S18, G19, G20)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.fuzz import attack_frames, faults
from tests.security.requests import attack_routes
from tests.server import processes, small_site

FRAMES = 3_000
CASES = 600
GROWN_KB = 20 * 1024
"""How much the server may grow: what it keeps per stream and per statement, not per frame."""


@pytest.mark.process
@pytest.mark.parametrize("mode", ["gevent", "threading"])
def test_no_frame_breaks_the_server(mode: str, tmp_path: Path) -> None:
    site = small_site.fill(small_site.sqlite_url(tmp_path))
    settings = {"WAVEPICK_DATABASE_URL": site.url, "WAVEPICK_ASYNC_MODE": mode}
    with processes.web_server(settings, tmp_path) as server:
        found = attack_frames(server, frames=FRAMES, seed=7)
        assert server.terminate() == 0
    assert faults(server.output) == []
    assert found.sent == FRAMES
    assert found.answered > 0
    assert found.grown_kb < GROWN_KB


def test_no_request_breaks_a_route(tmp_path: Path) -> None:
    found = attack_routes(tmp_path, cases=CASES, seed=7)
    assert found.wrong == []
    assert found.sent > CASES / 4
    assert not any(status >= 500 for status in found.statuses)
