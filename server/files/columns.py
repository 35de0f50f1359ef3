"""Tables of our own templates: fixed column names, some of them required."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from server.errors import BadInput
from server.files.cells import CellError
from server.files.tables import Rejection, Row, Table, read_table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Template:
    """Columns of one of our own files: name to the names it may have in the header."""

    kind: str
    required: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]


class Cells:
    """One row by column name."""

    def __init__(self, row: Row, columns: Mapping[str, int]) -> None:
        self.line = row.line
        self._row = row
        self._columns = columns

    def __getitem__(self, name: str) -> str:
        """Return the cell of a column, empty where the file has no such column."""
        position = self._columns.get(name)
        return "" if position is None else self._row.cells[position]


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A file read by a template: its rows, and columns that the template does not know."""

    table: Table
    columns: Mapping[str, int]
    unused: tuple[str, ...]

    def warnings(self) -> tuple[str, ...]:
        """Say which columns are not used."""
        if not self.unused:
            return ()
        return (f"columns not used: {', '.join(self.unused)}",)

    def read(self, judge: Callable[[Cells], T]) -> tuple[list[tuple[int, T]], list[Rejection]]:
        """Return (line, what ``judge`` made of it) for each row, and the rows that broke a rule."""
        accepted: list[tuple[int, T]] = []
        rejections = list(self.table.malformed)
        for cells in self._rows():
            try:
                accepted.append((cells.line, judge(cells)))
            except CellError as error:
                rejections.append(self.rejection(cells, error))
        return accepted, rejections

    def rejection(self, cells: Cells, error: CellError) -> Rejection:
        """Return the rejection of a row for a rule one of its cells breaks."""
        position = self.columns.get(error.field)
        column = error.field if position is None else self.table.header[position]
        return Rejection(cells.line, column, cells[error.field][:100], error.rule, error.reason)

    def _rows(self) -> Iterator[Cells]:
        return (Cells(row, self.columns) for row in self.table.rows)


def read_template(
    data: bytes, template: Template, *, source: str, encoding: str | None = None
) -> TemplateFile:
    """Return a file read by one of our templates.

    Raises
    ------
    BadInput
        The file cannot be read, has no row after the header, or misses a required column.
    """
    known = {**template.required, **template.optional}
    names = [name for aliases in known.values() for name in aliases]
    table = read_table(data, source=source, expected=names, encoding=encoding)
    found = {name: table.find(*aliases) for name, aliases in known.items()}
    for name, aliases in template.required.items():
        if found[name] is None:
            raise BadInput(
                f"no column {_quoted(aliases)}; the header has: {', '.join(table.header)}",
                code="column-missing",
                pointer=f"{source}:1",
            )
    if not table.n_read:
        raise BadInput("there is no line after the header", code="file-empty", pointer=source)
    columns = {name: position for name, position in found.items() if position is not None}
    used = set(columns.values())
    unused = tuple(name for number, name in enumerate(table.header) if number not in used)
    return TemplateFile(table, columns, unused)


def _quoted(names: Sequence[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)
