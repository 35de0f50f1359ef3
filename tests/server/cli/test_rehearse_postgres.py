"""The rehearsal on PostgreSQL: the same code by configuration only."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.files.synthetic import Shape, dirty_orders

pytestmark = [pytest.mark.process, pytest.mark.postgres]


def test_a_wave_is_picked_and_the_books_agree(tmp_path: Path, postgres_url: str) -> None:
    orders, account = tmp_path / "orders.csv", tmp_path / "account.json"
    shape = Shape(n_orders=25, n_items=60, mean_lines=4, n_large=1, large_lines=20)
    orders.write_bytes(dirty_orders(shape, seed=9))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "server.cli", "rehearse", "--database", postgres_url),
            *("--orders", str(orders), "--json", str(account), "--seed", "9"),
            *("--orders-in-wave", "20", "--pickers", "4", "--seconds", "2"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found = json.loads(account.read_text("utf-8"))
    assert found["passed"] is True
    assert found["wave"]["orders"] == 20
