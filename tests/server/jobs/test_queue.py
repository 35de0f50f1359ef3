"""The job queues: by URL, per lane, messages that may be lost or doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huey import Huey
from sqlalchemy import create_engine, text

from server.errors import BadInput, Unavailable
from server.jobs.lane import Lane
from server.jobs.queue import LANES, Announcer, LaneQueues, open_queue
from server.store_urls import default_queue_url
from tests.server import valkey
from tests.server.jobs.conftest import Bench
from tests.server.processes import free_port, wait_until


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'queue' / 'jobs.db'}"


def test_a_message_reaches_its_own_lane_only(tmp_path: Path) -> None:
    worked: list[str] = []
    stopping = threading.Event()
    lanes = [
        Lane(name, url(tmp_path), lambda name=name: worked.append(name), stopping)  # type: ignore[misc]
        for name in ("plan", "replan")
    ]
    for lane in lanes:
        lane.start()
    wait_until(lambda: sorted(worked) == ["plan", "replan"], within_s=5, what="first rounds")
    LaneQueues(url(tmp_path)).enqueue("replan")
    wait_until(lambda: worked.count("replan") == 2, within_s=5, what="message received")
    stopping.set()
    for lane in lanes:
        lane.join(5)
        assert not lane.is_alive()
    assert worked.count("plan") == 1


@pytest.mark.postgres
def test_postgresql_carries_messages(postgres_url: str) -> None:
    carries_messages(default_queue_url(postgres_url, Path()))


@pytest.mark.redis
def test_valkey_carries_messages() -> None:
    with valkey.running() as valkey_url:
        carries_messages(valkey_url.replace("redis://", "valkey://"))


def carries_messages(queue_url: str) -> None:
    """Send one message and receive it once."""
    worked: list[int] = []
    stopping = threading.Event()
    lane = Lane("plan", queue_url, lambda: worked.append(1), stopping)
    lane.start()
    wait_until(lambda: len(worked) == 1, within_s=5, what="first round")
    LaneQueues(queue_url).enqueue("plan")
    wait_until(lambda: len(worked) == 2, within_s=4, what="message received")
    stopping.set()
    lane.join(5)
    assert not lane.is_alive()


def test_a_lane_outlives_a_failing_round(tmp_path: Path) -> None:
    rounds: list[int] = []
    stopping = threading.Event()

    def fails_once() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("broken on purpose")

    lane = Lane("plan", url(tmp_path), fails_once, stopping)
    lane.start()
    wait_until(lambda: len(rounds) >= 2, within_s=8, what="second round")
    stopping.set()
    lane.join(5)


@pytest.mark.parametrize("bad", ["amqp://host", "sqlite://", "nonsense"])
def test_an_unknown_queue_is_refused(bad: str) -> None:
    with pytest.raises(BadInput):
        open_queue(bad, "plan")


def test_an_unreachable_queue_is_said_to_be_so() -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        LaneQueues(f"redis://127.0.0.1:{free_port()}/0").enqueue("plan")


def test_announcer_names_the_lanes_with_queued_runs(bench: Bench) -> None:
    sent: list[str] = []
    announce = Announcer(bench.database, sent.append)
    announce({"run:1": 1})
    assert sent == []
    run_id = bench.ask()
    announce({"orders": 2})
    assert sent == []
    announce({f"run:{run_id}": 3})
    assert sent == ["plan"]


def test_announcer_survives_a_broken_queue(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.ask()
    Announcer(bench.database, LaneQueues(f"redis://127.0.0.1:{free_port()}/0").enqueue)(
        {"run:1": 1}
    )
    assert "wait for a worker's own round" in caplog.text


@pytest.mark.postgres
def test_processes_that_begin_at_once_make_the_tables_once(postgres_url: str) -> None:
    url = default_queue_url(postgres_url, Path())
    tables = "huey_kv, huey_schedule, huey_task, huey_counter"
    for _ in range(10):
        begin = threading.Barrier(4)

        def opened(lane: str, begin: threading.Barrier = begin) -> Huey:
            begin.wait(10)
            return open_queue(url, lane)

        with ThreadPoolExecutor(4) as pool:
            for queue in list(pool.map(opened, LANES * 2)):
                queue.storage.close()
        with create_engine(postgres_url).begin() as connection:
            connection.execute(text(f"DROP TABLE {tables}"))
