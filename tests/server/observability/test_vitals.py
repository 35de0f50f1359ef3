"""Whether a process is fit to work, as its commits, disk, schema and lifecycle say."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest
from sqlalchemy import text

from server.config import from_environment
from server.db import migrate
from server.db.engine import Database
from server.errors import Unavailable
from server.observability import vitals
from server.observability.lifecycle import Lifecycle
from server.observability.observation import Observation, observe
from server.services.clock import system_clock


def observed(database: Database) -> Observation:
    """What observes a database."""
    url = database.url.render_as_string(hide_password=False)
    return observe(from_environment({"WAVEPICK_DATABASE_URL": url}), database, system_clock)


def problem(observation: Observation) -> str | None:
    return observation.vitals.condition().problem


def test_sound(database: Database) -> None:
    condition = observed(database).vitals.condition()
    assert condition.problem is None
    assert condition.schema == migrate.head()
    assert condition.warnings[-2:] == ("no-worker-plan", "no-worker-replan")


def _fill_up(database: Database) -> None:
    """Let the database grow no further, as on a full disk."""
    with database._writer.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))


def _write_much(database: Database) -> None:
    with database.write() as session:
        session.execute(
            text("INSERT INTO counter (name, value) VALUES (:name, 1)"),
            [{"name": f"filler-{number:06}"} for number in range(20_000)],
        )


def test_a_full_disk_is_a_problem_until_a_commit_works_again(sqlite: Database) -> None:
    """Nobody may ask for a commit any more once a balancer knows: the process tries by itself."""
    observation = observed(sqlite)
    _fill_up(sqlite)
    with pytest.raises(Unavailable):
        _write_much(sqlite)
    assert problem(observation) == "commits-fail-disk-full"
    sqlite.close()  # a new connection has no limit: there is space again
    rounds: list[float] = []

    def sleep(seconds: float) -> None:
        rounds.append(seconds)
        observation.vitals.stop()

    observation.vitals.watch(sleep, lambda: None)
    assert rounds == [vitals.LOOK_S]
    assert problem(observation) is None


def test_nothing_is_written_while_commits_work(sqlite: Database) -> None:
    observation = observed(sqlite)
    samples: list[int] = []

    def sleep(_seconds: float) -> None:
        if len(samples) == 3:
            observation.vitals.stop()

    observation.vitals.watch(sleep, lambda: samples.append(1))
    with sqlite.read() as session:
        assert session.execute(text("SELECT count(*) FROM counter")).scalar_one() == 0


def test_waiting_writers_are_no_problem(sqlite: Database) -> None:
    observation = observed(sqlite)
    for code in ("busy", "conflict"):
        observation.vitals.failed(code)
    assert problem(observation) is None


def test_little_space_is_a_warning(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(1, 1, 1_000))
    condition = observed(sqlite).vitals.condition()
    assert (condition.problem, condition.warnings[0]) == (None, "little-disk-space")


def test_another_schema_is_a_problem(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert problem(observed(database)) == "outdated-schema"
    database.close()


def test_an_unreachable_database_is_a_problem(tmp_path: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    observation = observed(database)
    (tmp_path / "wavepick.db").write_bytes(b"x" * 10_000)
    assert problem(observation) == "database-unavailable"
    database.close()


def test_a_draining_process_is_not_ready(sqlite: Database) -> None:
    observation = observed(sqlite)
    assert observation.lifecycle.begin_to_drain()
    assert problem(observation) == "draining"
    assert not observation.lifecycle.begin_to_drain()


def test_work_in_hand_is_counted_whatever_becomes_of_it() -> None:
    lifecycle = Lifecycle()
    with lifecycle.work():
        with pytest.raises(ZeroDivisionError), lifecycle.work():
            raise ZeroDivisionError(lifecycle.in_hand)
        assert lifecycle.in_hand == 1
    assert lifecycle.in_hand == 0
