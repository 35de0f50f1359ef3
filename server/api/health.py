"""Is the process up, and can it work: for supervisors and load balancers."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from server.api.answers.health import Health, Ready
from server.auth import public
from server.errors import Unavailable
from server.parts import parts

blueprint = APIBlueprint("health", __name__, tag="Health")

SENTENCES = {
    "draining": "the process is about to end; ask another one",
    "database-unavailable": "the database cannot be reached",
    "outdated-schema": "the database schema is not up to date; run: wavepick migrate",
}


@blueprint.get("/healthz")
@blueprint.get("/health")
@public
@blueprint.output(Health)
def health() -> dict[str, Any]:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@blueprint.get("/ready")
@public
@blueprint.output(Ready)
def ready() -> dict[str, Any]:
    """Answer 200 while picks can be booked, else 503 with the reason as its code.

    Needed: a database that can be read, with this program's schema, whose last commit did not
    fail for a lasting reason (disk full, unreachable), and a process that is not about to end.
    Missing workers and little disk space are warnings: picking goes on without them.
    """
    condition = parts().observation.vitals.condition()
    if condition.problem is not None or condition.workforce is None:
        code = condition.problem or "database-unavailable"
        raise Unavailable(
            SENTENCES.get(code, "commits fail; nothing can be booked until they work"), code=code
        )
    return {
        "status": "degraded" if condition.warnings else "ok",
        "schema": condition.schema,
        "workers": {
            "alive": condition.workforce.alive,
            "lanes": list(condition.workforce.lanes),
        },
        "warnings": list(condition.warnings),
    }
