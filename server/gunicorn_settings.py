"""How gunicorn runs several web processes: ``gunicorn -c python:server.gunicorn_settings …``.

gunicorn takes the settings from the names of this module, and calls the functions at the moments
that their names say.
"""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

from server.observability.meters import SHARED_FOLDER

worker_class = "gevent"
graceful_timeout = 8
"""Seconds a process may take to end in order; the drain needs about five."""

timeout = 30
"""Seconds without a sign of life after which a process is killed and replaced."""

worker_connections = 2_000
keepalive = 75
control_socket_disable = True
"""No second way in: signals are enough to govern it, and its folder may be read-only."""

logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"handlers": [], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": ["early"], "level": "INFO", "propagate": False}},
    "handlers": {"early": {"class": "logging.StreamHandler", "formatter": "early"}},
    "formatters": {"early": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
}
"""gunicorn's own few lines; each process then logs as WAVEPICK_LOG_FORMAT says."""


def on_starting(_server: object) -> None:
    """Forget what processes of an earlier start have counted."""
    folder = os.environ.get(SHARED_FOLDER)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file in Path(folder).glob("*.db"):
            file.unlink()


def post_worker_init(worker: Any) -> None:
    """Let a process that is told to end say goodbye to its sockets meanwhile."""
    # Imported here: only the processes that serve are patched by gevent.
    import gevent

    from server import collector
    from server.app import drain, stop
    from server.wsgi import app

    collector.settle()
    loggers = logging.getLogger("gunicorn.error")
    loggers.handlers.clear()
    loggers.propagate = True
    leave = worker.handle_exit

    def end() -> None:
        drain(app)
        stop(app)

    def told_to_end(number: int, frame: FrameType | None) -> None:
        gevent.spawn(end)
        leave(number, frame)

    signal.signal(signal.SIGTERM, told_to_end)


def child_exit(_server: object, worker: Any) -> None:
    """Take the gauges of a process that has ended out of the sum; its counts stay."""
    if os.environ.get(SHARED_FOLDER):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
