"""Questions about a set of values whose size differs from one time to the next.

Written out, ``IN (…)`` is another statement for each number of values. PostgreSQL prepares every
one of them anew, and plans it each time until then: for the nine tables that plain picks are judged
on that took ten times as long as to answer. There the set travels as one array.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, String, any_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class OneOf(ColumnElement[bool]):
    """Whether a text column has one of the values that are bound as a list under ``name``."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 - what the library looks for
        ("column", InternalTraversal.dp_clauseelement),
        ("name", InternalTraversal.dp_string),
    ]
    type = Boolean()

    def __init__(self, column: Any, name: str) -> None:
        self.column: ColumnElement[str] = coercions.expect(roles.ExpressionElementRole, column)
        self.name = name

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects

    def self_group(self, against: Any = None) -> Any:
        """It needs no brackets: it is a comparison."""
        return self


@compiles(OneOf)
def _listed(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    values: Any = bindparam(element.name, expanding=True)
    return compiler.process(element.column.in_(values), **options)


@compiles(OneOf, "postgresql")
def _in_array(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    values: Any = bindparam(element.name, type_=ARRAY(String(), dimensions=1))
    return compiler.process(element.column == any_(values), **options)
