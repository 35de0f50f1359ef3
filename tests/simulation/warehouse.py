"""The warehouse in which histories begin: built once per process and variant, then copied.

Building takes as long as a whole history, copying an in-memory database less than a millisecond.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from server.db import migrate
from server.db.engine import Database
from server.services import people
from tests.server.services.site import PlannedTask, PlannedTour, Site
from tests.simulation.ids import from_seed
from tests.simulation.loop import Loop

VARIANTS = 8
PICKERS = ("B-2", "B-3", "B-4")
SHELVES = {("A-1", "S1"): 7, ("A-2", "S2"): 6, ("A-3", "S3"): 5, ("A-4", "S1"): 4, ("A-5", "S2"): 3}
SKUS = ("S1", "S2", "S3")


def connection_of(database: Database) -> sqlite3.Connection:
    """The one connection of an in-memory database."""
    held = database._writer.raw_connection()
    try:
        connection = held.driver_connection
    finally:
        held.close()
    assert isinstance(connection, sqlite3.Connection)
    return connection


def copy_of(database: Database) -> sqlite3.Connection:
    """A copy of an in-memory database as it is now."""
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection_of(database).backup(copy)
    return copy


def put_back(database: Database, copy: sqlite3.Connection) -> None:
    """Make an in-memory database what it was when it was copied."""
    copy.backup(connection_of(database))


class Warehouses:
    """One database in memory, and copies of what it holds at the start of each variant.

    The database object is kept, since its engine has compiled the statements.
    """

    def __init__(self) -> None:
        self.database = Database("sqlite://")
        self._schema = _migrated()
        self._copies: dict[int, sqlite3.Connection] = {}

    def begin(self, variant: int) -> Database:
        """The database as it is at the start of a variant (0 to ``VARIANTS - 1``)."""
        if variant not in self._copies:
            put_back(self.database, self._schema)
            _build(self.database, variant)
            self._copies[variant] = copy_of(self.database)
        else:
            put_back(self.database, self._copies[variant])
        return self.database


def _migrated() -> sqlite3.Connection:
    """A database with the real schema, made by the migrations."""
    # In memory where the machine offers that: the migrations sync after every step.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="wavepick-simulation-", dir=memory))
    try:
        path = folder / "wavepick.db"
        with from_seed(random.Random("schema"), Loop().now):
            migrate.upgrade(f"sqlite:///{path}")
        source = sqlite3.connect(path)
        source.execute("PRAGMA journal_mode=DELETE")
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        source.backup(copy)
        source.close()
        return copy
    finally:
        shutil.rmtree(folder)


def _build(database: Database, variant: int) -> None:
    """Stock, people, a few orders, and a launched wave of one or two lists."""
    rng = random.Random(f"variant {variant}")
    loop = Loop()
    cost = people.SCRYPT_LOG2_N
    people.SCRYPT_LOG2_N = 4
    try:
        with from_seed(rng, loop.now):
            site = Site(database, clock=loop.now)
            site.build(SHELVES)
            _fill(site, rng, variant)
    finally:
        people.SCRYPT_LOG2_N = cost


def _fill(site: Site, rng: random.Random, variant: int) -> None:
    orders = [
        site.order(
            *((sku, rng.randint(1, 2)) for sku in rng.sample(SKUS, rng.randint(1, 2))),
            ship_complete=rng.random() < 0.3,
        )
        for _ in range(3)
    ]
    shelf = {"S1": "A-1", "S2": "A-2", "S3": "A-3"}
    tours: list[list[PlannedTask]] = [[] for _ in range(1 + variant % 2)]
    for slot, order in enumerate(orders[:2]):
        for sku, quantity in site.open_lines(order):
            rng.choice(tours).append(PlannedTask(shelf[sku], order, sku, quantity, slot))
    site.launch(*(PlannedTour(tasks) for tasks in tours if tasks), key="first")
