"""A made-up order file, as dirty as real ones: for tests and rehearsals without public data.

The columns and the kinds of dirt are those of the public "Online Retail" file: cancellations,
negative quantities, codes that are no goods, empty descriptions, codes that differ only in upper
and lower case, the same item twice in one order, a few huge orders and quantities, quoted
commas, quotes and line breaks, and a byte order mark.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

HEADER = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

_COLOURS = ("RED", "IVORY", "BLUE", "PINK", "GREEN", "BLACK", "SILVER", "RETROSPOT", "VINTAGE")
_THINGS = (
    "LUNCH BAG",
    "CAKESTAND, 3 TIER",
    "T-LIGHT HOLDER",
    "HOT WATER BOTTLE",
    'RULER 12" WOOD',
    "ALARM CLOCK BAKELIKE",
    "PAPER CHAIN KIT",
    "JAM MAKING SET",
    "PICTURE FRAME",
    "MUG",
    "DOORMAT",
    "GARLAND",
    "STORAGE TIN",
    "UMBRELLA",
    "PLAYHOUSE",
    "CUTLERY SET, CHILDREN'S",
)
_NOT_GOODS = ("POST", "DOT", "M", "D", "C2", "BANK CHARGES", "AMAZONFEE", "S")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large and how dirty the file is; defaults resemble the public sample.

    Attributes
    ----------
    n_orders
        Invoices that are orders for goods.
    n_items
        Different stock codes.
    mean_lines
        Average lines of an ordinary invoice.
    n_large
        Invoices with ``large_lines`` lines each.
    dirt
        Share of invoices and lines that get each kind of dirt.
    """

    n_orders: int = 400
    n_items: int = 1500
    mean_lines: float = 14.0
    n_large: int = 2
    large_lines: int = 200
    dirt: float = 0.02


def dirty_orders(shape: Shape | None = None, *, seed: int) -> bytes:
    """Return an order file for the mapping ``online-retail``: UTF-8 with byte order mark.

    The same shape and seed always give the same bytes.
    """
    return _Writer(shape or Shape(), random.Random(seed)).write()


@dataclass(frozen=True, slots=True)
class _Invoice:
    number: str
    day: str
    customer: str
    country: str


class _Writer:
    """Writes invoice after invoice."""

    def __init__(self, shape: Shape, rng: random.Random) -> None:
        self.shape = shape
        self.rng = rng
        self.items = self._catalogue()
        # Few items make most of the lines, as in every shop (Zipf).
        self.weights = [1 / (rank + 8) for rank in range(len(self.items))]
        self.rows: list[tuple[str, ...]] = []

    def write(self) -> bytes:
        large = set(self.rng.sample(range(self.shape.n_orders), self._n_large()))
        for number in range(self.shape.n_orders):
            invoice = self._invoice(number)
            n_lines = self.shape.large_lines if number in large else self._n_lines()
            self._order(invoice, n_lines)
            self._dirt(invoice)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(self.rows)
        return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")

    def _n_large(self) -> int:
        return min(self.shape.n_large, self.shape.n_orders)

    def _n_lines(self) -> int:
        return max(1, round(self.rng.expovariate(1 / self.shape.mean_lines)))

    def _catalogue(self) -> list[tuple[str, str]]:
        items: dict[str, str] = {}
        while len(items) < self.shape.n_items:
            code = f"{self.rng.randint(10_000, 99_999)}"
            suffix = self.rng.choice(("", "", "", "", "A", "B", "C", "L"))
            name = f"{self.rng.choice(_COLOURS)} {self.rng.choice(_THINGS)}"
            items[code + suffix] = name
            if suffix and self.rng.random() < 5 * self.shape.dirt:
                items[code + suffix.lower()] = name
        pairs = list(items.items())[: self.shape.n_items]
        self.rng.shuffle(pairs)
        return pairs

    def _invoice(self, number: int) -> _Invoice:
        day = date(2010, 12, 1) + timedelta(days=number * 4 // max(1, self.shape.n_orders))
        return _Invoice(
            number=str(536_365 + number),
            day=f"{day.day}/{day.month}/{day.year}",
            customer=str(self.rng.randint(12_000, 18_500)) if self.rng.random() < 0.8 else "",
            country="United Kingdom" if self.rng.random() < 0.94 else "Germany",
        )

    def _order(self, invoice: _Invoice, n_lines: int) -> None:
        for code, name in self.rng.choices(self.items, self.weights, k=n_lines):
            self._line(invoice, code, self._described(name), self._quantity())
            if self.rng.random() < self.shape.dirt:
                self._line(invoice, code, name, self._quantity())

    def _quantity(self) -> int:
        if self.rng.random() < 0.003:
            return self.rng.choice((288, 432, 600, 1440, 2880))
        return self.rng.choice((1, 1, 1, 2, 2, 3, 4, 6, 6, 8, 10, 12, 12, 24))

    def _described(self, name: str) -> str:
        dice = self.rng.random()
        if dice < self.shape.dirt / 2:
            return ""
        if dice < self.shape.dirt:
            return f"{name}\n(SEE NOTE)"
        return name

    def _line(
        self, invoice: _Invoice, code: str, name: str, quantity: int, number: str | None = None
    ) -> None:
        price = f"{self.rng.randint(21, 1995) / 100:.2f}"
        self.rows.append(
            (
                number or invoice.number,
                code,
                name,
                str(quantity),
                invoice.day,
                price,
                invoice.customer,
                invoice.country,
            )
        )

    def _dirt(self, invoice: _Invoice) -> None:
        """Add the lines that follow some invoices: cancellations, charges, write-offs."""
        code, name = self.rng.choice(self.items)
        if self.rng.random() < 2 * self.shape.dirt:
            self._line(invoice, code, name, -self._quantity(), number=f"C{invoice.number}")
        if self.rng.random() < 2 * self.shape.dirt:
            self._line(invoice, self.rng.choice(_NOT_GOODS), "POSTAGE", 1)
        if self.rng.random() < self.shape.dirt:
            self._line(invoice, code, "", -self._quantity())
        if self.rng.random() < self.shape.dirt / 2:
            self._line(invoice, code, name, 0)
