"""The table of a shop: what counts as an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import InstanceError, MissingDataError
from benchmarks.readers.orders_csv import FILE, parse_orders, read_order_file

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def row(invoice: str, sku: str, quantity: str | int) -> str:
    return f'{invoice},{sku},"A, B",{quantity},1/12/2010,2.55,17850,United Kingdom\n'


def test_lines_of_an_order_are_merged_by_item() -> None:
    orders = parse_orders(
        HEADER
        + row("1", "85123A", 6)
        + row("2", "71053", 1)
        + row("1", "71053", 2)
        + row("1", "85123A", 3)
        + row("1", "85123a", 1)
    )
    assert [(order.id, dict(order.units)) for order in orders] == [
        ("1", {"85123A": 9, "71053": 2, "85123a": 1}),
        ("2", {"71053": 1}),
    ]


@pytest.mark.parametrize(
    ("invoice", "sku", "quantity"),
    [
        ("C1", "85123A", 6),
        ("A1", "85123A", 6),
        ("1", "POST", 1),
        ("1", "bank charges", 1),
        ("1", "m", 1),
        ("1", "gift_0001_20", 1),
        ("1", "85123A", -6),
        ("1", "85123A", 0),
        ("", "85123A", 1),
        ("1", "", 1),
    ],
)
def test_what_asks_for_no_goods_is_left_out(invoice: str, sku: str, quantity: int) -> None:
    orders = parse_orders(HEADER + row(invoice, sku, quantity) + row("2", "71053", 1))
    assert [order.id for order in orders] == ["2"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InstanceError, match=r"shop.csv, line 1: there is no column Quantity"):
        parse_orders("InvoiceNo,StockCode\n1,2\n", name="shop.csv")


def test_a_quantity_that_is_no_number_is_named() -> None:
    with pytest.raises(InstanceError, match=r'line 3: "six" is no whole number'):
        parse_orders(HEADER + row("1", "85123A", 6) + row("1", "71053", "six"))


def test_the_file_is_looked_for_in_the_folder(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="name their folder with --data or WAVEPICK_DATA"):
        read_order_file(None, environ={})
    with pytest.raises(MissingDataError, match="there is no file"):
        read_order_file(None, environ={"WAVEPICK_DATA": str(tmp_path)})
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_bytes(HEADER.encode("utf-8-sig"))
    assert read_order_file(tmp_path, environ={}) == HEADER
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InstanceError, match="is not UTF-8"):
        read_order_file(tmp_path, environ={})
