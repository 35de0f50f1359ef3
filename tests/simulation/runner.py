"""Runs many histories, in parallel processes, and tells which seeds broke a rule.

``python -m tests.simulation --seeds 300 --first 1`` (``make simulate SEEDS=300 FIRST=1``). A
failure prints the last things that happened and the command that replays it.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.simulation.warehouse import VARIANTS, Warehouses
from tests.simulation.world import Outcome, simulate

CHUNK = 10
"""Seeds that a process takes at a time."""

TELL_EVERY = 500
"""Histories between two lines of progress."""

_warehouses: list[Warehouses] = []


@dataclass(slots=True)
class Tally:
    """Sums over histories."""

    histories: int = 0
    ops: int = 0
    events: int = 0
    crashes: int = 0
    restores: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one history."""
        self.histories += 1
        self.ops += outcome.ops
        self.events += outcome.events
        self.crashes += outcome.crashes
        self.restores += outcome.restores

    def __str__(self) -> str:
        return (
            f"{self.histories} histories, {self.ops} operations, {self.events} events, "
            f"{self.crashes} crashes, {self.restores} restored backups"
        )


def prepare() -> Warehouses:
    """This process's warehouse; every variant is built before anything is planted."""
    if not _warehouses:
        # Clashes are sent on purpose; what the server logs about them would hide the rest. Faults
        # of the server are violations, so its log has nothing to add.
        logging.getLogger("server").setLevel(logging.CRITICAL + 1)
        made = Warehouses()
        for variant in range(VARIANTS):
            made.begin(variant)
        _warehouses.append(made)
    return _warehouses[0]


def run_one(seed: int) -> Outcome:
    """One history."""
    return simulate(seed, prepare())


def run(seeds: Iterable[int], *, workers: int) -> Iterator[Outcome]:
    """The outcome of each seed, in order."""
    if workers == 1:
        yield from map(run_one, seeds)
        return
    # Not forked: an engine must not be shared between processes.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(run_one, seeds, chunksize=CHUNK)


def explain(outcome: Outcome) -> str:
    """What broke, what happened last, and how to see it again."""
    return "\n".join(
        [
            *outcome.log,
            *(f"  {violation}"[:1_000] for violation in outcome.violations),
            f"seed {outcome.seed} broke {len(outcome.violations)} rules; "
            f"replay it with: make simulate SEEDS=1 FIRST={outcome.seed}",
        ]
    )


def run_and_report(*, first: int, seeds: int, workers: int, most_failures: int) -> int:
    """Run seeds and print; returns the number of histories that broke a rule."""
    begun, tally, broken = time.monotonic(), Tally(), 0
    for outcome in run(range(first, first + seeds), workers=workers):
        tally.add(outcome)
        if tally.histories % TELL_EVERY == 0:
            print(tally, file=sys.stderr)  # noqa: T201 - long work shows progress
        if outcome.violations:
            broken += 1
            print(explain(outcome))  # noqa: T201
            if broken == most_failures:
                break
    took = time.monotonic() - begun
    print(  # noqa: T201
        f"{tally}: {broken} with violations; {took:.0f} s, {tally.histories / took:.1f} a second"
    )
    return broken
