"""Reading the plain files of ``wavepick plan``: orders, stock, items, carts.

Columns are found by name; other columns are ignored. Every refusal names file, line, column,
value and rule. Nothing here imports the optimizer before it is called.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from server.errors import BadInput
from server.files.tables import Row, Table, read_table

if TYPE_CHECKING:
    from optimizer import CartType, Item, Layout, Order, Stock

DEFAULT_WEIGHT_G = 200
DEFAULT_VOLUME_ML = 500
"""What an item is taken to weigh and fill where no items file says."""

CART_FIELDS = ("slots", "tote_weight_g", "tote_volume_ml", "max_weight_g", "max_lines")
DEFAULT_CART: Mapping[str, int | str] = {
    "id": "cart-8",
    "slots": 8,
    "tote_weight_g": 15_000,
    "tote_volume_ml": 40_000,
    "max_weight_g": 120_000,
    "max_lines": 300,
}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell and where it stands."""

    source: str
    line: int
    column: str
    value: str

    def refuse(self, rule: str) -> BadInput:
        """Return the refusal of this cell."""
        return BadInput(
            f'column "{self.column}": {rule}, got "{self.value}"',
            code="bad-cell",
            pointer=f"{self.source}:{self.line}",
        )

    def text(self) -> str:
        """Return a text that is not empty."""
        if not self.value:
            raise self.refuse("must not be empty")
        return self.value

    def whole(self, *, least: int, most: int = 1_000_000_000) -> int:
        """Return a whole number in a range."""
        rule = f"must be a whole number from {least} to {most}"
        if not self.value.lstrip("-").isascii() or not self.value.lstrip("-").isdigit():
            raise self.refuse(rule)
        if not least <= int(self.value) <= most:
            raise self.refuse(rule)
        return int(self.value)

    def thousandths(self) -> int:
        """Return a decimal number of at least 0, times 1,000 and rounded (kg to g)."""
        try:
            number = Decimal(self.value.replace(",", "."))
        except InvalidOperation:
            raise self.refuse("must be a number") from None
        if not 0 <= number <= 1_000_000:
            raise self.refuse("must be from 0 to 1000000")
        return round(number * 1000)


class Columns:
    """The columns of one file by name."""

    def __init__(self, path: Path, *, needed: tuple[str, ...], known: tuple[str, ...]) -> None:
        self._table: Table = read_table(
            read_bytes(path), source=path.name, expected=(*needed, *known)
        )
        self._positions = {
            name: position
            for name in (*needed, *known)
            if (position := self._table.find(name)) is not None
        }
        missing = [name for name in needed if name not in self._positions]
        if missing:
            raise BadInput(
                f"column {', '.join(missing)} is missing; there are: "
                f"{', '.join(self._table.header)}",
                code="missing-column",
                pointer=f"{path.name}:1",
            )
        for rejection in self._table.malformed:
            raise BadInput(
                rejection.reason, code="bad-row", pointer=f"{path.name}:{rejection.line}"
            )

    def has(self, name: str) -> bool:
        """Return whether the file has a column."""
        return name in self._positions

    def rows(self) -> Iterator[Callable[[str], Cell]]:
        """Yield per row a function from column name to cell."""
        for row in self._table.rows:
            yield lambda name, row=row: self._cell(row, name)  # type: ignore[misc]

    def _cell(self, row: Row, name: str) -> Cell:
        return Cell(self._table.source, row.line, name, row.cells[self._positions[name]])


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises BadInput when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror}", code="no-file", pointer=str(path)
        ) from error


def read_json(path: Path) -> object:
    """Return the JSON document in a file; raises BadInput with line and column."""
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(
            f"is not UTF-8 (byte {error.start})", code="bad-encoding", pointer=path.name
        ) from error
    except json.JSONDecodeError as error:
        raise BadInput(
            f"is not JSON: {error.msg} in column {error.colno}",
            code="bad-json",
            pointer=f"{path.name}:{error.lineno}",
        ) from error


def read_layout(path: Path) -> Layout:
    """Return the layout of a ``wavepick-layout/1`` file."""
    from optimizer.errors import LayoutError
    from optimizer.layout.parse import parse_layout

    document = read_json(path)
    if not isinstance(document, dict):
        raise BadInput("must be a JSON object", code="bad-layout", pointer=f"{path.name}#/")
    try:
        return parse_layout(document)
    except LayoutError as error:
        raise BadInput(
            error.message, code="bad-layout", pointer=f"{path.name}#{error.pointer}"
        ) from error


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The orders of a file and, per sku, the cell that names it first."""

    orders: tuple[Order, ...]
    first_named: Mapping[str, Cell]


def read_orders(path: Path) -> OrderFile:
    """Return the orders of a file with columns order, line, sku, qty and maybe priority."""
    from optimizer.ids import LineId, OrderId, Sku
    from optimizer.problem import Order, OrderLine

    columns = Columns(path, needed=("order", "line", "sku", "qty"), known=("priority",))
    lines: dict[str, list[OrderLine]] = {}
    priorities: dict[str, int] = {}
    first_named: dict[str, Cell] = {}
    seen: set[tuple[str, str]] = set()
    for cell in columns.rows():
        order, line, sku = cell("order").text(), cell("line").text(), cell("sku").text()
        if (order, line) in seen:
            raise cell("line").refuse(f'must be new in order "{order}"')
        seen.add((order, line))
        quantity = cell("qty").whole(least=1, most=1_000_000)
        first_named.setdefault(sku, cell("sku"))
        lines.setdefault(order, []).append(OrderLine(LineId(f"{order}/{line}"), Sku(sku), quantity))
        if columns.has("priority") and cell("priority").value:
            priority = cell("priority").whole(least=0, most=3)
            if priorities.setdefault(order, priority) != priority:
                raise cell("priority").refuse(f'must be the same on all lines of order "{order}"')
    if not lines:
        raise BadInput("has no orders", code="file-empty", pointer=path.name)
    orders = tuple(
        Order(OrderId(order), tuple(entries), priorities.get(order, 2))
        for order, entries in lines.items()
    )
    return OrderFile(orders, first_named)


def read_stock(path: Path, layout: Layout) -> tuple[Stock, ...]:
    """Return the stock of a file with columns location, sku, qty; rows of quantity 0 are empty."""
    from optimizer.ids import LocationId, PlaceId, Sku
    from optimizer.problem import Stock

    columns = Columns(path, needed=("location", "sku", "qty"), known=())
    known = {location.id for location in layout.locations}
    stock = []
    for cell in columns.rows():
        location = LocationId(PlaceId(cell("location").text()))
        if location not in known:
            raise cell("location").refuse(f'must be a location of layout "{layout.name}"')
        quantity = cell("qty").whole(least=0)
        if quantity:
            stock.append(Stock(location, Sku(cell("sku").text()), quantity))
    return tuple(stock)


def stock_named_by_sku(orders: OrderFile, layout: Layout) -> tuple[Stock, ...]:
    """Return enough stock for all orders, each item in the location that its sku names."""
    from optimizer.ids import LocationId, PlaceId, Sku
    from optimizer.problem import Stock

    known = {location.id for location in layout.locations}
    wanted: dict[str, int] = {}
    for order in orders.orders:
        for line in order.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    for sku, cell in orders.first_named.items():
        if sku not in known:
            raise cell.refuse(
                f'must be a location of layout "{layout.name}" (without --stock the sku names '
                "the location)"
            )
    return tuple(
        Stock(LocationId(PlaceId(sku)), Sku(sku), quantity) for sku, quantity in wanted.items()
    )


def read_items(path: Path, orders: OrderFile) -> tuple[Item, ...]:
    """Return the items of a file: sku, weight_g or kg, volume_ml or l_mm, w_mm and h_mm.

    Raises BadInput also for an order line whose sku the file does not have.
    """
    from optimizer.ids import Sku
    from optimizer.problem import Item

    sides = ("l_mm", "w_mm", "h_mm")
    columns = Columns(path, needed=("sku",), known=("weight_g", "kg", "volume_ml", *sides))
    items: dict[str, Item] = {}
    for cell in columns.rows():
        sku = cell("sku").text()
        if sku in items:
            raise cell("sku").refuse("must not be given twice")
        weight, volume = DEFAULT_WEIGHT_G, DEFAULT_VOLUME_ML
        if columns.has("weight_g"):
            weight = cell("weight_g").whole(least=0)
        elif columns.has("kg"):
            weight = cell("kg").thousandths()
        if columns.has("volume_ml"):
            volume = cell("volume_ml").whole(least=0)
        elif all(columns.has(side) for side in sides):
            length, width, height = (cell(side).whole(least=0, most=100_000) for side in sides)
            volume = -(-length * width * height // 1000)
        items[sku] = Item(Sku(sku), weight, volume)
    for sku, named in orders.first_named.items():
        if sku not in items:
            raise named.refuse(f"must be an item of {path.name}")
    return tuple(items.values())


def default_items(orders: OrderFile) -> tuple[Item, ...]:
    """Return an item of default weight and volume for every sku that is ordered."""
    from optimizer.ids import Sku
    from optimizer.problem import Item

    return tuple(Item(Sku(sku), DEFAULT_WEIGHT_G, DEFAULT_VOLUME_ML) for sku in orders.first_named)


def read_cart(path: Path | None) -> CartType:
    """Return the first cart of a CSV or JSON file, the default cart without a file.

    CSV columns and JSON fields are ``id``, ``slots``, ``tote_weight_g``, ``tote_volume_ml``,
    ``max_weight_g``, ``max_lines``; a JSON file holds one object or an array of them.
    """
    from optimizer.problem import CartType

    if path is None:
        numbers = {name: int(DEFAULT_CART[name]) for name in CART_FIELDS}
        return CartType(str(DEFAULT_CART["id"]), **numbers)
    if path.suffix.lower() == ".json":
        return _cart_of_json(path)
    columns = Columns(path, needed=("id", *CART_FIELDS), known=())
    for cell in columns.rows():
        numbers = {name: cell(name).whole(least=1) for name in CART_FIELDS}
        return CartType(cell("id").text(), **numbers)
    raise BadInput("has no carts", code="file-empty", pointer=path.name)


def _cart_of_json(path: Path) -> CartType:
    from optimizer.problem import CartType

    document = read_json(path)
    pointer = f"{path.name}#/"
    if isinstance(document, list):
        document, pointer = (document[0] if document else None), f"{path.name}#/0"
    if not isinstance(document, dict):
        raise BadInput("must be a cart or an array of carts", code="bad-cart", pointer=pointer)
    numbers: dict[str, int] = {}
    for name in CART_FIELDS:
        value = document.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise BadInput(
                f'"{name}" must be a whole number of at least 1, got {json.dumps(value)}',
                code="bad-cart",
                pointer=pointer,
            )
        numbers[name] = value
    return CartType(str(document.get("id", path.stem)), **numbers)
