"""The hands of a picker: scans on a handheld page with a keyboard, as a wedge scanner does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

_SHOWN = """(main => main && main.dataset.testid + main.innerText)(
    document.querySelector("main[data-testid^=screen-]"))"""
"""The screen and its text, without the bar of the last verdict."""

LINE_CAN_DIE = """(() => {
    const send = WebSocket.prototype.send;
    const heard = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
    const opened = new Set();
    const silent = new WeakSet();
    const deaf = new WeakSet();
    WebSocket.prototype.send = function (data) {
        opened.add(this);
        if (!silent.has(this)) send.call(this, data);
    };
    Object.defineProperty(WebSocket.prototype, "onmessage", {
        ...heard,
        set(take) {
            heard.set.call(this, event => { if (!deaf.has(this)) take.call(this, event); });
        },
    });
    window.fallSilent = () => opened.forEach(socket => silent.add(socket));
    window.fallDeaf = () => opened.forEach(socket => deaf.add(socket));
})()"""
"""Before a page loads: its line can go dead one way, as behind the last access point."""

TEXT = Path(__file__).parents[2] / "handheld_ui" / "src" / "picker" / "text" / "en.ts"


def sentence(key: str, **values: str | int) -> str:
    """What a handheld says in English for that key of its catalogue."""
    (found,) = re.findall(rf'^  "{re.escape(key)}":\s+"(.*)",$', TEXT.read_text("utf-8"), re.M)
    return str(found).format(**values) if values else str(found)


@dataclass(frozen=True)
class Hands:
    """A picker's page and the knowledge that labels give: which code is on which thing."""

    page: Page

    def see(self, testid: str) -> Locator:
        """The element with that test id."""
        return self.page.get_by_test_id(testid)

    def scan(self, code: str) -> None:
        """A burst of key strokes ended by Enter, with no field in focus."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def tap(self, testid: str) -> None:
        """Tap a button."""
        self.see(testid).click()

    def step(self, action: Callable[[], None]) -> None:
        """Act, and wait until the screen asks for something else.

        A fact is stored on the device before the next screen shows, so it is not there at once.
        """
        before = self.page.evaluate(_SHOWN)
        action()
        self.page.wait_for_function(f"before => {_SHOWN} !== before", arg=before)

    def on(self, screen: str) -> None:
        """Wait until this screen shows."""
        expect(self.see(f"screen-{screen}")).to_be_visible()

    def sign_in(self, badge: str, pin: str) -> None:
        """H1: badge, PIN, and the check of the signals."""
        self.show_badge(badge, pin)
        expect(self.see("dialog-sound")).to_be_visible()

    def show_badge(self, badge: str, pin: str) -> None:
        """H1: badge and PIN, whatever comes of them."""
        self.on("signin")
        self.scan(badge)
        expect(self.see("keypad")).to_be_visible()
        self.scan(pin)

    def start_list(self) -> int:
        """H4: take the next list; its number."""
        self.on("home")
        self.tap("button-start")
        self.on("load")
        return int(self.see("list-number").get_attribute("data-number") or 0)

    def load_cart(self, totes: list[str]) -> list[str]:
        """H6: scan an empty tote for each slot until the cart is loaded; the totes used."""
        used: list[str] = []
        for tote in totes:
            if not self.see("screen-load").is_visible():
                break
            self.step(partial(self.scan, tote))
            used.append(tote)
        self.on("goto")
        return used

    def go(self) -> str:
        """H7: scan the label of the location that the screen names."""
        self.on("goto")
        location = self.see("location").inner_text()
        self.step(partial(self.scan, location))
        self.on("take")
        return location

    def take(self, units: int | None = None) -> str:
        """H8: scan the item, unit by unit, all that is asked or ``units`` of it; the SKU."""
        sku = self.see("sku").inner_text()
        quantity = self.see("quantity")
        left = int(quantity.get_attribute("data-left") or 0)
        for _ in range(left if units is None else units):
            self.step(partial(self.scan, sku))
        return sku

    def put(self) -> None:
        """H9: scan the label of the slot that the screen names."""
        self.on("put")
        label = self.see("slot").inner_text()
        self.step(partial(self.scan, f"SLOT-{label}"))

    def take_next(self) -> int:
        """H7 and H8: what the next put asks for is in hand; its units."""
        expect(self.see("screen-goto").or_(self.see("screen-take"))).to_be_visible()
        if self.see("screen-goto").is_visible():
            self.go()
        self.take()
        self.on("put")
        return int(self.see("put-quantity").get_attribute("data-units") or 0)

    def pick_one(self) -> int:
        """H7 to H9 for one task; its units."""
        units = self.take_next()
        self.step(self.put)
        return units

    def finish_stop(self) -> None:
        """H8 and H9 until the screen asks for another place."""
        while self.see("screen-take").is_visible() or self.see("screen-put").is_visible():
            if self.see("screen-take").is_visible():
                self.take()
            self.put()

    def has_stops(self) -> bool:
        """Whether the list asks for another location."""
        expect(self.see("screen-goto").or_(self.see("screen-drop"))).to_be_visible()
        return bool(self.see("screen-goto").is_visible())

    def drop(self, totes: list[str]) -> None:
        """H11: scan the place, then each tote where it asks for them."""
        self.on("drop")
        station = self.see("station").inner_text()
        for code in (station, *totes):
            if not self.see("screen-drop").is_visible():
                return
            self.scan(code)

    def told(self, key: str) -> None:
        """Wait until the bar says what the catalogue has for that key."""
        expect(self.see("verdict-text")).to_contain_text(sentence(key))

    def answered(self, signal: str, naming: str = "") -> None:
        """Wait until the bar gives that signal and names that."""
        bar = self.page.locator(f'[data-testid="verdict"][data-signal="{signal}"]')
        expect(bar.filter(has_text=naming)).to_be_visible()

    def fall_silent(self) -> None:
        """What the line of now would carry to the server is lost; a later line carries all."""
        self.page.evaluate("() => window.fallSilent()")

    def fall_deaf(self) -> None:
        """What the server sends on the line of now is lost; a later line carries all."""
        self.page.evaluate("() => window.fallDeaf()")

    def outbox_is_empty(self) -> None:
        """Wait until every fact has its verdict."""
        expect(self.see("outbox-count")).to_have_attribute("data-count", "0", timeout=30_000)
