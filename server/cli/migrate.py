"""``wavepick migrate``: create or upgrade the database schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import database_options
from server.config import from_environment
from server.errors import Unavailable
from server.store_urls import sqlite_file


@click.command()
@database_options
@click.option("--check", is_flag=True, help="Change nothing; exit 3 when an upgrade is due.")
@click.option("--no-backup", is_flag=True, help="Upgrade an SQLite database without a copy of it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def migrate(
    ctx: click.Context,
    database: str | None,
    data: Path | None,
    check: bool,
    no_backup: bool,
    as_json: bool,
) -> None:
    """Create the database or bring its schema up to date. Safe to repeat.

    An SQLite database is copied before it is upgraded, since there is no way back but its copy.
    For PostgreSQL use pg_dump first (docs/operation.md).
    """
    # Imported late: the migration library is not needed by other commands.
    from server.db import migrate as schema

    settings = from_environment(data=data, database_url=database)
    file = sqlite_file(settings.database_url)
    if file is not None and not check:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"folder {file.parent} cannot be made: {error.strerror}", code="no-folder"
            ) from None
    before, head = schema.current(settings.database_url), schema.head()
    kept = None
    if before != head and not check:
        if before is not None and file is not None and not no_backup and schema.is_known(before):
            kept = _kept(file, before)
        schema.upgrade(settings.database_url)
    after = schema.current(settings.database_url) if not check else before
    if as_json:
        copy = str(kept) if kept is not None else None
        click.echo(json.dumps({"before": before, "after": after, "head": head, "backup": copy}))
    elif after != head:
        click.echo(f"schema {after or 'missing'}, needs {head}: run wavepick migrate")
    elif before == head:
        click.echo(f"schema {head}: up to date")
    else:
        click.echo(f"schema {before or 'new'} -> {after}")
        if kept is not None:
            click.echo(f"the database of schema {before} is kept: {kept}")
    if after != head:
        ctx.exit(3)


def _kept(file: Path, revision: str) -> Path:
    """Copy a database before it is upgraded; an earlier try's copy is replaced."""
    from server.db.backup import back_up

    return back_up(file, file.with_name(f"{file.name}.schema-{revision}"), overwrite=True).file
