"""Finds a Chromium, or gets one: the environment's, the machine's, Playwright's, Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def chromium() -> str:
    """Path of a Chromium executable.

    Raises
    ------
    RuntimeError
        When none is there and none can be had: a missing browser is a failure, never a skip.
    """
    named = os.environ.get("WAVEPICK_CHROMIUM")
    if named:
        return named
    found = _on_path() or _from_playwright() or _from_debian()
    if found is None:
        raise RuntimeError(
            "no Chromium: install one, or name it in WAVEPICK_CHROMIUM (tried the PATH, "
            "`playwright install chromium` and, as root, `apt-get install chromium`)"
        )
    return found


def launch_arguments() -> list[str]:
    """Quiet flags; no sandbox only for root, where Chromium refuses to run with it."""
    quiet = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    return [*quiet, "--no-sandbox"] if os.geteuid() == 0 else quiet


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _from_playwright() -> str | None:
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))

    def installed() -> str | None:
        return next((str(path) for path in sorted(home.glob("chromium-*/chrome-*/chrome"))), None)

    if installed() is None:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            check=False,
            capture_output=True,
            timeout=300,
        )
    return installed()


def _from_debian() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        subprocess.run(
            command,
            check=False,
            capture_output=True,
            timeout=600,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    return _on_path()
