"""F3, F4, F17, F44: the server dies between two steps; the effect is there once, or not at all."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.db.engine import Database
from server.failpoints import ALLOWED, POINTS, FailPoint
from server.models import ListTote, Op, Order, PickList
from tests.chaos.victim import Victim
from tests.faults.calls import bind, dead, device_with_list, post, up
from tests.fleet.site import Site
from tests.history.books import check_books
from tests.server.processes import wavepick

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("engine")]

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The database engine of the ``site``."""
    return str(request.param)


@pytest.mark.parametrize(
    ("point", "stored"),
    [
        (FailPoint.BEFORE_BEGIN, 0),
        (FailPoint.AFTER_EFFECT, 0),
        (FailPoint.AFTER_VERDICT, 0),
        (FailPoint.BEFORE_COMMIT, 0),
        (FailPoint.AFTER_COMMIT, 1),
        (FailPoint.BEFORE_ACK, 1),
    ],
)
def test_an_operation_is_applied_once_whatever_step_the_server_dies_at(
    site: Site, tmp_path: Path, point: FailPoint, stored: int
) -> None:
    database = Database(site.url)
    device = device_with_list(database, site.pickers[0])
    message = bind(device, site)
    victim = Victim({"WAVEPICK_DATABASE_URL": site.url}, tmp_path)
    with victim:
        victim.kill()
        victim.begin(point, 1.0)
        up(victim)
        assert post(victim, "/pick/ops", message, site.pickers[0]) is None
        dead(victim)
        assert effects(database, device.stream, site.totes[0]) == (stored, stored)
        victim.begin()
        up(victim)
        first = post(victim, "/pick/ops", message, site.pickers[0])
        again = post(victim, "/pick/ops", message, site.pickers[0])
    assert first is not None
    assert first["verdicts"] == [[1, "applied", "ok"]]
    assert again == first
    assert effects(database, device.stream, site.totes[0]) == (1, 1)
    with database.read() as session:
        assert check_books(session) == []
    database.close()


def effects(database: Database, stream: str, tote: str) -> tuple[int, int]:
    """How many operations of a stream are stored, and on how many slots a tote stands."""
    with database.read() as session:
        return (
            session.scalar(select(func.count()).select_from(Op).where(Op.stream == stream)) or 0,
            session.scalar(select(func.count()).select_from(ListTote).where(ListTote.tote == tote))
            or 0,
        )


@pytest.mark.parametrize(
    ("point", "launched"),
    [
        (FailPoint.DURING_LAUNCH, False),
        (FailPoint.BEFORE_COMMIT, False),
        (FailPoint.AFTER_COMMIT, True),
    ],
)
def test_a_launch_happens_as_a_whole_or_not_at_all(
    site: Site, tmp_path: Path, point: FailPoint, launched: bool
) -> None:
    wave = site.waves[1]
    order = {"plan_id": wave.plan_id, "key": "one-click"}
    database = Database(site.url)

    def lists() -> int:
        with database.read() as session:
            assert check_books(session) == []
            found = select(func.count()).select_from(PickList)
            return session.scalar(found.where(PickList.wave_id == wave.wave_id)) or 0

    victim = Victim({"WAVEPICK_DATABASE_URL": site.url}, tmp_path)
    with victim:
        victim.kill()
        victim.begin(point, 1.0)
        up(victim)
        assert post(victim, f"/waves/{wave.wave_id}/launch", order, site.lead) is None
        dead(victim)
        assert lists() == (wave.lists if launched else 0)
        victim.begin()
        up(victim)
        for _ in range(2):
            answer = post(victim, f"/waves/{wave.wave_id}/launch", order, site.lead)
            assert answer is not None
            assert answer["lists"] == wave.lists
    assert lists() == wave.lists
    database.close()


@pytest.mark.parametrize(
    ("point", "stored"),
    [
        (FailPoint.DURING_IMPORT, 0),
        (FailPoint.BEFORE_COMMIT, 0),
        (FailPoint.AFTER_COMMIT, 20),
    ],
)
def test_an_import_that_is_killed_is_repeated_without_harm(
    site: Site, tmp_path: Path, point: FailPoint, stored: int
) -> None:
    file = tmp_path / "orders.csv"
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("channel", "order", "sku", "qty"))
        writer.writerows(("killed", f"K-{number}", site.skus[number], 1) for number in range(20))
    database = Database(site.url)

    def imported() -> int:
        with database.read() as session:
            found = select(func.count()).select_from(Order).where(Order.channel == "killed")
            return session.scalar(found) or 0

    def run(**settings: str) -> int:
        return subprocess.run(
            wavepick("import", "orders", str(file)),
            env={**os.environ, "WAVEPICK_DATABASE_URL": site.url, **settings},
            capture_output=True,
            check=False,
        ).returncode

    assert run(**{POINTS: f"{point}:1", ALLOWED: "1"}) == -signal.SIGKILL
    assert imported() == stored
    assert run() == 0
    assert run() == 0
    assert imported() == 20
    database.close()
