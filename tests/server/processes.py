"""Real server and worker processes for tests: started, waited for, killed by their own id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_S = 60.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Poll until a condition holds; fail the test when it does not in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {within_s:g} s")


def running_processes() -> dict[int, int]:
    """Return the parents of all processes that run (zombies do not)."""
    if Path("/proc/self/stat").exists():
        rows = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                # pid (name, which may contain anything) state parent …
                state, parent = file.read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue  # it ended while we looked
            rows.append((int(file.parent.name), int(parent), state))
    else:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
        )
        rows = [
            (int(pid), int(parent), state)
            for pid, parent, state in (line.split() for line in listed.stdout.splitlines())
        ]
    return {pid: parent for pid, parent, state in rows if not state.startswith("Z")}


class Process:
    """A child process with its output in a file.

    Parameters
    ----------
    command
        Program and arguments.
    settings
        Environment variables on top of those of the test.
    log
        File that gets the output; shown when something fails.
    """

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._command = list(command)
        self.settings = dict(settings)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def output(self) -> str:
        """What the process has written so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start the process; what an earlier one wrote is kept."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **self.settings},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def descendants(self) -> set[int]:
        """Return the ids of the processes that this one has started, and they in turn."""
        assert self._process is not None
        parents = running_processes()
        found: set[int] = set()
        wanted = {self._process.pid}
        while wanted:
            wanted = {pid for pid, parent in parents.items() if parent in wanted} - found
            found |= wanted
        return found

    def kill(self) -> None:
        """End the process as a crash would; nothing when it is not running."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        if self._process is not None:
            self._process.wait(10)

    def terminate(self) -> int:
        """Ask the process to end in order and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def run(self) -> int:
        """Start the process, wait for its end and return its exit code."""
        self.start()
        return self.wait(120)

    def wait(self, seconds: float) -> int:
        """Return the exit code of a process that ends by itself."""
        assert self._process is not None
        return self._process.wait(seconds)


class Server(Process):
    """A web process and how to reach it; started once it is ready."""

    def __init__(
        self, command: Sequence[str], settings: Mapping[str, str], log: Path, *, port: int
    ) -> None:
        super().__init__(command, settings, log)
        self.url = f"http://127.0.0.1:{port}"

    def start(self) -> None:
        super().start()
        try:
            wait_until(self._ready, within_s=START_S, what="server ready")
        except BaseException as error:
            # Whoever enters a block that cannot begin never leaves it.
            self.kill()
            error.add_note(self.output)
            raise

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.output
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


FAST = {"WAVEPICK_MESSAGES_PER_S": "10000"}
"""Devices in tests do not walk: they send as fast as the server answers."""


def wavepick(*arguments: str) -> list[str]:
    """Return the command line of ``wavepick`` with this very Python."""
    return [sys.executable, "-m", "server.cli", *arguments]


def web_server(settings: Mapping[str, str], folder: Path, port: int | None = None) -> Server:
    """Return ``wavepick serve`` on a free port."""
    port = port or free_port()
    command = wavepick("serve", "--port", str(port))
    return Server(command, {**FAST, **settings}, folder / f"web-{port}.log", port=port)


def gunicorn(settings: Mapping[str, str], folder: Path, *, workers: int) -> Server:
    """Return several web processes on one free port."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:server.gunicorn_settings",
        "-w",
        str(workers),
        "-b",
        f"127.0.0.1:{port}",
        "server.wsgi:app",
    ]
    open_to_us = {"WAVEPICK_ORIGINS": f"http://127.0.0.1:{port}", "WAVEPICK_DEVICES": "any"}
    return Server(
        command, {**FAST, **open_to_us, **settings}, folder / f"gunicorn-{port}.log", port=port
    )


def worker(settings: Mapping[str, str], folder: Path, name: str = "worker") -> Process:
    """Return ``wavepick worker``."""
    return Process(wavepick("worker"), settings, folder / f"{name}.log")
