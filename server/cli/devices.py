"""``wavepick devices``: let handhelds in, see them, shut them out."""

from __future__ import annotations

import io
import json
from pathlib import Path

import click

from server.cli.options import database_options, opened
from server.errors import BadInput


@click.group()
def devices() -> None:
    """Enrol handhelds, list them, and revoke a lost one.

    A code enrols one handheld within ten minutes. Afterwards the handheld has a token of its own.
    """


@devices.command("add")
@click.option("--name", required=True, help="What people call it, e.g. a number on its back.")
@click.option("--url", required=True, help="Address of this server as handhelds reach it.")
@database_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def add_device(name: str, url: str, database: str | None, data: Path | None, as_json: bool) -> None:
    """Make a code for a new handheld and show it as a QR code to open on that handheld."""
    from server.services import devices as service
    from server.services.clock import system_clock

    if not url.startswith(("https://", "http://")):
        raise BadInput("must begin with https:// or http://", code="bad-url", pointer="--url")
    with opened(database, data) as found, found.write() as session:
        code, device = service.invite(session, system_clock, name=name)
        device_id = device.id
    _show(f"{url.rstrip('/')}/pick#enrol={code}", code, device_id, name, as_json=as_json)


@devices.command("list")
@database_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def list_devices(database: str | None, data: Path | None, as_json: bool) -> None:
    """List handhelds by name."""
    from server.services import devices as service

    with opened(database, data) as found, found.read() as session:
        rows = [
            {
                "id": device.id,
                "name": device.name,
                "state": "revoked"
                if device.revoked_at
                else "enrolled"
                if device.token_hash
                else "waiting",
                "seen_at": device.seen_at.isoformat() if device.seen_at else None,
            }
            for device in service.everything(session)
        ]
    if as_json:
        click.echo(json.dumps({"devices": rows}))
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['state']:<9} {row['name']}")


@devices.command("revoke")
@click.argument("device_id")
@database_options
def revoke_device(device_id: str, database: str | None, data: Path | None) -> None:
    """Shut a lost handheld out; a running server closes its sockets within 2 s."""
    from server.services import devices as service
    from server.services.clock import system_clock

    with opened(database, data) as found, found.write() as session:
        device = service.revoke(session, system_clock, device_id=device_id)
        name = device.name
    click.echo(f"{name} is revoked. What it has not sent yet will be kept for the lead.")


def _show(url: str, code: str, device_id: str, name: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"id": device_id, "name": name, "code": code, "url": url}))
        return
    # Imported late: --help and JSON need no QR code.
    import segno

    drawn = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(drawn, compact=True)
    click.echo(drawn.getvalue())
    click.echo(f"{name}: open {url}")
    click.echo("The code works once, for ten minutes.")
