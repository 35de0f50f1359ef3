"""``wavepick import``: files into the database, repeatable, with a dry run."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import database_options, opened, read_file
from server.files.report import ImportReport

_FILE = click.argument("file", type=click.Path(path_type=Path))
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Report everything, change nothing.")
_STRICT = click.option("--strict", is_flag=True, help="Change nothing when a line is rejected.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
_REJECTS = click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rejected lines there: the input and a column with the reason.",
)
_ENCODING = click.option("--encoding", help="Encoding of the file; found from its bytes if absent.")
_SEED = click.option(
    "--seed", default=1, show_default=True, help="Decides made-up sizes and weights of new items."
)


@click.group("import")
def import_() -> None:
    """Take files in: orders, items, stock, people, a layout.

    Tables are read by column name in any order, as UTF-8, UTF-16 or Windows-1252, separated by
    comma, semicolon or tab. Every rejected line is reported with line, column, value and reason.
    The same file again changes nothing. docs/import.md states all rules.
    """


@import_.command("orders")
@_FILE
@click.option(
    "--mapping",
    default="wavepick",
    show_default=True,
    help="How the file is read: wavepick, online-retail, or a mapping file of yours (.json).",
)
@click.option(
    "--create-items/--known-items",
    default=None,
    help="Make items for skus that are not known yet, or reject their lines; else as the mapping "
    "says (online-retail makes them, wavepick rejects).",
)
@_SEED
@_DRY_RUN
@_STRICT
@_REJECTS
@_ENCODING
@_JSON
@database_options
def import_orders(
    file: Path,
    mapping: str,
    create_items: bool | None,
    seed: int,
    dry_run: bool,
    strict: bool,
    rejects: Path | None,
    encoding: str | None,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Import orders. An order with rejected lines is taken in without them, unless --strict."""
    from server.files.mapping import load_mapping
    from server.files.orders_import import OrderImport
    from server.files.orders_import import import_orders as run
    from server.services.clock import system_clock

    rules = load_mapping(mapping)
    request = OrderImport(
        data=read_file(file),
        source=file.name,
        mapping=rules,
        create_items=rules.create_items if create_items is None else create_items,
        seed=seed,
        strict=strict,
        encoding=encoding,
    )
    with opened(database, data) as base:
        report = run(base, system_clock, request, dry_run=dry_run)
    _show(report, as_json=as_json, rejects=rejects)


@import_.command("items")
@_FILE
@_SEED
@_DRY_RUN
@_STRICT
@_REJECTS
@_ENCODING
@_JSON
@database_options
def import_items(
    file: Path,
    seed: int,
    dry_run: bool,
    strict: bool,
    rejects: Path | None,
    encoding: str | None,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Import the catalogue: sku, name, barcodes, weight_g or kg, volume_ml or l_mm w_mm h_mm."""
    from server.files.items_csv import import_items as run

    content = read_file(file)
    with opened(database, data) as base:
        report = run(
            base,
            content,
            source=file.name,
            seed=seed,
            dry_run=dry_run,
            strict=strict,
            encoding=encoding,
        )
    _show(report, as_json=as_json, rejects=rejects)


@import_.command("stock")
@_FILE
@_DRY_RUN
@_STRICT
@_REJECTS
@_ENCODING
@_JSON
@database_options
def import_stock(
    file: Path,
    dry_run: bool,
    strict: bool,
    rejects: Path | None,
    encoding: str | None,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Import stock as counted: location, sku, qty. What the file does not name stays."""
    from server.files.stock_csv import import_stock as run
    from server.services.clock import system_clock

    content = read_file(file)
    with opened(database, data) as base:
        report = run(
            base,
            system_clock,
            content,
            source=file.name,
            dry_run=dry_run,
            strict=strict,
            encoding=encoding,
        )
    _show(report, as_json=as_json, rejects=rejects)


@import_.command("people")
@_FILE
@_DRY_RUN
@_STRICT
@_ENCODING
@_JSON
@database_options
def import_people(
    file: Path,
    dry_run: bool,
    strict: bool,
    encoding: str | None,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Import people: badge, name, language, role, pin. PINs that are missing are made and shown."""
    from server.files.people_csv import import_people as run
    from server.services.clock import system_clock

    content = read_file(file)
    with opened(database, data) as base:
        result = run(
            base,
            system_clock,
            content,
            source=file.name,
            dry_run=dry_run,
            strict=strict,
            encoding=encoding,
        )
    if as_json:
        click.echo(json.dumps({**result.report.as_json(), "pins": result.pins}))
        return
    _show(result.report, as_json=False, rejects=None)
    for badge, pin in result.pins.items():
        click.echo(f"badge {badge}: PIN {pin}")
    if result.pins:
        click.echo("The PINs are not shown again.")


@import_.command("layout")
@_FILE
@click.option("--no-activate", is_flag=True, help="Store it, but plan on the present layout.")
@_DRY_RUN
@_JSON
@database_options
def import_layout(
    file: Path,
    no_activate: bool,
    dry_run: bool,
    as_json: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Import a layout (wavepick-layout/1) after checking it; the same again is no new version."""
    from server.cli.layout_file import checked_layout
    from server.files.report import transaction
    from server.services import layouts
    from server.services.clock import system_clock

    document = checked_layout(file)
    with opened(database, data) as base, transaction(base, dry_run=dry_run) as session:
        known = {version.id for version in layouts.versions(session)}
        layout = layouts.save(session, system_clock, document=document, activate=not no_activate)
        outcome = "unchanged" if layout.id in known else "new"
        facts = {"name": layout.name, "version": layout.version, "active": layout.active}
    if as_json:
        click.echo(json.dumps({**facts, "outcome": outcome, "dry_run": dry_run}))
        return
    state = "active" if facts["active"] else "not active"
    click.echo(f'layout "{facts["name"]}" version {facts["version"]}: {outcome}, {state}')
    if dry_run:
        click.echo("dry run: nothing was changed")


def _show(report: ImportReport, *, as_json: bool, rejects: Path | None) -> None:
    if rejects is not None:
        with rejects.open("w", encoding="utf-8", newline="") as stream:
            report.write_rejects(stream)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for line in report.as_text():
        click.echo(line)
