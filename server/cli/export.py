"""``wavepick export``: tables out of the database, as CSV or JSON."""

from __future__ import annotations

import io
import json
from pathlib import Path

import click

from server.cli.options import database_options, opened
from server.errors import BadInput

KINDS = ("stock", "orders", "picks", "shorts", "report")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--wave", type=click.IntRange(1), help="Number of the wave; report needs one.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File; else printed.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON: one object per row.")
@database_options
def export(
    kind: str,
    wave: int | None,
    out: Path | None,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Write a table: stock by location, order lines, picks, shorts, or the report of a wave.

    CSV is UTF-8; cells that a spreadsheet would run as a formula are written as text.
    """
    from server.files.csv_out import write_csv
    from server.files.exports import EXPORTS

    stream = io.StringIO(newline="")
    with opened(database, data) as base, base.read() as session:
        table = EXPORTS[kind](session, wave=wave)
        if as_json:
            rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
            stream.write(json.dumps({kind: rows}, ensure_ascii=False))
        else:
            write_csv(stream, table.header, table.rows)
    if out is None:
        click.echo(stream.getvalue(), nl=as_json)
        return
    try:
        out.write_text(stream.getvalue(), "utf-8", newline="")
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", pointer=str(out)) from error
