"""The logs of a real wave: every line an object that can be followed, and no secret in any."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from server.simulated_pickers.rest import Rest
from tests.server import processes, small_site
from tests.server.process.test_wave import crew, launch, planned_wave, state
from tests.server.processes import wait_until
from tests.server.realtime.conftest import Floor, stream

pytestmark = pytest.mark.process

TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
"""How every token of ours looks."""


def test_logs_can_be_followed_and_hold_no_secret(tmp_path: Path) -> None:
    """Everything is logged (DEBUG), by a server and a worker, from sign-in to the last pick."""
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=4)
    metrics_token = "scraper-" + "0123456789abcdef" * 2
    settings = {
        "WAVEPICK_DATABASE_URL": site.url,
        "WAVEPICK_LOG_FORMAT": "json",
        "WAVEPICK_LOG_LEVEL": "DEBUG",
        "WAVEPICK_METRICS_TOKEN": metrics_token,
    }
    known = [small_site.PIN, metrics_token]
    with (
        processes.web_server(settings, tmp_path) as web,
        processes.worker(settings, tmp_path) as worker,
    ):
        rest = Rest(web.url)
        rest.sign_in(badge=small_site.LEAD, pin=small_site.PIN, client="console")
        known.append(str(rest.token))
        wave_id, run_id = planned_wave(rest)
        wait_until(
            lambda: rest.get(f"/runs/{run_id}")["state"] == "done", within_s=60, what="planned"
        )
        launch(rest, wave_id, "cluster")
        pickers = crew(web.url, seed=1)
        pickers.start()
        wait_until(
            lambda: state(rest, wave_id).startswith("completed"), within_s=90, what="completed"
        )
        assert pickers.stop()
        floor = Floor(web.url)
        picker = floor.rest(small_site.PICKER, "handheld")
        known.append(str(picker.token))
        device = floor.handheld(picker, stream=stream()).connect()
        broken = {"seq": 1, "token": picker.token, "kind": f"Bearer {picker.token}"}
        answer = device.call("ops", {"stream": device.auth["stream"], "ops": [broken]})
        assert answer["verdicts"] == [[1, "refused", "malformed"]]
        assert "error" in device.call("sync", {"pin": small_site.PIN, "token": picker.token})
        device.close()
        assert worker.terminate() == 0
        assert web.terminate() == 0
    lines = [*_lines(web.output), *_lines(worker.output)]
    everything = web.output + worker.output
    for secret in known:
        assert secret not in everything
    assert TOKEN.findall(everything) == []
    _can_be_followed(lines, run_id)


def _lines(output: str) -> list[dict[str, Any]]:
    """The log lines; what commands print for people is left out, nothing else is there."""
    told = ("Wavepick serves", " * ", "worker ", "stopped", "drained")
    found = []
    for line in output.splitlines():
        if not line.startswith("{"):
            assert line.startswith(told), f"neither a log line nor a word to people: {line!r}"
            continue
        found.append(json.loads(line))
    return found


def _can_be_followed(lines: list[dict[str, Any]], run_id: str) -> None:
    assert all({"event", "level", "logger", "timestamp"} <= line.keys() for line in lines)
    events = [line for line in lines if line["event"] == "event"]
    assert {line["event_name"] for line in events} >= {"sync", "ops"}
    assert all(
        {"request", "sid", "namespace", "stream", "outcome", "took_ms"} <= line.keys()
        for line in events
    )
    requests = [line for line in lines if line["event"] == "request"]
    assert all({"request", "path", "status", "person"} <= line.keys() for line in requests)
    ids = [line["request"] for line in (*events, *requests)]
    assert len(ids) == len(set(ids)), "two requests share an id"
    refused = [line for line in lines if line["event"] == "operation refused"]
    assert {(line["seq"], line["code"]) for line in refused} >= {(1, "malformed")}
    of_the_run = [line["event"] for line in lines if line.get("run") == run_id]
    assert {"run claimed", "run ended"} <= set(of_the_run)
