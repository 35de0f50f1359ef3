"""``wavepick serve``: the web process on one machine."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from server.cli.options import database_options
from server.config import (
    DEFAULT_PORT,
    LOOPBACK_HOSTS,
    AsyncMode,
    Settings,
    from_environment,
    loopback_origins,
    machine_origins,
)
from server.errors import Unavailable

if TYPE_CHECKING:
    from apiflask import APIFlask

log = logging.getLogger(__name__)

END_S = 1.0
"""What connections that are left may still take when everything is answered."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--insecure-lan", is_flag=True, help="Serve plain HTTP to the network (no TLS).")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--origin", "origins", multiple=True, help="Further web origin that may connect.")
@click.option(
    "--messages-per-second",
    type=click.IntRange(1, 100_000),
    help="What one socket may send before it is read more slowly; else 20.",
)
@database_options
def serve(
    host: str,
    port: int,
    insecure_lan: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    origins: tuple[str, ...],
    messages_per_second: int | None,
    database: str | None,
    data: Path | None,
) -> None:
    """Serve handhelds and console.

    Plain HTTP is served on loopback only, unless --insecure-lan says so; else give --tls-cert and
    --tls-key, or put a TLS proxy in front. Planning needs "wavepick worker" beside it.

    On a network a lead must enrol each handheld before anybody signs in on it, unless
    WAVEPICK_DEVICES=any.

    Several web processes: gunicorn -c python:server.gunicorn_settings -w N server.wsgi:app, with
    PostgreSQL in WAVEPICK_DATABASE_URL and Redis or Valkey in WAVEPICK_MESSAGE_QUEUE.

    On SIGTERM or SIGINT the process is not ready any more, tells handhelds to come back, answers
    what it has taken, closes its sockets and ends, within ten seconds.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    if tls_cert is None and host not in LOOPBACK_HOSTS and not insecure_lan:
        raise click.UsageError(
            f"plain HTTP on {host} would send PINs and tokens in clear over the network: "
            "give --tls-cert and --tls-key, or say --insecure-lan"
        )
    scheme = "https" if tls_cert is not None else "http"
    settings = from_environment(
        data=data, database_url=database, enrolled_only=host not in LOOPBACK_HOSTS
    ).allowing((*origins, *_own_origins(host, port, scheme)))
    if messages_per_second is not None:
        settings = replace(settings, messages_per_s=messages_per_second)
    if settings.async_mode is AsyncMode.GEVENT:
        # First of all, and only here: libraries and the worker are never patched.
        from gevent import monkey

        monkey.patch_all()
    _refuse_used_port(host, port)
    _run(settings, host, port, tls_cert, tls_key)


def _own_origins(host: str, port: int, scheme: str) -> tuple[str, ...]:
    own = loopback_origins(port, scheme=scheme)
    if host in LOOPBACK_HOSTS:
        return own
    if host in {"0.0.0.0", "::"}:
        return (*own, *machine_origins(port, scheme=scheme))
    return (*own, f"{scheme}://{host}:{port}")


def _refuse_used_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another --port",
                code="port",
            ) from None


def _run(
    settings: Settings, host: str, port: int, tls_cert: Path | None, tls_key: Path | None
) -> None:
    # Imported late: after gevent's patch.
    from server import collector
    from server.app import create_app, stop
    from server.db.occupation import Occupation
    from server.installation import open_database
    from server.observability import logs

    logs.configure(settings.log_format, settings.log_level)
    occupation = Occupation(settings.database_url)
    database = open_database(settings)
    app = create_app(settings, database)
    collector.settle()
    scheme = "https" if tls_cert is not None else "http"
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Wavepick serves on {scheme}://{shown}:{port}  (handheld: /pick, console: /lead)")
    sys.stdout.flush()
    try:
        if settings.async_mode is AsyncMode.GEVENT:
            _serve_gevent(app, host, port, _tls(tls_cert, tls_key))
        else:
            _serve_threads(app, host, port, tls_cert, tls_key)
    finally:
        stop(app)
        database.close()
        occupation.close()
    click.echo("stopped")


def _tls(cert: Path | None, key: Path | None) -> dict[str, str]:
    return {} if cert is None or key is None else {"certfile": str(cert), "keyfile": str(key)}


def _serve_gevent(app: APIFlask, host: str, port: int, tls: dict[str, str]) -> None:
    import gevent
    from gevent.pywsgi import WSGIHandler

    from server.app import drain, socketio_of

    sockets = socketio_of(app)

    class Handler(WSGIHandler):  # type: ignore[misc]
        """Reads no further request from a connection that was a WebSocket."""

        def handle_one_response(self) -> None:
            super().handle_one_response()
            if "HTTP_UPGRADE" in self.environ:
                self.close_connection = True

    def end() -> None:
        drain(app)
        sockets.wsgi_server.stop(timeout=END_S)

    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, lambda: gevent.spawn(end))
    sockets.run(app, host=host, port=port, handler_class=Handler, **tls)


def _serve_threads(
    app: APIFlask, host: str, port: int, tls_cert: Path | None, tls_key: Path | None
) -> None:
    from werkzeug.serving import WSGIRequestHandler

    from server.app import drain, socketio_of

    class Handler(WSGIRequestHandler):
        """Reads no further request from a connection that was a WebSocket."""

        def run_wsgi(self) -> None:
            super().run_wsgi()
            if "Upgrade" in self.headers:
                self.close_connection = True

    def end(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    tls = {} if tls_cert is None else {"ssl_context": (str(tls_cert), str(tls_key))}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Returns on an interrupt: new connections are not accepted any more, the threads of the others
    # go on.
    socketio_of(app).run(
        app, host=host, port=port, allow_unsafe_werkzeug=True, request_handler=Handler, **tls
    )
    drain(app)
