"""Child processes of a command: the same ``wavepick serve`` and ``wavepick worker`` as anywhere."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from server.errors import Unavailable
from server.simulated_pickers.rest import Rest

_STOP_S = 10.0
_SETTINGS = ("WAVEPICK_DATABASE_URL", "WAVEPICK_QUEUE_URL", "WAVEPICK_MESSAGE_QUEUE")
"""Settings of another installation that children must not inherit."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running child: what it is called, its process, and the file it writes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """Starts children of one installation, watches them and stops them all.

    Parameters
    ----------
    data
        Data folder of the installation; logs are written there.
    database_url
        Its database; by default the SQLite file in ``data``.
    """

    def __init__(self, data: Path, *, database_url: str | None = None) -> None:
        self._data = data
        self._database_url = database_url
        self._children: list[Child] = []

    def start(self, command: str, *options: str) -> None:
        """Start ``wavepick COMMAND`` with the options of this installation."""
        arguments = [sys.executable, "-m", "server.cli", command, "--data", str(self._data)]
        if self._database_url is not None:
            arguments += ["--database", self._database_url]
        environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
        log = self._data / f"{command}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*arguments, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                # Ctrl-C reaches the parent only; it stops the children in order.
                start_new_session=True,
            )
        self._children.append(Child(command, process, log))

    def wait_until_healthy(self, base_url: str, *, patience_s: float = 30.0) -> None:
        """Wait until the web process answers.

        Raises
        ------
        Unavailable
            A child died, or nothing answered in time.
        """
        rest = Rest(base_url)
        deadline = time.monotonic() + patience_s
        while not rest.healthy():
            self.check()
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"the server did not answer within {patience_s:.0f} s; see {self._data}",
                    code="no-answer",
                )
            time.sleep(0.1)

    def check(self) -> None:
        """Raise :class:`Unavailable` when a child has ended, with the end of its log."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                how = (
                    f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
                )
                raise Unavailable(
                    f"the {child.name} process {how}; the end of {child.log}:\n{_tail(child.log)}",
                    code="child-ended",
                )

    def stop(self) -> None:
        """End all children, the last started first; kill what does not end in 10 s."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_S
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self._children.clear()


def interrupt_on_sigterm() -> None:
    """Treat SIGTERM like Ctrl-C, so that children are stopped and files are closed."""

    def interrupted(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupted)


def refuse_used_port(host: str, port: int) -> None:
    """Raise :class:`Unavailable` when something already listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another --port",
                code="port",
            ) from None


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(log: Path, lines: int = 15) -> str:
    found: Sequence[str] = log.read_text("utf-8", errors="replace").splitlines()
    return "\n".join(found[-lines:])
