"""Single calls to a server that may die over them, and a device whose messages they carry."""

from __future__ import annotations

import asyncio
from typing import Any

from server.db.engine import Database
from server.services import people
from server.services.clock import system_clock
from server.simulated_pickers.rest import Rest, Unreachable
from tests.chaos.victim import Victim
from tests.fleet.client import Badge
from tests.fleet.site import Site
from tests.server.services.device import Device


def device_with_list(database: Database, badge: Badge) -> Device:
    """A device that has claimed a list, before any server runs."""
    with database.write() as session:
        who = people.who(session, system_clock, token=badge.token)
    device = Device(database, system_clock, who)
    device.sync(want="work")
    assert device.view is not None
    return device


def bind(device: Device, site: Site) -> dict[str, Any]:
    """The message that binds a tote to the first slot of the device's cart."""
    assert device.view is not None
    slot = device.view["cart"]["slots"][0]["slot"]
    seq = device.record("bind", tote=site.totes[0], slot=slot)
    return {"stream": device.stream, "ops": device.log[seq - 1 : seq]}


def post(victim: Victim, path: str, body: dict[str, Any], badge: Badge) -> dict[str, Any] | None:
    """The answer, or None when the connection broke."""
    try:
        answer = Rest(victim.url, token=badge.token).post(path, body)
    except Unreachable:
        return None
    assert isinstance(answer, dict)
    return answer


def up(victim: Victim) -> None:
    """Wait until the server listens."""
    asyncio.run(victim.ready())


def dead(victim: Victim) -> None:
    """See that the server has ended itself."""
    assert asyncio.run(victim.died(within_s=30)), "the fail-point was not reached"
