"""``devices``, ``audit`` and what ``people`` can take away, on the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from server.db.engine import Database
from server.errors import NotFound, NotSignedIn
from server.services import devices, people
from server.services.clock import system_clock
from tests.server.cli.test_installation_commands import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation with one picker, B-7."""
    run(tmp_path, "migrate")
    return tmp_path


def added(folder: Path) -> str:
    """Add picker B-7 and return the PIN."""
    made = run(
        folder, "people", "add", "--badge", "B-7", "--name", "Ann", "--role", "picker", "--json"
    )
    return str(json.loads(made.output)["pin"])


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'wavepick.db'}")


def sign_in(folder: Path, pin: str) -> str:
    database = opened(folder)
    with database.write() as session:
        return people.sign_in(session, system_clock, badge="B-7", pin=pin, client="handheld")[0]


def is_signed_in(folder: Path, token: str) -> bool:
    try:
        with opened(folder).read() as session:
            people.who(session, system_clock, token=token)
    except NotSignedIn:
        return False
    return True


def test_a_handheld_is_added_with_a_code_and_revoked(folder: Path) -> None:
    made = run(folder, "devices", "add", "--name", "HH 1", "--url", "https://pick.test/", "--json")
    invitation = json.loads(made.output)
    assert invitation["url"] == f"https://pick.test/pick#enrol={invitation['code']}"
    with opened(folder).write() as session:
        devices.enrol(session, system_clock, code=invitation["code"])
    assert "enrolled  HH 1" in run(folder, "devices", "list").output
    assert run(folder, "devices", "revoke", invitation["id"]).exit_code == 0
    listed = json.loads(run(folder, "devices", "list", "--json").output)["devices"]
    assert [(row["name"], row["state"]) for row in listed] == [("HH 1", "revoked")]


def test_the_qr_code_is_drawn_for_people(folder: Path) -> None:
    drawn = run(folder, "devices", "add", "--name", "HH 1", "--url", "https://pick.test").output
    assert "█" in drawn
    assert "works once" in drawn


def test_unknown_devices_and_bad_addresses_are_told(folder: Path) -> None:
    assert isinstance(run(folder, "devices", "revoke", "0" * 32).exception, NotFound)
    refused = run(folder, "devices", "add", "--name", "HH", "--url", "ftp://x")
    assert "https://" in str(refused.exception)


def test_a_new_pin_replaces_the_old_one(folder: Path) -> None:
    old = added(folder)
    new = run(folder, "people", "pin", "--badge", "B-7").output.split("PIN ")[1][:6]
    with pytest.raises(NotSignedIn):
        sign_in(folder, old)
    assert is_signed_in(folder, sign_in(folder, new))


def test_a_person_is_signed_out_everywhere_or_for_good(folder: Path) -> None:
    pin = added(folder)
    token = sign_in(folder, pin)
    assert run(folder, "people", "revoke", "--badge", "B-7").exit_code == 0
    assert not is_signed_in(folder, token)
    assert is_signed_in(folder, sign_in(folder, pin))
    assert run(folder, "people", "revoke", "--badge", "B-7", "--for-good").exit_code == 0
    with pytest.raises(NotSignedIn):
        sign_in(folder, pin)


def test_the_trail_is_verified_and_shown(folder: Path) -> None:
    added(folder)
    verified = run(folder, "audit", "verify", "--json")
    assert verified.exit_code == 0
    found = json.loads(verified.output)
    head = f"{found['head']['number']}:{found['head']['digest']}"
    assert found["intact"]
    assert run(folder, "audit", "verify", "--head", head).exit_code == 0
    assert run(folder, "audit", "verify", "--head", f"{head[:-1]}x").exit_code == 2
    other = ("1" if head[-1] != "1" else "2").join([head[:-1], ""])
    assert run(folder, "audit", "verify", "--head", other).exit_code == 3
    shown = run(folder, "audit", "show", "--json", "--action", "person.create").output
    assert json.loads(shown)["detail"] == {"role": "picker"}


def test_a_changed_trail_is_told(folder: Path) -> None:
    added(folder)
    connection = sqlite3.connect(folder / "wavepick.db")
    connection.execute("DROP TRIGGER audit_refuses_update")
    connection.execute("UPDATE audit SET action = 'person.none'")
    connection.commit()
    connection.close()
    told = run(folder, "audit", "verify")
    assert told.exit_code == 3
    assert "CHANGED  link 1" in told.output
    assert told.output.strip().endswith("not intact")
