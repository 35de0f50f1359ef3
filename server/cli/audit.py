"""``wavepick audit``: check the audit trail and read it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from server.cli.options import database_options, opened

if TYPE_CHECKING:
    from server.services.audit_chain import Head

EXIT_CHANGED: Final = 3

HEAD: Final = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group()
def audit() -> None:
    """Check and read the append-only trail of who did what."""


@audit.command("verify")
@click.option(
    "--head", "known", help="Head written down earlier, NUMBER:DIGEST: the chain must contain it."
)
@database_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def verify_trail(
    ctx: click.Context, known: str | None, database: str | None, data: Path | None, as_json: bool
) -> None:
    """Compute the hash chain again and compare; exit code 3 when something was changed.

    Keep the head that is printed somewhere else (a ticket, a log host, paper): whoever can write
    the database could compute a new chain, but not one that contains a head you know.
    """
    from server.services import audit_chain

    with opened(database, data) as found, found.read() as session:
        verified = audit_chain.verify(session, known=_head(known))
    if as_json:
        click.echo(json.dumps({"intact": not verified.findings, **asdict(verified)}))
    else:
        click.echo(
            f"{verified.links} links over {verified.entries} entries and {verified.ops} operations"
        )
        if verified.unsealed:
            click.echo(f"{verified.unsealed} of them are older than the chain")
        for finding in verified.findings:
            place = "" if finding.link is None else f"link {finding.link}: "
            click.echo(f"CHANGED  {place}{finding.what}")
        click.echo(f"head {verified.head.number}:{verified.head.digest}")
        click.echo("intact" if not verified.findings else "not intact")
    if verified.findings:
        ctx.exit(EXIT_CHANGED)


@audit.command("show")
@click.option("--subject", help="Only entries about this, e.g. list:<id> or person:<id>.")
@click.option("--action", help="Only entries of this action, e.g. sign-in.refused.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@database_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show_trail(
    subject: str | None,
    action: str | None,
    limit: int,
    database: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Show the newest entries, oldest of them first."""
    from server.services import audit as service

    with opened(database, data) as found, found.read() as session:
        rows = service.newest(session, subject=subject, action=action, limit=limit)
        for row in reversed(rows):
            entry: dict[str, Any] = {
                "id": row.id,
                "at": row.at.isoformat(),
                "person": row.person_id,
                "device": row.device_id,
                "op": None if row.op_stream is None else [row.op_stream, row.op_seq],
                "action": row.action,
                "subject": row.subject,
                "detail": row.detail,
            }
            if as_json:
                click.echo(json.dumps(entry))
            else:
                more = " ".join(f"{name}={value}" for name, value in row.detail.items())
                click.echo(
                    f"{entry['at']}  {row.action:<18} {row.subject}"
                    f"  by {row.person_id or '-'}  {more}"
                )


def _head(text: str | None) -> Head | None:
    from server.services.audit_chain import Head

    if text is None:
        return None
    found = HEAD.fullmatch(text.strip())
    if found is None:
        raise click.UsageError("--head is NUMBER:DIGEST, as verify prints it")
    return Head(int(found[1]), found[2])
