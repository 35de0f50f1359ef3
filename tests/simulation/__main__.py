"""The command line of the simulator, see :mod:`tests.simulation.runner`."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.plant import plant_and_report
from tests.simulation.runner import run_and_report


def main() -> int:
    """Run the seeds that the command line names; 1 when one of them broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many histories")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--workers", type=int, default=2, help="parallel processes")
    parser.add_argument("--most-failures", type=int, default=5, help="stop after so many")
    parser.add_argument("--planted", action="store_true", help="look for planted bugs instead")
    asked = parser.parse_args()
    if asked.planted:
        return 1 if plant_and_report(workers=asked.workers, most=asked.seeds) else 0
    broken = run_and_report(
        first=asked.first,
        seeds=asked.seeds,
        workers=min(asked.workers, asked.seeds),
        most_failures=asked.most_failures,
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
