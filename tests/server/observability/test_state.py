"""The floor in numbers, on both engines."""

from __future__ import annotations

from server.config import Settings, from_environment
from server.db.engine import Database
from server.jobs.queue import LANES
from server.observability import vitals
from server.observability.observation import Observation, observe
from server.services import waves, workers
from tests.server.db.shift import half_a_shift
from tests.server.observability.test_meters import values
from tests.server.services.site import Site


def settings_of(database: Database) -> Settings:
    """Settings of an installation with this database."""
    return from_environment(
        {"WAVEPICK_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    )


def measured(observation: Observation) -> dict[tuple[str, ...], float]:
    """Samples by name and label values."""
    return values(observation.exposition())


def test_half_a_shift_in_numbers(database: Database) -> None:
    shift = half_a_shift(database)
    clock = shift.site.clock
    found = measured(observe(settings_of(database), database, clock))
    # Two parked picks and a count of a revoked session; one short.
    assert found["wavepick_exceptions_open", "parked"] == 3
    assert found["wavepick_exceptions_open", "short"] == 1
    assert found["wavepick_lists", "picking"] == 1
    assert found["wavepick_lists", "ready"] == 1
    assert found["wavepick_lists_silent",] == 0
    assert found["wavepick_devices_in_use",] == 3
    assert found["wavepick_runs", "plan", "failed"] == 1
    assert found["wavepick_runs", "plan", "queued"] == 1
    assert found["wavepick_runs", "replan", "queued"] == 1
    assert found["wavepick_workers", "plan"] == 1
    assert found["wavepick_database_up",] == 1
    assert found["wavepick_database_bytes",] > 100_000
    assert (("wavepick_database_log_bytes",) in found) == database.is_sqlite
    assert (("wavepick_disk_free_bytes",) in found) == database.is_sqlite

    clock.forward(minutes=16)
    later = measured(observe(settings_of(database), database, clock))
    assert later["wavepick_lists_silent",] == 1
    assert later["wavepick_devices_in_use",] == 0
    assert later["wavepick_workers", "plan"] == 0
    assert later["wavepick_run_queued_seconds", "plan"] >= 16 * 60


def test_the_oldest_run_tells_how_long_planners_wait(small: Site) -> None:
    database, clock = small.database, small.clock
    observation = observe(settings_of(database), database, clock)
    assert measured(observation)["wavepick_run_queued_seconds", "plan"] == 0
    wave_id = small.wave(small.order(("S1", 1)))
    with database.write() as session:
        waves.request_plan(session, clock, wave_id=wave_id, seconds=5, seed=1)
    clock.forward(seconds=90)
    assert measured(observation)["wavepick_run_queued_seconds", "plan"] == 90


def test_a_database_that_cannot_be_read_is_told_and_nothing_made_up(small: Site) -> None:
    observation = observe(settings_of(small.database), small.database, small.clock)
    small.database.close()
    missing = Database("sqlite://")
    observation.floor._database = missing
    found = measured(observation)
    assert found["wavepick_database_up",] == 0
    assert not any(labels[0].startswith("wavepick_lists") for labels in found)
    missing.close()


def test_lanes_are_those_of_the_queue(small: Site) -> None:
    assert vitals.LANES == LANES
    with small.database.write() as session:
        workers.beat(session, small.clock, worker="w", lanes=("replan",))
    observation = observe(settings_of(small.database), small.database, small.clock)
    assert "no-worker-plan" in observation.vitals.condition().warnings
    assert "no-worker-replan" not in observation.vitals.condition().warnings
