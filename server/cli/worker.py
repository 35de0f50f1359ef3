"""``wavepick worker``: plans waves and re-plans shorts, beside the web process or elsewhere."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import click

from server.cli.options import database_options
from server.config import from_environment


@click.command()
@click.option("--lanes", default="plan,replan", show_default=True, help="Comma separated.")
@database_options
def worker(lanes: str, database: str | None, data: Path | None) -> None:
    """Work planning jobs until ended.

    On SIGTERM or SIGINT a running solve is stopped and its run goes back to the queue. Start as
    many workers as there are cores to spare, on any host that reaches database and queue; short
    re-plans have a lane of their own and never wait for a long solve.
    """
    # Imported late: the optimizer's engines take seconds.
    from server.db.occupation import Occupation
    from server.installation import open_database
    from server.jobs.queue import LANES
    from server.jobs.worker import Worker
    from server.observability import logs
    from server.services.clock import system_clock

    chosen = tuple(dict.fromkeys(lane.strip() for lane in lanes.split(",") if lane.strip()))
    if not chosen or set(chosen) - set(LANES):
        raise click.UsageError(f"--lanes: choose among {', '.join(LANES)}, got {lanes!r}")
    settings = from_environment(data=data, database_url=database)
    logs.configure(settings.log_format, settings.log_level)
    occupation = Occupation(settings.database_url)
    opened = open_database(settings)
    running = Worker(settings, opened, system_clock, lanes=chosen)

    def end(_number: int, _frame: Any) -> None:
        running.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    click.echo(f"worker {running.name} serves lanes {', '.join(chosen)}")
    sys.stdout.flush()
    try:
        running.run()
    finally:
        opened.close()
        occupation.close()
    click.echo("worker stopped")
