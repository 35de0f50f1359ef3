"""The public names of the package: complete, lazy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import optimizer


def test_every_public_name_loads_and_is_listed() -> None:
    for name in optimizer.__all__:
        assert getattr(optimizer, name) is not None
        assert name in dir(optimizer)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = optimizer.nothing  # type: ignore[attr-defined]


def test_a_light_name_pulls_in_no_engine() -> None:
    code = (
        "import sys; from optimizer import Order, Params, parse_plan; "
        "heavy = {'numba', 'scipy', 'ortools', 'optimizer.planner'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
