"""Text of one cell to a value, or the rule it breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

_WHOLE_NUMBER = re.compile(r"([+-]?)(\d+)(?:[.,]0{1,2})?")
"""Spreadsheets write 6 as 6.0 or 6,00; 1,000 may be a thousand or one and is refused."""

_PRIORITIES = {"0": 0, "1": 1, "2": 2, "3": 3, "urgent": 0, "high": 1, "normal": 2, "low": 3}
_TRUE = frozenset({"yes", "true", "1", "y"})
_FALSE = frozenset({"no", "false", "0", "n"})


class CellError(Exception):
    """A cell breaks a rule; becomes a rejection of its line."""

    def __init__(self, field: str, rule: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.rule = rule
        self.reason = reason


def key(cell: str, *, field: str, longest: int) -> str:
    """Return a code exactly as written: it never becomes a number."""
    if not cell:
        raise CellError(field, "missing", f"{field} is missing")
    return _short(cell, field, longest)


def optional(cell: str, *, field: str, longest: int) -> str | None:
    """Return a text, or None for an empty cell."""
    return _short(cell, field, longest) if cell else None


def quantity(cell: str, *, field: str, most: int, least: int = 1) -> int:
    """Return a whole number between ``least`` and ``most``."""
    if not cell:
        raise CellError(field, "missing", f"{field} is missing")
    match = _WHOLE_NUMBER.fullmatch(cell)
    # Ten digits are more than any limit; longer ones are not even converted.
    if match is None or len(match[2]) > 10 or not cell.isascii():
        raise CellError(field, "not-a-number", f"{field} must be a whole number")
    number = int(match[2]) * (-1 if match[1] == "-" else 1)
    if number < least:
        raise CellError(field, field_rule(field), f"{field} must be at least {least}, got {number}")
    if number > most:
        raise CellError(
            field, field_rule(field), f"{field} must be at most {most:,}, got {number:,}"
        )
    return number


def moment(cell: str, *, field: str, patterns: Sequence[str], zone: tzinfo) -> datetime:
    """Return an aware UTC time; ``zone`` counts where the cell names none."""
    for pattern in patterns:
        try:
            if pattern == "iso":
                value = datetime.fromisoformat(cell)
            else:
                value = datetime.strptime(cell, pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        if value.tzinfo is None:
            value = value.replace(tzinfo=zone)
        return value.astimezone(UTC)
    forms = " or ".join("ISO 8601" if pattern == "iso" else pattern for pattern in patterns)
    raise CellError(field, "date", f"{field} must be a date like {forms}")


def priority(cell: str, *, field: str) -> int:
    """Return 0 (urgent) to 3 (low), given as number or word."""
    value = _PRIORITIES.get(cell.casefold())
    if value is None:
        raise CellError(field, "choice", f"{field} must be one of {', '.join(_PRIORITIES)}")
    return value


def yes_or_no(cell: str, *, field: str) -> bool:
    """Return a truth value written as yes/no, true/false, y/n or 1/0."""
    folded = cell.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise CellError(field, "choice", f"{field} must be yes or no")


def one_of(cell: str, *, field: str, choices: Sequence[str]) -> str:
    """Return one of ``choices``, compared without case."""
    folded = cell.casefold()
    if folded in choices:
        return folded
    raise CellError(field, "choice", f"{field} must be one of {', '.join(choices)}")


def field_rule(field: str) -> str:
    """Return the rule's name under which a number out of range is counted."""
    return "quantity" if field in ("quantity", "qty") else "out-of-range"


def _short(cell: str, field: str, longest: int) -> str:
    if len(cell) > longest:
        raise CellError(
            field, "too-long", f"{field} has {len(cell)} characters, at most {longest} allowed"
        )
    return cell
