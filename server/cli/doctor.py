"""``wavepick doctor``: is this installation fit to work, and if not, what to do."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.options import database_options
from server.config import DEFAULT_PORT, Settings, from_environment
from server.errors import ServiceError
from server.store_urls import sqlite_file

if TYPE_CHECKING:
    from server.db.engine import Database

EXIT_NOT_FIT = 3

OLDEST_PYTHON = (3, 11)

WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = {(3, 44): 6, (3, 50): 7}
"""SQLite releases with the WAL-reset fix: 3.51.3, back-ported to 3.44.6 and 3.50.7."""


class Verdict(StrEnum):
    """How a check ended; only ``failed`` makes the doctor exit with an error."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found and, where something is wrong, what to do."""

    check: str
    verdict: Verdict
    detail: str
    remedy: str = ""


@click.command()
@database_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(
    ctx: click.Context,
    database: str | None,
    data: Path | None,
    host: str,
    port: int,
    as_json: bool,
) -> None:
    """Check this installation and say what to do about each finding.

    Exit code 3 when something fails; warnings leave it 0.
    """
    settings = from_environment(data=data, database_url=database)
    findings = list(examine(settings, host=host, port=port))
    failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    if as_json:
        shown = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"fit": not failed, "findings": shown}, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.verdict.value:<8} {finding.check}: {finding.detail}")
            if finding.remedy and finding.verdict is not Verdict.OK:
                click.echo(f"{'':<8} -> {finding.remedy}")
        click.echo("not fit to work" if failed else "fit to work")
    if failed:
        ctx.exit(EXIT_NOT_FIT)


def examine(settings: Settings, *, host: str, port: int) -> Iterator[Finding]:
    """Yield the findings of all checks; those of the data need a usable database."""
    yield check_python()
    if settings.database_url.startswith("sqlite"):
        yield check_sqlite(sqlite3.sqlite_version_info)
    yield check_gevent_websocket()
    yield check_pages()
    yield check_port(host, port)
    yield check_disk(settings)
    yield check_queue(settings)
    if settings.message_queue is not None:
        yield check_message_queue(settings.message_queue)
    schema = check_schema(settings)
    yield schema
    if schema.verdict is Verdict.OK:
        yield from check_data(settings)


def check_python() -> Finding:
    """Tell whether this Python is supported."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("python", Verdict.FAILED, version, "use Python 3.11 or newer")
    return Finding("python", Verdict.OK, version)


def check_sqlite(version: tuple[int, ...]) -> Finding:
    """Tell whether the SQLite linked into Python has the WAL-reset bug.

    With several connections it may corrupt a database; this server writes through one connection
    per process and keeps the job queue in a file of its own, which makes it unlikely.
    """
    shown = ".".join(str(part) for part in version)
    backport = WAL_RESET_BACKPORTS.get((version[0], version[1]))
    if version >= WAL_RESET_FIXED or (backport is not None and version[2] >= backport):
        return Finding("sqlite", Verdict.OK, shown)
    return Finding(
        "sqlite",
        Verdict.WARNING,
        f"{shown} has the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6)",
        "use a Python with a newer SQLite, or PostgreSQL; see sqlite.org/wal.html",
    )


def check_gevent_websocket() -> Finding:
    """Tell whether a dead library would hijack WebSocket upgrades."""
    from server.installation import refuse_gevent_websocket

    try:
        refuse_gevent_websocket()
    except ServiceError as error:
        return Finding(
            "gevent-websocket", Verdict.FAILED, error.message, "pip uninstall gevent-websocket"
        )
    return Finding("gevent-websocket", Verdict.OK, "not installed")


def check_pages() -> Finding:
    """Tell whether the pages of picker and lead were built."""
    import handheld_ui

    try:
        folder = handheld_ui.dist()
    except handheld_ui.PagesMissing as error:
        return Finding("pages", Verdict.FAILED, str(error), "python hatch_build.py")
    missing = [name for name in ("pick.html", "lead.html") if not (folder / name).is_file()]
    if missing:
        return Finding(
            "pages", Verdict.FAILED, f"missing: {', '.join(missing)}", "python hatch_build.py"
        )
    return Finding("pages", Verdict.OK, "built")


def check_port(host: str, port: int) -> Finding:
    """Tell whether the port is free; a running server of ours is fine, too."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return Finding(
                "port",
                Verdict.WARNING,
                f"{host}:{port}: {error.strerror}",
                "fine when the server runs already, else choose another --port",
            )
    return Finding("port", Verdict.OK, f"{host}:{port} is free")


def check_disk(settings: Settings) -> Finding:
    """Tell whether there is space where the database of this machine grows."""
    from server.observability.vitals import LITTLE_SPACE

    file = sqlite_file(settings.database_url)
    folder = file.parent if file is not None else settings.data
    existing = next(place for place in (folder, *folder.resolve().parents) if place.exists())
    free = shutil.disk_usage(existing).free
    shown = f"{free / 1e9:.1f} GB free"
    if free < LITTLE_SPACE:
        return Finding("disk", Verdict.WARNING, shown, f"make space in {existing}")
    return Finding("disk", Verdict.OK, shown)


def check_queue(settings: Settings) -> Finding:
    """Tell whether the job queue can be used."""
    from server.jobs.queue import LANES, open_queue

    try:
        waiting = sum(open_queue(settings.queue_url, lane).pending_count() for lane in LANES)
    except ServiceError as error:
        return Finding("queue", Verdict.FAILED, error.message, "see WAVEPICK_QUEUE_URL")
    except Exception as error:  # noqa: BLE001 - drivers raise their own families
        return Finding(
            "queue",
            Verdict.FAILED,
            f"cannot be reached: {type(error).__name__}",
            "see WAVEPICK_QUEUE_URL",
        )
    return Finding("queue", Verdict.OK, f"reachable, {waiting} messages waiting")


def check_message_queue(url: str) -> Finding:
    """Tell whether the message queue that joins web processes answers."""
    import redis

    try:
        redis.Redis.from_url(url.replace("valkey", "redis", 1), socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        return Finding(
            "message queue",
            Verdict.FAILED,
            f"cannot be reached: {type(error).__name__}",
            "see WAVEPICK_MESSAGE_QUEUE",
        )
    return Finding("message queue", Verdict.OK, "reachable")


def check_schema(settings: Settings) -> Finding:
    """Tell whether the database can be reached and has this program's schema."""
    from server.db import migrate

    try:
        found, wanted = migrate.current(settings.database_url), migrate.head()
    except ServiceError as error:
        return Finding("database", Verdict.FAILED, error.message, "see WAVEPICK_DATABASE_URL")
    if found != wanted:
        state = "missing or empty" if found is None else f"at schema {found}"
        return Finding("database", Verdict.FAILED, f"{state}, needs {wanted}", "wavepick migrate")
    return Finding("database", Verdict.OK, f"schema {found}")


def check_data(settings: Settings) -> Iterator[Finding]:
    """Yield what the data lacks before anyone can work."""
    from server.installation import open_database

    database = open_database(settings)
    try:
        checks: tuple[Callable[[Database], Finding], ...] = (
            check_layout,
            check_people,
            check_workers,
        )
        for check in checks:
            yield check(database)
    finally:
        database.close()


def check_layout(database: Database) -> Finding:
    """Tell whether there is an active layout."""
    from server.services import layouts

    try:
        with database.read() as session:
            active = layouts.active(session)
    except ServiceError as error:
        return Finding("layout", Verdict.FAILED, error.message, "wavepick import layout FILE")
    return Finding("layout", Verdict.OK, f"{active.name}, version {active.version}")


def check_people(database: Database) -> Finding:
    """Tell whether a lead and a picker may sign in."""
    from server.models import Role
    from server.services import people

    with database.read() as session:
        roles = [person.role for person in people.everyone(session) if person.active]
    leads = sum(role in {Role.LEAD, Role.ADMIN} for role in roles)
    pickers = sum(role == Role.PICKER for role in roles)
    shown = f"{leads} leads, {pickers} pickers"
    if not leads or not pickers:
        return Finding("people", Verdict.FAILED, shown, "wavepick people add --help")
    return Finding("people", Verdict.OK, shown)


def check_workers(database: Database) -> Finding:
    """Tell whether a worker serves each lane."""
    from server.jobs.queue import LANES
    from server.services import workers
    from server.services.clock import system_clock

    with database.read() as session:
        force = workers.alive(session, system_clock)
    idle = [lane for lane in LANES if lane not in force.lanes]
    if idle:
        return Finding(
            "workers",
            Verdict.WARNING,
            f"{force.alive} alive, nobody serves: {', '.join(idle)}",
            "start one: wavepick worker",
        )
    return Finding("workers", Verdict.OK, f"{force.alive} alive, lanes {', '.join(force.lanes)}")
