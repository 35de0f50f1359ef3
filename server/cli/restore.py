"""``wavepick restore``: an older copy becomes the database, and handhelds send what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from server.cli.options import database_options
from server.config import Settings, from_environment
from server.errors import BadInput, Unavailable
from server.store_urls import sqlite_file


@click.command()
@database_options
@click.option(
    "--from",
    "source",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Backup made by wavepick backup.",
)
@click.option(
    "--begin-generation",
    is_flag=True,
    help="The database was put back by other means (pg_restore): only begin its new life.",
)
@click.option(
    "--people-from-backup",
    is_flag=True,
    help="People, devices and sessions as in the backup; else as in the replaced database.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def restore(
    database: str | None,
    data: Path | None,
    source: Path | None,
    begin_generation: bool,
    people_from_backup: bool,
    as_json: bool,
) -> None:
    """Put a backup in the place of the database. Stop the server and its workers first.

    The backup is checked and, where it is older than this program, upgraded before anything is
    touched. The replaced database is kept beside the new one. The restored database begins a new
    generation: handhelds notice it and send again every operation that the backup does not have.

    People, devices and sessions are taken over from the replaced database where it can be read, so
    that what was revoked stays revoked, and nobody has to sign in or be enrolled again.
    """
    if (source is None) != begin_generation:
        raise click.UsageError("say either --from FILE or --begin-generation")
    settings = from_environment(data=data, database_url=database)
    result = (
        _begin(settings)
        if source is None
        else _restore(settings, source, keep_people=not people_from_backup)
    )
    if as_json:
        click.echo(json.dumps(result))
        return
    if result["replaced"]:
        click.echo(f"the replaced database is kept: {result['replaced']}")
    if source is not None:
        click.echo(f"restored {source}: schema {result['schema']}")
        click.echo(f"people, devices and sessions: {result['people']}")
    click.echo(f"generation {result['generation']} begins; start the server and its workers")


def _restore(settings: Settings, source: Path, *, keep_people: bool) -> dict[str, str | None]:
    # Imported late: --help needs no database.
    from server.db import migrate
    from server.db.backup import as_one_file, scratch_copy, verified
    from server.db.occupation import alone_with
    from server.db.restore import put_in_place
    from server.services.clock import system_clock

    file = sqlite_file(settings.database_url)
    if file is None:
        raise BadInput(
            "this command replaces SQLite databases; for PostgreSQL use pg_restore, then "
            "wavepick restore --begin-generation (docs/operation.md)",
            code="not-sqlite",
        )
    if file.exists() and source.exists() and file.samefile(source):
        raise BadInput("this is the database itself", code="same-file", pointer=str(source))
    found = verified(source)
    with alone_with(file), scratch_copy(source, beside=file) as copy:
        url = f"sqlite:///{copy}"
        migrate.upgrade(url)
        people = _take_people_over(file, url) if keep_people else "as in the backup"
        generation = _new_generation(url, f"restored a backup of generation {found.generation}")
        as_one_file(copy)
        replaced = put_in_place(copy, file, at=system_clock())
    return {
        "generation": generation,
        "schema": migrate.head(),
        "replaced": str(replaced) if replaced is not None else None,
        "people": people,
    }


def _take_people_over(file: Path, url: str) -> str:
    """Carry people, devices and sessions over; a database that cannot be read keeps its own."""
    from server.db.backup import is_sqlite
    from server.installation import open_at
    from server.services import entrance
    from server.services.clock import system_clock

    if not file.exists():
        return "as in the backup: there was no database"
    if not is_sqlite(file):
        return "as in the backup: the replaced file is no database any more"
    try:
        before, restored = open_at(f"sqlite:///{file}"), open_at(url)
    except Unavailable as error:
        return f"as in the backup: {error.message}"
    try:
        with before.read() as replaced:
            carried = restored.run(
                lambda session: entrance.take_over(session, system_clock, replaced=replaced)
            )
    except Unavailable as error:
        return f"as in the backup: {error.message}"
    except IntegrityError:
        return "as in the backup: the replaced database was of another site"
    finally:
        before.close()
        restored.close()
    return f"as in the replaced database ({carried} rows)"


def _begin(settings: Settings) -> dict[str, str | None]:
    from server.db import migrate
    from server.db.occupation import alone_with

    file = sqlite_file(settings.database_url)
    url = settings.database_url
    why = "told to begin a new generation"
    if file is None:
        generation = _new_generation(url, why)
    else:
        with alone_with(file):
            generation = _new_generation(url, why)
    return {"generation": generation, "schema": migrate.head(), "replaced": None, "people": None}


def _new_generation(url: str, why: str) -> str:
    from server.installation import open_at
    from server.services import generations
    from server.services.clock import system_clock

    opened = open_at(url)
    try:
        return opened.run(lambda session: generations.begin(session, system_clock, why=why))
    finally:
        opened.close()
