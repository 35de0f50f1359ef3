"""Single cells: what is a number, a date, a choice, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from server.files import cells
from server.files.cells import CellError


@pytest.mark.parametrize(
    ("cell", "value"), [("6", 6), ("+6", 6), ("006", 6), ("6.0", 6), ("6,00", 6)]
)
def test_whole_numbers(cell: str, value: int) -> None:
    assert cells.quantity(cell, field="quantity", most=100) == value


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("", "missing"),
        ("six", "not-a-number"),
        ("1,000", "not-a-number"),  # a thousand, or one with three decimals
        ("1.5", "not-a-number"),
        ("1e2", "not-a-number"),
        ("٣", "not-a-number"),
        ("9" * 5000, "not-a-number"),
        ("0", "quantity"),
        ("-4", "quantity"),
        ("101", "quantity"),
    ],
)
def test_other_quantities_are_refused(cell: str, rule: str) -> None:
    with pytest.raises(CellError) as refused:
        cells.quantity(cell, field="quantity", most=100)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1/12/2010", datetime(2010, 12, 1, tzinfo=UTC)),
        ("1/7/2010 9:30", datetime(2010, 7, 1, 8, 30, tzinfo=UTC)),  # British summer time
        ("2010-12-01T10:00:00+02:00", datetime(2010, 12, 1, 8, 0, tzinfo=UTC)),
        ("2010-12-01T10:00:00Z", datetime(2010, 12, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_dates_become_utc(cell: str, value: datetime) -> None:
    patterns = ("iso", "%d/%m/%Y", "%d/%m/%Y %H:%M")
    zone = ZoneInfo("Europe/London")
    assert cells.moment(cell, field="ordered_at", patterns=patterns, zone=zone) == value


@pytest.mark.parametrize("cell", ["31/2/2010", "12/31/2010", "yesterday", "2010"])
def test_other_dates_are_refused(cell: str) -> None:
    with pytest.raises(CellError, match="must be a date like %d/%m/%Y"):
        cells.moment(cell, field="ordered_at", patterns=("%d/%m/%Y",), zone=UTC)


def test_choices() -> None:
    assert cells.priority("Urgent", field="priority") == 0
    assert cells.priority("3", field="priority") == 3
    assert cells.yes_or_no("TRUE", field="ship_complete") is True
    assert cells.yes_or_no("n", field="ship_complete") is False
    assert cells.one_of("Unknown", field="paid", choices=("yes", "unknown")) == "unknown"
    with pytest.raises(CellError):
        cells.priority("4", field="priority")
    with pytest.raises(CellError):
        cells.yes_or_no("maybe", field="ship_complete")
    with pytest.raises(CellError):
        cells.one_of("later", field="paid", choices=("yes", "no"))


def test_keys_stay_as_they_are_written() -> None:
    assert cells.key("00123", field="sku", longest=64) == "00123"
    with pytest.raises(CellError, match="is missing"):
        cells.key("", field="sku", longest=64)
    with pytest.raises(CellError, match="65 characters"):
        cells.key("x" * 65, field="sku", longest=64)
