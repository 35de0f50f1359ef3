"""Counters, histograms and gauges of one web process, in the words of Prometheus.

They know no code of ours but are told by it. Labels come from closed lists only (verdicts, codes,
events, routes): a client must not be able to make new series.

Several processes behind one port share their counts through files, where
``PROMETHEUS_MULTIPROC_DIR`` names a folder; whichever process is asked then answers for all.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

# When a series began is worth nothing here and would double the number of series.
disable_created_metrics()  # type: ignore[no-untyped-call]

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
"""Limits of the histograms: dense where the goals lie (5, 50, 100, 200, 300 ms)."""

UNKNOWN: Final = "unknown"

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """What one application measures of itself; each application has a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._verdicts = Counter(
            "wavepick_op_verdicts",
            "Verdicts answered to handhelds; an operation that was sent again counts again.",
            ("verdict", "code"),
            registry=registry,
        )
        self._events = Counter(
            "wavepick_events",
            "Socket events answered; outcome is ok or the code of the error.",
            ("namespace", "event", "outcome"),
            registry=registry,
        )
        self._event_seconds = Histogram(
            "wavepick_event_seconds",
            "From taking up a socket event to its answer, the commit included.",
            ("namespace", "event"),
            buckets=SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "wavepick_http_requests",
            "HTTP requests answered.",
            ("endpoint", "method", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "wavepick_http_request_seconds",
            "From taking up an HTTP request to its answer.",
            ("endpoint",),
            buckets=SECONDS,
            registry=registry,
        )
        self._sign_ins = Counter(
            "wavepick_sign_ins",
            "Sign-ins by how they ended: ok, refused (badge, PIN, device), limited (too many).",
            ("outcome",),
            registry=registry,
        )
        self._connections = Gauge(
            "wavepick_connections",
            "Connected sockets.",
            ("namespace",),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._write_wait = Histogram(
            "wavepick_write_wait_seconds",
            "How long a use case waited for the writer lock.",
            buckets=SECONDS,
            registry=registry,
        )
        self._commit_seconds = Histogram(
            "wavepick_commit_seconds",
            "How long a commit took until it was durable.",
            buckets=SECONDS,
            registry=registry,
        )
        self._write_failures = Counter(
            "wavepick_write_failures",
            "Write transactions that the database itself refused.",
            ("code",),
            registry=registry,
        )
        self._write_repeats = Counter(
            "wavepick_write_repeats",
            "Use cases tried again after such a failure.",
            ("code",),
            registry=registry,
        )
        build = Gauge(
            "wavepick_build",
            "Always 1; the labels tell what runs.",
            ("version", "python", "sqlite"),
            registry=registry,
            multiprocess_mode="max",
        )
        build.labels(version("wavepick"), platform.python_version(), sqlite3.sqlite_version).set(1)
        if not _shared():
            ProcessCollector(registry=registry)

    def verdicts(self, reply: Mapping[str, Any]) -> None:
        """Count the verdicts of an answer to ``ops``."""
        for _seq, verdict, code in reply.get("verdicts", ()):
            self._verdicts.labels(verdict, code).inc()

    def event(self, namespace: str, event: str, *, outcome: str, took_s: float) -> None:
        """Count a socket event that was answered."""
        self._events.labels(namespace, event, outcome).inc()
        self._event_seconds.labels(namespace, event).observe(took_s)

    def request(self, endpoint: str | None, method: str, *, status: int, took_s: float) -> None:
        """Count an HTTP request that was answered."""
        name, verb = endpoint or UNKNOWN, method if method in METHODS else UNKNOWN
        self._requests.labels(name, verb, str(status)).inc()
        self._request_seconds.labels(name).observe(took_s)

    def sign_in(self, *, status: int) -> None:
        """Count a sign-in by the status that answered it."""
        if status < 300:
            outcome = "ok"
        elif status == 429:
            outcome = "limited"
        else:
            outcome = "refused" if status < 500 else "failed"
        self._sign_ins.labels(outcome).inc()

    def connected(self, namespace: str, sockets: int) -> None:
        """Take note of how many sockets are connected now."""
        self._connections.labels(namespace).set(sockets)

    # What a database tells (server.db.observer.WriteObserver).

    def began(self, waited_s: float) -> None:
        """Take note of how long a write transaction waited."""
        self._write_wait.observe(waited_s)

    def committed(self, took_s: float) -> None:
        """Take note of how long a commit took."""
        self._commit_seconds.observe(took_s)

    def failed(self, code: str) -> None:
        """Count a refusal of the database."""
        self._write_failures.labels(code).inc()

    def repeated(self, code: str) -> None:
        """Count a repetition."""
        self._write_repeats.labels(code).inc()

    def exposition(self) -> bytes:
        """Everything measured, of all processes that share a folder, as Prometheus reads it."""
        if not _shared():
            return generate_latest(self.registry)
        everyone = CollectorRegistry()
        multiprocess.MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)


def _shared() -> bool:
    return bool(os.environ.get(SHARED_FOLDER))
