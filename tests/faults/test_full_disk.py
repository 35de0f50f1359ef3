"""F36: on a full disk nothing is acknowledged that is not stored, reads go on, and it resumes."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.account import Account
from tests.chaos.run import Scale, running
from tests.chaos.stores import SqliteStore
from tests.fleet.client import Reconnect
from tests.fleet.picker import Habits
from tests.fleet.site import Work

pytestmark = pytest.mark.process

DISK = "32m"
LEFT_BYTES = 100_000
"""What the ballast leaves: a few dozen transactions."""

BLOCK_BYTES = 1 << 20

SCALE = Scale(
    devices=6,
    seed=3,
    work=Work(waves=12, lists_per_wave=3, lines_per_order=3, units_per_line=6),
    habits=Habits(pace_s=0.05),
    reconnect=Reconnect(first_s=0.3, longest_s=1.0, busy_s=0.1),
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, small and in memory.

    Only root may mount one. For everybody else ``test_engine`` limits the pages of the database
    file, to which SQLite gives the same answer.
    """
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(disk: Path) -> Path:
    """Take nearly all the space that is left, while others take some, too."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while (room := _free_bytes(disk) - LEFT_BYTES) > 0:
            try:
                file.write(bytes(min(room, BLOCK_BYTES)))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return ballast


def _free_bytes(disk: Path) -> int:
    room = os.statvfs(disk)
    return room.f_bavail * room.f_bsize


async def work_on(disk: Path, folder: Path) -> Account:
    """Let the crew meet a full disk in the middle of its work."""
    async with running("full disk", SqliteStore(disk), folder, SCALE, importing=0.0) as chaos:
        await chaos.crew.more_acks(30)
        ballast = await asyncio.to_thread(fill_up, disk)
        while chaos.crew.totals()["put_off"] < 20:
            await asyncio.sleep(0.05)
            assert chaos.victim.alive, chaos.victim.output
        board = await asyncio.to_thread(chaos.lead.rest.get, "/board")
        assert board["lists"]
        ballast.unlink()
        await chaos.crew.more_acks(60)
        await chaos.settle()
    chaos.judge()
    return chaos.account


def test_a_full_disk_loses_and_invents_nothing(disk: Path, tmp_path: Path) -> None:
    account = asyncio.run(work_on(disk, tmp_path))
    assert account.passed, account.as_text()
    assert account.totals["put_off"] >= 20
