"""The tiny warehouse on each database engine."""

from __future__ import annotations

import pytest

from server.db.engine import Database
from tests.server.services.site import Site

STOCK = {("A-1", "S1"): 10, ("A-2", "S2"): 10, ("A-3", "S3"): 5, ("A-4", "S1"): 5}


@pytest.fixture
def site(database: Database) -> Site:
    """The warehouse with S1 in A-1 (10) and A-4 (5), S2 in A-2 (10), S3 in A-3 (5)."""
    built = Site(database)
    built.build(STOCK)
    return built


@pytest.fixture
def small(sqlite: Database) -> Site:
    """The same on SQLite only, for rules that do not depend on the engine."""
    built = Site(sqlite)
    built.build(STOCK)
    return built
