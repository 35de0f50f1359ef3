"""A seed is a history: the same one in every process, whatever its hash seed is."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.simulation.runner import run_one

_TELL = "from tests.simulation.runner import run_one; print(*(run_one(s).digest for s in (4, 7)))"


def test_a_seed_gives_the_same_history_in_another_process() -> None:
    here = " ".join(run_one(seed).digest for seed in (4, 7))
    for hash_seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", _TELL],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        )
        assert there.stdout.split() == here.split()
