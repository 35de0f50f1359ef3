"""Reading of text tables as they come from shops and spreadsheets: CSV in its many dialects.

The engine knows nothing of orders. It finds out encoding and delimiter (and says what it found),
reads the header by name, keeps every cell as text, and knows the line on which each row begins,
also when quoted cells contain line breaks. A row that cannot be read becomes a
:class:`Rejection`; a file that cannot be read as a whole raises :class:`~server.errors.BadInput`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from server.errors import BadInput
from server.files.csv_out import unguarded
from server.files.encodings import Decoded, decode

MAX_HEADER = 100_000
"""Characters of the first line that decide on the delimiter; below the limit of :mod:`csv`."""

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab"}
"""Cell separators that are looked for, with their names in reports."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest table that is read.

    Attributes
    ----------
    max_bytes
        Size of the file in bytes.
    max_rows
        Rows after the header.
    max_columns
        Columns of the header.
    max_cell
        Characters of one cell.
    """

    max_bytes: int = 20_000_000
    max_rows: int = 200_000
    max_columns: int = 100
    max_cell: int = 10_000


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason why a line was not accepted.

    Attributes
    ----------
    line
        Line in the file on which the row begins; the header stands on line 1 as a rule.
    column
        Name of the offending column as the file writes it; empty when the whole row offends.
    value
        The offending cell, shortened to 100 characters.
    rule
        Short word for counting, e.g. ``quantity``.
    reason
        The rule as a sentence for people.
    """

    line: int
    column: str
    value: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row with as many cells as the header, each without outer white space.

    The apostrophe by which our own exports keep a cell from being a formula is taken away, too.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory.

    Attributes
    ----------
    source
        Name of the file for messages.
    encoding, encoding_note
        How the bytes were decoded, and why this was chosen.
    delimiter
        ``","``, ``";"`` or a tab.
    header
        Column names as the file writes them; a column without a name is called ``column 4``.
    rows
        Readable rows in file order; blank lines are left out.
    malformed
        Rows that could not be read, with their raw cells in ``raw``.
    raw
        Line to cells for malformed rows, so that a file of rejects can repeat them.
    """

    source: str
    encoding: str
    encoding_note: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    malformed: tuple[Rejection, ...]
    raw: Mapping[int, tuple[str, ...]]

    @property
    def n_read(self) -> int:
        """Number of rows after the header that were not blank."""
        return len(self.rows) + len(self.malformed)

    def find(self, *names: str) -> int | None:
        """Return the position of the first of ``names`` in the header, or None.

        Upper and lower case and outer white space do not matter.
        """
        folded = [_fold(name) for name in self.header]
        for name in names:
            if _fold(name) in folded:
                return folded.index(_fold(name))
        return None


def read_table(
    data: bytes,
    *,
    source: str,
    expected: Collection[str] = (),
    encoding: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """Return the table in ``data``.

    Parameters
    ----------
    data
        The whole file.
    source
        Its name, for messages.
    expected
        Column names that the caller looks for; they decide between delimiters when a header
        contains several.
    encoding
        A Python codec name that overrules detection.
    limits
        Largest table that is read.

    Raises
    ------
    BadInput
        When the file is empty, too large, binary, not decodable, has a doubled column, a quote
        that never ends, or more rows, columns or characters in a cell than allowed.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise BadInput(
            f"{len(data):,} bytes are more than the {limits.max_bytes:,} allowed",
            code="file-too-large",
            pointer=source,
        )
    decoded = decode(data, source=source, encoding=encoding)
    if not decoded.text.strip():
        raise BadInput("the file is empty", code="file-empty", pointer=source)
    delimiter = sniff_delimiter(decoded.text, expected=expected)
    return _Reader(decoded, source=source, delimiter=delimiter, limits=limits).table()


def sniff_delimiter(text: str, *, expected: Collection[str] = ()) -> str:
    """Return the cell separator of a table: comma, semicolon or tab.

    The first line with content is split by each candidate; the one that yields most of the
    ``expected`` names wins, then the one that yields most cells, then the comma.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    wanted = {_fold(name) for name in expected}

    # A line without end is no header; the reader itself would end at its own limit.
    first = first[:MAX_HEADER]

    def score(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return (len(wanted & {_fold(cell) for cell in cells}), len(cells))

    return max(DELIMITERS, key=score)


class _Reader:
    """One pass over a decoded file."""

    def __init__(self, decoded: Decoded, *, source: str, delimiter: str, limits: Limits) -> None:
        self.decoded = decoded
        self.source = source
        self.delimiter = delimiter
        self.limits = limits
        self.malformed: list[Rejection] = []
        self.raw: dict[int, tuple[str, ...]] = {}

    def table(self) -> Table:
        records = self._records()
        line, cells = next(records, (1, ()))
        header = self._header(line, cells)
        rows: list[Row] = []
        for line, cells in records:
            if len(rows) + len(self.malformed) >= self.limits.max_rows:
                raise BadInput(
                    f"more than {self.limits.max_rows:,} rows",
                    code="too-many-rows",
                    pointer=f"{self.source}:{line}",
                )
            if len(cells) == len(header):
                rows.append(Row(line, cells))
            else:
                self._reject(
                    line, cells, f"has {len(cells)} cells where the header has {len(header)}"
                )
        return Table(
            source=self.source,
            encoding=self.decoded.encoding,
            encoding_note=self.decoded.note,
            delimiter=self.delimiter,
            header=header,
            rows=tuple(rows),
            malformed=tuple(self.malformed),
            raw=self.raw,
        )

    def _records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield (first line, stripped cells) of each record that is not blank."""
        # newline="" keeps line breaks inside quoted cells and counts them.
        reader = csv.reader(
            io.StringIO(self.decoded.text, newline=""), delimiter=self.delimiter, strict=True
        )
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._unreadable(line, error)
                continue
            for cell in cells:
                if len(cell) > self.limits.max_cell:
                    raise self._cell_too_long(line)
            stripped = tuple(unguarded(cell.strip()) for cell in cells)
            if any(stripped):
                yield line, stripped

    def _unreadable(self, line: int, error: csv.Error) -> None:
        """Reject the row on which the reader stumbled; a quote without end spoils the file."""
        message = str(error)
        if "unexpected end of data" in message:
            raise BadInput(
                "a quote is opened here and never closed",
                code="open-quote",
                pointer=f"{self.source}:{line}",
            )
        if "field larger than field limit" in message:
            raise self._cell_too_long(line)
        self._reject(line, (), "text follows a closing quote; a quote inside a cell is doubled")

    def _cell_too_long(self, line: int) -> BadInput:
        return BadInput(
            f"a cell has more than {self.limits.max_cell:,} characters (or a quote is not closed)",
            code="cell-too-long",
            pointer=f"{self.source}:{line}",
        )

    def _reject(self, line: int, cells: tuple[str, ...], reason: str) -> None:
        value = self.delimiter.join(cells)[:100]
        self.malformed.append(Rejection(line, "", value, "row", reason))
        self.raw[line] = cells

    def _header(self, line: int, cells: tuple[str, ...]) -> tuple[str, ...]:
        if len(cells) > self.limits.max_columns:
            raise BadInput(
                f"{len(cells)} columns are more than the {self.limits.max_columns} allowed",
                code="too-many-columns",
                pointer=f"{self.source}:{line}",
            )
        names = tuple(cell or f"column {number}" for number, cell in enumerate(cells, start=1))
        seen: dict[str, str] = {}
        for name in names:
            if _fold(name) in seen:
                raise BadInput(
                    f'column "{name}" occurs twice in the header',
                    code="doubled-column",
                    pointer=f"{self.source}:{line}",
                )
            seen[_fold(name)] = name
        return names


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
