"""Databases with a launched wave, and the server's fixtures for databases of each engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server.db.engine import Database
from server.services import waves
from server.services.clock import system_clock
from tests.fleet.site import Site, Work, fill
from tests.server.conftest import cheap_pins as cheap_pins
from tests.server.conftest import postgres_server as postgres_server
from tests.server.conftest import postgres_template as postgres_template
from tests.server.conftest import postgres_url as postgres_url
from tests.server.conftest import sqlite_template as sqlite_template
from tests.server.conftest import sqlite_url as sqlite_url

WORK = Work(waves=2, lists_per_wave=6, lines_per_order=3, units_per_line=10)
PICKERS = 6


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """A site on a database of its own: SQLite, or what the test's ``engine`` parameter says."""
    engine = "sqlite"
    if "engine" in request.fixturenames:
        engine = request.getfixturevalue("engine")
    return launched(request.getfixturevalue(f"{engine}_url"))


def launched(url: str, *, work: Work = WORK) -> Site:
    """A site whose first wave is on the floor; the second is planned."""
    site = fill(url, pickers=PICKERS, work=work)
    database = Database(url)
    with database.write() as session:
        wave = site.waves[0]
        waves.launch(session, system_clock, wave_id=wave.wave_id, plan_id=wave.plan_id, key="k")
    database.close()
    return site


def copied(file: Path, folder: Path) -> Path:
    """A SQLite file in another folder."""
    return Path(shutil.copy(file, folder / file.name))
