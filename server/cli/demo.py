"""``wavepick demo``: a sample warehouse, served and, if wanted, worked by simulated pickers."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from server.cli.processes import Children, interrupt_on_sigterm, refuse_used_port
from server.config import LOOPBACK_HOSTS
from server.errors import Conflict
from server.files.demo_warehouse import DemoFacts, DemoSize

_MARKER = "wavepick-demo.lock"
_DATABASES = ("wavepick.db", "wavepick-queue.db")
_FIRST_WAVE = 60
"""Orders of the wave that simulated pickers begin with; the others are left to the visitor."""

_PLAN_SECONDS = 4.0


@click.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Folder for the demo's files; what an earlier demo left there is replaced.",
)
@click.option(
    "--pickers",
    default=0,
    show_default=True,
    type=click.IntRange(0, 11),
    help="Simulated pickers; a first wave is planned and launched for them.",
)
@click.option(
    "--pace",
    default=1.5,
    show_default=True,
    type=click.FloatRange(0),
    help="Their seconds per task.",
)
@click.option(
    "--orders", default=DemoSize().n_orders, show_default=True, type=click.IntRange(1, 5000)
)
@click.option("--seed", default=1, show_default=True)
def demo(
    port: int, host: str, data: Path, pickers: int, pace: float, orders: int, seed: int
) -> None:
    """Fill a sample warehouse, serve it, and print where to look and how to sign in.

    Everything is made afresh at every start. Ctrl-C ends it.
    """
    refuse_used_port(host, port)
    interrupt_on_sigterm()
    data.mkdir(parents=True, exist_ok=True)
    with _only_demo_in(data):
        facts = _fill(data, DemoSize(n_orders=orders), seed)
        children = Children(data)
        try:
            _serve(children, host, port)
            _welcome(facts, host, port)
            _work(children, port, pickers=pickers, pace=pace, seed=seed)
        except KeyboardInterrupt:
            click.echo("\nstopping …")
        finally:
            children.stop()
    click.echo("the demo has ended")


@contextmanager
def _only_demo_in(data: Path) -> Iterator[None]:
    """Keep the folder for this demo: not a real installation, not another demo's."""
    marker = data / _MARKER
    if not marker.exists() and any((data / name).exists() for name in _DATABASES):
        raise Conflict(
            f"{data} holds an installation that is no demo; choose another --data",
            code="not-a-demo",
        )
    with marker.open("w") as stream:
        _lock(stream, data)
        for name in _DATABASES:
            for suffix in ("", "-wal", "-shm", "-journal"):
                (data / f"{name}{suffix}").unlink(missing_ok=True)
        yield


def _lock(stream: IO[str], data: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Conflict(
            f"another demo runs in {data}; end it or choose another --data", code="demo-runs"
        ) from None


def _fill(data: Path, size: DemoSize, seed: int) -> DemoFacts:
    # Imported late: only the demo itself needs the optimizer's engines, --help does not.
    import layouts
    from server.cli.layout_file import walking_distances_mm
    from server.db import migrate
    from server.db.engine import Database
    from server.files.demo_warehouse import fill
    from server.services.clock import system_clock

    url = f"sqlite:///{(data / _DATABASES[0]).resolve()}"
    migrate.upgrade(url)
    document = layouts.load("demo")
    distances = walking_distances_mm(document, source="demo.json")
    database = Database(url)
    try:
        with database.write() as session:
            return fill(
                session,
                system_clock,
                layout=document,
                distances_mm=distances,
                size=size,
                seed=seed,
            )
    finally:
        database.close()


def _serve(children: Children, host: str, port: int) -> None:
    lan = [] if host in LOOPBACK_HOSTS else ["--insecure-lan"]
    children.start("serve", "--host", host, "--port", str(port), *lan)
    children.start("worker")
    children.wait_until_healthy(_local_url(port))


def _local_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _welcome(facts: DemoFacts, host: str, port: int) -> None:
    from server.files import demo_data
    from server.files.demo_warehouse import picker_badges, tote_codes

    shown = "127.0.0.1" if host in LOOPBACK_HOSTS else host
    badges, totes = picker_badges(), tote_codes()
    states = ", ".join(f"{number} {state}" for state, number in facts.order_states.items())
    click.echo(f'Sample warehouse "{facts.layout}"; orders: {states}\n')
    click.echo(f"  Lead console   http://{shown}:{port}/lead")
    click.echo(f"                 badge {demo_data.LEAD_BADGE}, PIN {demo_data.LEAD_PIN}")
    click.echo(f"  Handheld       http://{shown}:{port}/pick   (a window of phone size)")
    click.echo(f"                 badges {badges[0]} to {badges[-1]}, PIN {demo_data.PICKER_PIN}\n")
    click.echo("  The keyboard is the scanner: type a barcode and press Enter.")
    click.echo(f"    totes      {totes[0]} to {totes[-1]}")
    click.echo("    locations  the code on the screen, or its check digits")
    click.echo("    items      the sku on the screen, or a barcode, for example")
    for location, sku, name, code in facts.item_codes:
        click.echo(f"                 {location}  {sku}  {name}: {code}")
    click.echo("    commands   CMD-SHORT CMD-SKIP CMD-UNDO CMD-PAUSE CMD-HELP CMD-DONE\n")
    click.echo("Ctrl-C ends the demo.")


def _work(children: Children, port: int, *, pickers: int, pace: float, seed: int) -> None:
    """Let simulated pickers work, if any, and watch the children until Ctrl-C."""
    crew = None
    if pickers:
        from server.cli.demo_crew import launch_first_wave, make_crew

        wave = launch_first_wave(
            _local_url(port), max_orders=_FIRST_WAVE, seconds=_PLAN_SECONDS, seed=seed
        )
        click.echo(f"wave {wave['number']} is launched: {pickers} simulated pickers at work")
        crew = make_crew(_local_url(port), pickers=pickers, pace=pace, seed=seed)
        crew.start()
    try:
        while True:
            children.check()
            time.sleep(0.5)
    finally:
        if crew is not None:
            crew.stop(timeout_s=5.0)
