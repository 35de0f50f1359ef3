"""Starts, hears and ends the process that solves one run."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from server.jobs.solve import STOP, Assignment, Message, main

log = logging.getLogger(__name__)

Target = Callable[[Connection, Assignment], None]
"""What runs in the child; importable by name, so that a fresh process can find it."""

KILL_WAIT_S = 5.0


class SolverProcess:
    """One solving process.

    Children are forked from a server process that has imported the engines once and nothing else,
    so a run starts in milliseconds, no database connection or lock is inherited, and a solver that
    crashes, hangs or eats all memory takes nobody with it.
    """

    def __init__(self, assignment: Assignment, target: Target = main) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["server.jobs.solve"])
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=target, args=(other, assignment), name="solve", daemon=True
        )
        self._process.start()
        other.close()

    def messages(self, wait_s: float) -> Iterator[Message]:
        """Yield what has arrived, waiting at most ``wait_s`` for the first; then return.

        Raises
        ------
        EOFError
            The child has ended and everything it sent was read.
        """
        timeout = wait_s
        while self._poll(timeout):
            timeout = 0.0
            yield self._receive()

    @property
    def exit_code(self) -> int | None:
        """How the child ended: 0, an exit code, or minus a signal number; ``None`` while alive."""
        return self._process.exitcode

    def ask_to_stop(self) -> None:
        """Ask the child to answer what it has; a dead one is fine."""
        try:
            self._pipe.send(STOP)
        except (BrokenPipeError, OSError):
            log.debug("the solver was gone before it could be asked to stop")

    def kill(self) -> None:
        """End the child at once and forget it; a dead one is fine."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Wait for the child's end and free its resources."""
        self._process.join(KILL_WAIT_S)
        self._pipe.close()

    def _poll(self, timeout: float) -> bool:
        try:
            return self._pipe.poll(timeout)
        except (BrokenPipeError, ConnectionResetError):
            raise EOFError from None

    def _receive(self) -> Message:
        try:
            message: Any = self._pipe.recv()
        except ConnectionResetError:
            raise EOFError from None
        return message  # type: ignore[no-any-return]
