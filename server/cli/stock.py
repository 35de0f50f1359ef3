"""``wavepick stock``: opening stock for a layout."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from server.cli.options import database_options, opened, read_file
from server.errors import BadInput
from server.files.spread import Spread, SpreadRules


@click.group()
def stock() -> None:
    """Make stock for a layout."""


@stock.command()
@click.option("--orders", type=click.Path(path_type=Path), help="Order file that says the demand.")
@click.option("--mapping", default="wavepick", show_default=True, help="How that file is read.")
@click.option("--layout", type=click.Path(path_type=Path), help="Layout file to fill.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write stock.csv here."
)
@click.option(
    "--items-out", type=click.Path(dir_okay=False, path_type=Path), help="Write items.csv here."
)
@click.option(
    "--cuts", default="80,95", show_default=True, help="Ends of class A and B in % of lines."
)
@click.option("--locations", default="2,1,1", show_default=True, help="Per item of class A, B, C.")
@click.option(
    "--factor",
    default=1.25,
    show_default=True,
    help="Stock as a multiple of the demand; below 1 makes shortages on purpose.",
)
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--into-database", is_flag=True, help="Book it as opening stock of the database.")
@database_options
def spread(
    orders: Path | None,
    mapping: str,
    layout: Path | None,
    out: Path | None,
    items_out: Path | None,
    cuts: str,
    locations: str,
    factor: float,
    seed: int,
    as_json: bool,
    into_database: bool,
    database: str | None,
    data: Path | None,
) -> None:
    """Spread items over a layout by ABC class: what is asked for most lies nearest to the start.

    Either from files to files (--orders, --layout, --out), or with --into-database for the orders
    and the active layout of the database, which must not hold stock yet.
    """
    rules = SpreadRules(
        cut_a=_numbers(cuts, 2)[0] / 100,
        cut_b=_numbers(cuts, 2)[1] / 100,
        locations=_three(locations),
        factor=factor,
    )
    if into_database:
        if orders or layout or out or items_out:
            raise click.UsageError("--into-database takes its orders and layout from the database")
        result = _into_database(database, data, rules, seed)
    else:
        if orders is None or layout is None or out is None:
            raise click.UsageError("--orders, --layout and --out are needed (or --into-database)")
        result = _between_files(orders, mapping, layout, out, items_out, rules, seed)
    _show(result, as_json)


def _into_database(
    database: str | None, data: Path | None, rules: SpreadRules, seed: int
) -> Spread:
    from server.cli.layout_file import walking_distances_mm
    from server.files.stock_spread import SpreadRequest, spread_into
    from server.services import layouts
    from server.services.clock import system_clock

    with opened(database, data) as base:
        with base.read() as session:
            active = layouts.active(session)
            name, document = active.name, active.document
        distances = walking_distances_mm(document, source=name)
        with base.write() as session:
            return spread_into(session, system_clock, SpreadRequest(distances, rules, seed))


def _between_files(
    orders: Path,
    mapping: str,
    layout: Path,
    out: Path,
    items_out: Path | None,
    rules: SpreadRules,
    seed: int,
) -> Spread:
    from server.cli.layout_file import checked_layout, walking_distances_mm
    from server.files.demand import demand_of_file
    from server.files.mapping import load_mapping
    from server.files.orders_csv import parse_orders
    from server.files.seeded_items import seeded_size
    from server.files.spread import spread_stock
    from server.files.tables import read_table

    wanted = load_mapping(mapping)
    table = read_table(
        read_file(orders), source=orders.name, expected=wanted.expected, encoding=wanted.encoding
    )
    parsed = parse_orders(table, wanted)
    distances = walking_distances_mm(checked_layout(layout), source=layout.name)
    result = spread_stock(demand_of_file(parsed.orders), distances, rules=rules, seed=seed)
    _write(
        out,
        ("location", "sku", "qty"),
        ((line.location, line.sku, line.quantity) for line in result.lines),
    )
    if items_out is not None:
        sizes = {sku: seeded_size(sku, seed=seed) for sku in result.classes}
        _write(
            items_out,
            ("sku", "name", "weight_g", "volume_ml", "abc_class"),
            (
                (sku, parsed.item_names[sku], sizes[sku].weight_g, sizes[sku].volume_ml, abc)
                for sku, abc in result.classes.items()
            ),
        )
    return result


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from server.files.csv_out import write_csv

    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            write_csv(stream, header, rows)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", pointer=str(path)) from error


def _show(result: Spread, as_json: bool) -> None:
    classes = Counter(result.classes.values())
    summary = {
        "items": len(result.classes),
        "locations": len(result.lines),
        "units": sum(line.quantity for line in result.lines),
        "classes": {name: classes[name] for name in "ABC"},
    }
    if as_json:
        click.echo(json.dumps(summary))
        return
    click.echo(
        f"{summary['items']:,} items in {summary['locations']:,} locations, "
        f"{summary['units']:,} units"
    )
    for name in "ABC":
        click.echo(f"  class {name}: {classes[name]:,} items")


def _numbers(text: str, count: int) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise click.UsageError(f'"{text}" must be {count} numbers separated by commas')
    return numbers


def _three(text: str) -> tuple[int, int, int]:
    first, second, third = (int(number) for number in _numbers(text, 3))
    return first, second, third
