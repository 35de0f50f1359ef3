"""The fixtures of the server's tests, for tests that attack it."""

from __future__ import annotations

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
from tests.server.realtime.conftest import floor, server

__all__ = [
    "cheap_pins",
    "database",
    "filled",
    "floor",
    "lead",
    "postgres_server",
    "postgres_template",
    "server",
    "shared_postgres",
    "shared_sqlite",
    "site",
    "sqlite",
    "sqlite_template",
]
