"""``/metrics`` for a scraper that shows the installation's token; nothing for anybody else."""

from __future__ import annotations

import hmac

from apiflask import APIBlueprint
from flask import Response

from server.auth import current_token, public
from server.errors import NotFound, NotSignedIn
from server.parts import parts

blueprint = APIBlueprint("metrics", __name__, tag="Metrics")

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
@public
@blueprint.doc(hide=True)
def metrics() -> Response:
    """Answer what Prometheus reads; where no token was set, there is no such page."""
    wired = parts()
    wanted, shown = wired.settings.metrics_token, current_token()
    if wanted is None:
        raise NotFound("metrics are off; see WAVEPICK_METRICS_TOKEN", code="no-metrics")
    if shown is None or not hmac.compare_digest(shown.encode(), wanted.encode()):
        raise NotSignedIn("metrics need the installation's own token", code="not-a-scraper")
    response = Response(wired.observation.exposition(), content_type=TEXT)
    response.headers["Cache-Control"] = "no-store"
    return response
