"""The lead at the console: signs in, plans a wave, launches it, lets handhelds in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation

LEAD = ("B-1001", "246810")


def sign_in_lead(console: Page) -> None:
    """Badge and PIN; the orders show."""
    console.get_by_test_id("badge").fill(LEAD[0])
    console.get_by_test_id("pin").fill(LEAD[1])
    console.get_by_test_id("sign-in").click()
    expect(console.get_by_test_id("orders-table")).to_be_visible()


def build_wave(console: Page, *, orders: int) -> None:
    """Ask for a plan of the first ``orders`` orders."""
    console.get_by_test_id("new-wave").first.click()
    console.get_by_test_id("filter-max-orders").fill(str(orders))
    console.get_by_test_id("wave-seconds").fill("2")
    # What the preview shows is what is planned, however fast one presses.
    button = console.get_by_test_id("build-wave").or_(console.get_by_test_id("plan-button"))
    expect(button.first).to_be_enabled()
    button.first.click()


def launch(console: Page, method: str) -> None:
    """Launch the plan shown with one of its methods."""
    console.get_by_test_id(f"method-{method}").click()
    # A double click launches once: both clicks carry the same key.
    console.get_by_test_id("launch-button").dblclick()
    expect(console.get_by_test_id("to-board")).to_be_visible()


def make_list(console: Page, installation: Installation) -> None:
    """Have a list ready that a handheld can take: one that is left, or one of a new wave.

    The first three lists of a wave in a fresh warehouse fill a cart with several orders.
    """
    if any(each["state"] == "ready" for each in installation.get("/board")["lists"]):
        return
    console.get_by_role("link", name="Orders").first.click()
    build_wave(console, orders=24)
    expect(console.get_by_test_id("plan-sheet")).to_be_visible(timeout=60_000)
    launch(console, "cluster")


def cancel_order(console: Page, number: int) -> None:
    """Cancel an order that is being picked, for the customer's sake."""
    console.get_by_role("link", name="Orders").first.click()
    console.get_by_test_id("orders-search").fill(str(number))
    console.get_by_test_id(f"order-{number}").click()
    console.get_by_test_id("order-cancel").click()
    console.get_by_test_id("confirm-yes").click()
    expect(console.get_by_test_id("confirm-yes")).not_to_be_visible()
    console.get_by_test_id("dialog-close").click()


def recall_list(console: Page, number: int) -> None:
    """Take a list away from its picker."""
    console.get_by_role("link", name="Live board").first.click()
    console.get_by_test_id(f"recall-{number}").click()
    console.get_by_test_id("confirm-yes").click()
    expect(console.get_by_test_id("confirm-yes")).not_to_be_visible()
