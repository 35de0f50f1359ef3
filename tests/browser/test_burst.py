"""A trigger pulled twice: every label of whole lists, read again after 0 to 500 ms (F1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation
from tests.browser.handheld import Hands
from tests.browser.lead import make_list, sign_in_lead

pytestmark = [pytest.mark.browser, pytest.mark.process]

PICKER = ("B-2002", "135790")
DELAYS_MS = tuple(range(0, 510, 10))
COUNTED_ONE_BY_ONE = 12
"""Up to so many units every unit is scanned; a further scan is one too many."""

_PASS = "ms => new Promise(done => setTimeout(done, ms))"


def twice(hands: Hands, code: str, delay_ms: int) -> None:
    """The same label twice: the second reading begins so long after the end of the first."""
    hands.scan(code)
    hands.page.evaluate(_PASS, delay_ms)
    hands.scan(code)


def load(hands: Hands, totes: Iterator[int], delay_ms: int) -> None:
    """H6 with every tote scanned twice."""
    while hands.see("screen-load").is_visible():
        tote = f"T-{next(totes):04d}"
        twice(hands, tote, delay_ms)
        hands.answered("wrong", tote)


def pick(hands: Hands, location: str, *, item_ms: int, slot_ms: int) -> None:
    """H8 and H9 with the last unit and the slot scanned twice."""
    hands.on("take")
    sku = hands.see("sku").inner_text()
    units = int(hands.see("quantity").get_attribute("data-left") or 0)
    one_by_one = units <= COUNTED_ONE_BY_ONE
    if one_by_one:
        hands.take(units - 1)
    twice(hands, sku, item_ms)
    hands.on("put")
    hands.answered("extra")
    if one_by_one:
        # Whether the item was taken twice only the picker knows: it is asked for.
        expect(hands.see("dialog-over")).to_be_visible()
        hands.scan(location)
        expect(hands.see("dialog-over")).not_to_be_visible()
    assert hands.see("put-quantity").get_attribute("data-units") == str(units)
    twice(hands, f"SLOT-{hands.see('slot').inner_text()}", slot_ms)
    hands.answered("wrong")


def test_a_label_read_again_after_any_delay_records_nothing_more(
    console: Page, handheld: Page, installation: Installation
) -> None:
    sign_in_lead(console)
    hands = Hands(handheld)
    hands.sign_in(*PICKER)
    hands.tap("button-yes")
    # Items and slots share the delays between them; what there is less of takes them as they come.
    of_items, of_slots = cycle(DELAYS_MS[::2]), cycle(DELAYS_MS[1::2])
    of_others, totes, n_picks = cycle(DELAYS_MS), count(1), 0
    while n_picks < len(DELAYS_MS) / 2:
        make_list(console, installation)
        number = hands.start_list()
        load(hands, totes, next(of_others))
        while hands.has_stops():
            location = hands.see("location").inner_text()
            twice(hands, location, next(of_others))
            hands.answered("extra", location)
            while hands.see("screen-take").is_visible():
                pick(hands, location, item_ms=next(of_items), slot_ms=next(of_slots))
                n_picks += 1
        twice(hands, hands.see("station").inner_text(), next(of_others))
        hands.on("done")
        hands.answered("wrong")
        hands.outbox_is_empty()
        hands.tap("button-close")

        details = installation.list_by_number(number)
        tasks = [task for stop in details["stops"] for task in stop["tasks"]]
        assert all(task["picked"] == task["quantity"] for task in tasks)
        recorded = installation.rows(
            """select op.kind, op.verdict from op join pick_list on pick_list.id = op.list_id
            where pick_list.number = :number""",
            number=number,
        )
        n_totes = len(details["totes"])
        assert Counter(recorded) == {
            ("bind", "applied"): n_totes,
            ("pick", "applied"): len(tasks),
            ("drop", "applied"): n_totes,
            ("done", "applied"): 1,
        }
