"""Plants bugs one by one and tells after how many histories each is found (PLANTED.md)."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.simulation.planted import BUGS
from tests.simulation.runner import prepare, run_one
from tests.simulation.world import RESTORES_EVERY

MOST = 1_000
"""Histories after which a bug counts as not found."""


@dataclass(frozen=True, slots=True)
class Catch:
    """Whether and how a planted bug was found; ``histories`` it took, the last one included."""

    bug: str
    seed: int | None
    histories: int
    text: str

    def __str__(self) -> str:
        if self.seed is None:
            return f"{self.bug}: NOT FOUND in {self.histories} histories"
        first_line = self.text.partition("\n")[0]
        return f"{self.bug}: {self.histories} histories (seed {self.seed}): {first_line[:160]}"


def look_for(name: str, *, most: int = MOST, first: int | None = None) -> Catch:
    """Plant a bug and run histories until one breaks a rule; ``first`` is tried before seed 1."""
    prepare()
    bug = BUGS[name]
    step = RESTORES_EVERY if bug.restores else 1
    seeds = [*([] if first is None else [first]), *range(step, most * step + 1, step)]
    with bug.plant():
        for number, seed in enumerate(seeds, start=1):
            outcome = run_one(seed)
            if outcome.violations:
                return Catch(name, seed, number, str(outcome.violations[0]))
    return Catch(name, None, most, "")


def look_for_all(names: Iterable[str], *, workers: int, most: int = MOST) -> Iterator[Catch]:
    """Each of the bugs, in parallel processes."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(partial(look_for, most=most), names)


def plant_and_report(*, workers: int, most: int) -> int:
    """Look for every planted bug and print; returns how many were not found."""
    missed = 0
    for catch in look_for_all(BUGS, workers=workers, most=most):
        missed += catch.seed is None
        print(catch, flush=True)  # noqa: T201
    print(f"{len(BUGS)} planted bugs, {len(BUGS) - missed} found")  # noqa: T201
    return missed
