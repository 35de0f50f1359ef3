"""The tiny warehouse of the services' tests."""

from __future__ import annotations

from tests.server.conftest import cheap_pins, shared_sqlite, small, sqlite, sqlite_template

__all__ = ["cheap_pins", "shared_sqlite", "small", "sqlite", "sqlite_template"]
