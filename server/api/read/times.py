"""How times and progress figures appear in answers."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """Return a UTC time as ISO 8601 text with milliseconds and ``Z``, e.g. as browsers write it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
