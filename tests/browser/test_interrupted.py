"""A handheld whose browser is killed between a scan and its storing (F26)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium, launch_arguments
from tests.browser.conftest import HANDHELD, Installation
from tests.browser.handheld import Hands
from tests.browser.lead import make_list, sign_in_lead

pytestmark = [pytest.mark.browser, pytest.mark.process]

PICKER = ("B-2002", "135790")

_HOLD_STORE = """() => new Promise(held => {
    const asked = indexedDB.open("wavepick-picker");
    asked.onsuccess = () => {
        const change = asked.result.transaction(["rows", "ops"], "readwrite");
        const again = () => { change.objectStore("rows").get("stream").onsuccess = again; };
        change.objectStore("rows").get("stream").onsuccess = () => { again(); held(); };
    };
})"""
"""A transaction that never ends: what the page writes after it waits, as on a slow disk."""


def start(browser: Browser, profile: Path, url: str) -> BrowserContext:
    """A browser of its own with a profile that outlives it."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=launch_arguments(),
        headless=True,
        viewport=HANDHELD,  # type: ignore[arg-type]
        has_touch=True,
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    context.pages[0].goto(f"{url}/pick")
    return context


def kill(profile: Path) -> None:
    """End all processes of the browser with that profile at once, as the battery does."""
    mine = os.fsencode(f"--user-data-dir={profile}")
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended meanwhile.
        if mine in words:
            os.kill(int(folder.name), signal.SIGKILL)


def test_a_browser_that_is_killed_before_it_stored_has_shown_nothing(
    browser: Browser, console: Page, installation: Installation, tmp_path: Path
) -> None:
    sign_in_lead(console)
    make_list(console, installation)
    profile = tmp_path / "profile"
    context = start(browser, profile, installation.url)
    hands = Hands(context.pages[0])
    hands.sign_in(*PICKER)
    hands.tap("button-yes")
    number = hands.start_list()
    hands.load_cart([f"T-{n:04d}" for n in range(31, 61)])
    hands.go()
    hands.take()
    hands.on("put")
    hands.outbox_is_empty()
    units = int(hands.see("put-quantity").get_attribute("data-units") or 0)
    hands.page.evaluate(_HOLD_STORE)
    hands.scan(f"SLOT-{hands.see('slot').inner_text()}")
    # Time to judge the scan and to show it; neither may happen before it is stored.
    hands.page.evaluate("() => new Promise(done => setTimeout(done, 500))")
    hands.on("put")
    kill(profile)

    again = start(browser, profile, installation.url)
    hands = Hands(again.pages[0])
    hands.on("put")
    hands.outbox_is_empty()
    assert installation.picked(number) == 0
    hands.step(hands.put)
    hands.outbox_is_empty()
    assert installation.picked(number) == units
    again.close()
