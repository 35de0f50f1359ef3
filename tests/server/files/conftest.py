"""A migrated SQLite database, a fixed clock, and short ways to write files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.db import migrate
from server.db.engine import Database
from server.services import layouts
from server.services.clock import Clock

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the present schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database of this test's own."""
    path = tmp_path / "wavepick.db"
    path.write_bytes(migrated_file.read_bytes())
    found = Database(f"sqlite:///{path}")
    yield found
    found.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return lambda: NOW


@pytest.fixture
def with_layout(database: Database, clock: Clock) -> Callable[[int], list[str]]:
    """Give the database one aisle of so many locations ``L-1`` …; returns their codes."""

    def save(count: int) -> list[str]:
        codes = [f"L-{number}" for number in range(1, count + 1)]
        document = {
            "format": "wavepick-layout/1",
            "name": "aisle",
            "nodes": [
                {"id": "n1", "x_mm": 0, "y_mm": 0},
                {"id": "n2", "x_mm": 0, "y_mm": 1000 * (count + 1)},
            ],
            "edges": [{"from": "n1", "to": "n2"}],
            "locations": [
                {"id": code, "edge": ["n1", "n2"], "offset_mm": 1000 * number}
                for number, code in enumerate(codes, start=1)
            ],
            "stations": [
                {"id": "start-1", "node": "n1", "kind": "start"},
                {"id": "pack-1", "node": "n1", "kind": "pack"},
            ],
        }
        with database.write() as session:
            layouts.save(session, clock, document=document)
        return codes

    return save
