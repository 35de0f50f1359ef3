"""The public instances, where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def public_data() -> Path:
    """Return the folder of public instances; skips the test without it."""
    folder = os.environ.get("WAVEPICK_DATA", "")
    if not folder or not (Path(folder) / "instances").is_dir():
        pytest.skip("the public instances are absent: WAVEPICK_DATA names no folder that has them")
    return Path(folder)
