"""A real installation (server and worker processes) and a real Chromium."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.chromium import chromium, launch_arguments

HANDHELD = {"width": 360, "height": 640}
CONSOLE = {"width": 1440, "height": 900}

SCRAPER = "scraper-" + "0123456789abcdef" * 2


@dataclass(frozen=True)
class Installation:
    """A served sample warehouse; asks the REST interface what a person would read off labels.

    Parameters
    ----------
    url
        Where it is served.
    token
        Of a lead who is signed in.
    data
        Its folder, with the database ``wavepick.db``.
    """

    url: str
    token: str
    data: Path

    def get(self, path: str) -> Any:
        """The JSON answer of ``GET /api/v1<path>`` for the lead."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def list_by_number(self, number: int) -> Any:
        """Details of the pick list that people know by this number."""
        entry = next(each for each in self.get("/board")["lists"] if each["number"] == number)
        return self.get(f"/lists/{entry['id']}")

    def picked(self, number: int) -> int:
        """Units of that list that the server has as picked."""
        stops = self.list_by_number(number)["stops"]
        return sum(task["picked"] for stop in stops for task in stop["tasks"])

    def handhelds_connected(self) -> int:
        """Sockets of handhelds that the server holds open now."""
        request = urllib.request.Request(
            f"{self.url}/metrics", headers={"Authorization": f"Bearer {SCRAPER}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found = re.search(
                r'^wavepick_connections\{namespace="/handheld"\} (.+)$',
                answer.read().decode(),
                re.MULTILINE,
            )
        return int(float(found[1])) if found else 0

    def rows(self, question: str, **values: str | int) -> list[tuple[Any, ...]]:
        """What the database itself answers to a query."""
        with closing(sqlite3.connect(self.data / "wavepick.db")) as database:
            return database.execute(question, values).fetchall()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _sign_in(url: str) -> str:
    body = {"badge": "B-1001", "pin": "246810", "client": "console"}
    request = urllib.request.Request(
        f"{url}/api/v1/session",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        token: str = json.load(answer)["token"]
        return token


@contextmanager
def sample_warehouse(folder: Path, **settings: str) -> Iterator[Installation]:
    """``wavepick demo`` as a newcomer starts it, on a free port, with more of the environment."""
    port = _free_port()
    command = [sys.executable, "-m", "server.cli", "demo", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "WAVEPICK_METRICS_TOKEN": SCRAPER,
            **settings,
        },
    )
    try:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        else:
            pytest.fail("the demo did not start:\n" + "".join(printed))
        url = f"http://127.0.0.1:{port}"
        yield Installation(url, _sign_in(url), folder)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A sample warehouse where any handheld signs in; lists that one module leaves are its own."""
    with sample_warehouse(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    """What drives browsers.

    Its event loop runs in this thread until it is closed: tests elsewhere have loops of their own.
    """
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(driver: Playwright) -> Iterator[Browser]:
    """One headless Chromium for journeys in a row."""
    started = driver.chromium.launch(
        executable_path=chromium(), args=launch_arguments(), headless=True
    )
    yield started
    started.close()


class Screens:
    """Writes a picture of a page where a maintainer can look at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, name: str) -> None:
        """Save ``name.png`` of what the page shows now, animations finished."""
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled")


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Screens:
    """Folder ``WAVEPICK_SCREENS`` (``make screenshots``: docs/screens), else ``var/screens``."""
    return Screens(Path(os.environ.get("WAVEPICK_SCREENS", "var/screens")))


@pytest.fixture
def console(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A desktop window on the lead's console."""
    context = browser.new_context(viewport=CONSOLE, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{installation.url}/lead")
    yield page
    context.close()


@pytest.fixture
def handheld(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A phone-sized window on the picker's page; the keyboard is the scanner."""
    context = browser.new_context(viewport=HANDHELD, has_touch=True, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{installation.url}/pick")
    yield page
    context.close()
