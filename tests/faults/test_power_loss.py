"""F34: what was acknowledged is in the files that a power cut leaves behind.

The server is stopped for the moment of the copy, so that database and write-ahead log are of one
instant, and the tail of the log after the last commit is torn, as a write that was under way.
Weaker than a real power cut: it believes that the disk keeps what ``fsync`` said is kept.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.db.engine import Database
from server.models import Op
from tests.chaos.run import Chaos, Scale, running
from tests.chaos.stores import SqliteStore
from tests.fleet.client import Reconnect
from tests.fleet.picker import Habits
from tests.fleet.site import Work
from tests.history.books import check_books
from tests.history.effects import check_effects

pytestmark = pytest.mark.process

CUTS = 6
HEADER, FRAME_HEADER = 32, 24
"""Bytes of a write-ahead log's header and of each frame's (sqlite.org/fileformat.html)."""

Acked = frozenset[tuple[str, int, str, str]]
"""Stream, number, verdict and code."""


def acknowledged(chaos: Chaos) -> Acked:
    return frozenset(
        (each.stream, seq, *verdict)
        for each in chaos.crew.handhelds
        for seq, verdict in each.verdicts.items()
    )


async def copies(store: SqliteStore, folder: Path, scale: Scale) -> list[tuple[Path, Acked]]:
    """Work, and stop time now and then to copy what is on the disk."""
    found: list[tuple[Path, Acked]] = []
    async with running("power loss", store, folder, scale) as chaos:
        for number in range(CUTS):
            await chaos.crew.more_acks(20)
            await asyncio.sleep(chaos.rng.uniform(0, 0.3))
            pid = chaos.victim.pid
            os.kill(pid, signal.SIGSTOP)
            try:
                # Whoever was told something was told before this instant.
                known = acknowledged(chaos)
                target = folder / f"cut-{number}"
                target.mkdir()
                for suffix in ("", "-wal"):
                    shutil.copy(f"{store.file}{suffix}", target / f"wavepick.db{suffix}")
            finally:
                os.kill(pid, signal.SIGCONT)
            found.append((target / "wavepick.db", known))
        await chaos.settle()
    chaos.judge()
    assert chaos.account.passed, chaos.account.as_text()
    return found


def last_commit(log: bytes) -> int:
    """Where the last frame of the log ends that completes a transaction."""
    page = int.from_bytes(log[8:12], "big")
    salts, end = log[16:24], HEADER
    at = HEADER
    while at + FRAME_HEADER + page <= len(log) and log[at + 8 : at + 16] == salts:
        at += FRAME_HEADER + page
        if int.from_bytes(log[at - page - 20 : at - page - 16], "big"):
            end = at
    return end


def torn(file: Path, rng: random.Random) -> None:
    """Spoil what follows the last commit in the log, as a write that was cut off does."""
    path = Path(f"{file}-wal")
    log = path.read_bytes()
    end = last_commit(log) if len(log) > HEADER else len(log)
    path.write_bytes(log[:end] + rng.randbytes(rng.randint(0, 9_000)))


def test_acknowledged_operations_survive_a_power_cut(tmp_path: Path) -> None:
    scale = Scale(
        devices=6,
        seed=5,
        work=Work(waves=12, lists_per_wave=3, lines_per_order=3, units_per_line=6),
        habits=Habits(pace_s=0.05),
        reconnect=Reconnect(first_s=0.3, longest_s=1.0, busy_s=0.2),
    )
    found = asyncio.run(copies(SqliteStore(tmp_path), tmp_path, scale))
    rng = random.Random(5)
    sizes = []
    for file, known in found:
        torn(file, rng)
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database = Database(f"sqlite:///{file}")
        with database.read() as session:
            stored = {(op.stream, op.seq, op.verdict, op.code) for op in session.query(Op).all()}
            assert known - stored == set()
            assert check_books(session) == []
            assert check_effects(session) == []
        database.close()
        sizes.append(len(known))
    assert sizes == sorted(sizes)
    assert sizes[0] >= 20
