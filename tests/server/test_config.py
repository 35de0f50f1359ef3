"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import (
    AsyncMode,
    from_environment,
    loopback_origins,
)
from server.errors import BadInput
from server.store_urls import sqlite_file


def test_defaults_run_one_machine_without_a_broker(tmp_path: Path) -> None:
    settings = from_environment({}, data=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'wavepick.db'}"
    assert settings.queue_url == f"sqlite:///{tmp_path / 'wavepick-queue.db'}"
    assert settings.message_queue is None
    assert settings.async_mode is AsyncMode.GEVENT
    assert settings.origins == ()


@pytest.mark.parametrize(
    ("said", "default", "enrolled_only"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"WAVEPICK_DEVICES": "any"}, True, False),
        ({"WAVEPICK_DEVICES": "enrolled"}, False, True),
    ],
)
def test_whether_handhelds_must_be_enrolled(
    said: dict[str, str], default: bool, enrolled_only: bool, tmp_path: Path
) -> None:
    settings = from_environment(said, data=tmp_path, enrolled_only=default)
    assert settings.enrolled_only is enrolled_only


def test_another_word_for_devices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="WAVEPICK_DEVICES"):
        from_environment({"WAVEPICK_DEVICES": "none"}, data=tmp_path)


def test_options_win_over_the_environment(tmp_path: Path) -> None:
    environ = {"WAVEPICK_HOME": "/elsewhere", "WAVEPICK_DATABASE_URL": "sqlite:////elsewhere/a.db"}
    settings = from_environment(environ, database_url=f"sqlite:///{tmp_path / 'b.db'}")
    assert sqlite_file(settings.database_url) == tmp_path / "b.db"
    assert settings.queue_url == f"sqlite:///{tmp_path / 'wavepick-queue.db'}"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_gets_its_driver_and_its_own_queue(scheme: str) -> None:
    settings = from_environment({"WAVEPICK_DATABASE_URL": f"{scheme}://u:p@host/site?host=/run"})
    assert settings.database_url == "postgresql+psycopg://u:p@host/site?host=/run"
    assert settings.queue_url == "postgresql://u:p@host/site?host=/run"


def test_valkey_is_reached_as_redis() -> None:
    settings = from_environment({"WAVEPICK_MESSAGE_QUEUE": "valkey://host:6379/1"})
    assert settings.message_queue == "redis://host:6379/1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAVEPICK_ORIGINS", "*"),
        ("WAVEPICK_ORIGINS", "https://good.example,https://*.example"),
        ("WAVEPICK_ORIGINS", "null"),
        ("WAVEPICK_ASYNC_MODE", "eventlet"),
        ("WAVEPICK_WATCHDOG_GRACE", "soon"),
        ("WAVEPICK_WATCHDOG_GRACE", "0"),
        ("WAVEPICK_LOST_AFTER", "-1"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        from_environment({name: value})
    assert refused.value.exit_code == 3


def test_origins_are_kept_in_order_and_once() -> None:
    settings = from_environment({"WAVEPICK_ORIGINS": " https://a.example , http://localhost:8000"})
    assert settings.allowing(loopback_origins(8000)).origins == (
        "https://a.example",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    )


# Secrets


def test_secrets_may_lie_in_files(tmp_path: Path) -> None:
    """A container's secrets are files, which other users and ``ps`` cannot see."""
    secrets = {
        "WAVEPICK_DATABASE_URL": "postgresql://wavepick:hush@db/wavepick",
        "WAVEPICK_QUEUE_URL": "redis://:hush@queue/0",
        "WAVEPICK_MESSAGE_QUEUE": "valkey://:hush@queue/0",
        "WAVEPICK_METRICS_TOKEN": "h" * 40,
    }
    environ = {}
    for name, value in secrets.items():
        file = tmp_path / name.lower()
        file.write_text(f"{value}\n")
        environ[f"{name}_FILE"] = str(file)
    settings = from_environment(environ, data=tmp_path)
    assert settings.database_url == "postgresql+psycopg://wavepick:hush@db/wavepick"
    assert settings.queue_url == "redis://:hush@queue/0"
    assert settings.message_queue == "redis://:hush@queue/0"
    assert settings.metrics_token == "h" * 40
    assert "hush" not in repr(settings)
    assert "hhh" not in repr(settings)


def test_files_of_secrets_are_read_or_named(tmp_path: Path) -> None:
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.write_text("\n")
    with pytest.raises(BadInput, match="WAVEPICK_QUEUE_URL_FILE: cannot read"):
        from_environment({"WAVEPICK_QUEUE_URL_FILE": str(missing)}, data=tmp_path)
    with pytest.raises(BadInput, match="is empty"):
        from_environment({"WAVEPICK_QUEUE_URL_FILE": str(empty)}, data=tmp_path)
    with pytest.raises(BadInput, match="not both"):
        from_environment(
            {"WAVEPICK_QUEUE_URL": "redis://q", "WAVEPICK_QUEUE_URL_FILE": str(empty)},
            data=tmp_path,
        )


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("WAVEPICK_METRICS_TOKEN", "short", "at least 32 characters"),
        ("WAVEPICK_LOG_FORMAT", "xml", "neither text nor json"),
        ("WAVEPICK_LOG_LEVEL", "LOUD", "none of DEBUG"),
    ],
)
def test_settings_of_operation_are_checked(
    name: str, value: str, rule: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=rule) as refused:
        from_environment({name: value}, data=tmp_path)
    assert name in str(refused.value)
    if name == "WAVEPICK_METRICS_TOKEN":
        assert value not in str(refused.value)
