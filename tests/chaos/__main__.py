"""``python -m tests.chaos``: chaos of any length from the command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from server.services import people
from tests.chaos import run, stores
from tests.chaos.account import Account
from tests.chaos.run import Scale
from tests.fleet.client import Reconnect
from tests.fleet.picker import Habits
from tests.fleet.site import Work

_LISTS_PER_WAVE = 10


def main() -> None:
    """Do what the command line says; exit code 1 when anything was found."""
    asked = _arguments()
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("tests.chaos").setLevel(logging.INFO)
    # Hundreds of PINs are hashed only to fill the database.
    people.SCRYPT_LOG2_N = 4
    with tempfile.TemporaryDirectory(prefix="wavepick-chaos-") as folder:
        passed = True
        for account in _run(asked, Path(folder)):
            print(account.as_text(), end="\n\n", flush=True)  # noqa: T201 - the result
            passed = passed and account.passed
    sys.exit(0 if passed else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--database", choices=stores.ENGINES, default="sqlite")
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--kills", type=int, default=0, help="deaths of the server; 25 when nothing is asked for"
    )
    parser.add_argument("--cuts", type=int, default=0, help="broken connections")
    parser.add_argument("--restores", type=int, default=0, help="older databases put back")
    parser.add_argument("--pace", type=float, default=0.5, help="seconds between facts of a device")
    parser.add_argument("--up", type=float, default=3.0, help="longest life of the server, seconds")
    parser.add_argument("--all", action="store_true", help="wait for every device after each death")
    asked = parser.parse_args()
    if not asked.kills + asked.cuts + asked.restores:
        asked.kills = 25
    return asked


def _run(asked: argparse.Namespace, folder: Path) -> Iterator[Account]:
    for name, times, at_once in (
        ("kills", asked.kills, 50),
        ("cuts", asked.cuts, 1_000),
        ("restores", asked.restores, 20),
    ):
        account: Account | None = None
        for number, start in enumerate(range(0, times, at_once)):
            own = folder / f"{name}-{number}"
            own.mkdir()
            found = _one_database(asked, own, name, min(at_once, times - start), number)
            shutil.rmtree(own)
            if account is None:
                account = found
            else:
                account.add(found)
            if not account.passed:
                break
        if account is not None:
            yield account


def _one_database(
    asked: argparse.Namespace, folder: Path, name: str, times: int, number: int
) -> Account:
    """Do harm of one kind to one database: filling a larger one takes longer than the run."""
    seconds_each = {"kills": asked.up + 5.0, "cuts": 0.5, "restores": 20.0}[name]
    scale = Scale(
        devices=asked.devices,
        seed=asked.seed + number,
        work=_work(asked, times * seconds_each + 30),
        habits=Habits(pace_s=asked.pace),
        reconnect=Reconnect(),
        up_s=asked.up,
    )
    with stores.store(asked.database, folder) as store:
        match name:
            case "kills":
                return asyncio.run(
                    run.kills(store, folder, scale, times=times, wait_for_all=asked.all)
                )
            case "cuts":
                return asyncio.run(run.cuts(store, folder, scale, times=times))
            case _:
                return asyncio.run(run.restores(store, folder, scale, times=times))


def _work(asked: argparse.Namespace, seconds: float) -> Work:
    """Enough lists for so many seconds without any harm."""
    operations = asked.devices * seconds / asked.pace
    one_wave = Work(1, _LISTS_PER_WAVE)
    lists = asked.devices + math.ceil(operations / one_wave.ops_per_list)
    return replace(one_wave, waves=math.ceil(lists / _LISTS_PER_WAVE))


if __name__ == "__main__":
    main()
