"""A small warehouse with a wave whose plan was asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.config import Settings, from_environment
from server.db.engine import Database
from server.models import PlanningRun, Wave
from server.services import waves
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.small_site import SmallSite


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SmallSite]:
    """The database file that tests copy."""
    folder = tmp_path_factory.mktemp("filled")
    return folder / "site.db", small_site.fill(small_site.sqlite_url(folder))


@dataclass(frozen=True, slots=True)
class Bench:
    """One database with a planned-for wave."""

    settings: Settings
    database: Database
    orders: tuple[str, ...]
    wave_id: str

    def ask(self, *, seconds: float = 1.0, methods: list[str] | None = None) -> str:
        """Ask for a plan and return the run."""
        with self.database.write() as session:
            run = waves.request_plan(
                session,
                system_clock,
                wave_id=self.wave_id,
                seconds=seconds,
                seed=1,
                methods=methods,
            )
            return run.id

    def run(self, run_id: str) -> PlanningRun:
        """Return a run's row as it is now."""
        with self.database.read() as session:
            return session.get_one(PlanningRun, run_id)

    def wave(self) -> Wave:
        """Return the wave's row as it is now."""
        with self.database.read() as session:
            return session.get_one(Wave, self.wave_id)


@pytest.fixture
def bench(filled: tuple[Path, SmallSite], tmp_path: Path) -> Iterator[Bench]:
    """A fresh copy of the small warehouse with a wave of all its orders."""
    file, known = filled
    shutil.copy(file, tmp_path / "site.db")
    settings = from_environment({"WAVEPICK_DATABASE_URL": small_site.sqlite_url(tmp_path)})
    database = Database(settings.database_url)
    with database.write() as session:
        wave = waves.create(
            session,
            system_clock,
            name="Morning",
            order_ids=list(known.orders),
            cart_type=small_site.CART,
        )
    yield Bench(settings, database, known.orders, wave.id)
    database.close()
