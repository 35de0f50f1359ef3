"""Every failure as one shape: RFC 9457 problem bodies with a code and a pointer, no tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIFlask, HTTPError
from flask import Response
from sqlalchemy.exc import DBAPIError

from server import wire
from server.errors import ServiceError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "pointer"],
    "properties": {
        "type": {"type": "string", "description": "relative reference made of the code"},
        "title": {"type": "string", "description": "phrase of the status"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "culprit and rule, for a person"},
        "code": {"type": "string", "description": "short word for programs"},
        "pointer": {"type": "string", "description": "JSON pointer of the culprit, or empty"},
    },
    "additionalProperties": False,
}
"""Shape of every failure, as the OpenAPI document shows it."""


def problem(status: int, code: str, detail: str, pointer: str = "") -> Response:
    """Return a problem response; ``type`` is a relative reference made of the code."""
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "pointer": pointer,
    }
    response = Response(wire.dumps(body), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def register(app: APIFlask) -> None:
    """Answer every error of ``app`` with a problem body, and say so in the OpenAPI document."""
    app.spec_processor(_document)  # type: ignore[arg-type]  # ours is never YAML text
    app.error_processor(_from_http)
    app.register_error_handler(ServiceError, _from_service)
    app.register_error_handler(DBAPIError, _from_database)
    app.register_error_handler(Exception, _from_bug)


def _document(spec: dict[str, Any]) -> dict[str, Any]:
    """Replace what the library says of errors: one shape for all, whatever the status."""
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = dict(SCHEMA)
    answer = {
        "description": "What is wrong: RFC 9457 with a code and a pointer.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            responses = operation["responses"]
            for status in [status for status in responses if status.startswith(("4", "5"))]:
                del responses[status]
            responses["default"] = answer
    return spec


def _from_http(error: HTTPError) -> Response:
    pointer, detail = _first_finding(error.detail)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    response = problem(error.status_code, code, detail or str(error.message), pointer)
    for name, value in dict(error.headers or {}).items():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _from_service(error: ServiceError) -> Response:
    return problem(error.status, error.code, error.message, error.pointer)


def _from_database(error: DBAPIError) -> Response:
    if not error.connection_invalidated and error.orig is not None:
        name = type(error.orig).__name__
        if name != "OperationalError":
            return _from_bug(error)
    log.error("database cannot be used: %s", error.orig)
    return problem(503, "database-unavailable", "the database cannot be reached; try again")


def _from_bug(error: Exception) -> Response:
    log.error("unhandled error in a request", exc_info=error)
    return problem(500, "internal", "an internal error; it was written to the server's log")


def _first_finding(detail: Any) -> tuple[str, str]:
    """Return pointer and message of the first field that validation complains about."""
    if not isinstance(detail, dict):
        return "", ""
    for fields in detail.values():
        if isinstance(fields, dict):
            for path, messages in fields.items():
                pointer = "" if path == "_schema" else "/" + path.replace(".", "/")
                return pointer, f"{pointer or 'body'}: {messages[0]}"
    return "", ""
