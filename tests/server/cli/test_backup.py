"""``wavepick backup``: whole, verified, under its name only when it is finished."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from server.db import migrate
from server.db.backup import verified
from server.db.engine import Database
from server.models import Op
from server.services import changes
from tests.server.cli.installation import run, run_apart, working_floor
from tests.server.db.dump import DUMPS, load
from tests.server.services.books import audit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data folder of a migrated installation."""
    folder = tmp_path / "data"
    assert run("migrate", "--data", folder).code == 0
    return folder


def test_backups_while_pickers_work_hold_every_operation_answered_before(tmp_path: Path) -> None:
    """Ten backups in the middle of a hundred transactions; each one's books balance."""
    data, out = tmp_path / "data", tmp_path / "out.db"
    database, device = working_floor(data)
    finished = threading.Event()

    def pick() -> None:
        for number in range(80):
            device.pick(number % 2, 1)
        finished.set()

    picker = threading.Thread(target=pick)
    answered_before = device.acked
    picker.start()
    backups = 0
    while not finished.is_set() or backups < 3:
        answered_before = device.acked
        made = run_apart("backup", "--data", data, "--out", out, "--overwrite", "--json").json
        answered_after = len(device.log)
        assert answered_before <= made["operations"] <= answered_after
        copy = Database(f"sqlite:///{out}")
        with copy.read() as session:
            audit(session)
            for seq in range(1, answered_before + 1):
                op = session.get_one(Op, (device.stream, seq))
                assert (op.verdict, op.code) == device.verdicts[seq]
        copy.close()
        backups += 1
    picker.join()
    database.close()


def test_a_backup_is_one_private_file_that_says_what_it_holds(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "backups" / "monday.db"
    out.parent.mkdir()
    made = run("backup", "--data", data, "--out", out, "--json").json
    assert [path.name for path in out.parent.iterdir()] == ["monday.db"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert made["size_bytes"] == out.stat().st_size
    with closing(sqlite3.connect(out)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    database = Database(f"sqlite:///{data / 'wavepick.db'}")
    with database.read() as session:
        assert made["generation"] == changes.generation(session)
    database.close()


def test_an_older_backup_is_replaced_only_when_told(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    out.write_bytes(b"older")
    refused = run("backup", "--data", data, "--out", out)
    assert refused.code == 3
    assert "--overwrite" in refused.errors
    assert out.read_bytes() == b"older"
    assert run("backup", "--data", data, "--out", out, "--overwrite").code == 0
    assert out.stat().st_size > 100_000


def test_a_full_disk_leaves_the_older_backup_and_no_scraps(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    out = folder / "out.db"
    out.write_bytes(b"older")
    failed = run_apart("backup", "--data", data, "--out", out, "--overwrite", largest_file=50_000)
    assert failed.code == 3
    assert "cannot write the copy" in failed.errors
    assert [path.name for path in folder.iterdir()] == ["out.db"]
    assert out.read_bytes() == b"older"


def test_a_damaged_database_is_no_backup(data: Path, tmp_path: Path) -> None:
    _damage(data / "wavepick.db")
    failed = run("backup", "--data", data, "--out", tmp_path / "out.db")
    assert failed.code == 3
    assert "is damaged, no backup was made" in failed.errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_what_cannot_be_saved_is_said(data: Path, tmp_path: Path) -> None:
    database = data / "wavepick.db"
    assert "itself" in run("backup", "--data", data, "--out", database, "--overwrite").errors
    assert database.exists()
    missing = run("backup", "--data", tmp_path / "none", "--out", tmp_path / "out.db")
    assert "does not exist" in missing.errors
    nowhere = run("backup", "--data", data, "--out", tmp_path / "no" / "out.db")
    assert "No such file or directory" in nowhere.errors
    postgres = run("backup", "--database", "postgresql://127.0.0.1/x", "--out", tmp_path / "o")
    assert "pg_dump" in postgres.errors
    assert {missing.code, nowhere.code, postgres.code} == {3}


@pytest.mark.parametrize("revision", sorted(file.stem for file in DUMPS.glob("*.json")))
def test_an_upgrade_keeps_a_copy_of_the_earlier_schema(tmp_path: Path, revision: str) -> None:
    """Which is a backup: restored by the version that made it, or by this one."""
    data = tmp_path / "data"
    data.mkdir()
    url = f"sqlite:///{data / 'wavepick.db'}"
    load(url, revision, json.loads((DUMPS / f"{revision}.json").read_text("utf-8"))["tables"])
    done = run("migrate", "--data", data, "--json").json
    assert (done["before"], done["after"]) == (revision, migrate.head())
    assert verified(Path(done["backup"])).schema == revision
    assert run("migrate", "--data", data, "--json").json["backup"] is None
    assert run("restore", "--data", data, "--from", done["backup"]).code == 0
    assert migrate.current(url) == migrate.head()


def test_a_damaged_database_is_not_upgraded(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    file = data / "wavepick.db"
    revision = min(path.stem for path in DUMPS.glob("*.json"))
    document = json.loads((DUMPS / f"{revision}.json").read_text("utf-8"))
    load(f"sqlite:///{file}", revision, document["tables"])
    _damage(file)
    refused = run("migrate", "--data", data)
    assert refused.code == 3
    assert "is damaged, no backup was made" in refused.errors
    assert migrate.current(f"sqlite:///{file}") == revision


def _damage(database: Path) -> None:
    """Overwrite an index, as a failing disk might."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        (root,) = opened.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_pick_list_state'"
        ).fetchone()
        (page_size,) = opened.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * page_size)
        file.write(b"\xff" * page_size)
