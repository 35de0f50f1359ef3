"""Migrations up from empty, on both engines, and what they must agree with."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

import server.models  # noqa: F401 - registers all tables
from server.db import migrate
from server.db.base import Base
from server.db.engine import Database, normal_url, writer_engine
from server.errors import Unavailable
from server.services import changes


def test_upgrade_from_empty_matches_the_models(database_url: str) -> None:
    engine = writer_engine(normal_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    assert migrate.current(database_url) == migrate.head()


def test_upgrade_twice_changes_nothing(database_url: str) -> None:
    before = Database(database_url)
    with before.read() as session:
        generation = changes.generation(session)
    before.close()
    migrate.upgrade(database_url)
    after = Database(database_url)
    with after.read() as session:
        assert changes.generation(session) == generation
    after.close()


def test_current_of_a_missing_file_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    assert migrate.current(url) is None
    assert not (tmp_path / "none.db").exists()


def test_upgrade_into_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not exist"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")


def test_newer_database_is_refused(database_url: str) -> None:
    engine = writer_engine(normal_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f999'"))
    engine.dispose()
    with pytest.raises(Unavailable, match="newer version"):
        migrate.upgrade(database_url)
