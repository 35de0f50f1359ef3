"""Requests made from the OpenAPI document, sound and broken, by schemathesis."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)

from server.app import create_app
from server.config import from_environment
from server.db.engine import Database
from tests.server import small_site

CHECKS = (
    not_a_server_error,
    response_schema_conformance,
    content_type_conformance,
    unsupported_method,
)

SLOW = {"POST /api/v1/layouts"}
"""Starts a process for each sound document."""

OWN_SESSION = {"DELETE /api/v1/session"}
"""Ends the session of the attack itself."""

UNAVAILABLE = 503
"""Said aloud and with a code: no worker, a database that is busy. Everything else is a fault."""


@dataclass(slots=True)
class Requests:
    """What was sent and what came back."""

    sent: int = 0
    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def attack_routes(folder: Path, *, cases: int, seed: int) -> Requests:
    """Send about ``cases`` requests, shared among all operations, as an admin on a small site."""
    found = Requests()
    url = small_site.fill(f"sqlite:///{folder / 'routes.db'}").url
    made = from_environment({"WAVEPICK_DATABASE_URL": url}, data=folder)
    database = Database(made.database_url)
    try:
        app = create_app(made, database, enqueue=lambda _: None, publish=False)
        app.testing = False
        client = Client(app, _token(app))
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
        _without_security(schema.raw_schema)
        known = _known_ids(client)
        operations = [cast(Any, result).ok() for result in schema.get_all_operations()]
        found.operations = len(operations)
        each = max(1, cases // len(operations))
        for operation in operations:
            if operation.label in OWN_SESSION:
                continue
            share = min(each, 5) if operation.label in SLOW else each
            _attack(operation, client, known, share, random.Random(seed), found)
    finally:
        database.close()
    return found


@dataclass(frozen=True, slots=True)
class Client:
    """Calls routes as one signed-in person."""

    app: Any
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers that show the token."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> Any:
        """The body of a GET."""
        return self.app.test_client().get(f"/api/v1{path}", headers=self.headers).get_json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The body of a POST."""
        answer = self.app.test_client().post(f"/api/v1{path}", headers=self.headers, json=body)
        assert answer.status_code < 300, answer.get_json()
        return answer.get_json()


def _without_security(document: dict[str, Any]) -> None:
    """Let no request be spoiled by spoiling its token: nothing would be reached behind it."""
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)


def _known_ids(client: Client) -> dict[str, list[str]]:
    """Ids that exist, by the name of their path parameter."""
    orders = [str(row["id"]) for row in client.get("/orders")["orders"]]
    wave = client.post(
        "/waves", {"name": "fuzz", "cart_type": small_site.CART, "order_ids": orders[:2]}
    )
    run = client.post(f"/waves/{wave['id']}/plan", {"seconds": 1.0})
    device = client.post("/devices", {"name": "fuzz"})["device"]
    layouts = [str(row["id"]) for row in client.get("/layouts")["layouts"]]
    return {
        "order_id": orders,
        "wave_id": [wave["id"]],
        "run_id": [run["id"]],
        "device_id": [device["id"]],
        "layout_id": layouts,
    }


def _attack(
    operation: Any,
    client: Client,
    known: dict[str, list[str]],
    cases: int,
    rng: random.Random,
    found: Requests,
) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seeded(rng.randrange(2**32))
        @settings(
            max_examples=max(1, cases // 2),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            for name in case.path_parameters or {}:
                if name in known and rng.random() < 0.5:
                    case.path_parameters[name] = rng.choice(known[name])
            response = case.call(headers=client.headers)
            found.sent += 1
            found.statuses[response.status_code] += 1
            if response.status_code == UNAVAILABLE:
                return
            try:
                case.validate_response(response, checks=CHECKS, headers=client.headers)
            except FailureGroup as failures:
                request = case.as_curl_command()[:600]
                found.wrong += [
                    f"{operation.label}: {failure} <- {request}" for failure in failures.exceptions
                ]

        try:
            send()
        except Unsatisfiable:
            continue  # there is nothing to negate in an operation without parameters


def _token(app: Any) -> str:
    body = {"badge": small_site.ADMIN, "pin": small_site.PIN, "client": "console"}
    answer = app.test_client().post("/api/v1/session", json=body)
    return str(answer.get_json()["token"])
