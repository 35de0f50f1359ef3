"""Processes that are told to end: nothing that was taken goes unanswered, and it is soon over."""

from __future__ import annotations

import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.simulated_pickers.rest import Rest
from tests.server import processes, small_site, valkey
from tests.server.process.test_wave import planned_wave
from tests.server.processes import Server, free_port, wait_until
from tests.server.realtime.conftest import Client, Floor, stream

pytestmark = pytest.mark.process

LIMIT_S = 40.0
"""When a process that was told to end counts as hanging. The drain itself has limits that add up to
five seconds; how long a loaded machine takes to end a process is nobody's fault."""


def op(seq: int) -> dict[str, Any]:
    """Return an operation; whatever its verdict is, the answer needs a commit."""
    return {
        "seq": seq,
        "kind": "report",
        "list": None,
        "lease": None,
        "by": "0" * 32,
        "dt": 1,
        "task": None,
        "location": "A-01-1-01-L",
        "reason": "help",
        "text": "",
    }


@pytest.fixture(params=["gevent", "threading"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """``wavepick serve`` in each mode."""
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=2)
    settings = {"WAVEPICK_DATABASE_URL": site.url, "WAVEPICK_ASYNC_MODE": str(request.param)}
    with processes.web_server(settings, tmp_path) as running:
        yield running


class Answer:
    """A call in a thread of its own, and what came of it."""

    def __init__(self, client: Client, body: dict[str, Any]) -> None:
        self.reply: dict[str, Any] | None = None
        self._call = threading.Thread(target=self._make, args=(client, body))
        self._call.start()

    def _make(self, client: Client, body: dict[str, Any]) -> None:
        self.reply = client.call("ops", body)

    def wait(self) -> dict[str, Any]:
        """Return the answer."""
        self._call.join(6)
        assert self.reply is not None, "the operation was never answered"
        return self.reply


def test_what_was_taken_is_answered_and_then_goodbye_is_said(
    server: Server, tmp_path: Path
) -> None:
    """An operation waits for the database when the order to end comes; its answer still leaves."""
    floor = Floor(server.url)
    devices = [
        floor.handheld(floor.rest(badge, "handheld"), stream=stream()).connect()
        for badge in (small_site.PICKER, small_site.OTHER_PICKER)
    ]
    first, second = devices
    assert first.call("ops", {"stream": first.auth["stream"], "ops": [op(1)]})["last"] == 1
    with closing(sqlite3.connect(tmp_path / "site.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        pending = Answer(first, {"stream": first.auth["stream"], "ops": [op(2)]})
        time.sleep(0.5)  # it is in the server's hands, which waits for the lock
        ended = Ended(server)
        time.sleep(0.5)
        late = second.call("ops", {"stream": second.auth["stream"], "ops": [op(1)]})
        assert late["error"]["code"] == "busy"
        assert late["error"]["status"] == 503
        other.execute("ROLLBACK")
    assert pending.wait()["last"] == 2
    for device in devices:
        goodbye = device.wait_for("bye")
        assert goodbye["why"] == "busy"
        assert 2 <= goodbye["retry_after"] <= 5
        device.wait_for("disconnect")
    assert ended.code() == 0
    assert "drained" in server.output
    assert "Traceback" not in server.output, server.output
    with closing(sqlite3.connect(tmp_path / "site.db")) as opened:
        stored = opened.execute("SELECT stream, seq FROM op ORDER BY seq").fetchall()
    assert stored == [(first.auth["stream"], 1), (first.auth["stream"], 2)]


class Ended:
    """A process that was told to end, waited for in a thread of its own."""

    def __init__(self, process: processes.Process) -> None:
        self._code: int | None = None
        self._began = time.monotonic()
        self._waiting = threading.Thread(target=self._wait, args=(process,))
        self._waiting.start()

    def _wait(self, process: processes.Process) -> None:
        self._code = process.terminate()

    def code(self) -> int | None:
        """Return the exit code of a process that has ended."""
        self._waiting.join(LIMIT_S)
        assert not self._waiting.is_alive(), "the process did not end"
        return self._code


def test_a_process_is_not_ready_from_the_moment_it_is_told(tmp_path: Path) -> None:
    """While something is still in its hands, a balancer that asks is told to go elsewhere."""
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=0)
    with processes.web_server({"WAVEPICK_DATABASE_URL": site.url}, tmp_path) as server:
        floor = Floor(server.url)
        device = floor.handheld(floor.rest(small_site.PICKER, "handheld"), stream=stream())
        device.connect()
        with closing(sqlite3.connect(tmp_path / "site.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            pending = Answer(device, {"stream": device.auth["stream"], "ops": [op(1)]})
            time.sleep(0.5)
            ended = Ended(server)
            wait_until(lambda: not_ready(server.url), within_s=3, what="not ready")
            other.execute("ROLLBACK")
        assert pending.wait()["last"] == 1
        assert ended.code() == 0


def not_ready(url: str) -> bool:
    """Whether the readiness check says that the process is about to end."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2):
            return False
    except urllib.error.HTTPError as error:
        return error.code == 503 and b'"draining"' in error.read()


def test_a_database_that_never_comes_back_does_not_hold_the_end_up(tmp_path: Path) -> None:
    """The operation gets no verdict, so the device keeps it; the process ends in time."""
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=0)
    with processes.web_server({"WAVEPICK_DATABASE_URL": site.url}, tmp_path) as server:
        floor = Floor(server.url)
        device = floor.handheld(floor.rest(small_site.PICKER, "handheld"), stream=stream())
        device.connect()
        with closing(sqlite3.connect(tmp_path / "site.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            device.socket.emit(
                "ops",
                {"stream": device.auth["stream"], "ops": [op(1)]},
                namespace="/handheld",
            )
            time.sleep(0.3)
            assert Ended(server).code() == 0
            other.execute("ROLLBACK")
    with closing(sqlite3.connect(tmp_path / "site.db")) as opened:
        assert opened.execute("SELECT count(*) FROM op").fetchone() == (0,)


@pytest.mark.postgres
@pytest.mark.redis
def test_several_processes_behind_one_port_end_alike(postgres_url: str, tmp_path: Path) -> None:
    small_site.fill(postgres_url, n_orders=0)
    token = "scraper-" + "0123456789abcdef" * 2
    with valkey.running() as queue:
        settings = {
            "WAVEPICK_DATABASE_URL": postgres_url,
            "WAVEPICK_QUEUE_URL": queue,
            "WAVEPICK_MESSAGE_QUEUE": queue,
            "WAVEPICK_HOME": str(tmp_path),
            "WAVEPICK_DEVICES": "any",
            "WAVEPICK_METRICS_TOKEN": token,
            "WAVEPICK_LOG_FORMAT": "json",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "meters"),
        }
        with processes.gunicorn(settings, tmp_path, workers=2) as web:
            floor = Floor(web.url)
            rest = floor.rest(small_site.PICKER, "handheld")
            devices = [floor.handheld(rest, stream=stream()).connect() for _ in range(2)]
            for device in devices:
                message = {"stream": device.auth["stream"], "ops": [op(1)]}
                assert device.call("ops", message)["last"] == 1
            wait_until(
                lambda: 'wavepick_connections{namespace="/handheld"} 2.0' in scraped(web, token),
                within_s=8,
                what="the sockets of both processes are counted",
            )
            assert 'wavepick_sign_ins_total{outcome="ok"} 1.0' in scraped(web, token)
            ended = Ended(web)
            for device in devices:
                assert device.wait_for("bye", within_s=8)["why"] == "busy"
                device.wait_for("disconnect", within_s=8)
            assert ended.code() == 0
        assert "Traceback" not in web.output, web.output
        # A process without any socket may be gone before it has said so.
        assert '"event": "drained"' in web.output, web.output


def scraped(web: Server, token: str) -> str:
    """What whichever process answers tells of all."""
    asked = urllib.request.Request(
        f"{web.url}/metrics", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_worker_hands_its_run_back_and_another_finishes_it(tmp_path: Path) -> None:
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=12)
    # Lost runs are looked for late, so that only a run that was handed back is claimed again.
    settings = {"WAVEPICK_DATABASE_URL": site.url, "WAVEPICK_LOST_AFTER": "600"}
    first = processes.worker(settings, tmp_path, "first")
    with processes.web_server(settings, tmp_path) as server, first:
        rest = Rest(server.url)
        rest.sign_in(badge=small_site.LEAD, pin=small_site.PIN, client="console")
        _, run_id = planned_wave(rest)
        wait_until(
            lambda: rest.get(f"/runs/{run_id}")["state"] == "running",
            within_s=30,
            what="run claimed",
        )
        assert Ended(first).code() == 0
        assert rest.get(f"/runs/{run_id}")["state"] in {"queued", "done"}
        assert "worker stopped" in first.output
        with processes.worker(settings, tmp_path, "second") as second:
            wait_until(
                lambda: rest.get(f"/runs/{run_id}")["state"] == "done",
                within_s=60,
                what=f"run finished by another {second.output}",
            )
            assert Ended(second).code() == 0


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    """A supervisor starts the next process right away."""
    site = small_site.fill(small_site.sqlite_url(tmp_path), n_orders=0)
    settings, port = {"WAVEPICK_DATABASE_URL": site.url}, free_port()
    for _ in range(2):
        with processes.web_server(settings, tmp_path, port) as server:
            floor = Floor(server.url)
            device = floor.handheld(floor.rest(small_site.PICKER, "handheld"), stream=stream())
            device.connect()
            assert Ended(server).code() == 0
