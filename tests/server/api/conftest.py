"""A REST client of a small warehouse; each test has a copy of its database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from server.app import create_app
from server.config import from_environment
from server.db.engine import Database
from tests.server import small_site
from tests.server.small_site import SmallSite


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SmallSite]:
    """The database file that tests copy."""
    folder = tmp_path_factory.mktemp("filled")
    return folder / "site.db", small_site.fill(small_site.sqlite_url(folder))


def body_of(answer: TestResponse) -> Any:
    """Return the JSON body of an answer."""
    return answer.json


@dataclass(slots=True)
class Site:
    """One application on its own database, and what it put into the job queue."""

    app: APIFlask
    database: Database
    orders: tuple[str, ...]
    enqueued: list[str] = field(default_factory=list)

    def token(self, badge: str = small_site.LEAD, client: str = "console") -> str:
        """Sign in and return the token."""
        answer = self.call(
            "POST",
            "/session",
            {"badge": badge, "pin": small_site.PIN, "client": client},
            token=None,
        )
        assert answer.status_code == 201, body_of(answer)
        return str(body_of(answer)["token"])

    def call(
        self, method: str, path: str, body: object = None, *, token: str | None
    ) -> TestResponse:
        """Call a route under /api/v1."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self.app.test_client().open(
            f"/api/v1{path}", method=method, headers=headers, **options
        )


@pytest.fixture
def site(filled: tuple[Path, SmallSite], tmp_path: Path) -> Iterator[Site]:
    """A fresh copy of the small warehouse with its application."""
    file, known = filled
    shutil.copy(file, tmp_path / "site.db")
    settings = from_environment({"WAVEPICK_DATABASE_URL": small_site.sqlite_url(tmp_path)})
    database = Database(settings.database_url)
    enqueued: list[str] = []
    app = create_app(settings, database, enqueue=enqueued.append, publish=False)
    yield Site(app, database, known.orders, enqueued)
    database.close()


@pytest.fixture
def lead(site: Site) -> Lead:
    """A signed-in lead."""
    return Lead(site, site.token())


@dataclass(frozen=True, slots=True)
class Lead:
    """Calls routes as one signed-in person."""

    site: Site
    token: str

    def get(self, path: str) -> TestResponse:
        """GET a route."""
        return self.site.call("GET", path, token=self.token)

    def post(self, path: str, body: object = None) -> TestResponse:
        """POST to a route."""
        return self.site.call("POST", path, body, token=self.token)

    def ok(self, answer: TestResponse, status: int = 200) -> Any:
        """Return the body of an answer that must have ``status``."""
        assert answer.status_code == status, answer.get_data(as_text=True)
        return body_of(answer)
