"""``python -m tests.chaos``: chaos of any length from the command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import sys
import tempfile
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
        accounts = list(_run(asked, Path(folder)))
    for account in accounts:
        print(account.as_text(), end="\n\n")  # noqa: T201 - the result of this command
    sys.exit(0 if all(account.passed for account in accounts) else 1)


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


def _run(asked: argparse.Namespace, folder: Path) -> list[Account]:
    accounts: list[Account] = []
    wanted = {
        "kills": (asked.kills, asked.up + 8.0),
        "cuts": (asked.cuts, 0.5),
        "restores": (asked.restores, 20.0),
    }
    for name, (times, seconds_each) in wanted.items():
        if not times:
            continue
        own = folder / name
        own.mkdir()
        scale = Scale(
            devices=asked.devices,
            seed=asked.seed,
            work=_work(asked, times * seconds_each + 30),
            habits=Habits(pace_s=asked.pace),
            reconnect=Reconnect(),
            up_s=asked.up,
        )
        with stores.store(asked.database, own) as store:
            match name:
                case "kills":
                    accounts.append(
                        asyncio.run(
                            run.kills(store, own, scale, times=times, wait_for_all=asked.all)
                        )
                    )
                case "cuts":
                    accounts.append(asyncio.run(run.cuts(store, own, scale, times=times)))
                case _:
                    accounts.append(asyncio.run(run.restores(store, own, scale, times=times)))
    return accounts


def _work(asked: argparse.Namespace, seconds: float) -> Work:
    """Enough lists for so many seconds without any harm."""
    operations = asked.devices * seconds / asked.pace
    one_wave = Work(1, _LISTS_PER_WAVE)
    lists = asked.devices + math.ceil(operations / one_wave.ops_per_list)
    return replace(one_wave, waves=math.ceil(lists / _LISTS_PER_WAVE))


if __name__ == "__main__":
    main()
