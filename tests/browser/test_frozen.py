"""Handhelds put to sleep with facts unanswered, as Android does when the screen is off (F27).

A page that sleeps runs nothing: no timer, no answer to a ping. A stopped process is just that. So
the processes that run the pages are stopped until the server has given their lines up.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium, launch_arguments
from tests.browser.conftest import HANDHELD, Installation
from tests.browser.handheld import LINE_CAN_DIE, Hands, sentence
from tests.browser.lead import cancel_order, make_list, recall_list, sign_in_lead
from tests.server.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process]

PICKERS = (("B-2004", "135790"), ("B-2005", "135790"))

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
    context.set_default_timeout(30_000)
    hands = Hands(context.new_page())
    hands.page.add_init_script(LINE_CAN_DIE)
    hands.page.goto(f"{installation.url}/pick")
    hands.sign_in(*picker)
    hands.tap("button-yes")
    number = hands.start_list()
    hands.load_cart(totes)
    return hands, number


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

    first.tap("notice-ok")
    while first.has_stops():
        first.go()
        first.finish_stop()
    first.drop(first_totes)
    first.on("done")
    first.outbox_is_empty()
    details = installation.list_by_number(changed)
    assert details["state"] == "closed"
    tasks = [task for stop in details["stops"] for task in stop["tasks"]]
    assert all(task["picked"] + task["cancelled"] == task["quantity"] for task in tasks)
    assert sum(task["cancelled"] for task in tasks) >= 1
    for number in (changed, recalled):
        ops = installation.rows(_OPS, number=number)
        assert [seq for seq, *_ in ops] == list(range(1, len(ops) + 1))
        assert {verdict for _, _, verdict, *_ in ops} == {"applied"}
        picks = [(moves, moved) for _, kind, _, moves, moved in ops if kind == "pick"]
        assert {moves for moves, _ in picks} == {1}
        assert sum(moved for _, moved in picks) == installation.picked(number)
