"""Every request gets an id, a line in the log and its place in the meters."""

from __future__ import annotations

import logging
import re
import time
from typing import Final

from apiflask import APIFlask
from flask import Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from server.db.base import new_id
from server.parts import parts

log = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"

ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Ids of a proxy that are taken over; others could forge log lines."""

QUIET: Final = frozenset({"health.health", "health.ready", "metrics.metrics"})
"""Endpoints that machines ask every few seconds: logged at DEBUG."""

SIGN_IN: Final = "session.sign_in"


def register(app: APIFlask) -> None:
    """Observe every HTTP request of ``app``."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if ACCEPTABLE.fullmatch(given) else new_id()
    g.asked_at = time.monotonic()
    clear_contextvars()
    bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    if "request_id" not in g:
        return response
    took_s = time.monotonic() - g.asked_at
    meters = parts().observation.meters
    meters.request(request.endpoint, request.method, status=response.status_code, took_s=took_s)
    if request.endpoint == SIGN_IN:
        meters.sign_in(status=response.status_code)
    who = g.get("signed_in")
    log.log(
        logging.DEBUG if request.endpoint in QUIET else logging.INFO,
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "took_ms": round(took_s * 1000, 1),
            "person": who.person_id if who is not None else None,
        },
    )
    response.headers[HEADER] = g.request_id
    return response


def _forget(_error: BaseException | None) -> None:
    # Socket events tear down a request context, too, which never began here.
    if "request_id" in g:
        clear_contextvars()
