"""Puts the web application together: the only place where parts are wired."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from apiflask import APIFlask
from flask import request
from flask.json.provider import DefaultJSONProvider
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from server import wire
from server.api import (
    access,
    devices,
    floor,
    floor_tasks,
    health,
    metrics,
    orders,
    pages,
    pick,
    problems,
    session,
    stock,
    waves,
)
from server.auth import act_in, is_marked
from server.config import Settings
from server.db.engine import Database
from server.errors import NotAllowed
from server.installation import refuse_gevent_websocket
from server.jobs.queue import Announcer, LaneQueues
from server.limits import FailuresPerAddress
from server.observability.observation import Observation, observe
from server.parts import EXTENSION, Parts
from server.picking.pick_queue import PickQueue
from server.pins import checker
from server.realtime import handheld, lead
from server.realtime.connections import Connections
from server.realtime.drain import Drain
from server.realtime.handheld import HandheldNamespace
from server.realtime.lead import LeadNamespace
from server.realtime.publisher import Publisher
from server.realtime.sockets import open_sockets
from server.refusals import Refusals
from server.services.clock import Clock, system_clock
from server.sessions import Sessions

log = logging.getLogger(__name__)

API = "/api/v1"

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request body, unless a route says otherwise."""

OPEN_ENDPOINTS = frozenset({"openapi.spec"})
"""Endpoints of libraries that anyone may call."""


class StrictJson(DefaultJSONProvider):
    """JSON without NaN, infinity or repeated keys."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a body strictly."""
        return wire.loads(s, **kwargs)


def create_app(
    settings: Settings,
    database: Database,
    *,
    clock: Clock = system_clock,
    enqueue: Callable[[str], None] | None = None,
    publish: bool = True,
) -> APIFlask:
    """Return the web application, its socket server in ``app.extensions["socketio"]``.

    Parameters
    ----------
    settings
        Settings of the installation.
    database
        Database with an up-to-date schema; its ``on_begin`` and ``on_commit`` are taken over.
    clock
        Time source of the services.
    enqueue
        Port to the job queue, called with a lane; by default the queue that ``settings`` name.
    publish
        Start the background task that sends hints; tests that need none leave it out.

    Raises
    ------
    Unavailable
        ``gevent-websocket`` is installed: it would be picked up silently and break every upgrade.
    """
    refuse_gevent_websocket()
    app = APIFlask(
        "server",
        title="Wavepick",
        version=version("wavepick"),
        spec_path=f"{API}/openapi.json",
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]  # the annotation forgot it
    )
    app.json = StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    observation = observe(settings, database, clock)
    app.extensions[EXTENSION] = Parts(
        settings=settings,
        database=database,
        clock=clock,
        sessions=Sessions(database),
        picks=PickQueue(database, clock),
        check_pin=checker(settings.async_mode),
        refusals=Refusals(database, clock),
        failures=FailuresPerAddress(clock),
        observation=observation,
    )
    access.register(app)
    problems.register(app)
    pages.protect(app)
    _deny_by_default(app)
    for module in (session, devices, pick, orders, stock, waves, floor, floor_tasks):
        app.register_blueprint(
            module.blueprint, url_prefix=f"{API}{module.blueprint.url_prefix or ''}"
        )
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(pages.blueprint)
    announce = Announcer(database, enqueue or LaneQueues(settings.queue_url).enqueue)
    _connect_sockets(app, settings, database, announce, observation, publish=publish)
    if settings.proxies:
        # Outermost, so that sockets see the address of the client, too. The host is not taken
        # over: a forged X-Forwarded-Host would pass for an origin of ours.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    return app


def socketio_of(app: APIFlask) -> SocketIO:
    """Return the socket server of an application."""
    return app.extensions["socketio"]


def drain(app: APIFlask) -> None:
    """Let an application answer what it has taken and close its sockets; it takes nothing new."""
    app.extensions["wavepick-drain"].run()


def stop(app: APIFlask) -> None:
    """End the background tasks of an application."""
    app.extensions["wavepick-publisher"].stop()
    app.extensions[EXTENSION].observation.vitals.stop()


def _deny_by_default(app: APIFlask) -> None:
    @app.before_request
    def _deny_unmarked() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in OPEN_ENDPOINTS:
            return
        if not is_marked(app.view_functions.get(endpoint)):
            raise NotAllowed("nobody may call this", code="closed")


def _connect_sockets(
    app: APIFlask,
    settings: Settings,
    database: Database,
    announce: Announcer,
    observation: Observation,
    *,
    publish: bool,
) -> None:
    connections = Connections()
    socketio = open_sockets(app, settings)
    publisher = Publisher(database, socketio, connections)
    for namespace in (HandheldNamespace(connections), LeadNamespace(connections)):
        namespace.before_connect = publisher.begin
        namespace.meters, namespace.lifecycle = observation.meters, observation.lifecycle
        socketio.on_namespace(namespace)

    def sample() -> None:
        for name in (handheld.NAMESPACE, lead.NAMESPACE):
            observation.meters.connected(name, len(connections.sids(name)))

    def on_commit(revisions: Mapping[str, int]) -> None:
        publisher.wake(revisions)
        announce(revisions)

    database.on_begin = act_in
    database.on_commit = on_commit
    observation.sample = sample
    app.extensions["wavepick-drain"] = Drain(socketio, connections, observation.lifecycle)
    app.extensions["wavepick-publisher"] = publisher
    if publish:
        publisher.start()
        socketio.start_background_task(observation.vitals.watch, socketio.sleep, sample)
