"""Is the process up, and can it work: for supervisors and load balancers."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from server.api.answers import Health, Ready
from server.auth import public
from server.db import migrate
from server.errors import Unavailable
from server.parts import parts
from server.services import workers

blueprint = APIBlueprint("health", __name__, tag="Health")


@blueprint.get("/health")
@public
@blueprint.output(Health)
def health() -> dict[str, Any]:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@blueprint.get("/ready")
@public
@blueprint.output(Ready)
def ready() -> dict[str, Any]:
    """Answer 200 once the database can be read and has the right schema, else 503."""
    wired = parts()
    schema = migrate.current(wired.settings.database_url)
    if schema != migrate.head():
        raise Unavailable(
            "the database schema is not up to date; run: wavepick migrate", code="outdated-schema"
        )
    with wired.database.read() as session:
        force = workers.alive(session, wired.clock)
    return {
        "status": "ok",
        "schema": schema,
        "workers": {"alive": force.alive, "lanes": list(force.lanes)},
    }
