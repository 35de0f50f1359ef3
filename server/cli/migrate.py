"""``wavepick migrate``: create or upgrade the database schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import database_options
from server.config import from_environment, sqlite_file
from server.errors import Unavailable


@click.command()
@database_options
@click.option("--check", is_flag=True, help="Change nothing; exit 3 when an upgrade is due.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def migrate(
    ctx: click.Context, database: str | None, data: Path | None, check: bool, as_json: bool
) -> None:
    """Create the database or bring its schema up to date. Safe to repeat."""
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
    if before != head and not check:
        schema.upgrade(settings.database_url)
    after = schema.current(settings.database_url) if not check else before
    if as_json:
        click.echo(json.dumps({"before": before, "after": after, "head": head}))
    elif after != head:
        click.echo(f"schema {after or 'missing'}, needs {head}: run wavepick migrate")
    elif before == head:
        click.echo(f"schema {head}: up to date")
    else:
        click.echo(f"schema {before or 'new'} -> {after}")
    if after != head:
        ctx.exit(3)
