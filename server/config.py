"""Settings of an installation: read once from the environment, then passed around, never global.

Everything has a default that runs one machine with SQLite and no broker; PostgreSQL, a message
queue and more worker hosts are settings, not code.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from server.errors import BadInput
from server.store_urls import as_redis, default_queue_url, sqlite_url, with_driver

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

DEFAULT_PORT = 8080


class AsyncMode(StrEnum):
    """How the web process serves many sockets at once."""

    GEVENT = "gevent"
    THREADING = "threading"


class LogFormat(StrEnum):
    """How log lines look: for people, or one JSON object each."""

    TEXT = "text"
    JSON = "json"


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

MOST_PROXIES = 5

SHORTEST_METRICS_TOKEN = 32
"""Characters; shorter ones can be guessed by whoever reaches the port."""

FROM_FILES = (
    "WAVEPICK_DATABASE_URL",
    "WAVEPICK_QUEUE_URL",
    "WAVEPICK_MESSAGE_QUEUE",
    "WAVEPICK_METRICS_TOKEN",
)
"""Variables that hold secrets: with ``_FILE`` behind the name, the file that holds the value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process.

    Parameters
    ----------
    data
        Folder of the installation's own files: the SQLite database and the job queue.
    database_url
        SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``.
    queue_url
        Where planning jobs are queued: ``sqlite:///…``, ``redis://…`` or ``postgresql://…``.
    message_queue
        Redis or Valkey URL that joins several web processes; ``None`` with one web process.
    async_mode
        ``gevent`` (default) or ``threading``.
    origins
        Web origins (``scheme://host[:port]``) whose pages may open a socket. Never ``*``. A
        missing Origin header is accepted, so the origin is no authentication.
    proxies
        How many proxies of our own stand in front. So many entries of ``X-Forwarded-For`` and
        ``X-Forwarded-Proto`` are believed; without a proxy anybody could write them.
    enrolled_only
        Whether handhelds sign in only after a lead has enrolled them. On one's own machine they
        need not be; ``wavepick serve`` on a network asks for it.
    messages_per_s
        Messages a second that one socket may send for long; a burst of three seconds at once.
        Whoever sends more is read more slowly.
    watchdog_grace_s
        Seconds a solve may take beyond its own time limit before the watchdog kills it.
    lost_after_s
        Seconds without a beat after which a run counts as lost and is queued again.
    metrics_token
        What a scraper must show to read ``/metrics``; without one there are no metrics.
    log_format, log_level
        How log lines look, and the lowest level that is written.
    """

    data: Path
    database_url: str = field(repr=False)
    queue_url: str = field(repr=False)
    message_queue: str | None = field(default=None, repr=False)
    async_mode: AsyncMode = AsyncMode.GEVENT
    origins: tuple[str, ...] = ()
    proxies: int = 0
    enrolled_only: bool = False
    messages_per_s: float = 20.0
    watchdog_grace_s: float = 20.0
    lost_after_s: float = 15.0
    metrics_token: str | None = field(default=None, repr=False)
    log_format: LogFormat = LogFormat.TEXT
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        for origin in self.origins:
            _check_origin(origin)
        for name in ("messages_per_s", "watchdog_grace_s", "lost_after_s"):
            if getattr(self, name) <= 0:
                raise BadInput(f"{name} must be above 0", code="bad-setting")
        if not 0 <= self.proxies <= MOST_PROXIES:
            raise BadInput(f"WAVEPICK_PROXIES: must be 0 to {MOST_PROXIES}", code="bad-setting")
        if self.metrics_token is not None and len(self.metrics_token) < SHORTEST_METRICS_TOKEN:
            raise BadInput(
                f"WAVEPICK_METRICS_TOKEN: must have at least {SHORTEST_METRICS_TOKEN} characters "
                "(openssl rand -hex 32)",
                code="bad-setting",
            )
        if self.log_level not in LOG_LEVELS:
            raise BadInput(
                f'WAVEPICK_LOG_LEVEL: "{self.log_level}" is none of {", ".join(LOG_LEVELS)}',
                code="bad-setting",
            )

    def allowing(self, origins: tuple[str, ...]) -> Settings:
        """Return these settings with more allowed origins (kept in order, each once)."""
        return replace(self, origins=tuple(dict.fromkeys((*self.origins, *origins))))


def from_environment(
    environ: Mapping[str, str] | None = None,
    *,
    data: Path | None = None,
    database_url: str | None = None,
    enrolled_only: bool = False,
) -> Settings:
    """Return the settings that environment variables and command-line options describe.

    Parameters
    ----------
    environ
        Variables to read, by default those of the process: ``WAVEPICK_HOME``,
        ``WAVEPICK_DATABASE_URL``, ``WAVEPICK_QUEUE_URL``, ``WAVEPICK_MESSAGE_QUEUE``,
        ``WAVEPICK_ASYNC_MODE``, ``WAVEPICK_ORIGINS`` (comma separated),
        ``WAVEPICK_PROXIES``, ``WAVEPICK_DEVICES`` (``enrolled`` or ``any``),
        ``WAVEPICK_MESSAGES_PER_S``,
        ``WAVEPICK_WATCHDOG_GRACE``, ``WAVEPICK_LOST_AFTER`` (seconds),
        ``WAVEPICK_METRICS_TOKEN``, ``WAVEPICK_LOG_FORMAT`` (``text`` or ``json``),
        ``WAVEPICK_LOG_LEVEL``. Those of :data:`FROM_FILES` may lie in files.
    data, database_url
        Options of the command line, which win over the environment.
    enrolled_only
        What holds where ``WAVEPICK_DEVICES`` says nothing.

    Raises
    ------
    BadInput
        A value breaks a rule; the message names the variable.
    """
    environ = _with_files(os.environ if environ is None else environ)
    folder = data or Path(environ.get("WAVEPICK_HOME", "wavepick-data"))
    url = database_url or environ.get("WAVEPICK_DATABASE_URL") or sqlite_url(folder / "wavepick.db")
    return Settings(
        data=folder,
        database_url=with_driver(url),
        queue_url=environ.get("WAVEPICK_QUEUE_URL") or default_queue_url(url, folder),
        message_queue=as_redis(environ.get("WAVEPICK_MESSAGE_QUEUE")),
        async_mode=_async_mode(environ.get("WAVEPICK_ASYNC_MODE", AsyncMode.GEVENT)),
        origins=tuple(
            origin.strip()
            for origin in environ.get("WAVEPICK_ORIGINS", "").split(",")
            if origin.strip()
        ),
        proxies=int(_number(environ, "WAVEPICK_PROXIES", 0)),
        enrolled_only=_enrolled_only(environ.get("WAVEPICK_DEVICES"), enrolled_only),
        messages_per_s=_number(environ, "WAVEPICK_MESSAGES_PER_S", 20.0),
        watchdog_grace_s=_number(environ, "WAVEPICK_WATCHDOG_GRACE", 20.0),
        lost_after_s=_number(environ, "WAVEPICK_LOST_AFTER", 15.0),
        metrics_token=environ.get("WAVEPICK_METRICS_TOKEN") or None,
        log_format=_log_format(environ.get("WAVEPICK_LOG_FORMAT") or LogFormat.TEXT),
        log_level=(environ.get("WAVEPICK_LOG_LEVEL") or "INFO").upper(),
    )


def loopback_origins(port: int, *, scheme: str = "http") -> tuple[str, ...]:
    """Return the origins of pages served by this machine to itself."""
    return tuple(f"{scheme}://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]"))


def machine_origins(port: int, *, scheme: str) -> tuple[str, ...]:
    """Return the origins under which others on the network reach this machine, as far as known."""
    name = socket.gethostname()
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(name, port, socket.AF_INET)}
    except socket.gaierror:
        found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Connecting a datagram socket sends nothing; it only chooses the outgoing address.
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(str(probe.getsockname()[0]))
        except OSError:
            found.discard("")
    hosts = (name, *sorted(found))
    return tuple(f"{scheme}://{host}:{port}" for host in hosts)


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if "*" in origin or parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise BadInput(
            f'WAVEPICK_ORIGINS: "{origin}" is not an origin like https://picking.example:8443 '
            "(a wildcard is refused: any page could then open sockets)",
            code="bad-origin",
        )


def _async_mode(value: str) -> AsyncMode:
    try:
        return AsyncMode(value)
    except ValueError:
        raise BadInput(
            f'WAVEPICK_ASYNC_MODE: "{value}" is neither gevent nor threading', code="bad-setting"
        ) from None


def _log_format(value: str) -> LogFormat:
    try:
        return LogFormat(value)
    except ValueError:
        raise BadInput(
            f'WAVEPICK_LOG_FORMAT: "{value}" is neither text nor json', code="bad-setting"
        ) from None


def _with_files(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The variables with those read that lie in files, where other users cannot see them."""
    read = dict(environ)
    for name in FROM_FILES:
        path = environ.get(f"{name}_FILE")
        if not path:
            continue
        if environ.get(name):
            raise BadInput(f"say either {name} or {name}_FILE, not both", code="bad-setting")
        try:
            read[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                f"{name}_FILE: cannot read {path}: {error}", code="bad-setting"
            ) from None
        if not read[name]:
            raise BadInput(f"{name}_FILE: {path} is empty", code="bad-setting")
    return read


def _enrolled_only(value: str | None, default: bool) -> bool:
    if value not in (None, "", "enrolled", "any"):
        raise BadInput(
            f'WAVEPICK_DEVICES: "{value}" is neither enrolled nor any', code="bad-setting"
        )
    return value == "enrolled" if value else default


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    value = environ.get(name)
    if value is None:
        return default
    try:
        return float(value)
    except ValueError:
        raise BadInput(f'{name}: "{value}" is not a number', code="bad-setting") from None
