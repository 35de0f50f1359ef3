"""Order of the tests: what takes long begins first, so that two cores end together."""

from __future__ import annotations

import pytest

LONG_FIRST = (
    "tests/rehearsal/",
    "tests/packaging/test_wheel.py",
    "tests/server/process/",
    "tests/browser/",
    "tests/server/jobs/",
    "tests/server/realtime/",
    "tests/server/services/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by :data:`LONG_FIRST`; within a folder the order stays as collected."""

    def rank(item: pytest.Item) -> int:
        places = (place for place, start in enumerate(LONG_FIRST) if item.nodeid.startswith(start))
        return next(places, len(LONG_FIRST))

    items.sort(key=rank)
