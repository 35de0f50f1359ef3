"""``wavepick probe``: one look at a running process, for supervisors of containers."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path

import click

from server.cli.options import database_options, opened
from server.config import DEFAULT_PORT
from server.errors import Unavailable

PATIENCE_S = 5.0
"""How long an answer may take; whoever needs longer is not well."""


@click.group()
def probe() -> None:
    """Say by the exit code whether a process of this machine is well: 0 yes, 3 no."""


@probe.command()
@click.option(
    "--url",
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="Where the web process is reached.",
)
def web(url: str) -> None:
    """Ask a web process whether it is ready."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--url: {url!r} is no web address")
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE_S) as answer:
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        why = json.load(error).get("code", error.code)
        raise Unavailable(f"not ready: {why}", code="not-ready") from None
    except (OSError, ValueError) as error:
        raise Unavailable(f"no answer from {url}: {error}", code="no-answer") from None
    warnings = "".join(f", {warning}" for warning in body["warnings"])
    click.echo(f"ready{warnings}")


@probe.command()
@database_options
def worker(database: str | None, data: Path | None) -> None:
    """Look whether a worker of this machine has a fresh beat in the database."""
    from server.services import workers
    from server.services.clock import system_clock

    host = socket.gethostname()
    with opened(database, data) as found, found.read() as session:
        lanes = workers.alive_on(session, system_clock, host=host).lanes
    if not lanes:
        raise Unavailable(f"no worker on {host} has a fresh beat", code="no-worker")
    click.echo(f"alive, lanes {', '.join(lanes)}")
