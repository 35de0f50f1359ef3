"""``wavepick people``: who may sign in."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import click

from server.cli.options import database_options, opened
from server.models import Role


@click.group()
def people() -> None:
    """Add and list the people who may sign in, and shut them out. There are no default accounts."""


@people.command("add")
@click.option("--badge", required=True, help="Barcode of the badge, e.g. B-1001.")
@click.option("--name", required=True, help="Name as shown on screens.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "es"]))
@database_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def add_person(
    badge: str,
    name: str,
    role: str,
    language: str,
    database: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Add a person. The PIN is made here, shown once, and stored only as a hash."""
    from server.services import people as service
    from server.services.clock import system_clock

    pin = _new_pin()
    with opened(database, data) as found, found.write() as session:
        service.create(
            session, system_clock, badge=badge, name=name, role=role, language=language, pin=pin
        )
    if as_json:
        click.echo(json.dumps({"badge": badge, "name": name, "role": role, "pin": pin}))
    else:
        click.echo(f"{name} ({role}), badge {badge}: PIN {pin}")
        click.echo("The PIN is not shown again.")


@people.command("list")
@database_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def list_people(database: str | None, data: Path | None, as_json: bool) -> None:
    """List people by badge."""
    from server.services import people as service

    with opened(database, data) as found, found.read() as session:
        rows = [
            {
                "badge": person.badge,
                "name": person.name,
                "role": person.role,
                "language": person.language,
                "active": person.active,
            }
            for person in service.everyone(session)
        ]
    if as_json:
        click.echo(json.dumps({"people": rows}))
        return
    for row in rows:
        state = "" if row["active"] else "  (inactive)"
        click.echo(f"{row['badge']:<16} {row['role']:<8} {row['name']}{state}")


@people.command("pin")
@click.option("--badge", required=True)
@database_options
def renew_pin(badge: str, database: str | None, data: Path | None) -> None:
    """Make a new PIN for a person, shown once; open sessions go on."""
    from server.services import people as service
    from server.services.clock import system_clock

    pin = _new_pin()
    with opened(database, data) as found, found.write() as session:
        service.renew_pin(session, system_clock, badge=badge, pin=pin)
    click.echo(f"badge {badge}: PIN {pin}")
    click.echo("The PIN is not shown again.")


@people.command("revoke")
@click.option("--badge", required=True)
@click.option("--for-good", is_flag=True, help="Also keep the person from signing in again.")
@database_options
def revoke_person(badge: str, for_good: bool, database: str | None, data: Path | None) -> None:
    """End all sessions of a person; a running server closes their sockets within 2 s."""
    from server.services import people as service
    from server.services.clock import system_clock

    with opened(database, data) as found, found.write() as session:
        if for_good:
            service.deactivate(session, system_clock, badge=badge)
        else:
            service.revoke_sessions(session, system_clock, badge=badge)
    click.echo(f"badge {badge}: signed out everywhere{' and locked out' if for_good else ''}")


def _new_pin() -> str:
    from server.services.people import PIN_DIGITS

    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
