"""``wavepick demo``: real processes, one demo for all tests of this module."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.cli.processes import free_port
from server.simulated_pickers.lead import WAVE_OVER, Lead
from server.simulated_pickers.rest import Rest

pytestmark = pytest.mark.process

PATIENCE_S = 120.0


@dataclass
class Demo:
    process: subprocess.Popen[str]
    port: int
    folder: Path
    greeting: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def command(*options: object) -> list[str]:
    return [sys.executable, "-m", "server.cli", *map(str, options)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo with two simulated pickers in a hurry."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    options = ("--port", port, "--data", folder, "--pickers", 2, "--pace", 0, "--orders", 60)
    process = subprocess.Popen(
        command("demo", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "simulated pickers at work" in line:
            break
    assert process.poll() is None, "".join(lines)
    yield Demo(process, port, folder, "".join(lines))
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def test_it_says_where_to_look_and_how_to_sign_in(demo: Demo) -> None:
    for words in (f"{demo.url}/lead", f"{demo.url}/pick", "B-1001, PIN 246810", "PIN 135790"):
        assert words in demo.greeting
    for badge, pin, client, role in (
        ("B-1001", "246810", "console", "lead"),
        ("B-2001", "135790", "handheld", "picker"),
    ):
        rest = Rest(demo.url)
        rest.sign_in(badge=badge, pin=pin, client=client)
        assert rest.get("/session")["person"]["role"] == role


def test_there_is_something_of_everything(demo: Demo) -> None:
    rest = Rest(demo.url)
    rest.sign_in(badge="B-1001", pin="246810", client="console")
    found = rest.get("/orders?limit=200")["orders"]
    assert {order["channel"] for order in found} == {"webshop", "marketplace", "wholesale"}
    assert {"held", "backordered"} <= {order["state"] for order in found}
    assert any(order["holds"] for order in found)
    assert any(order["missing"] for order in found)


def test_the_pickers_finish_the_first_wave_and_the_books_agree(demo: Demo) -> None:
    rest = Rest(demo.url)
    rest.sign_in(badge="B-1001", pin="246810", client="console")
    wave = rest.get("/waves")["waves"][0]
    over = Lead(rest).wait_until(
        wave["id"], lambda now: now["state"] in WAVE_OVER, patience_s=PATIENCE_S, what="the wave"
    )
    answer = rest.get(f"/waves/{wave['id']}/report")
    assert answer["equal"] is True
    assert over["progress"]["closed"] == over["progress"]["lists"]
    picks, shorts = (
        json.loads(
            subprocess.check_output(
                command("export", kind, "--wave", 1, "--json", "--data", demo.folder)
            )
        )[kind]
        for kind in ("picks", "shorts")
    )
    assert sum(row["qty"] for row in picks) == answer["report"]["tasks"]["picked"]
    assert sum(row["qty"] for row in shorts) == answer["report"]["tasks"]["short"]
    rows = json.loads(
        subprocess.check_output(
            command("export", "report", "--wave", 1, "--json", "--data", demo.folder)
        )
    )["report"]
    assert rows
    assert all(row["report"] == row["recount"] for row in rows)


def test_a_port_in_use_is_said_and_nothing_is_changed(demo: Demo, tmp_path: Path) -> None:
    second = subprocess.run(
        command("demo", "--port", demo.port, "--data", tmp_path / "other"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert second.returncode == 3
    assert f"127.0.0.1:{demo.port}" in second.stderr
    assert not (tmp_path / "other").exists()


def test_a_second_demo_in_the_same_folder_is_refused(demo: Demo) -> None:
    second = subprocess.run(
        command("demo", "--port", free_port(), "--data", demo.folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert second.returncode == 3
    assert "another demo runs" in second.stderr


def test_a_real_installation_is_not_replaced(tmp_path: Path) -> None:
    database = tmp_path / "wavepick.db"
    database.write_bytes(b"precious")
    refused = subprocess.run(
        command("demo", "--port", free_port(), "--data", tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert refused.returncode == 3
    assert "no demo" in refused.stderr
    assert database.read_bytes() == b"precious"


def test_a_killed_child_is_reported_and_the_others_are_stopped(demo: Demo) -> None:
    children = _children(demo.process.pid)
    assert len(children) == 2
    worker = next(pid for pid, words in children.items() if "worker" in words)
    os.kill(worker, signal.SIGKILL)
    assert demo.process.stdout is not None
    rest_of_output = demo.process.stdout.read()
    assert demo.process.wait(PATIENCE_S) == 3
    assert "the worker process was killed by signal 9" in rest_of_output
    deadline = time.monotonic() + 10
    while _alive(children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(children)


def _children(parent: int) -> dict[int, list[str]]:
    """Return the child processes of a process with their command lines (Linux)."""
    found: dict[int, list[str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text("utf-8", errors="replace")
                words = (folder / "cmdline").read_text("utf-8", errors="replace").split("\0")
            except OSError:
                continue
            if int(stat.rsplit(")", 1)[1].split()[1]) == parent:
                found[int(folder.name)] = words
    return found


def _alive(children: dict[int, list[str]]) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in children)
