"""The real-input run: from an order file to confirmed picks, report equal to recount."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.files.synthetic import Shape, dirty_orders

pytestmark = pytest.mark.process

CHECKS = {
    "dry run changes nothing",
    "the same file again changes nothing",
    "dry run foretold the import",
    "every line is accepted or rejected",
    "launching twice launches once",
    "an order is cancelled while it is picked",
    "everything at the put wall was sorted",
    "pickers stop cleanly",
    "the wave is over",
    "no answer broke the protocol",
    "the server's own report equals its recount",
    "report equals recount",
    "pick units equal what was acknowledged to the pickers",
    "short units equal what was acknowledged to the pickers",
}


def rehearse(tmp_path: Path, *options: str) -> dict[str, Any]:
    """Run the command as a user does, and return its account."""
    account = tmp_path / "account.json"
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "rehearse", "--json", str(account), *options],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(account.read_text("utf-8"))
    assert set(found["checks"]) == CHECKS
    assert all(found["checks"].values()), found["differences"]
    assert found["passed"] is True
    return found


def conserved(account: dict[str, Any]) -> bool:
    """Whether every unit of the wave is in exactly one bucket at the end."""
    return bool(sum(account["report"]["units"].values()) == account["wave"]["units"])


@pytest.mark.parametrize("method", ["cluster", "total"])
def test_a_dirty_file_is_picked_and_the_books_agree(tmp_path: Path, method: str) -> None:
    orders = tmp_path / "orders.csv"
    shape = Shape(n_orders=40, n_items=120, mean_lines=5, n_large=1, large_lines=30)
    orders.write_bytes(dirty_orders(shape, seed=5))
    account = rehearse(
        tmp_path,
        *("--orders", str(orders), "--mapping", "online-retail", "--seed", "5"),
        *("--orders-in-wave", "30", "--pickers", "4", "--seconds", "2", "--method", method),
    )
    assert account["wave"]["orders"] == 30
    assert conserved(account)
    assert account["import"]["lines"]["rejected"] > 0
    counts = account["picking"]["counts"]
    assert counts["acknowledged-pick-units"] > 0
    assert account["picking"]["cancelled_order"] is not None
    if method == "total":
        assert counts["acknowledged-put-units"] > 0


def test_the_public_file_is_picked_and_the_books_agree(tmp_path: Path) -> None:
    folder = os.environ.get("WAVEPICK_DATA", "")
    orders = Path(folder) / "orders" / "online_retail_sample.csv"
    if not folder or not orders.is_file():
        pytest.skip(f"no public order file at WAVEPICK_DATA ({folder or 'not set'})")
    account = rehearse(
        tmp_path, "--orders", str(orders), "--mapping", "online-retail", "--orders-in-wave", "300"
    )
    assert account["wave"]["orders"] == 300
    assert conserved(account)
    # Counted by hand from the file: 9,999 lines, 100 cancellation lines, 30 other negative ones,
    # 38 lines with codes that are no goods, 2 of them in cancellations.
    assert account["import"]["lines"] == {"read": 9999, "accepted": 9833, "rejected": 166}
    assert account["import"]["rejected_by_rule"] == {
        "cancellation": 100,
        "not-goods": 36,
        "quantity": 30,
    }
    assert account["picking"]["counts"]["shorts"] > 0
