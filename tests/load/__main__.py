"""``python -m tests.load SCENARIO``: one load run from the command line."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
from pathlib import Path

from server.config import AsyncMode
from server.services import people
from tests.chaos import stores
from tests.load.report import Outcome
from tests.load.scenarios import DEFAULTS, SCENARIOS, Asked


def main() -> None:
    """Do what the command line says; exit code 1 when anything was lost or went wrong."""
    asked, engine = _arguments()
    # Hundreds of PINs are hashed only to fill the database.
    people.SCRYPT_LOG2_N = 4
    with (
        tempfile.TemporaryDirectory(prefix="wavepick-load-") as name,
        stores.store(engine, Path(name)) as store,
    ):
        # A pause of the generator's collector would look like one of the server.
        gc.disable()
        outcome: Outcome = asyncio.run(SCENARIOS[asked.scenario](asked, store, Path(name)))
    print(outcome.as_text())  # noqa: T201 - the result of this command
    sys.exit(0 if outcome.passed else 1)


def _arguments() -> tuple[Asked, str]:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--database", choices=stores.ENGINES, default="sqlite")
    parser.add_argument("--devices", type=int)
    parser.add_argument("--every", type=float, help="seconds between two facts of a device")
    parser.add_argument("--seconds", type=float, help="how long facts are recorded")
    parser.add_argument("--mode", choices=[mode.value for mode in AsyncMode], default="gevent")
    given = parser.parse_args()
    devices, every_s, seconds = DEFAULTS[given.scenario]
    asked = Asked(
        given.scenario,
        devices=given.devices or devices,
        every_s=given.every or every_s,
        seconds=given.seconds or seconds,
        mode=AsyncMode(given.mode),
        command="python -m tests.load " + " ".join(sys.argv[1:]),
    )
    return asked, given.database


if __name__ == "__main__":
    main()
