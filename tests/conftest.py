"""Order of the tests, so that two cores end together, and longer versions of them."""

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        type=int,
        default=1,
        metavar="TIMES",
        help="how many times as many random instances as usual",
    )


@pytest.fixture(scope="session")
def times(request: pytest.FixtureRequest) -> int:
    """How many times as many random instances as usual."""
    wanted = request.config.getoption("--long")
    assert isinstance(wanted, int)
    return wanted
