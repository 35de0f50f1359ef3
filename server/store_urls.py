"""Addresses of the stores: where database, job queue and message queue are, as URLs.

Said in several spellings and understood by several clients; here each gets the one that its client
reads. Nothing is opened.
"""

from __future__ import annotations

from pathlib import Path


def with_driver(database_url: str) -> str:
    """Return a database URL that names the driver this project uses for PostgreSQL."""
    for plain in ("postgresql://", "postgres://"):
        if database_url.startswith(plain):
            return f"postgresql+psycopg://{database_url.removeprefix(plain)}"
    return database_url


def as_redis(url: str | None) -> str | None:
    """Return a Valkey URL as the Redis URL that clients understand; nothing stays nothing."""
    if url and url.startswith(("valkey://", "valkeys://")):
        return url.replace("valkey", "redis", 1)
    return url or None


def default_queue_url(database_url: str, folder: Path) -> str:
    """Return where jobs are queued when nothing is said: a file beside SQLite, else PostgreSQL.

    A file of its own keeps the queue's connections away from the database's single writer.
    """
    if database_url.startswith("sqlite"):
        database = sqlite_file(database_url)
        return sqlite_url((database.parent if database else folder) / "wavepick-queue.db")
    return "postgresql://" + database_url.split("://", 1)[1]


def sqlite_url(path: Path) -> str:
    """Return the SQLite URL of a file, wherever the process stands later."""
    return f"sqlite:///{path.resolve()}"


def sqlite_file(database_url: str) -> Path | None:
    """Return the file of an SQLite URL, ``None`` for other databases and in-memory ones."""
    if not database_url.startswith("sqlite"):
        return None
    path = database_url.split("://", 1)[1].removeprefix("/").split("?", 1)[0]
    return Path(path) if path and path != ":memory:" else None
