"""``wavepick backup``: a verified copy of the database while everybody works."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import database_options
from server.config import from_environment
from server.errors import BadInput
from server.store_urls import sqlite_file


@click.command()
@database_options
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that the backup becomes.",
)
@click.option("--overwrite", is_flag=True, help="Replace an older backup of that name.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def backup(
    database: str | None, data: Path | None, out: Path, overwrite: bool, as_json: bool
) -> None:
    """Copy the SQLite database while the server runs; nobody waits for it.

    The copy holds everything that was acknowledged before the command began. It is checked
    before it gets its name. For PostgreSQL use pg_dump (docs/operation.md).
    """
    # Imported late: --help needs no database.
    from server.db.backup import back_up

    settings = from_environment(data=data, database_url=database)
    file = sqlite_file(settings.database_url)
    if file is None:
        raise BadInput(
            "this command copies SQLite databases; save PostgreSQL with: "
            "pg_dump --format=custom --file FILE DATABASE-URL (docs/operation.md)",
            code="not-sqlite",
        )
    made = back_up(file, out, overwrite=overwrite)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "file": str(made.file),
                    "size_bytes": made.size_bytes,
                    "sha256": made.sha256,
                    "schema": made.schema,
                    "generation": made.generation,
                    "operations": made.operations,
                }
            )
        )
    else:
        click.echo(
            f"{made.file}: {made.size_bytes:,} bytes, schema {made.schema}, "
            f"{made.operations:,} operations, sha256 {made.sha256}"
        )
