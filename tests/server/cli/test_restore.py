"""``wavepick restore``: the older database takes over, nothing acknowledged is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.db import migrate
from server.db.engine import Database
from server.errors import NotSignedIn
from server.models import Audit, Op
from server.services import changes, people
from server.services.clock import system_clock
from tests.server import processes
from tests.server.cli.installation import run, working_floor
from tests.server.db.dump import DUMPS, load
from tests.server.services.books import audit
from tests.server.services.site import PIN


def test_handhelds_send_again_what_the_backup_does_not_have(tmp_path: Path) -> None:
    """3 picks are in the backup, 4 more are answered; after the restore all 7 count, once."""
    data, backup = tmp_path / "data", tmp_path / "backup.db"
    database, device = working_floor(data)
    for _ in range(3):
        device.pick(0, 1)
    run("backup", "--data", data, "--out", backup)
    for _ in range(4):
        device.pick(1, 1)
    acked, told = device.acked, dict(device.verdicts)
    before = device.sync()["gen"]
    device.acked = acked
    database.close()

    done = run("restore", "--data", data, "--from", backup, "--json").json
    reply = device.sync()
    assert reply["last"] == acked - 4
    assert reply["gen"] == done["generation"] > before
    device.flush()
    assert (device.acked, device.verdicts) == (acked, told)
    assert device.view is not None
    device.sync()
    assert [task["picked"] for task in device.view["tasks"]] == [3, 4]
    with database.read() as session:
        audit(session)
        began = [row for row in session.query(Audit) if row.action == "generation.begin"]
    assert [row.subject for row in began] == [f"generation:{done['generation']}"]
    database.close()


def test_the_replaced_database_is_kept_with_its_last_commit(tmp_path: Path) -> None:
    """Also what was only in the write-ahead log when the server was killed."""
    data, backup = tmp_path / "data", tmp_path / "backup.db"
    database, device = working_floor(data)
    run("backup", "--data", data, "--out", backup)
    device.pick(0, 1)
    killed = tmp_path / "killed"
    # What kill -9 leaves: the files as they are, with connections never closed.
    killed.mkdir()
    for name in ("wavepick.db", "wavepick.db-wal"):
        shutil.copy(data / name, killed / name)
    database.close()
    assert (killed / "wavepick.db-wal").stat().st_size > 0

    done = run("restore", "--data", killed, "--from", backup, "--json").json
    kept = Path(done["replaced"])
    assert kept.parent == killed
    replaced = Database(f"sqlite:///{kept}")
    with replaced.read() as session:
        assert session.get(Op, (device.stream, device.acked)) is not None
        audit(session)
    replaced.close()
    restored = Database(f"sqlite:///{killed / 'wavepick.db'}")
    with restored.read() as session:
        assert session.get(Op, (device.stream, device.acked)) is None
    restored.close()


def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup.db"
    database, _ = working_floor(data)
    database.close()
    run("backup", "--data", data, "--out", backup)
    (data / "wavepick.db").write_bytes(b"nothing that SQLite knows" * 1000)
    (data / "wavepick.db-wal").write_bytes(b"rest")
    done = run("restore", "--data", data, "--from", backup, "--json").json
    kept = Path(done["replaced"])
    assert kept.read_bytes().startswith(b"nothing that SQLite knows")
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"rest"
    assert run("doctor", "--data", data, "--json").output.count('"schema') == 1
    restored = Database(f"sqlite:///{data / 'wavepick.db'}")
    with restored.read() as session:
        audit(session)
    restored.close()


def test_into_an_empty_folder(tmp_path: Path) -> None:
    data, backup, other = tmp_path / "data", tmp_path / "backup.db", tmp_path / "other"
    run("migrate", "--data", data)
    run("backup", "--data", data, "--out", backup)
    other.mkdir()
    done = run("restore", "--data", other, "--from", backup, "--json").json
    assert done["replaced"] is None
    assert migrate.current(f"sqlite:///{other / 'wavepick.db'}") == migrate.head()


def test_every_restore_keeps_what_it_replaces(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup.db"
    run("migrate", "--data", data)
    run("backup", "--data", data, "--out", backup)
    results = [run("restore", "--data", data, "--from", backup, "--json").json for _ in range(3)]
    assert len({result["replaced"] for result in results}) == 3
    generations = [result["generation"] for result in results]
    assert generations == sorted(set(generations))


@pytest.mark.parametrize("revision", sorted(file.stem for file in DUMPS.glob("*.json")))
def test_a_backup_of_an_earlier_version_is_upgraded(tmp_path: Path, revision: str) -> None:
    backup, data = tmp_path / "old.db", tmp_path / "data"
    document = json.loads((DUMPS / f"{revision}.json").read_text("utf-8"))
    load(f"sqlite:///{backup}", revision, document["tables"])
    with closing(sqlite3.connect(backup)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    content = backup.read_bytes()
    run("migrate", "--data", data)
    done = run("restore", "--data", data, "--from", backup, "--json").json
    assert done["schema"] == migrate.head()
    assert backup.read_bytes() == content
    database = Database(f"sqlite:///{data / 'wavepick.db'}")
    with database.read() as session:
        audit(session)
        assert changes.generation(session) == done["generation"]
    database.close()


# Who may come in


def test_people_devices_and_sessions_stay_as_they_are_now(tmp_path: Path) -> None:
    """Revoked after the backup stays revoked; signed in after the backup stays signed in."""
    data, backup = tmp_path / "data", tmp_path / "backup.db"
    database, device = working_floor(data)
    clock = system_clock
    with database.write() as session:
        lost, _ = people.sign_in(session, clock, badge="B-3", pin=PIN, client="console")
        people.sign_in(session, clock, badge="B-4", pin=PIN, client="console")
    run("backup", "--data", data, "--out", backup)
    with database.write() as session:
        row = people.who(session, clock, token=lost)
        people.revoke(session, clock, sign_in_id=row.sign_in_id)
        people.deactivate(session, clock, badge="B-4")
        later, _ = people.sign_in(session, clock, badge="B-2", pin=PIN, client="console")
    database.close()

    done = run("restore", "--data", data, "--from", backup, "--json").json
    assert done["people"].startswith("as in the replaced database")
    with database.read() as session:
        with pytest.raises(NotSignedIn):
            people.who(session, clock, token=lost)
        assert people.who(session, clock, token=later).person_id == device.who.person_id
        assert [each.badge for each in people.everyone(session) if not each.active] == ["B-4"]
    database.close()
    assert run("audit", "verify", "--data", data).code == 0

    run("restore", "--data", data, "--from", backup, "--people-from-backup")
    with database.read() as session:
        assert people.who(session, clock, token=lost).client == "console"
        with pytest.raises(NotSignedIn):
            people.who(session, clock, token=later)
    database.close()


def test_people_of_another_site_are_not_mixed(tmp_path: Path) -> None:
    """The same badges with other ids: the backup brings its own people."""
    data, other, backup = tmp_path / "data", tmp_path / "other", tmp_path / "backup.db"
    working_floor(other)[0].close()
    run("backup", "--data", other, "--out", backup)
    working_floor(data)[0].close()
    done = run("restore", "--data", data, "--from", backup, "--json").json
    assert done["people"] == "as in the backup: the replaced database was of another site"
    assert run("audit", "verify", "--data", data).code == 0


# Nothing is touched where something is wrong


@pytest.fixture
def present(tmp_path: Path) -> Path:
    """Data folder of an installation."""
    data = tmp_path / "data"
    run("migrate", "--data", data)
    return data


def _refused(data: Path, source: Path) -> str:
    """Try to restore; the database must stay as it was, and no scraps may be left."""
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.suffix != ".lock"}
    result = run("restore", "--data", data, "--from", source)
    assert result.code == 3, result.output
    after = {path.name: path.read_bytes() for path in data.iterdir() if path.suffix != ".lock"}
    assert before == after
    return result.errors


def test_what_is_no_backup_is_refused(present: Path, tmp_path: Path) -> None:
    assert "no such file" in _refused(present, tmp_path / "none.db")
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"a holiday picture, longer than the header of a database" * 100)
    assert "not a database" in _refused(present, junk)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as opened:
        opened.execute("CREATE TABLE recipe (name TEXT)")
    assert "no database of Wavepick" in _refused(present, foreign)
    assert "itself" in _refused(present, present / "wavepick.db")


def test_a_damaged_backup_is_refused(present: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    run("backup", "--data", present, "--out", backup)
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    assert "error: " in _refused(present, backup)
    backup.write_bytes(whole[:40_960] + b"\xa5" * 4_096 + whole[45_056:])
    assert "error: " in _refused(present, backup)


def test_a_raw_copy_with_its_log_is_refused(present: Path, tmp_path: Path) -> None:
    """Half of its content lies in the other file: restoring one of them would lose the rest."""
    raw = tmp_path / "raw.db"
    shutil.copy(present / "wavepick.db", raw)
    raw.with_name("raw.db-wal").write_bytes(b"x" * 100)
    assert "wavepick backup" in _refused(present, raw)


def test_a_backup_of_a_newer_version_is_refused(present: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    run("backup", "--data", present, "--out", backup)
    with closing(sqlite3.connect(backup)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = 'f999'")
    assert "made by a newer version" in _refused(present, backup)


def test_one_thing_at_a_time(present: Path, tmp_path: Path) -> None:
    assert run("restore", "--data", present).code == 2
    both = run("restore", "--data", present, "--from", tmp_path / "x", "--begin-generation")
    assert both.code == 2


# While somebody works


@pytest.mark.process
def test_a_running_server_and_a_running_worker_are_not_robbed(
    present: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    run("backup", "--data", present, "--out", backup)
    settings = {"WAVEPICK_HOME": str(present)}
    with processes.web_server(settings, tmp_path):
        assert "stop the server" in _in_use(present, backup)
    with processes.worker(settings, tmp_path) as worker:
        processes.wait_until(
            lambda: "serves lanes" in worker.output, within_s=30, what="worker started"
        )
        assert "stop the server" in _in_use(present, backup)
    assert run("restore", "--data", present, "--from", backup).code == 0


def _in_use(data: Path, backup: Path) -> str:
    for arguments in (("--from", backup), ("--begin-generation",)):
        result = run("restore", "--data", data, *arguments)
        assert result.code == 3
    assert not list(data.glob("*.replaced-*"))
    return result.errors


def test_another_command_in_the_middle_of_its_work_is_not_robbed(
    present: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    run("backup", "--data", present, "--out", backup)
    database = Database(f"sqlite:///{present / 'wavepick.db'}")
    with database.read() as session:
        changes.generation(session)
        result = run("restore", "--data", present, "--from", backup)
    database.close()
    assert result.code == 3
    assert "another command" in result.errors


@pytest.mark.process
def test_a_server_that_is_killed_frees_the_database(present: Path, tmp_path: Path) -> None:
    """The system frees the lock of a killed server, so nobody has to remove a file by hand."""
    backup = tmp_path / "backup.db"
    run("backup", "--data", present, "--out", backup)
    server = processes.web_server({"WAVEPICK_HOME": str(present)}, tmp_path)
    with server:
        server.kill()
        assert run("restore", "--data", present, "--from", backup).code == 0


# PostgreSQL


def test_begin_generation(database_url: str) -> None:
    database = Database(database_url)
    with database.read() as session:
        before = changes.generation(session)
    database.close()
    done = run("restore", "--database", database_url, "--begin-generation", "--json").json
    assert done["generation"] > before
    with database.read() as session:
        assert changes.generation(session) == done["generation"]
    database.close()


@pytest.mark.postgres
def test_replacing_postgres_is_left_to_its_own_tools(postgres_url: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    backup.touch()
    result = run("restore", "--database", postgres_url, "--from", backup)
    assert result.code == 3
    assert "pg_restore" in result.errors
