"""The tiny warehouse of the services' tests."""

from __future__ import annotations

from tests.server.conftest import cheap_pins, shared_sqlite, sqlite, sqlite_template
from tests.server.services.conftest import small

__all__ = ["cheap_pins", "shared_sqlite", "small", "sqlite", "sqlite_template"]
