"""``wavepick serve`` says clearly why it does not start."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.server import processes, small_site
from tests.server.processes import free_port, wavepick

pytestmark = pytest.mark.process


def serve(*arguments: str, settings: Mapping[str, str]) -> tuple[int, str]:
    """Run ``wavepick serve``, which must end by itself; return exit code and errors."""
    done = subprocess.run(
        wavepick("serve", *arguments),
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a filled installation."""
    folder = tmp_path_factory.mktemp("ready")
    site = small_site.fill(small_site.sqlite_url(folder), n_orders=0)
    return {"WAVEPICK_DATABASE_URL": site.url}


def test_port_in_use(ready: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, errors = serve("--port", str(port), settings=ready)
    assert code == 3
    assert f"cannot listen on 127.0.0.1:{port}" in errors


def test_missing_database(tmp_path: Path) -> None:
    code, errors = serve(
        "--port",
        str(free_port()),
        settings={"WAVEPICK_DATABASE_URL": small_site.sqlite_url(tmp_path)},
    )
    assert code == 3
    assert "wavepick migrate" in errors
    assert not (tmp_path / "site.db").exists()


def test_plain_http_on_the_network(ready: dict[str, str]) -> None:
    code, errors = serve("--host", "0.0.0.0", settings=ready)
    assert code == 2
    assert "--insecure-lan" in errors


@pytest.mark.parametrize("origin", ["*", "http://*.example", "example.org", "http://a/b"])
def test_wildcard_and_broken_origins(ready: dict[str, str], origin: str) -> None:
    code, errors = serve("--port", str(free_port()), "--origin", origin, settings=ready)
    assert code == 3
    assert "is not an origin" in errors


def test_gevent_websocket_in_the_way(ready: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "geventwebsocket").mkdir()
    (tmp_path / "geventwebsocket" / "__init__.py").write_text("")
    code, errors = serve(
        "--port", str(free_port()), settings={**ready, "PYTHONPATH": str(tmp_path)}
    )
    assert code == 3
    assert "pip uninstall gevent-websocket" in errors


def test_workers_without_gevent(ready: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import server.wsgi"],
        env={**os.environ, **ready},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode != 0
    assert "gunicorn -k gevent" in done.stderr


def test_tls_is_served_where_a_certificate_is_given(ready: dict[str, str], tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    port = free_port()
    command = wavepick("serve", "--port", str(port), "--tls-cert", str(certificate))
    with processes.Process([*command, "--tls-key", str(key)], ready, tmp_path / "log") as web:
        unverified = ssl.create_default_context()
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE

        def answers() -> bool:
            try:
                with urllib.request.urlopen(
                    f"https://127.0.0.1:{port}/health", context=unverified, timeout=2
                ) as answer:
                    return "max-age" in answer.headers["Strict-Transport-Security"]
            except OSError:
                return False

        processes.wait_until(answers, within_s=20, what=f"TLS answer {web.output}")
        assert web.terminate() == 0
