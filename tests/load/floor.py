"""A floor with as much work as a load run needs: a site of the fleet whose waves are launched.

Every list is the same amount of work: four orders of three lines, each line taken unit by unit
from one location into the order's tote. With its binds, drops and its end that is a known number
of operations, so how many lists a run needs is a division.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import text

from server.db.engine import Database
from server.services import waves
from server.services.clock import system_clock
from tests.fleet import site as sites
from tests.fleet.client import Badge
from tests.fleet.site import Work

ORDERS_PER_LIST = 4
LINES_PER_ORDER = 3
UNITS_PER_LINE = 8
LISTS_PER_WAVE = 100


@dataclass(frozen=True, slots=True)
class Floor:
    """A filled database: its URL, a lead and the pickers, all signed in; how many lists it has."""

    url: str
    lead: Badge
    pickers: tuple[Badge, ...]
    lists: int
    skus: tuple[str, ...]


def fill(url: str, *, devices: int, ops_per_device: int, units: int = UNITS_PER_LINE) -> Floor:
    """Create the schema and put at least ``ops_per_device`` operations of work per device on it.

    ``units`` are those of each line, which makes longer or shorter lists.
    """
    lists = devices * math.ceil(ops_per_device / ops_per_list(units))
    n_waves = math.ceil(lists / LISTS_PER_WAVE)
    work = _work(units, n_waves=n_waves, lists_per_wave=math.ceil(lists / n_waves))
    site = sites.fill(url, pickers=devices, work=work)
    database = Database(url)
    try:
        for wave in site.waves:
            with database.write() as session:
                waves.launch(
                    session, system_clock, wave_id=wave.wave_id, plan_id=wave.plan_id, key="load"
                )
        if not database.is_sqlite:
            # What its autovacuum does within a minute; the runs begin before that.
            with database.write() as session:
                session.execute(text("ANALYZE"))
    finally:
        database.close()
    return Floor(url, site.lead, site.pickers, work.waves * work.lists_per_wave, site.skus)


def ops_per_list(units: int) -> int:
    """Operations of a list whose lines have so many units."""
    return _work(units).ops_per_list


def totes_of(list_number: int) -> tuple[str, ...]:
    """The four totes meant for a list: dropped goods keep theirs until they are packed.

    Lists are numbered from 1 in the order in which they are launched.
    """
    first = ORDERS_PER_LIST * (list_number - 1)
    return tuple(map(sites.tote_code, range(first, first + ORDERS_PER_LIST)))


def _work(units: int, *, n_waves: int = 1, lists_per_wave: int = 1) -> Work:
    return Work(n_waves, lists_per_wave, LINES_PER_ORDER, units, ORDERS_PER_LIST)
