"""Rules about the project's own files that no other tool checks."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN_NAMES = ("optimizer", "server", "handheld_ui", "layouts", "benchmarks")


@pytest.mark.parametrize("name", OWN_NAMES)
def test_no_other_installed_distribution_owns_the_import_name(name: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(name, []))
    assert owners <= {"wavepick"}


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_lock_files_name_no_registry() -> None:
    locks = [
        path for path in tracked_files() if re.search(r"lock.*\.json$|requirements/", str(path))
    ]
    assert locks
    for path in locks:
        text = path.read_text()
        assert "index-url" not in text, path
        assert not re.search(r'"resolved":\s*"http', text), path
        assert not re.search(r"@ https?://", text), path


def test_every_runtime_requirement_is_pinned_with_hashes() -> None:
    for name in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==\S+.*\\$", text, flags=re.MULTILINE)
        assert len(pins) > 30
        assert text.count("--hash=sha256:") >= len(pins)


def test_package_json_keeps_addresses_out_of_the_lock() -> None:
    npmrc = (ROOT / "handheld_ui" / ".npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in npmrc
    lock = json.loads((ROOT / "handheld_ui" / "package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
