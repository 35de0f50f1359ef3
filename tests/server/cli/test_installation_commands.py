"""``migrate``, ``people`` and ``doctor`` on the command line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import wavepick
from server.cli.doctor import Verdict, check_sqlite
from server.db.engine import Database
from server.errors import Conflict, Unavailable
from server.services import people, workers
from server.services.clock import system_clock
from tests.server import small_site
from tests.server.processes import free_port
from tests.server.processes import wavepick as command_line


def run(folder: Path, *arguments: str) -> Result:
    """Run a command on the installation in a folder."""
    return CliRunner().invoke(
        wavepick,
        [*arguments, "--data", str(folder)],
        env={"WAVEPICK_DATABASE_URL": "", "WAVEPICK_QUEUE_URL": ""},
    )


def test_migrate_creates_and_may_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert run(folder, "migrate", "--check").exit_code == 3
    assert not folder.exists()
    made = json.loads(run(folder, "migrate", "--json").output)
    assert (made["before"], made["after"]) == (None, made["head"])
    assert "up to date" in run(folder, "migrate").output
    assert run(folder, "migrate", "--check").exit_code == 0


def test_migrate_names_a_folder_it_cannot_make(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    failed = run(tmp_path / "file" / "below", "migrate")
    assert isinstance(failed.exception, Unavailable)
    assert "cannot be made" in str(failed.exception)


def test_people_get_a_pin_once_and_may_sign_in_with_it(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    added = run(
        tmp_path, "people", "add", "--badge", "B-7", "--name", "Ann", "--role", "lead", "--json"
    )
    pin = json.loads(added.output)["pin"]
    assert len(pin) == 6
    assert pin.isdecimal()
    listed = run(tmp_path, "people", "list", "--json")
    assert json.loads(listed.output)["people"] == [
        {"badge": "B-7", "name": "Ann", "role": "lead", "language": "en", "active": True}
    ]
    assert pin not in listed.output
    again = run(tmp_path, "people", "add", "--badge", "B-7", "--name", "Bob", "--role", "picker")
    assert isinstance(again.exception, Conflict)
    database = Database(f"sqlite:///{tmp_path / 'wavepick.db'}")
    with database.write() as session:
        token, _ = people.sign_in(session, system_clock, badge="B-7", pin=pin, client="console")
    database.close()
    assert token


def test_people_need_a_database(tmp_path: Path) -> None:
    failed = run(tmp_path, "people", "list")
    assert isinstance(failed.exception, Unavailable)
    assert "wavepick migrate" in str(failed.exception)


def examined(folder: Path, port: int) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor; return its exit code and the findings by check."""
    result = run(folder, "doctor", "--json", "--port", str(port))
    findings = json.loads(result.output)["findings"]
    return result.exit_code, {finding["check"]: finding for finding in findings}


def test_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    code, findings = examined(tmp_path, free_port())
    assert code == 3
    assert findings["database"]["verdict"] == "failed"
    assert findings["database"]["remedy"] == "wavepick migrate"
    run(tmp_path, "migrate")
    code, findings = examined(tmp_path, free_port())
    assert code == 3
    assert findings["database"]["verdict"] == "ok"
    assert {name for name, found in findings.items() if found["verdict"] == "failed"} - {
        "pages"
    } == {"layout", "people"}


def test_doctor_is_content_with_a_complete_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_site.fill(f"sqlite:///{tmp_path / 'wavepick.db'}", n_orders=0)
    pages = tmp_path / "dist"
    pages.mkdir()
    for name in ("pick.html", "lead.html"):
        (pages / name).write_text("")
    monkeypatch.setattr("handheld_ui.dist", lambda: pages)
    database = Database(f"sqlite:///{tmp_path / 'wavepick.db'}")
    code, findings = examined(tmp_path, free_port())
    assert (code, findings["workers"]["verdict"]) == (0, "warning")
    with database.write() as session:
        workers.beat(session, system_clock, worker="w", lanes=("plan", "replan"))
    code, findings = examined(tmp_path, free_port())
    assert (code, findings["workers"]["verdict"]) == (0, "ok")
    database.close()


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 40, 1), Verdict.WARNING),
        ((3, 44, 5), Verdict.WARNING),
        ((3, 44, 6), Verdict.OK),
        ((3, 45, 9), Verdict.WARNING),
        ((3, 50, 7), Verdict.OK),
        ((3, 51, 2), Verdict.WARNING),
        ((3, 51, 3), Verdict.OK),
        ((4, 0, 0), Verdict.OK),
    ],
)
def test_doctor_knows_the_wal_reset_bug(version: tuple[int, ...], verdict: Verdict) -> None:
    assert check_sqlite(version).verdict is verdict


def test_exit_codes_reach_the_shell(tmp_path: Path) -> None:
    done = subprocess.run(
        command_line("people", "list", "--data", str(tmp_path)),
        env={**os.environ, "WAVEPICK_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
