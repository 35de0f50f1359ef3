"""Two journeys: a lead plans and launches a wave; a picker picks it while the lead looks on."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, Screens
from tests.browser.handheld import Hands
from tests.browser.lead import LEAD, build_wave, launch, make_list, sign_in_lead

pytestmark = [pytest.mark.browser, pytest.mark.process]

PICKER = ("B-2001", "135790")
METHODS = ("single", "cluster", "sort-after", "zone", "total")


def test_lead_plans_compares_and_launches(
    console: Page, installation: Installation, screens: Screens
) -> None:
    screens.take(console, "console-sign-in")
    console.get_by_test_id("badge").fill(LEAD[0])
    console.get_by_test_id("pin").fill("000000")
    console.get_by_test_id("sign-in").click()
    expect(console.get_by_test_id("sign-in-error")).to_be_visible()
    sign_in_lead(console)
    expect(console.get_by_test_id("chip-ready")).to_be_visible()
    screens.take(console, "console-orders")
    console.get_by_test_id("chip-backordered").click()
    short = next(iter(installation.get("/orders?state=backordered&limit=1")["orders"]))
    expect(console.get_by_test_id(f"order-{short['number']}")).to_contain_text(
        short["missing"][0]["sku"]
    )
    screens.take(console, "console-orders-backordered")

    build_wave(console, orders=40)
    expect(console.get_by_test_id("plan-sheet")).to_be_visible(timeout=60_000)
    for method in METHODS:
        expect(console.get_by_test_id(f"method-{method}")).to_be_visible()
    expect(console.get_by_test_id("recommended")).to_be_visible()
    wave = max(installation.get("/waves")["waves"], key=lambda each: each["number"])
    assert wave["orders"] == 40
    sheet = installation.get(f"/waves/{wave['id']}/plan-sheet")
    assert {each["method"] for each in sheet["methods"]} == set(METHODS)
    assert all(each["baseline_mm"] == sheet["baseline"]["length_mm"] for each in sheet["methods"])
    screens.take(console, "console-plan-sheet")

    launch(console, "cluster")
    cluster = next(each for each in sheet["methods"] if each["method"] == "cluster")
    lists = [
        each
        for each in installation.get("/board")["lists"]
        if each["wave_number"] == wave["number"]
    ]
    assert len(lists) == cluster["lists"]
    console.get_by_test_id("to-board").click()
    for each in lists:
        expect(console.get_by_test_id(f"board-list-{each['number']}")).to_be_visible()
    screens.take(console, "console-board")
    console.get_by_role("link", name="Floor plan").first.click()
    expect(console.get_by_test_id("floor-plan")).to_be_visible()
    screens.take(console, "console-floor-plan")


def test_picker_picks_a_whole_list_while_the_lead_looks_on(
    console: Page, handheld: Page, installation: Installation, screens: Screens
) -> None:
    sign_in_lead(console)
    make_list(console, installation)
    hands = Hands(handheld)
    screens.take(handheld, "handheld-h1-sign-in")
    hands.scan("B-9999")
    hands.scan("111111")
    expect(hands.see("verdict")).to_have_attribute("data-signal", re.compile("wrong|unknown"))
    if hands.see("button-other-badge").is_visible():
        hands.tap("button-other-badge")
    hands.sign_in(*PICKER)
    screens.take(handheld, "handheld-h1-signals")
    hands.tap("button-yes")
    hands.on("home")
    screens.take(handheld, "handheld-h4-home")
    number = hands.start_list()
    screens.take(handheld, "handheld-h6-load")
    held = next(each for each in installation.get("/board")["lists"] if each["number"] == number)
    console.get_by_role("link", name="Live board").first.click()
    row = console.get_by_test_id(f"board-list-{number}")
    expect(row).to_contain_text(held["picker"]["name"])

    totes = hands.load_cart([f"T-{n:04d}" for n in range(1, 30)])
    screens.take(handheld, "handheld-h7-go-to")

    # A wrong location, then a tote where a location is wanted: refused, nothing moves on.
    hands.scan("A-12-2-09-R")
    expect(hands.see("verdict")).to_have_attribute("data-signal", "wrong")
    screens.take(handheld, "handheld-h7-wrong-location")
    hands.scan(totes[0])
    expect(hands.see("verdict")).to_have_attribute("data-signal", "wrong")
    hands.on("goto")

    location = hands.go()
    screens.take(handheld, "handheld-h8-take")
    wanted = hands.see("sku").inner_text()
    other = next(
        each["sku"]
        for each in installation.get("/stock?limit=50")["stock"]
        if each["sku"] != wanted
    )
    hands.scan(other)
    expect(hands.see("verdict")).to_have_attribute("data-signal", "wrong")
    screens.take(handheld, "handheld-h8-wrong-item")
    hands.scan("9999999999994")
    expect(hands.see("verdict")).to_have_attribute("data-signal", "unknown")
    hands.take()
    hands.on("put")
    screens.take(handheld, "handheld-h9-put")
    hands.scan(wanted)
    expect(hands.see("verdict")).to_have_attribute("data-signal", "extra")
    screens.take(handheld, "handheld-x9-over-pick")
    hands.scan(location)  # The unit is back: nothing was recorded, the list goes on.
    hands.put()
    hands.finish_stop()
    hands.outbox_is_empty()
    expect(row).to_contain_text("stop 1 of")

    # X1: nothing is there.
    hands.go()
    hands.tap("button-short")
    screens.take(handheld, "handheld-x1-short-count")
    hands.tap("count-0")
    screens.take(handheld, "handheld-x1-short-reason")
    hands.step(partial(hands.tap, "reason-none"))
    hands.finish_stop()
    hands.outbox_is_empty()
    expect(console.get_by_test_id("exception-short").first).to_be_visible()
    screens.take(console, "console-board-short")
    # Where the goods lie elsewhere too, the re-plan brings a new stop and says so.
    shorts = [
        e for e in installation.get("/exceptions?open=1")["exceptions"] if e["kind"] == "short"
    ]
    if any(card["detail"].get("replan") for card in shorts):
        expect(hands.see("notice-ok")).to_be_visible(timeout=30_000)
        screens.take(handheld, "handheld-news-alternative")
        hands.tap("notice-ok")
        expect(hands.see("notice-ok")).not_to_be_visible()

    # X6: later.
    assert hands.has_stops()
    skipped = hands.see("location").inner_text()
    hands.tap("button-skip")
    expect(hands.see("location")).not_to_have_text(skipped)

    # X15: two stops without a network, with a reload in the middle.
    handheld.context.set_offline(True)
    expect(hands.see("link")).to_have_attribute("data-online", "false", timeout=45_000)
    stops = console.get_by_test_id(f"board-list-{number}-stops")
    # Only the count done: the re-plan of the short may add a stop meanwhile.
    before = re.compile(stops.inner_text().split(" of ")[0])
    for turn in range(2):
        assert hands.has_stops()
        hands.go()
        hands.finish_stop()
        if turn == 0:
            screens.take(handheld, "handheld-x15-offline")
            waiting = hands.see("outbox-count").get_attribute("data-count")
            assert int(waiting or 0) >= 1
            handheld.reload()
            expect(hands.see("outbox-count")).to_have_attribute("data-count", waiting or "")
    expect(stops).to_have_text(before)
    handheld.context.set_offline(False)
    hands.outbox_is_empty()
    expect(stops).not_to_have_text(before)

    while hands.has_stops():
        hands.go()
        hands.finish_stop()
    screens.take(handheld, "handheld-h11-drop")
    hands.drop(totes)
    hands.on("done")
    screens.take(handheld, "handheld-h12-done")
    hands.outbox_is_empty()

    details = installation.list_by_number(number)
    tasks = [task for stop in details["stops"] for task in stop["tasks"]]
    assert all(
        task["picked"] + task["short"] + task["cancelled"] == task["quantity"] for task in tasks
    )
    assert sum(task["short"] for task in tasks) >= 1
    assert all(tote["dropped_station"] for tote in details["totes"])
    assert details["state"] == "closed"
    wave = next(
        each
        for each in installation.get("/waves")["waves"]
        if each["number"] == held["wave_number"]
    )
    report = installation.get(f"/waves/{wave['id']}/report")
    assert report["equal"], report
    console.get_by_test_id("show-closed").check()
    expect(row).to_be_visible()
    screens.take(console, "console-board-after")
    console.get_by_test_id(f"board-wave-{held['wave_number']}").get_by_role("link").first.click()
    console.get_by_test_id("tab-report").click()
    expect(console.get_by_test_id("recount")).to_be_visible()
    screens.take(console, "console-report")
