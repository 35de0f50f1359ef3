"""No secret in the project, none by default, none in the trail or the log (S18, S20, S23)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from server.models import Audit, Device, Person, SignIn
from tests.server import small_site
from tests.server.api.conftest import Lead, Site, body_of

ROOT = Path(__file__).parents[2]

PATTERNS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "forge token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[A-Za-z0-9_-]{20}\b",
    "chat token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "signed token": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.",
    "password in an address": r"\b(?:postgresql|postgres|redis|https?)(?:\+\w+)?://"
    r"[^\s:/@{}$<\"']+:(?!\*\*\*|PASSWORD\b|password\b|secret\b|\$|\{)[^\s:/@{}$<\"']{4,}@",
    "secret constant": r"(?i)\b(?:secret_key|api_key|password)\s*=\s*"
    r"[\"'][A-Za-z0-9+/_-]{16,}[\"']",
}

GENERATED = ("package-lock.json", "requirements/", "benchmarks/")


def tracked() -> list[Path]:
    """Text files of the project that people write."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    files = [name for name in listed.split("\0") if name and not name.startswith(GENERATED)]
    return [ROOT / name for name in files if (ROOT / name).is_file()]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a copy without its history")
@pytest.mark.parametrize("what", PATTERNS)
def test_no_file_has_a_secret(what: str) -> None:
    pattern = re.compile(PATTERNS[what])
    found = []
    for file in tracked():
        if what == "password in an address" and ROOT / "tests" in file.parents:
            continue  # tests show that such addresses are hidden in logs and errors
        try:
            content = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [
            f"{file.relative_to(ROOT)}: {hit.group()[:20]}" for hit in pattern.finditer(content)
        ]
    assert found == []


@pytest.mark.parametrize("what", PATTERNS)
def test_the_gate_finds_what_it_looks_for(what: str) -> None:
    examples = {
        "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "cloud key": "AKIA" + "ABCDEFGHIJKLMNOP",
        "forge token": "ghp_" + "a" * 36,
        "chat token": "xoxb-" + "1234567890",
        "signed token": "eyJ" + "a" * 16 + ".eyJ" + "b" * 16 + ".c",
        "password in an address": "postgresql://wave:" + "hunter22@db/x",
        "secret constant": "SECRET_KEY = '" + "a" * 20 + "'",
    }
    assert re.search(PATTERNS[what], examples[what])


def test_a_new_installation_has_no_account(tmp_path: Path) -> None:
    from tests.server.cli.test_installation_commands import run

    run(tmp_path, "migrate")
    assert '"people": []' in run(tmp_path, "people", "list", "--json").output


def test_nothing_stored_or_recorded_is_a_secret_in_clear(site: Site, lead: Lead) -> None:
    invitation = lead.ok(lead.post("/devices", {"name": "HH"}), 201)
    enrolled = body_of(
        site.call("POST", "/devices/enrolment", {"code": invitation["code"]}, token=None)
    )
    picker = site.token(small_site.PICKER, "handheld")
    body = {"badge": small_site.PICKER, "pin": "864209", "client": "handheld"}
    assert site.call("POST", "/session", body, token=None).status_code == 401
    secrets = {lead.token, picker, invitation["code"], enrolled["token"], small_site.PIN, "864209"}
    with site.database.read() as session:
        stored = [
            str(getattr(row, column.key))
            for model in (Audit, Device, Person, SignIn)
            for row in session.scalars(select(model))
            for column in model.__table__.columns
        ]
    assert stored
    assert not [text for text in stored if any(secret in text for secret in secrets)]
