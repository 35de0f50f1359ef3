"""``compose.yaml`` and ``Dockerfile`` against what the commands and the code really accept.

There is no Docker where these tests run; what can be judged without it is judged here.
"""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context
from gunicorn.config import Config

from server.cli import wavepick
from server.config import FROM_FILES
from server.observability.meters import SHARED_FOLDER

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")

PINNED = re.compile(r"[a-z0-9./-]+:\d+\.\d+[a-z0-9.-]*")
"""An image with at least a major and a minor version in its tag."""

TIME = re.compile(r"(\d+)s")


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of ours: what a service runs, and what judges its health."""
    found = [(name, SERVICES[name]["command"]) for name in OURS]
    found += [
        (f"{name} health", SERVICES[name]["healthcheck"]["test"][1:]) for name in ("web", "worker")
    ]
    return found


@pytest.mark.parametrize(("name", "command"), commands())
def test_commands_are_accepted_by_the_programs_they_name(name: str, command: list[str]) -> None:
    program, *arguments = command
    if program == "gunicorn":
        parsed = Config().parser().parse_args(arguments)
        assert parsed.args == ["server.wsgi:app"]
        assert importlib.import_module(str(parsed.config).removeprefix("python:")).worker_class
        assert parsed.workers == 2
        return
    assert program == "wavepick"
    parent: Any = wavepick
    context = Context(wavepick)
    while hasattr(parent, "get_command"):
        word, *arguments = arguments
        found = parent.get_command(context, word)
        assert found is not None, f"{name}: {word}"
        parent = found
    # Parses as the command line would, and refuses what it does not know.
    parent.make_context(name, list(arguments))


def test_names_of_settings_are_those_the_server_reads() -> None:
    known = set(re.findall(r"WAVEPICK_[A-Z_]+", (ROOT / "server" / "config.py").read_text()))
    known |= {f"{name}_FILE" for name in FROM_FILES} | {SHARED_FOLDER}
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known, name


def test_nothing_secret_is_written_down() -> None:
    """Passwords and what holds them are files; nothing has a default."""
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if variable.removesuffix("_FILE") in FROM_FILES or "PASSWORD" in variable:
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert str(value).startswith("/run/secrets/")
                assert str(value).removeprefix("/run/secrets/") in service["secrets"]
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("secrets/")
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", "--no-index", "secrets/database_url"],
        cwd=ROOT,
        check=False,
    )
    assert ignored.returncode == 0
    assert SERVICES["web"]["environment"]["WAVEPICK_ORIGINS"].startswith("${WAVEPICK_ORIGINS:?")


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        assert PINNED.fullmatch(service["image"]), name
    for base in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE):
        assert PINNED.fullmatch(base), base


def test_every_service_is_shut_in() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["networks"], name
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), f"{name} is open to the network"
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = [name for name, service in SERVICES.items() if "outside" in service["networks"]]
    assert outside == ["web"]


def test_health_is_watched_and_the_end_waited_for() -> None:
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped"
    for name in ("web", "worker"):
        grace = TIME.fullmatch(SERVICES[name]["stop_grace_period"])
        assert grace is not None
        assert int(grace[1]) > 10, "killed before it may end in order"
        assert SERVICES[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


def test_volumes_are_declared_and_the_kernels_lie_where_the_image_has_them() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in COMPOSE["volumes"], name
    (cache,) = re.findall(r"NUMBA_CACHE_DIR=(\S+)", DOCKERFILE)
    assert SERVICES["worker"]["volumes"] == [f"kernels:{cache}"]


def test_the_image_copies_what_exists_and_runs_as_nobody_special() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)", DOCKERFILE, re.MULTILINE):
        *sources, _target = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            top = source.split("/")[0]
            allowed = (ROOT / ".dockerignore").read_text().splitlines()
            assert f"!{top}" in allowed, f"{source} is kept out of the build"
    assert re.search(r"^USER wavepick$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert "secrets" not in DOCKERFILE


def test_the_image_has_what_several_processes_need() -> None:
    pinned = (ROOT / "requirements" / "scaling.txt").read_text()
    for package in ("gunicorn", "psycopg", "redis", "gevent", "prometheus-client", "ortools"):
        assert re.search(rf"^{package}(\[\w+\])?==", pinned, re.MULTILINE), package
