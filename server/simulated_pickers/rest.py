"""The REST side of a client: sign-in and what a console asks, with the standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

_TIMEOUT_S = 30.0


class Unreachable(Exception):
    """No answer: the server is down, busy or not there."""


class RestError(Exception):
    """The server answered with a problem.

    Parameters
    ----------
    status
        HTTP status.
    code
        Kebab-case word of the problem body, empty when there is none.
    detail
        Its sentence for people.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: bearer token and the sign-in id that operations carry as ``by``."""

    token: str
    sign_in: str
    name: str


class Rest:
    """Calls under ``/api/v1`` of one server, with or without a session."""

    def __init__(self, base_url: str, *, token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token

    def sign_in(self, *, badge: str, pin: str, client: str) -> SignedIn:
        """Open a session and keep its token; ``client`` is ``handheld`` or ``console``."""
        answer = self.post("/session", {"badge": badge, "pin": pin, "client": client})
        self.token = answer["token"]
        return SignedIn(answer["token"], answer["sign_in"], answer["person"]["name"])

    def get(self, path: str) -> Any:
        """Return the JSON body of a GET."""
        return self._call("GET", f"{self.base_url}/api/v1{path}", None)

    def post(self, path: str, body: object) -> Any:
        """Return the JSON body of the answer to a POST."""
        return self._call("POST", f"{self.base_url}/api/v1{path}", body)

    def healthy(self) -> bool:
        """Return whether the server is ready to serve."""
        try:
            self._call("GET", f"{self.base_url}/ready", None)
        except (Unreachable, RestError):
            return False
        return True

    def _call(self, method: str, url: str, body: object) -> Any:
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
                content = response.read()
        except urllib.error.HTTPError as error:
            raise _problem(error) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{method} {url}: {error}") from error
        return json.loads(content) if content else None


def _problem(error: urllib.error.HTTPError) -> RestError:
    with error:
        content = error.read()
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    return RestError(error.code, body.get("code", ""), body.get("detail", error.reason))
