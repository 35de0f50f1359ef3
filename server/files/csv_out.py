"""Writing CSV that spreadsheets open without running it.

A cell that begins with ``= + - @``, a tab or a carriage return is a formula to a spreadsheet. Such
cells get an apostrophe in front, which makes them text; plain numbers are left alone.
:func:`unguarded` takes the apostrophe away again, and the readers use it, so that what was
exported can be imported.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)


def guarded(value: object) -> str:
    """Return a cell as text that no spreadsheet evaluates; None becomes an empty cell."""
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that :func:`guarded` put in front."""
    if cell.startswith("'") and cell[1:].startswith(_FORMULA):
        return cell[1:]
    return cell


def write_csv(stream: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as comma-separated values with CR LF line ends; return the number of rows.

    ``stream`` is to be opened with ``newline=""``.
    """
    writer = csv.writer(stream)
    writer.writerow([guarded(name) for name in header])
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
        writer.writerow([guarded(cell) for cell in row])
    return number
