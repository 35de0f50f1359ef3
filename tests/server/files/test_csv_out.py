"""Exports that no spreadsheet evaluates, and that come back unchanged."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.files.csv_out import guarded, unguarded, write_csv
from server.files.tables import read_table


@pytest.mark.parametrize("cell", ["=1+1", "+49 170", "-1+1", "@SUM(A1)", "\tx", "\rx", "=", "-"])
def test_a_formula_becomes_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("value", "cell"), [(-10, "-10"), ("+3.5", "+3.5"), (None, ""), ("a=b", "a=b"), (7, "7")]
)
def test_numbers_and_plain_text_stay(value: object, cell: str) -> None:
    assert guarded(value) == cell


@given(st.text().filter(lambda text: not text.startswith("'")))
def test_guarding_is_undone_by_unguarding(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_written_table_is_read_back() -> None:
    stream = io.StringIO(newline="")
    number = write_csv(stream, ("sku", "name"), [("=A1", 'a "b", c'), ("-5", "two\nlines")])
    table = read_table(stream.getvalue().encode(), source="t.csv")
    assert number == 2
    assert [row.cells for row in table.rows] == [("=A1", 'a "b", c'), ("-5", "two\nlines")]
