"""``wavepick carts``: kinds of carts and the totes that stand on them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import database_options, opened

_WHOLE = click.IntRange(min=1)


@click.group()
def carts() -> None:
    """Tell what is picked with: kinds of carts, and totes by their barcodes.

    \b
    Examples:
      wavepick carts add --code cart-8 --slots 8 --tote-kg 15 --tote-litres 40
      wavepick carts totes --count 200
    """


@carts.command("add")
@click.option("--code", required=True, help="Short code, e.g. cart-8.")
@click.option("--name", help="Name as shown on screens; else the code.")
@click.option("--slots", type=_WHOLE, required=True, help="Totes on the cart.")
@click.option("--tote-kg", type=_WHOLE, required=True, help="Most weight in a tote.")
@click.option("--tote-litres", type=_WHOLE, required=True, help="Most volume in a tote.")
@click.option("--max-kg", type=_WHOLE, help="Most weight on the cart; else all totes full.")
@click.option("--max-lines", type=_WHOLE, default=300, show_default=True, help="Most picks a list.")
@database_options
def add(
    code: str,
    name: str | None,
    slots: int,
    tote_kg: int,
    tote_litres: int,
    max_kg: int | None,
    max_lines: int,
    database: str | None,
    data: Path | None,
) -> None:
    """Add a kind of cart, or change the one with this code."""
    from server.services import catalogue

    with opened(database, data) as base, base.write() as session:
        catalogue.put_cart_type(
            session,
            code=code,
            name=name or code,
            slots=slots,
            tote_weight_g=tote_kg * 1_000,
            tote_volume_ml=tote_litres * 1_000,
            max_weight_g=(max_kg or slots * tote_kg) * 1_000,
            max_lines=max_lines,
        )
    click.echo(f"{code}: {slots} totes of {tote_kg} kg and {tote_litres} l")


@carts.command("totes")
@click.option("--count", type=click.IntRange(1, 100_000), required=True, help="How many.")
@click.option("--first", type=_WHOLE, default=1, show_default=True, help="First number.")
@database_options
def totes(count: int, first: int, database: str | None, data: Path | None) -> None:
    """Add totes T-0001, T-0002, …; those that exist stay as they are."""
    from server.services import catalogue

    codes = [f"T-{number:04d}" for number in range(first, first + count)]
    with opened(database, data) as base, base.write() as session:
        new = catalogue.put_totes(session, codes)
    click.echo(f"{new} new totes of {codes[0]} to {codes[-1]}")


@carts.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@database_options
def list_(as_json: bool, database: str | None, data: Path | None) -> None:
    """Show the kinds of carts and how many totes there are."""
    from sqlalchemy import func, select

    from server.models import Tote
    from server.services import catalogue

    with opened(database, data) as base, base.read() as session:
        kinds = [
            {"code": kind.code, "name": kind.name, "slots": kind.slots}
            for kind in catalogue.cart_types(session)
        ]
        n_totes = session.scalar(select(func.count()).select_from(Tote)) or 0
    if as_json:
        click.echo(json.dumps({"carts": kinds, "totes": n_totes}))
        return
    for kind in kinds:
        click.echo(f"{kind['code']}  {kind['name']}  {kind['slots']} totes")
    click.echo(f"{n_totes} totes")
