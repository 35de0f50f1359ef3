"""The web process that chaos kills and starts again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from server.failpoints import ALLOWED, POINTS, FailPoint
from tests.fleet.line import Address
from tests.server.processes import FAST, Process, free_port, wavepick

_END_S = 60.0
"""When to give up on a server that was told to end."""


class Victim(Process):
    """``wavepick serve`` on one port, whatever happens to it.

    Starting does not wait until it is ready: the first acknowledgement is what counts.
    """

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        port = free_port()
        home = {"WAVEPICK_HOME": str(folder), "WAVEPICK_DEVICES": "any"}
        self._plain = {**FAST, **settings, **home}
        super().__init__(
            wavepick("serve", "--port", str(port)), self._plain, folder / f"web-{port}.log"
        )
        self.address = Address("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{port}"

    def begin(self, point: FailPoint | None = None, chance: float = 0.0) -> None:
        """Start, with a fail-point that ends it sooner or later."""
        armed = {} if point is None else {POINTS: f"{point}:{chance}", ALLOWED: "1"}
        self.settings = {**self._plain, **armed}
        self.start()

    async def end(self) -> int | None:
        """Ask it to end in order; its exit code, or None when it does not and was killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self._process.wait, _END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    async def ready(self) -> None:
        """Wait until it listens."""
        while True:
            try:
                _, writer = await asyncio.open_connection(self.address.host, self.address.port)
            except OSError:
                assert self.alive, self.output
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    async def died(self, within_s: float) -> bool:
        """Wait for it to end by itself; False when it is still there after ``within_s``.

        Raises
        ------
        AssertionError
            It ended otherwise than by a fail-point: that is a fault of the server.
        """
        assert self._process is not None
        deadline = asyncio.get_running_loop().time() + within_s
        while self.alive:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.02)
        ended = self._process.returncode
        assert ended == -signal.SIGKILL, f"the server ended with {ended}\n{self.output[-4000:]}"
        return True
