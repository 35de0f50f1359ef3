"""Text files of tables below headings, in which several public sets of order picking are written.

A heading is a line that begins with ``//``; the rows below it belong to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.errors import InstanceError

Row = tuple[int, str]
"""Number of a line in its file, from 1, and its text."""


class HeadedTables:
    """The rows of one file below their headings.

    Parameters
    ----------
    name
        Name of the instance, for messages.
    text
        Content of the file.

    Raises
    ------
    InstanceError
        When a row stands below no heading.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._tables: dict[str, list[Row]] = {}
        rows: list[Row] | None = None
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if stripped.startswith("//"):
                rows = self._tables.setdefault(stripped[2:].strip(), [])
            elif stripped:
                if rows is None:
                    raise InstanceError(f"{name}, line {number}: stands below no heading")
                rows.append((number, stripped))

    def rows(self, heading: str) -> Sequence[Row]:
        """Return the rows below the heading that begins so.

        Raises
        ------
        InstanceError
            When there is no such heading.
        """
        for title, rows in self._tables.items():
            if title.startswith(heading):
                return rows
        raise InstanceError(f'{self.name}: the table "{heading} ..." is missing')

    def value(self, heading: str) -> int:
        """Return the one count below the heading that begins so.

        Raises
        ------
        InstanceError
            When there is none.
        """
        rows = self.rows(heading)
        if not rows:
            raise InstanceError(f'{self.name}: below "{heading}" stands no value')
        return self._counts(rows[0], at_least=1)[0]

    def counts(self, heading: str, *, at_least: int) -> list[list[int]]:
        """Return the rows of ``at_least`` or more counts below the heading that begins so.

        Raises
        ------
        InstanceError
            When there is no such heading, or a row of another form.
        """
        return [self._counts(row, at_least=at_least) for row in self.rows(heading)]

    def lengths(self, heading: str, *, per_unit: int) -> list[tuple[int, int, int]]:
        """Return the rows of two places and a length, in parts of a unit of length.

        Parameters
        ----------
        heading
            How the heading begins.
        per_unit
            Parts of a unit; a length is a whole number of them.

        Raises
        ------
        InstanceError
            When there is no such heading, or a row of another form.
        """
        found = []
        for row in self.rows(heading):
            try:
                start, end, length = row[1].split()
                found.append((int(start), int(end), _parts(length, per_unit)))
            except ValueError:
                raise self.wrong(row, f"is not two places and a length in 1/{per_unit}") from None
        return found

    def places(self, heading: str, *, per_unit: int, count: int) -> tuple[tuple[int, int], ...]:
        """Return x and y of all places, which are numbered from 0, in parts of a unit of length.

        Parameters
        ----------
        heading
            How the heading begins; its rows are number, x, y and a name.
        per_unit
            Parts of a unit; a coordinate is a whole number of them.
        count
            How many places there are.

        Raises
        ------
        InstanceError
            When there is no such heading, a row of another form, or another number of places.
        """
        places: list[tuple[int, int]] = []
        for row in self.rows(heading):
            try:
                place, x, y = row[1].split(maxsplit=3)[:3]
                number, found = int(place), (_parts(x, per_unit), _parts(y, per_unit))
            except ValueError:
                raise self.wrong(row, 'is not "number x y name"') from None
            if number != len(places):
                raise self.wrong(row, f"is not place {len(places)}")
            places.append(found)
        if len(places) != count:
            raise InstanceError(f"{self.name}: has coordinates of {len(places)} of {count} places")
        return tuple(places)

    def wrong(self, row: Row, rule: str) -> InstanceError:
        """Return the error of a row that breaks a rule."""
        number, line = row
        return InstanceError(f'{self.name}, line {number}: "{line}" {rule}')

    def _counts(self, row: Row, *, at_least: int) -> list[int]:
        words = row[1].split()
        if len(words) < at_least or not all(word.isdecimal() for word in words):
            raise self.wrong(row, f"is not {at_least} or more counts")
        return [int(word) for word in words]


def _parts(text: str, per_unit: int) -> int:
    """Return a decimal number in parts of a unit, ValueError where it is not a whole number."""
    value = float(text) * per_unit
    parts = round(value)
    if abs(value - parts) > 1e-6:
        raise ValueError(f"{text} is finer than 1/{per_unit}")
    return parts
