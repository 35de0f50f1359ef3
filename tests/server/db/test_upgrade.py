"""An installation of each earlier version, with half a shift in it, becomes one of this version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from server.db import migrate
from server.db.base import Base
from server.db.engine import Database
from server.models import Generation, Op, Order, OrderState, Person, PlanningRun, RunState, SignIn
from server.services import changes, floor_tasks, floor_work, orders, reports, waves
from server.services.people import SignedIn
from tests.server.cli.installation import run
from tests.server.db.dump import DUMPS, dumped, load
from tests.server.services.books import audit
from tests.server.services.device import Device
from tests.server.services.site import TestClock

REVISIONS = sorted(file.stem for file in DUMPS.glob("*.json"))


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A database that came from an earlier revision, and what it held there."""

    database: Database
    before: dict[str, Any]
    clock: TestClock

    def device(self, name: str) -> Device:
        """A device that lived through the upgrade, with its outbox and what it was told."""
        kept = self.before["devices"][name]
        with self.database.read() as session:
            sign_in = session.get_one(SignIn, kept["sign_in"])
            person = session.get_one(Person, sign_in.person_id)
            who = SignedIn(
                person.id, person.name, person.role, person.language, sign_in.id, sign_in.client
            )
        device = Device(self.database, self.clock, who, stream=kept["stream"], log=kept["log"])
        device.verdicts = {int(seq): tuple(given) for seq, given in kept["verdicts"].items()}
        device.acked = len(device.verdicts)
        return device


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], ids=["sqlite", "pg"]
)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url = request.getfixturevalue("empty_postgres_url")
    assert isinstance(url, str)
    return url


@pytest.fixture(params=REVISIONS)
def upgraded(request: pytest.FixtureRequest, empty_url: str) -> Iterator[Upgraded]:
    """Half a shift at an earlier revision, brought to the newest."""
    before = json.loads((DUMPS / f"{request.param}.json").read_text("utf-8"))
    load(empty_url, before["revision"], before["tables"])
    assert migrate.current(empty_url) == before["revision"]
    migrate.upgrade(empty_url)
    database = Database(empty_url)
    clock = TestClock()
    clock.forward(hours=1)
    yield Upgraded(database, before, clock)
    database.close()


def test_every_revision_has_a_dump_but_the_newest_may_wait() -> None:
    """The newest one is added when the next revision is written; older ones cannot be any more."""
    scripts = ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()
    known = {script.revision for script in scripts}
    assert known - set(REVISIONS) <= {migrate.head()}


def test_the_schema_is_the_newest_and_no_row_is_lost(upgraded: Upgraded) -> None:
    url = upgraded.database.url.render_as_string(hide_password=False)
    assert migrate.current(url) == migrate.head()
    after = dumped(url)
    for table, rows in upgraded.before["tables"].items():
        if table in after:
            assert len(after[table]) >= len(rows), table
    for table in ("op", "line_move", "stock_move", "stock_balance", "order_line", "pick_task"):
        rows = upgraded.before["tables"][table]
        kept = [{name: row[name] for name in rows[0]} for row in after[table]]
        assert _sorted(kept) == _sorted(rows), table


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_the_books_balance_and_reports_equal_their_recount(upgraded: Upgraded) -> None:
    with upgraded.database.read() as session:
        audit(session)
        for wave in waves.waves(session):
            report = reports.wave_report(session, wave_id=wave.id)
            assert report == reports.recount(session, wave_id=wave.id)


def test_the_audit_trail_begins_its_chain_with_what_there_was(upgraded: Upgraded) -> None:
    url = upgraded.database.url.render_as_string(hide_password=False)
    verified = run("audit", "verify", "--database", url)
    assert verified.code == 0, verified.errors


def test_it_is_the_same_life_of_the_database(upgraded: Upgraded) -> None:
    """An upgrade is no restore: devices go on with the revisions they know."""
    (generation,) = upgraded.before["tables"]["generation"]
    revision = next(
        row["value"] for row in upgraded.before["tables"]["counter"] if row["name"] == "rev"
    )
    with upgraded.database.read() as session:
        assert changes.generation(session) == generation["id"]
        assert session.scalar(select(func.count()).select_from(Generation)) == 1
        assert changes.revision(session) >= revision


@pytest.mark.parametrize("name", ["late", "picking", "wall"])
def test_what_was_answered_before_is_answered_alike(upgraded: Upgraded, name: str) -> None:
    device = upgraded.device(name)
    told = dict(device.verdicts)
    reply = device.send(device.log[: device.acked])
    assert {seq: (verdict, code) for seq, verdict, code in reply["verdicts"]} == told
    with upgraded.database.read() as session:
        audit(session)


def test_the_shift_goes_on_where_it_was(upgraded: Upgraded) -> None:
    """The list is picked to its end, the goods of the cancelled wave go back to a location."""
    device = upgraded.device("picking")
    assert len(device.log) == device.acked + 1, "one operation waits in the outbox"
    device.flush()
    assert device.verdicts[len(device.log)] == ("applied", "ok")
    device.sync(want="work")
    assert device.view is not None
    for number, task in enumerate(device.view["tasks"]):
        left = task["qty"] - task["picked"] - task["short"] - task["cancelled"]
        if left:
            assert device.pick(number, left) == ("applied", "ok")
    for slot in device.view["cart"]["slots"]:
        assert device.do("drop", tote=slot["tote"], station="pack-1")[0] == "applied"
    assert device.do("done") == ("applied", "ok")
    with upgraded.database.write() as session:
        for task in floor_work.open_tasks(session):
            if task.kind == "put-back":
                floor_tasks.put_back(
                    session, upgraded.clock, floor_task_id=task.id, location="A-1", quantity=None
                )
        orders.check(session, upgraded.clock)
    with upgraded.database.read() as session:
        audit(session)
        queued = session.scalars(
            select(PlanningRun.id).where(PlanningRun.state == RunState.QUEUED)
        ).all()
        states = session.scalars(select(Order.state)).all()
    assert queued, "the run that waited for a worker still waits"
    assert OrderState.CANCELLED in states


def test_a_revoked_session_stays_revoked(upgraded: Upgraded) -> None:
    device = upgraded.device("wall")
    assert device.do("count", location="A-1", sku="S1", qty=1) == ("parked", "revoked")
    with upgraded.database.read() as session:
        assert session.get_one(Op, (device.stream, len(device.log))).code == "revoked"


def test_every_table_of_the_models_is_upgraded(upgraded: Upgraded) -> None:
    url = upgraded.database.url.render_as_string(hide_password=False)
    assert set(dumped(url)) == set(Base.metadata.tables)
