"""The reading engine: encodings, delimiters, headers, broken rows, limits."""

from __future__ import annotations

import codecs

import pytest

from server.errors import BadInput
from server.files.tables import Limits, read_table

TEXT = "sku,name\n007,Café\n1E5,Naïve\n"


def rows(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(data, source="t.csv").rows]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("windows-1252"), "windows-1252"),
    ],
)
def test_encoding_is_found_and_stated(data: bytes, encoding: str) -> None:
    table = read_table(data, source="t.csv")
    assert table.encoding == encoding
    assert table.encoding_note
    assert table.header == ("sku", "name")
    assert [row.cells for row in table.rows] == [("007", "Café"), ("1E5", "Naïve")]


def test_windows_1252_is_said_to_be_a_guess_with_the_line() -> None:
    table = read_table(b"sku,name\n1,Tea\n2,Caf\xe9\n", source="t.csv")
    assert table.encoding_note == "guessed: line 3 is not valid UTF-8"


def test_encoding_can_be_given() -> None:
    table = read_table("sku\nテスト\n".encode("shift-jis"), source="t.csv", encoding="shift-jis")
    assert table.rows[0].cells == ("テスト",)


@pytest.mark.parametrize(
    ("data", "encoding", "code", "pointer"),
    [
        (b"sku\n\x81\x8d\n", None, "encoding", "t.csv:2"),
        (codecs.BOM_UTF8 + b"sku\n1\nCaf\xe9\n", None, "encoding", "t.csv:3"),
        (b"sku\n1\n", "klingon", "encoding-unknown", "t.csv"),
        (b"sku\n1\x002\n", None, "file-binary", "t.csv:2"),
        (b"PK\x03\x04rest of a workbook", None, "file-binary", "t.csv"),
        (b"\xd0\xcf\x11\xe0old workbook", None, "file-binary", "t.csv"),
        (b"", None, "file-empty", "t.csv"),
        (codecs.BOM_UTF8 + b" \r\n\r\n", None, "file-empty", "t.csv"),
        (b"sku,name,SKU\n1,a,2\n", None, "doubled-column", "t.csv:1"),
        (b'sku,name\n1,a\n2,"open\n3,c\n', None, "open-quote", "t.csv:3"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    data: bytes, encoding: str | None, code: str, pointer: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_table(data, source="t.csv", encoding=encoding)
    assert refused.value.code == code
    assert refused.value.pointer == pointer


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found(delimiter: str) -> None:
    data = f"sku{delimiter}name\nA{delimiter}x\n".encode()
    table = read_table(data, source="t.csv")
    assert table.delimiter == delimiter
    assert table.rows[0].cells == ("A", "x")


def test_expected_names_decide_between_delimiters() -> None:
    # The header has three commas but one semicolon; only the semicolon yields known names.
    data = b"sku;name, long, longer, longest\n1;a\n"
    assert read_table(data, source="t.csv").delimiter == ","
    assert read_table(data, source="t.csv", expected=("sku",)).delimiter == ";"


def test_lines_are_right_when_quoted_cells_contain_line_breaks() -> None:
    data = b'sku,name\r\n1,"two\r\nlines"\r\n\r\n2,plain\r\n3,"a ""quote"""\r\n'
    table = read_table(data, source="t.csv")
    # Line 2-3 is one record, line 4 is blank.
    assert [row.line for row in table.rows] == [2, 5, 6]
    assert table.rows[0].cells == ("1", "two\r\nlines")
    assert table.rows[2].cells == ("3", 'a "quote"')


def test_cells_stay_text() -> None:
    assert rows(b"sku,zip\n007,01234\n1E5,+49\n") == [("007", "01234"), ("1E5", "+49")]


def test_rows_of_the_wrong_width_are_rejected_and_the_others_kept() -> None:
    table = read_table(b'a,b\n1,2\n3\n4,5,6\n"x"y,7\n8,9\n', source="t.csv")
    assert [row.cells for row in table.rows] == [("1", "2"), ("8", "9")]
    assert [(one.line, one.rule) for one in table.malformed] == [(3, "row"), (4, "row"), (5, "row")]
    assert table.malformed[0].reason == "has 1 cells where the header has 2"
    assert table.n_read == 5


def test_blank_lines_are_left_out() -> None:
    assert rows(b"a,b\n\n , \n1,2\n,\n") == [("1", "2")]


def test_a_column_without_name_is_kept_under_its_number() -> None:
    table = read_table(b",sku\n0,A\n", source="t.csv")
    assert table.header == ("column 1", "sku")


def test_columns_are_found_whatever_their_case_and_spaces() -> None:
    table = read_table(b" Order  ID ,SKU\n1,A\n", source="t.csv")
    assert table.find("order id") == 0
    assert table.find("article", "sku") == 1
    assert table.find("qty") is None


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=10), "file-too-large"),
        (Limits(max_rows=1), "too-many-rows"),
        (Limits(max_columns=1), "too-many-columns"),
        (Limits(max_cell=3), "cell-too-long"),
    ],
)
def test_limits_are_kept(limits: Limits, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_table(b"sku,name\n1,abcd\n2,b\n", source="t.csv", limits=limits)
    assert refused.value.code == code


def test_a_limit_admits_as_much_as_it_says() -> None:
    limits = Limits(max_bytes=19, max_rows=2, max_columns=2, max_cell=4)
    assert len(read_table(b"sku,name\n1,abcd\n2,b", source="t", limits=limits).rows) == 2
