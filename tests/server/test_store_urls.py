"""Addresses of the stores: each client gets the spelling it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.store_urls import as_redis, default_queue_url, sqlite_file, sqlite_url, with_driver


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_gets_its_driver(scheme: str) -> None:
    assert with_driver(f"{scheme}://u:p@host/site") == "postgresql+psycopg://u:p@host/site"


def test_other_databases_keep_their_url() -> None:
    assert with_driver("sqlite:///postgres.db") == "sqlite:///postgres.db"


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("valkey://valkey:6379/1", "redis://valkey:6379/1"),  # the host keeps its name
        ("valkeys://host", "rediss://host"),
        ("redis://host", "redis://host"),
        ("", None),
        (None, None),
    ],
)
def test_valkey_is_reached_as_redis(said: str | None, understood: str | None) -> None:
    assert as_redis(said) == understood


def test_the_queue_lies_beside_the_database(tmp_path: Path) -> None:
    beside = default_queue_url(sqlite_url(tmp_path / "site" / "wavepick.db"), tmp_path)
    assert beside == f"sqlite:///{tmp_path / 'site' / 'wavepick-queue.db'}"


def test_the_queue_lies_in_the_data_folder_beside_an_in_memory_database(tmp_path: Path) -> None:
    assert default_queue_url("sqlite://", tmp_path) == f"sqlite:///{tmp_path / 'wavepick-queue.db'}"


def test_the_queue_lies_in_postgresql_without_the_driver_of_the_models() -> None:
    url = "postgresql+psycopg://u:p@host/site"
    assert default_queue_url(url, Path()) == "postgresql://u:p@host/site"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://host/site"])
def test_no_file_is_no_file(url: str) -> None:
    assert sqlite_file(url) is None


def test_the_file_of_a_url_is_the_file_it_was_made_of(tmp_path: Path) -> None:
    file = tmp_path / "wavepick.db"
    assert sqlite_file(sqlite_url(file)) == file
    assert sqlite_file(f"{sqlite_url(file)}?timeout=5") == file
