"""Every restored backup begins a life of its own, whatever the clock says."""

from __future__ import annotations

from server.db.engine import Database
from server.models import Generation
from server.services import changes, generations
from tests.server.services.site import TestClock


def test_one_backup_restored_twice_by_a_slow_clock_begins_two_lives(sqlite: Database) -> None:
    clock = TestClock()
    written_by_a_fast_clock = f"{2**47:012x}" + "0" * 20
    with sqlite.write() as session:
        session.add(Generation(id=written_by_a_fast_clock, at=clock()))
    begun: list[str] = []
    for _ in range(2):
        with sqlite.write() as session, session.begin_nested() as life:
            begun.append(generations.begin(session, clock, why="restored"))
            session.flush()
            assert changes.generation(session) == begun[-1] > written_by_a_fast_clock
            life.rollback()  # The second restore starts from the same backup.
    assert begun[0] != begun[1]
