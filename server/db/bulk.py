"""Many rows written by one statement, also those of several tables.

SQLite takes rows one at a time at no cost. To PostgreSQL each one would be a message there and
back, even in a pipeline: the columns travel as arrays and ``unnest`` makes rows of them. A group of
64 picks writes nine tables so; under gevent it took 30 ms instead of 46. Tables that are always
written together go in one statement of several parts (:class:`Together`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    Executable,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

Row = Mapping[str, Any]


class _Bulk(ABC):
    """One statement for a row alone, and one for many by the names of their values."""

    def __init__(self, one: Executable) -> None:
        self._one = one
        self._many: dict[tuple[str, ...], Executable] = {}

    def write(self, session: Session, rows: Sequence[Row]) -> None:
        """Write the rows, in their order; all have the same names."""
        if not rows:
            return
        connection = session.connection()
        if not _pays(connection, rows):
            connection.execute(self._one, rows)
            return
        names = tuple(rows[0])
        if names not in self._many:
            self._many[names] = self.of_arrays(names)
        connection.execute(self._many[names], _arrays(names, rows))

    @abstractmethod
    def of_arrays(self, names: Sequence[str], prefix: str = "") -> UpdateBase:
        """The statement whose parameters are one array per name, called ``prefix`` and name."""


class BulkInsert(_Bulk):
    """Adds rows to a table: values by column name."""

    def __init__(self, table: Table) -> None:
        # Inline: nobody asks for the number of a ledger entry, so it is not fetched.
        super().__init__(insert(table).inline())
        self._table = table

    def of_arrays(self, names: Sequence[str], prefix: str = "") -> UpdateBase:
        """As :meth:`_Bulk.of_arrays`."""
        given = _unnested({name: self._table.c[name] for name in names}, prefix)
        return insert(self._table).from_select(list(names), select(*given.c))


class BulkUpdate(_Bulk):
    """Sets columns of rows that are found by their keys: other values by column name.

    Parameters
    ----------
    table
        The table.
    keys
        Names in a row's values of the columns that find it.
    """

    def __init__(self, table: Table, keys: Mapping[str, Column[Any]]) -> None:
        found = (column == bindparam(name) for name, column in keys.items())
        super().__init__(update(table).where(*found))
        self._table = table
        self._keys = dict(keys)

    def of_arrays(self, names: Sequence[str], prefix: str = "") -> UpdateBase:
        """As :meth:`_Bulk.of_arrays`."""
        given = _unnested({name: self._column(name) for name in names}, prefix)
        return (
            update(self._table)
            .where(*(column == given.c[name] for name, column in self._keys.items()))
            .values({name: given.c[name] for name in names if name not in self._keys})
        )

    def _column(self, name: str) -> Column[Any]:
        return self._keys[name] if name in self._keys else self._table.c[name]


class Together:
    """Statements about different tables that are one to PostgreSQL, which then checks all rules.

    No two of them may touch one row: the parts see the tables as they were before, in no order.

    Parameters
    ----------
    parts
        The statements, in the order in which SQLite executes them.
    """

    def __init__(self, *parts: _Bulk) -> None:
        self._parts = parts
        self._statements: dict[tuple[tuple[str, ...], ...], Executable] = {}

    def write(self, session: Session, rows: Sequence[Sequence[Row]]) -> None:
        """Write the rows of each part; those of a part all have the same names."""
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            for part, some in zip(self._parts, rows, strict=True):
                part.write(session, some)
            return
        names = tuple(tuple(some[0]) if some else () for some in rows)
        if names not in self._statements:
            self._statements[names] = self._of_arrays(names)
        values: dict[str, list[Any]] = {}
        for number, some in enumerate(rows):
            values.update(_arrays(names[number], some, _prefix(number)))
        connection.execute(self._statements[names], values)

    def _of_arrays(self, names: Sequence[Sequence[str]]) -> Executable:
        written = (
            part.of_arrays(of_part, _prefix(number)).cte(f"part_{number}")
            for number, (part, of_part) in enumerate(zip(self._parts, names, strict=True))
            if of_part
        )
        return select(literal(1)).add_cte(*written)


def _prefix(number: int) -> str:
    """What the names of a part's parameters begin with."""
    return f"p{number}_"


def _pays(connection: Connection, rows: Sequence[Row]) -> bool:
    """Whether to send arrays; a row alone is a message there and back in either way."""
    return len(rows) > 1 and connection.dialect.name == "postgresql"


def _unnested(columns: Mapping[str, Column[Any]], prefix: str) -> TableValuedAlias:
    """The rows of arrays that come as parameters, each of its column's type."""
    types = {name: _unbounded(column.type) for name, column in columns.items()}
    # One dimension, said aloud: else a JSON list in an array would count as another.
    arrays = (bindparam(prefix + name, type_=ARRAY(of, dimensions=1)) for name, of in types.items())
    named = (Column(name, of) for name, of in types.items())
    return func.unnest(*arrays).table_valued(*named, name="given").render_derived()


def _unbounded(of: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type without a length: a cast to it would cut longer text instead of refusing it."""
    return String() if isinstance(of, String) else of


def _arrays(names: Sequence[str], rows: Sequence[Row], prefix: str = "") -> dict[str, list[Any]]:
    """One list per name; the driver knows no lists of strings and members of enumerations."""
    return {
        prefix + name: [value.value if isinstance(value, Enum) else value for value in column]
        for name, column in zip(
            names, zip(*([row[name] for name in names] for row in rows), strict=True), strict=True
        )
    }
