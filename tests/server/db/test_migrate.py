"""Migrations up from empty, on both engines, and what they must agree with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

import server.models  # noqa: F401 - registers all tables
from server.db import migrate
from server.db.base import Base
from server.db.connections import normal_url, writer_engine
from server.db.engine import Database
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


NEXT = """
revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None

from alembic import op


def upgrade() -> None:
    op.execute("CREATE TABLE of_the_next_version (id INTEGER)")
"""


def test_going_back_is_refused_and_changes_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version upgrades; neither it nor this one takes the database back."""
    earlier = migrate.head()
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_next.py").write_text(NEXT.format(head=earlier))
    with monkeypatch.context() as next_version:
        next_version.setattr(migrate, "SCRIPTS", scripts)
        migrate.upgrade(database_url)
        with pytest.raises(Unavailable, match="restore the backup made before the upgrade"):
            migrate.upgrade(database_url, revision=earlier)
        assert migrate.current(database_url) == "9999"
    with pytest.raises(Unavailable, match="newer version: install that one again"):
        migrate.upgrade(database_url)
    assert migrate.current(database_url) == "9999"
