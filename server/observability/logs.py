"""Logs of the server processes: one line per event, ids as fields, never a secret.

Modules log with :mod:`logging` as everywhere; this decides how their records leave the process.
Ids that belong to what is being handled (request, socket, device) are bound once, by
:func:`bound`, and stand in every line that is logged meanwhile.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Final, TextIO

import structlog
from structlog.contextvars import bound_contextvars

from server.config import LogFormat

REMOVED: Final = "[removed]"

SECRET_NAMES: Final = re.compile(
    r"token|secret|password|passwd|authorization|cookie|(^|_)pin(_|$)|credential", re.IGNORECASE
)
"""Names of fields whose values never leave the process."""

SECRET_TEXTS: Final = (
    # What stands after "Bearer" in a header.
    (re.compile(r"(?i)\b(bearer)\s+[^\s,;'\"]+"), r"\1 " + REMOVED),
    # User and password of a URL.
    (re.compile(r"(://)[^/\s@'\"]+@"), r"\1" + REMOVED + "@"),
    # Our tokens: 32 random bytes in URL-safe Base64.
    (re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"), REMOVED),
)

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters with which a client could forge lines of a text log."""

Event = MutableMapping[str, Any]


def configure(log_format: LogFormat, level: str, *, stream: TextIO | None = None) -> None:
    """Let all records of this process leave through one handler; earlier ones are replaced.

    Parameters
    ----------
    log_format
        ``text`` for people, ``json`` for machines: one object per line.
    level
        Lowest level that is written, e.g. ``INFO``.
    stream
        Where to; standard error by default.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    render: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=True, default=str)
        if log_format is LogFormat.JSON
        else _as_text
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Says at each start which database it looks at, and nothing else below a warning.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    root.setLevel(level)


def bound(**ids: object) -> AbstractContextManager[None]:
    """Put ids into every line that this thread or greenlet logs within the ``with`` block."""
    return bound_contextvars(**{name: value for name, value in ids.items() if value is not None})


def without_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Take secrets out of a record: by the name of their field, and by how they look."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if SECRET_NAMES.search(name):
        return REMOVED
    if isinstance(value, str):
        for look, instead in SECRET_TEXTS:
            value = look.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", part) for part in value]
    return value


def _as_text(_logger: object, _method: str, event: Event) -> str:
    trace = event.pop("exception", None)
    head = (
        f"{event.pop('timestamp', '')} {str(event.pop('level', '')).upper():<7} "
        f"{event.pop('logger', '')}: {event.pop('event', '')}"
    )
    fields = "".join(f" {name}={value}" for name, value in sorted(event.items()))
    line = CONTROL.sub(lambda found: repr(found.group())[1:-1], head + fields)
    return line if trace is None else f"{line}\n{trace}"
