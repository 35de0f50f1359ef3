"""Real orders of a UK online shop: the public table "Online Retail", one row per invoice line.

What is no demand for goods is left out as Wavepick's importer leaves it out: cancellations, entries
of the bookkeeping, codes for postage, fees and vouchers, quantities below 1. The same item twice in
an order is one line. Codes that differ in upper and lower case only are different items.

References
----------
.. [1] Chen, D. (2015). Online Retail. UCI Machine Learning Repository.
   https://doi.org/10.24432/C5BW33 (CC BY 4.0)
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import VARIABLE
from benchmarks.errors import InstanceError, MissingDataError

FILE = Path("orders", "online_retail_sample.csv")
SOURCE = "UCI Machine Learning Repository, Online Retail, doi:10.24432/C5BW33"
_COLUMNS = ("InvoiceNo", "StockCode", "Quantity")
_NOT_DEMAND = re.compile(r"[CA].*")
"""Invoices that cancel another or are entries of the bookkeeping."""

_NOT_GOODS = re.compile(
    r"POST|DOT|C2|PADS|CRUK|(?i:M|D|S|B|BANK CHARGES|AMAZONFEE|ADJUST[0-9]*|TEST[0-9]*|GIFT.*)"
)
"""Postage, carriage, packing, donations; manual entries, discounts, samples, fees, vouchers."""


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """An order: units per item, items in the order of their first line."""

    id: str
    units: Mapping[str, int]


def read_order_file(folder: Path | None, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text of the order file below a data folder.

    Parameters
    ----------
    folder
        What the person named; ``None``: the folder of ``WAVEPICK_DATA``.
    environ
        Environment variables.

    Raises
    ------
    MissingDataError
        When neither is given or the file is not there.
    InstanceError
        When it is not UTF-8.
    """
    named = folder if folder is not None else environ.get(VARIABLE)
    if not named:
        raise MissingDataError(
            f"this suite needs public orders: name their folder with --data or {VARIABLE} "
            f"({SOURCE})"
        )
    path = Path(named) / FILE
    if not path.is_file():
        raise MissingDataError(f'there is no file "{path}" ({SOURCE})')
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstanceError(f"{path}: is not UTF-8: {error.reason}") from error


def parse_orders(text: str, *, name: str = FILE.name) -> tuple[ShopOrder, ...]:
    """Return the orders of a table, in the order of their first lines.

    Parameters
    ----------
    text
        Comma-separated, with a header that has at least InvoiceNo, StockCode, Quantity.
    name
        How messages call the file.

    Raises
    ------
    InstanceError
        When a column is missing or a quantity is no whole number; names the line.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InstanceError(f"{name}, line 1: there is no column {', '.join(missing)}")
    units: dict[str, Counter[str]] = {}
    for row in reader:
        invoice, sku, quantity = ((row[column] or "").strip() for column in _COLUMNS)
        if not invoice or not sku or _NOT_DEMAND.fullmatch(invoice) or _NOT_GOODS.fullmatch(sku):
            continue
        try:
            asked = int(quantity)
        except ValueError:
            raise InstanceError(
                f'{name}, line {reader.line_num}: "{quantity}" is no whole number'
            ) from None
        if asked >= 1:
            units.setdefault(invoice, Counter())[sku] += asked
    return tuple(ShopOrder(invoice, dict(wanted)) for invoice, wanted in units.items())
