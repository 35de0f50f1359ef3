"""``wavepick probe``: what a supervisor of containers learns from an exit code."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from server.app import create_app
from server.config import from_environment
from server.db.engine import Database
from server.jobs.worker import worker_name
from server.parts import EXTENSION
from server.services import workers
from server.services.clock import system_clock
from tests.server.cli.installation import run
from tests.server.processes import free_port


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A database of its own, in the data folder."""
    found = Database(sqlite_url)
    yield found
    found.close()


def test_a_web_process_that_is_ready_and_one_that_drains(
    database: Database, sqlite_url: str
) -> None:
    settings = from_environment({"WAVEPICK_DATABASE_URL": sqlite_url})
    app = create_app(settings, database, enqueue=lambda _lane: None, publish=False)
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        well = run("probe", "web", "--url", url)
        assert (well.code, well.output.split(",")[0].strip()) == (0, "ready")
        app.extensions[EXTENSION].observation.lifecycle.begin_to_drain()
        ending = run("probe", "web", "--url", url)
        assert (ending.code, "not ready: draining" in ending.errors) == (3, True)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nobody_answers() -> None:
    result = run("probe", "web", "--url", f"http://127.0.0.1:{free_port()}")
    assert result.code == 3
    assert "no answer" in result.errors
    assert run("probe", "web", "--url", "file:///etc/passwd").code == 2


def test_a_worker_of_this_machine_with_a_fresh_beat(database: Database, tmp_path: Path) -> None:
    arguments = ("probe", "worker", "--data", tmp_path)
    assert run(*arguments).code == 3
    with database.write() as session:
        workers.beat(session, system_clock, worker="elsewhere:1:ab", lanes=("plan",))
        workers.beat(session, system_clock, worker=f"{socket.gethostname()}2:1:ab", lanes=("plan",))
    assert run(*arguments).code == 3
    with database.write() as session:
        workers.beat(session, system_clock, worker=worker_name(), lanes=("replan", "plan"))
    result = run(*arguments)
    assert (result.code, result.output) == (0, "alive, lanes plan, replan\n")
