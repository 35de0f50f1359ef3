"""Handhelds put to sleep with facts unanswered, as Android does when the screen is off (F27).

Until the server has given their lines up, the processes of two pages are stopped, which tells them
nothing at all, and a third page is hidden and frozen as its browser does it, with all its events.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.chromium import chromium, launch_arguments
from tests.browser.conftest import HANDHELD, Installation
from tests.browser.handheld import LINE_CAN_DIE, Hands, sentence
from tests.browser.lead import cancel_order, make_list, recall_list, sign_in_lead
from tests.server.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process]

PICKERS = (("B-2004", "135790"), ("B-2005", "135790"), ("B-2006", "135790"))

_NOTE_LIFE = """(() => {
    window.life = [];
    for (const name of ["freeze", "resume", "visibilitychange"]) {
        document.addEventListener(name, () => window.life.push(name), true);
    }
})()"""
"""Before a page loads: what it is told of its own life."""

_OPS = """
    select op.seq, op.kind, op.verdict, count(distinct stock_move.id), sum(stock_move.quantity)
    from op
    left join stock_move on (stock_move.op_stream, stock_move.op_seq) = (op.stream, op.seq)
    where op.stream = (
        select op.stream from op join pick_list on pick_list.id = op.list_id
        where pick_list.number = :number)
    group by op.seq, op.kind, op.verdict order by op.seq"""
"""All operations of the handheld that worked on a list, with the stock that each has moved."""


@pytest.fixture
def handhelds(browser: Browser) -> Iterator[Browser]:
    """A Chromium of its own for the handhelds: the console must go on while they sleep."""
    started = browser.browser_type.launch(
        executable_path=chromium(), args=launch_arguments(), headless=True
    )
    yield started
    started.close()


def state_of(process: int) -> str:
    """The letter of the operating system for what a process does; T is stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def asleep(handhelds: Browser) -> Iterator[None]:
    """Stop every page of a browser for a while."""
    session = handhelds.new_browser_cdp_session()
    running = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [int(each["id"]) for each in running if each["type"] == "renderer"]
    assert pages
    for page in pages:
        os.kill(page, signal.SIGSTOP)
    try:
        yield
        assert {state_of(page) for page in pages} == {"T"}
    finally:
        for page in pages:
            os.kill(page, signal.SIGCONT)


def at_work(
    handhelds: Browser, installation: Installation, picker: tuple[str, str], totes: list[str]
) -> tuple[Hands, int]:
    """A handheld whose picker has loaded the cart, and the number of the list."""
    context = handhelds.new_context(viewport=HANDHELD, has_touch=True, locale="en-GB")  # type: ignore[arg-type]
    return start_work(context.new_page(), installation, picker, totes)


def start_work(
    page: Page, installation: Installation, picker: tuple[str, str], totes: list[str]
) -> tuple[Hands, int]:
    """The same on a page that is there."""
    page.set_default_timeout(30_000)
    page.add_init_script(LINE_CAN_DIE)
    hands = Hands(page)
    hands.page.goto(f"{installation.url}/pick")
    hands.sign_in(*picker)
    hands.tap("button-yes")
    number = hands.start_list()
    hands.load_cart(totes)
    return hands, number


@pytest.fixture
def phone(driver: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose pages may be hidden: Playwright makes those that it launches look seen."""
    size = f"--window-size={HANDHELD['width']},{HANDHELD['height']}"
    command = [chromium(), *launch_arguments(), size, "--headless", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={tmp_path}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = tmp_path / "DevToolsActivePort"
        wait_until(
            lambda: port.exists() and port.read_text().count("\n") >= 1,
            within_s=60,
            what="the browser listens",
        )
        address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        connected = driver.chromium.connect_over_cdp(address, no_defaults=True)
        yield connected.contexts[0]
        connected.close()
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()


def order_of_another_slot(installation: Installation, number: int, slot: str) -> int:
    """An order of the list of which nothing is picked, not the one in that slot."""
    totes = installation.list_by_number(number)["totes"]
    return int(next(each["order_number"] for each in totes if each["label"] != slot))


def test_a_handheld_that_was_asleep_sends_its_facts_and_learns_what_changed(
    console: Page, handhelds: Browser, installation: Installation
) -> None:
    sign_in_lead(console)
    make_list(console, installation)
    first_totes = [f"T-{n:04d}" for n in range(61, 91)]
    first, changed = at_work(handhelds, installation, PICKERS[0], first_totes)
    make_list(console, installation)
    second_totes = [f"T-{n:04d}" for n in range(91, 121)]
    second, recalled = at_work(handhelds, installation, PICKERS[1], second_totes)
    units = [hands.take_next() for hands in (first, second)]
    slot = first.see("slot").inner_text()
    for hands in (first, second):
        hands.outbox_is_empty()
    connected = installation.handhelds_connected()
    # The fact of one handheld does not get out; that of the other does, but its answer not back.
    second.fall_deaf()
    second.step(second.put)
    wait_until(
        lambda: installation.picked(recalled) == units[1],
        within_s=30,
        what="the fact has arrived",
    )
    first.fall_silent()
    first.step(first.put)
    with asleep(handhelds):
        wait_until(
            lambda: installation.handhelds_connected() <= connected - 2,
            within_s=60,
            what="the server gives the lines up",
        )
        cancelled = order_of_another_slot(installation, changed, slot)
        cancel_order(console, cancelled)
        recall_list(console, recalled)
        assert [installation.picked(number) for number in (changed, recalled)] == [0, units[1]]

    # Nobody touches them: they come back by themselves.
    for hands in (first, second):
        hands.outbox_is_empty()
    expect(first.see("notice")).to_contain_text(sentence("news.cancelled", number=cancelled))
    expect(second.see("notice")).to_contain_text(sentence("news.recalled", number=recalled))
    assert [installation.picked(number) for number in (changed, recalled)] == units
    second.tap("notice-ok")
    second.on("home")
    # Given back, it goes on where it was, with the cart as it was loaded.
    second.tap("button-start")
    second.on("goto")
    expect(second.see("list-number")).to_have_attribute("data-number", str(recalled))

    first.tap("notice-ok")
    more = first.pick_one()
    first.outbox_is_empty()
    assert installation.picked(changed) == units[0] + more
    stops = installation.list_by_number(changed)["stops"]
    assert sum(task["cancelled"] for stop in stops for task in stop["tasks"]) >= 1
    for number in (changed, recalled):
        ops = installation.rows(_OPS, number=number)
        assert [seq for seq, *_ in ops] == list(range(1, len(ops) + 1))
        assert {verdict for _, _, verdict, *_ in ops} == {"applied"}
        picks = [(moves, moved) for _, kind, _, moves, moved in ops if kind == "pick"]
        assert {moves for moves, _ in picks} == {1}
        assert sum(moved for _, moved in picks) == installation.picked(number)


def test_a_handheld_that_the_browser_froze_comes_back(
    console: Page, phone: BrowserContext, installation: Installation
) -> None:
    sign_in_lead(console)
    make_list(console, installation)
    page, another = phone.pages[0], phone.new_page()
    control = phone.new_cdp_session(page)
    page.bring_to_front()
    page.add_init_script(_NOTE_LIFE)
    totes = [f"T-{n:04d}" for n in range(121, 151)]
    hands, number = start_work(page, installation, PICKERS[2], totes)
    units = hands.take_next()
    slot = hands.see("slot").inner_text()
    hands.outbox_is_empty()
    connected = installation.handhelds_connected()
    hands.fall_silent()
    hands.step(hands.put)
    another.bring_to_front()
    control.send("Page.setWebLifecycleState", {"state": "frozen"})
    wait_until(
        lambda: installation.handhelds_connected() < connected,
        within_s=60,
        what="the server gives the line up",
    )
    cancelled = order_of_another_slot(installation, number, slot)
    cancel_order(console, cancelled)
    assert installation.picked(number) == 0

    control.send("Page.setWebLifecycleState", {"state": "active"})
    page.bring_to_front()
    hands.outbox_is_empty()
    expect(hands.see("notice")).to_contain_text(sentence("news.cancelled", number=cancelled))
    assert installation.picked(number) == units
    assert page.evaluate("() => window.life") == [
        *("visibilitychange", "freeze"),
        *("resume", "visibilitychange"),
    ]
