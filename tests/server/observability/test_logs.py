"""Log lines: one per event, with the ids of what is handled, without secrets."""

from __future__ import annotations

import io
import json
import logging
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from server.config import LogFormat
from server.observability import logs

log = logging.getLogger("tests.logs")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What leaves the process; handlers of others come back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(LogFormat.JSON, "INFO", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    """The lines as objects."""
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_an_object_with_fields(written: io.StringIO) -> None:
    log.info("run %s", "ended", extra={"run": "r-1", "seconds": 2})
    log.debug("not written")
    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "run ended",
        "level": "info",
        "logger": "tests.logs",
        "run": "r-1",
        "seconds": 2,
    }


def test_bound_ids_stand_in_every_line_of_this_thread_only(written: io.StringIO) -> None:
    with logs.bound(request="q-1", sid=None, stream="s-1"):
        log.info("inside")
        other = threading.Thread(target=log.info, args=("elsewhere",))
        other.start()
        other.join()
        with logs.bound(stream="s-2"):
            log.info("deeper")
        log.info("inside again")
    log.info("outside")
    found = {line["event"]: (line.get("request"), line.get("stream")) for line in lines(written)}
    assert found == {
        "inside": ("q-1", "s-1"),
        "elsewhere": (None, None),
        "deeper": ("q-1", "s-2"),
        "inside again": ("q-1", "s-1"),
        "outside": (None, None),
    }
    assert all("sid" not in line for line in lines(written))


TOKEN = urlsafe_b64encode(sha256(b"no token of anybody").digest()).rstrip(b"=").decode()
"""As a server makes them, yet the same in every process, since tests are named after it."""


@pytest.mark.parametrize(
    ("message", "extra"),
    [
        (f"got token {TOKEN}", {}),
        (f"Authorization: Bearer {TOKEN[:20]}", {"secret_part": TOKEN[:20]}),
        ("opened", {"token": TOKEN}),
        ("opened", {"device_token": TOKEN[:9], "body": {"token": TOKEN}}),
        ("opened", {"headers": [("X", f"bearer {TOKEN}")]}),
        ("signed in", {"pin": "135790", "body": {"pin": "135790", "new_pin": "135790"}}),
        ("cannot reach postgresql+psycopg://wavepick:135790@db:5432/wavepick", {}),
        ("cannot reach redis://:135790@queue/0", {}),
    ],
)
def test_secrets_are_taken_out(
    written: io.StringIO, message: str, extra: dict[str, object]
) -> None:
    log.warning(message, extra=extra)
    text = written.getvalue()
    assert "135790" not in text
    assert TOKEN[:9] not in text
    assert logs.REMOVED in text


def test_secrets_in_a_traceback_are_taken_out(written: io.StringIO) -> None:
    try:
        raise ValueError(f"cannot parse {TOKEN}")
    except ValueError:
        log.exception("failed")
    (line,) = lines(written)
    assert "ValueError: cannot parse [removed]" in line["exception"]
    assert TOKEN not in written.getvalue()


def test_ids_are_no_secrets(written: io.StringIO) -> None:
    """Ids of 32 digits and checksums of 64 must stay: they are what an operator looks for."""
    log.info("seen", extra={"list": "0" * 32, "sha256": "a" * 64, "ping": 3, "pinned": "yes"})
    (line,) = lines(written)
    assert (line["list"], line["sha256"]) == ("0" * 32, "a" * 64)
    assert (line["ping"], line["pinned"]) == (3, "yes")


def test_text_lines_cannot_be_forged(written: io.StringIO) -> None:
    logs.configure(LogFormat.TEXT, "INFO", stream=written)
    log.info("event %s", "x\n2026-01-01 INFO forged\x1b[2J\u2028", extra={"badge": "B\r\n1"})
    text = written.getvalue()
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert "INFO    tests.logs: event x\\n2026-01-01" in text
    assert text.endswith("badge=B\\r\\n1\n")
