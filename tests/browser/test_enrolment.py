"""Handhelds that must be let in: by a lead's code, once; and shut out again, with facts unsent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import HANDHELD, Installation, Screens, sample_warehouse
from tests.browser.handheld import LINE_CAN_DIE, Hands, sentence
from tests.browser.lead import make_list, sign_in_lead

pytestmark = [pytest.mark.browser, pytest.mark.process]

FIRST_PICKER = ("B-2004", "135790")
SECOND_PICKER = ("B-2005", "135790")
SIZES = ((1280, 800), (1920, 1080))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A sample warehouse where only handhelds sign in that a lead let in."""
    folder = tmp_path_factory.mktemp("enrolled")
    with sample_warehouse(folder, WAVEPICK_DEVICES="enrolled") as served:
        yield served


def open_handhelds(console: Page) -> None:
    """The view of the console that lists handhelds."""
    console.get_by_role("link", name="Handhelds").first.click()
    expect(console.get_by_test_id("device-name")).to_be_visible()


def row(console: Page, name: str) -> Locator:
    """The line of a handheld in that list."""
    return console.get_by_test_id("devices-table").get_by_role("row").filter(has_text=name)


def read_address(console: Page) -> str:
    """The address that the dialog of a code shows; the dialog is closed."""
    address = console.get_by_test_id("device-url").inner_text()
    console.get_by_test_id("dialog-close").click()
    return address


def add(console: Page, name: str) -> str:
    """Let a new handheld in; the address to open there."""
    console.get_by_test_id("device-name").fill(name)
    console.get_by_test_id("device-add").click()
    return read_address(console)


def opened(handheld: Page, address: str) -> Hands:
    """The handheld after a person opened the address on it."""
    handheld.add_init_script(LINE_CAN_DIE)
    handheld.goto("about:blank")
    handheld.goto(address)
    hands = Hands(handheld)
    hands.told("signin.enrolled")
    return hands


def test_an_address_opened_where_the_page_is_open_lets_it_in(
    console: Page, handheld: Page, installation: Installation
) -> None:
    """Only the part behind # changes, so nothing is loaded."""
    sign_in_lead(console)
    open_handhelds(console)
    hands = Hands(handheld)
    hands.on("signin")
    handheld.goto(add(console, "Handheld 3"))
    hands.told("signin.enrolled")
    assert handheld.url == f"{installation.url}/pick"


def test_a_badge_scanned_while_the_page_still_starts_counts(handheld: Page) -> None:
    """The page has its lock and its store late, as on a slow device."""
    handheld.add_init_script(STARTS_LATE)
    handheld.reload()
    hands = Hands(handheld)
    hands.on("signin")
    hands.scan(FIRST_PICKER[0])
    expect(hands.see("keypad")).to_be_visible()


STARTS_LATE = """
const request = LockManager.prototype.request;
LockManager.prototype.request = function (...asked) {
  return new Promise((done) => setTimeout(() => done(request.apply(this, asked)), 1500));
};
"""


def verdicts_of_picks(installation: Installation, number: int) -> list[tuple[object, ...]]:
    """What the database says of every pick of that list: (verdict, code), as they came."""
    return installation.rows(
        """select op.verdict, op.code from op join pick_list on pick_list.id = op.list_id
        where pick_list.number = :number and op.kind = 'pick' order by op.seq""",
        number=number,
    )


def test_a_lead_lets_a_handheld_in_and_shuts_it_out(
    browser: Browser, console: Page, handheld: Page, installation: Installation, screens: Screens
) -> None:
    hands = Hands(handheld)
    hands.show_badge(*FIRST_PICKER)
    hands.told("signin.not-enrolled")

    sign_in_lead(console)
    make_list(console, installation)
    open_handhelds(console)
    address = add(console, "Handheld 1")
    expect(row(console, "Handheld 1")).to_contain_text("waits for its code")
    hands = opened(handheld, address)
    assert handheld.url == f"{installation.url}/pick"  # Not with the code, which history keeps.
    expect(row(console, "Handheld 1")).to_contain_text("let in")
    screens.take(console, "console-handhelds")
    hands.sign_in(*FIRST_PICKER)
    hands.tap("button-yes")
    number = hands.start_list()
    hands.load_cart([f"T-{n:04d}" for n in range(61, 91)])
    units = hands.pick_one()
    hands.outbox_is_empty()
    assert installation.picked(number) == units

    # Who finds the address later is not let in by it.
    other = browser.new_context(viewport=HANDHELD, locale="en-GB")  # type: ignore[arg-type]
    stranger = Hands(other.new_page())
    stranger.page.goto(address)
    stranger.told("signin.bad-code")
    stranger.show_badge(*SECOND_PICKER)
    stranger.told("signin.not-enrolled")
    other.close()

    row(console, "Handheld 1").get_by_test_id("device-revoke").click()
    console.get_by_test_id("confirm-yes").click()
    expect(row(console, "Handheld 1")).to_contain_text("shut out")
    hands.on("signin")
    hands.told("signin.ended")
    screens.take(handheld, "handheld-shut-out")
    hands.show_badge(*FIRST_PICKER)
    hands.told("signin.not-enrolled")
    assert installation.picked(number) == units


def test_what_a_shut_out_handheld_had_not_sent_waits_for_the_lead(
    console: Page, handheld: Page, installation: Installation
) -> None:
    sign_in_lead(console)
    make_list(console, installation)
    open_handhelds(console)
    hands = opened(handheld, add(console, "Handheld 2"))
    hands.sign_in(*SECOND_PICKER)
    hands.tap("button-yes")
    number = hands.start_list()
    hands.load_cart([f"T-{n:04d}" for n in range(91, 121)])
    units = hands.pick_one()
    hands.outbox_is_empty()
    row(console, "Handheld 2").get_by_test_id("device-revoke").click()
    hands.take_next()
    hands.fall_silent()
    hands.step(hands.put)
    console.get_by_test_id("confirm-yes").click()
    hands.told("signin.ended")
    expect(hands.see("outbox-count")).to_have_attribute("data-count", "1")

    # It is found again: scanned from the console, the new code lets it in with what it holds.
    row(console, "Handheld 2").get_by_test_id("device-code").click()
    hands.scan(read_address(console))
    hands.told("signin.enrolled")
    hands.show_badge(*SECOND_PICKER)
    hands.tap("button-yes")
    expect(hands.see("notice")).to_contain_text(sentence("news.parked"))
    expect(hands.see("notice")).to_contain_text(sentence("why.revoked"))
    hands.outbox_is_empty()
    assert verdicts_of_picks(installation, number) == [("applied", "ok"), ("parked", "revoked")]
    assert installation.picked(number) == units
    console.get_by_role("link", name="Live board").first.click()
    expect(console.get_by_test_id("exception-parked").first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_longest_name_hides_neither_code_nor_buttons(
    console: Page, width: int, height: int
) -> None:
    console.set_viewport_size({"width": width, "height": height})
    sign_in_lead(console)
    open_handhelds(console)
    name = f"{width}" + "W" * 96
    console.get_by_test_id("device-name").fill(name)
    console.get_by_test_id("device-add").click()
    expect(console.get_by_test_id("qr-code")).to_be_in_viewport(ratio=1)
    expect(console.get_by_test_id("dialog-close")).to_be_in_viewport(ratio=1)
    console.get_by_test_id("dialog-close").click()
    button = row(console, name).get_by_test_id("device-revoke")
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(console.get_by_test_id("confirm-dialog").get_by_role("heading")).to_be_in_viewport(
        ratio=1
    )
