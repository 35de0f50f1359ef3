from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.catalogue import SUITES, Entry, load_entry, load_suite
from benchmarks.errors import BenchError


@pytest.mark.parametrize("name", SUITES)
def test_suites_bear_their_name(name: str) -> None:
    suite = load_suite(name)
    assert suite.name == name
    assert suite.unit
    assert suite.seconds > 0


def test_a_missing_peer_is_named() -> None:
    entry = Entry("benchmarks.suites.sprp:ONE_BLOCK", "", peers=("no_such_solver",))
    with pytest.raises(BenchError, match="beside no_such_solver, which is not installed"):
        load_entry(entry)


def test_the_list_needs_no_solver() -> None:
    code = (
        "import sys, benchmarks.catalogue\n"
        "heavy = {'numpy', 'scipy', 'numba', 'ortools', 'pyvrp', 'optimizer'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
