"""Checks an uploaded layout in a child process: the web process never imports the optimizer."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from server import wire
from server.errors import BadInput, Unavailable

log = logging.getLogger(__name__)

SECONDS = 60
"""A layout of 200,000 locations is checked in a few seconds."""


def check_layout(document: dict[str, Any]) -> None:
    """Run ``wavepick layout check`` on a document.

    Raises
    ------
    BadInput
        The layout breaks a rule; message and pointer are those of the first finding.
    Unavailable
        The check did not end in time.
    """
    with tempfile.TemporaryDirectory(prefix="wavepick-layout-") as folder:
        path = Path(folder) / "layout.json"
        path.write_text(wire.dumps(document), encoding="utf-8")
        command = [sys.executable, "-m", "server.cli", "layout", "check", str(path), "--json"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(
                f"the layout check did not end within {SECONDS} s", code="layout-check-timeout"
            ) from None
    if done.returncode != 0:
        pointer, message = _first_finding(done.stdout, done.stderr)
        raise BadInput(message, code="bad-layout", pointer=pointer)


def _first_finding(output: str, errors: str) -> tuple[str, str]:
    try:
        findings = json.loads(output)["findings"]
        return str(findings[0]["pointer"]), str(findings[0]["message"])
    except (ValueError, KeyError, IndexError, TypeError):
        log.warning("layout check answered without findings: %s", errors.strip())
        lines = errors.strip().splitlines()
        return "", lines[-1] if lines else "the layout cannot be used"
