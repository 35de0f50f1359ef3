"""The fixtures of the server's tests, for tests that attack it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import processes, small_site
from tests.server.api.conftest import filled, lead, site
from tests.server.conftest import (
    cheap_pins,
    database,
    postgres_server,
    postgres_template,
    shared_postgres,
    shared_sqlite,
    sqlite,
    sqlite_template,
)
from tests.server.realtime.conftest import floor


@pytest.fixture(scope="package", params=["gevent", "threading"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[processes.Server]:
    """``wavepick serve`` on a small warehouse, with the limits that a site has."""
    folder = tmp_path_factory.mktemp(f"limited-{request.param}")
    site = small_site.fill(small_site.sqlite_url(folder))
    settings = {
        "WAVEPICK_DATABASE_URL": site.url,
        "WAVEPICK_ASYNC_MODE": str(request.param),
        "WAVEPICK_MESSAGES_PER_S": "20",
    }
    with processes.web_server(settings, folder) as running:
        yield running
        assert running.terminate() == 0, running.output
        assert "Traceback" not in running.output, running.output


__all__ = [
    "cheap_pins",
    "database",
    "filled",
    "floor",
    "lead",
    "postgres_server",
    "postgres_template",
    "shared_postgres",
    "shared_sqlite",
    "site",
    "sqlite",
    "sqlite_template",
]
