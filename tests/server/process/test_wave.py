"""A whole wave through real processes, while the server and the worker are killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.simulated_pickers.behaviour import Behaviour
from server.simulated_pickers.crew import Credentials, Crew
from server.simulated_pickers.rest import Rest
from tests.server import processes, small_site
from tests.server.processes import running_processes, wait_until

pytestmark = pytest.mark.process

LOST_AFTER_S = "2"


def planned_wave(rest: Rest) -> tuple[str, str]:
    """Make a wave of all ready orders and ask for a plan; return wave and run."""
    wave = rest.post("/waves", {"name": "Morning", "cart_type": small_site.CART, "filter": {}})
    run = rest.post(f"/waves/{wave['id']}/plan", {"seconds": 2, "seed": 1})
    assert run["state"] == "queued"
    return wave["id"], run["id"]


def launch(rest: Rest, wave_id: str, method: str) -> dict[str, Any]:
    """Launch the plan of one method, twice with the same key: the second changes nothing."""
    sheet = rest.get(f"/waves/{wave_id}/plan-sheet")
    plan = next(each for each in sheet["methods"] if each["method"] == method)
    body = {"plan_id": plan["plan_id"], "key": "one-click"}
    first = rest.post(f"/waves/{wave_id}/launch", body)
    assert rest.post(f"/waves/{wave_id}/launch", body)["lists"] == first["lists"] > 0
    assert first["wave"]["progress"]["tasks"] == first["tasks"]
    return dict(first)


def crew(url: str, *, seed: int) -> Crew:
    """Return two pickers who now and then find too little."""
    return Crew(
        url,
        pickers=[
            Credentials(badge, small_site.PIN)
            for badge in (small_site.PICKER, small_site.OTHER_PICKER)
        ],
        sorter=None,
        totes=[f"T-{number:04}" for number in range(1, 41)],
        behaviour=Behaviour(short=0.15),
        seed=seed,
    )


def state(rest: Rest, wave_id: str) -> str:
    return str(rest.get(f"/waves/{wave_id}")["state"])


def test_wave_survives_killed_worker_and_killed_server(tmp_path: Path) -> None:
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=12)
    settings = {
        "WAVEPICK_DATABASE_URL": site.url,
        "WAVEPICK_LOST_AFTER": LOST_AFTER_S,
    }
    first_worker = processes.worker(settings, tmp_path, "first")
    second_worker = processes.worker(settings, tmp_path, "second")
    with processes.web_server(settings, tmp_path) as server, first_worker, second_worker:
        second_worker.kill()
        rest = Rest(server.url)
        rest.sign_in(badge=small_site.LEAD, pin=small_site.PIN, client="console")
        wave_id, run_id = planned_wave(rest)
        wait_until(
            lambda: rest.get(f"/runs/{run_id}")["state"] == "running",
            within_s=20,
            what="run claimed",
        )
        wait_until(lambda: len(first_worker.descendants()) > 1, within_s=10, what="solver started")
        left_behind = first_worker.descendants()
        first_worker.kill()
        assert rest.get(f"/runs/{run_id}")["state"] == "running"
        second_worker.start()
        wait_until(
            lambda: rest.get(f"/runs/{run_id}")["state"] == "done",
            within_s=40,
            what=f"run claimed again and done {second_worker.output}",
        )
        assert left_behind.isdisjoint(running_processes()), "the solver outlived its worker"
        launched = launch(rest, wave_id, "cluster")

        people = crew(server.url, seed=3)
        people.start()
        wait_until(
            lambda: rest.get(f"/waves/{wave_id}")["progress"]["done"] >= launched["tasks"] // 4,
            within_s=30,
            what="a quarter picked",
        )
        server.kill()
        server.start()
        wait_until(
            lambda: state(rest, wave_id).startswith("completed"),
            within_s=60,
            what=f"wave completed {people.tally}",
        )
        assert people.stop()
        report = rest.get(f"/waves/{wave_id}/report")
        assert report["equal"], report
        assert people.tally.violations == ()
        assert server.terminate() == 0
        assert second_worker.terminate() == 0
        assert "Traceback" not in server.output, server.output
