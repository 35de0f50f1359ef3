"""The same wave on PostgreSQL and Valkey: two web processes on one port, a worker beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.simulated_pickers.rest import Rest
from tests.server import processes, small_site, valkey
from tests.server.process.test_wave import crew, launch, planned_wave, state
from tests.server.processes import wait_until
from tests.server.realtime.conftest import Floor, stream

pytestmark = [pytest.mark.process, pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture(scope="module")
def valkey_url() -> Iterator[str]:
    """URL of a Valkey server."""
    with valkey.running() as url:
        yield url


def test_wave_on_two_web_processes(postgres_url: str, valkey_url: str, tmp_path: Path) -> None:
    small_site.fill(postgres_url, n_orders=12)
    settings = {
        "WAVEPICK_DATABASE_URL": postgres_url,
        "WAVEPICK_QUEUE_URL": valkey_url,
        "WAVEPICK_MESSAGE_QUEUE": valkey_url,
        "WAVEPICK_HOME": str(tmp_path),
    }
    web = processes.gunicorn(settings, tmp_path, workers=2)
    with web, processes.worker(settings, tmp_path) as worker:
        rest = Rest(web.url)
        rest.sign_in(badge=small_site.LEAD, pin=small_site.PIN, client="console")
        wave_id, run_id = planned_wave(rest)
        wait_until(
            lambda: rest.get(f"/runs/{run_id}")["state"] == "done",
            within_s=40,
            what=f"planned {worker.output}",
        )
        # Several sockets, so that both processes have some; each hears of every change.
        floor = Floor(web.url)
        consoles = [floor.console(rest).connect() for _ in range(4)]
        launch(rest, wave_id, "cluster")
        for console in consoles:
            wait_until(
                lambda console=console: (
                    f"wave:{wave_id}"  # type: ignore[misc]
                    in [poke["topic"] for poke in console.all("poke")]
                ),
                within_s=3,
                what="wave poked",
            )
        people = crew(web.url, seed=5)
        people.start()
        wait_until(
            lambda: state(rest, wave_id).startswith("completed"),
            within_s=60,
            what="wave completed",
        )
        assert people.stop()
        assert people.tally.violations == ()
        assert rest.get(f"/waves/{wave_id}/report")["equal"]
        replaced_across_processes(floor)
        for console in consoles:
            console.close()
        assert worker.terminate() == 0
        assert "Traceback" not in web.output, web.output


def replaced_across_processes(floor: Floor) -> None:
    """One device connects again and again: whichever process it meets, the older one is told."""
    picker = floor.rest(small_site.PICKER, "handheld")
    own = stream()
    connections = [floor.handheld(picker, stream=own).connect() for _ in range(5)]
    for older in connections[:-1]:
        assert older.wait_for("bye")["why"] == "replaced"
    assert connections[-1].all("bye") == []
    for connection in connections:
        connection.close()
