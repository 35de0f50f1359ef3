"""F35: another process holds the database; the answer is ``busy``, reads go on, nothing is half."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.db.engine import Database
from server.models import Op
from server.simulated_pickers.rest import Rest, RestError
from server.store_urls import sqlite_file
from tests.chaos.victim import Victim
from tests.faults.calls import bind, device_with_list, post, up
from tests.fleet.site import Site

pytestmark = pytest.mark.process


def test_a_database_held_by_another_process_is_answered_busy(site: Site, tmp_path: Path) -> None:
    database = Database(site.url)
    device = device_with_list(database, site.pickers[0])
    message = bind(device, site)
    file = sqlite_file(site.url)
    assert file is not None
    lead = site.lead
    with Victim({"WAVEPICK_DATABASE_URL": site.url}, tmp_path) as victim:
        up(victim)
        rest = Rest(victim.url, token=lead.token)
        with (
            closing(sqlite3.connect(file, isolation_level=None)) as other,
            ThreadPoolExecutor(1) as pool,
        ):
            other.execute("BEGIN IMMEDIATE")
            asked = pool.submit(post, victim, "/pick/ops", message, site.pickers[0])
            reads = 0
            while not asked.done():
                assert rest.get("/board")["lists"]
                reads += 1
            with pytest.raises(RestError) as refused:
                asked.result()
            assert (refused.value.status, refused.value.code) == (503, "busy")
            # The first read may come before the writer waits, the last one after it.
            assert reads > 2
            with database.read() as session:
                stored = select(func.count()).select_from(Op)
                assert session.scalar(stored) == 0
            other.execute("ROLLBACK")
        answer = post(victim, "/pick/ops", message, site.pickers[0])
        assert answer is not None
        assert answer["verdicts"] == [[1, "applied", "ok"]]
    database.close()
