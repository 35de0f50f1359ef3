"""Bring a database to the present schema; the scripts lie in ``server/db/migrations``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from server.db.connections import normal_url, reader_engine, writer_engine
from server.db.engine import WRITER_LOCK_KEY
from server.errors import Unavailable

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str, *, revision: str = "head") -> None:
    """Create the database file where it is missing and apply what is new, in one transaction.

    Two processes may do this at once: the second waits and finds nothing to do.

    Raises
    ------
    Unavailable
        The database cannot be opened, or its schema is newer than this program or ``revision``.
    """
    parsed = normal_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        folder = Path(parsed.database).resolve().parent
        if not folder.is_dir():
            raise Unavailable(f"folder {folder} does not exist", code="no-folder")
    with _connection(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK_KEY})"))
        _refuse_going_back(MigrationContext.configure(connection).get_current_revision(), revision)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(url: str) -> str | None:
    """The revision of the database, None where it has no tables of ours or does not exist."""
    parsed = normal_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    if file and not Path(file).exists():
        return None
    with _connection(url, reader_engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision this program knows."""
    revision = _scripts().get_current_head()
    assert revision is not None
    return revision


def is_known(revision: str) -> bool:
    """Tell whether this program can read, or upgrade, a database of that revision."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def _refuse_going_back(present: str | None, wanted: str) -> None:
    """Say that data of a newer schema is never squeezed into an older one."""
    scripts = _scripts()
    known = [script.revision for script in scripts.walk_revisions()]  # newest first
    if present is None:
        return
    if present not in known:
        raise Unavailable(
            f'the database has revision "{present}", which this program does not know; '
            "it was used with a newer version: install that one again, "
            "or restore the backup made before the upgrade",
            code="newer-database",
        )
    target = scripts.get_revision(wanted)
    if target is not None and known.index(target.revision) > known.index(present):
        raise Unavailable(
            f"the database schema is {present}, which is newer than {target.revision}; going back "
            "would lose what only the newer one can hold: restore the backup made before the "
            "upgrade, and the handhelds send again what it lacks",
            code="newer-database",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def _connection(
    url: str, engine_for: Callable[[URL], Engine] = writer_engine
) -> Iterator[Connection]:
    engine = engine_for(normal_url(url))
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise Unavailable(f"cannot open the database: {error.orig}", code="unavailable") from error
    finally:
        engine.dispose()
