"""``wavepick rehearse``: one real wave from an order file to the confirmed pick, in one command."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from server.cli.options import read_file

EXIT_DIFFERS = 5


@click.command()
@click.option("--orders", type=click.Path(path_type=Path), help="Order file; else a made-up one.")
@click.option("--mapping", default="online-retail", show_default=True, help="How it is read.")
@click.option("--seed", default=1, show_default=True)
@click.option("--pickers", default=8, show_default=True, type=click.IntRange(1, 200))
@click.option("--orders-in-wave", default=300, show_default=True, type=click.IntRange(1, 5000))
@click.option(
    "--choose",
    default="fewest-lines",
    show_default=True,
    type=click.Choice(["fewest-lines", "arrival"]),
    help="Which orders go into the wave: those with the fewest lines, or the first ones.",
)
@click.option("--seconds", default=4.0, show_default=True, help="Time limit of the planning run.")
@click.option(
    "--method",
    type=click.Choice(["single", "cluster", "sort-after", "zone", "total"]),
    help="Method to launch; else the recommended one.",
)
@click.option("--database", help="An empty database; else a temporary SQLite file.")
@click.option(
    "--json", "json_out", type=click.Path(dir_okay=False, path_type=Path), help="Write the account."
)
@click.pass_context
def rehearse(
    ctx: click.Context,
    orders: Path | None,
    mapping: str,
    seed: int,
    pickers: int,
    orders_in_wave: int,
    choose: str,
    seconds: float,
    method: str | None,
    database: str | None,
    json_out: Path | None,
) -> None:
    """Rehearse a day: import, layout, stock, plan, launch, pick with mishaps, count again.

    Uses real server and worker processes and simulated pickers. Ends with exit code 5 and the
    differences when the final report is not what the ledger says, or anything else that is
    checked does not hold.
    """
    # Imported late: --help needs neither the database nor the clients.
    from server.cli.processes import interrupt_on_sigterm
    from server.cli.rehearsal import Rehearsal
    from server.cli.rehearsal_account import Plan
    from server.db import migrate
    from server.files.mapping import load_mapping
    from server.files.synthetic import dirty_orders
    from server.store_urls import with_driver

    interrupt_on_sigterm()
    plan = Plan(
        data=dirty_orders(seed=seed) if orders is None else read_file(orders),
        source="made-up.csv" if orders is None else orders.name,
        mapping=load_mapping(mapping),
        n_orders=orders_in_wave,
        fewest_lines=choose == "fewest-lines",
        n_pickers=pickers,
        seconds=seconds,
        method=method,
        seed=seed,
    )
    with _folder() as folder:
        url = with_driver(database) if database else f"sqlite:///{folder / 'wavepick.db'}"
        migrate.upgrade(url)
        rehearsal = Rehearsal(plan, data=folder, database_url=url, say=click.echo)
        account = rehearsal.run()
    if json_out is not None:
        json_out.write_text(json.dumps(account.as_json(), indent=1, ensure_ascii=False), "utf-8")
    taken = ", ".join(f"{name} {value:.1f} s" for name, value in account.seconds.items())
    click.echo(f"time: {taken}")
    for name, holds in account.checks.items():
        click.echo(f"  {'ok ' if holds else 'NOT'}  {name}")
    for difference in account.differences:
        click.echo(f"difference: {difference}", err=True)
    if not account.passed:
        ctx.exit(EXIT_DIFFERS)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wavepick-rehearsal-") as name:
        yield Path(name)
