"""Strict reading of JSON objects: every field by a rule, errors with a JSON pointer (RFC 6901)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from optimizer.errors import LayoutError

_ID = re.compile(r"[^\s,](?:[^,\x00-\x1f\x7f]{0,62}[^\s,])?")

Choice = TypeVar("Choice", bound=StrEnum)
Thing = TypeVar("Thing")


class Fields:
    """The fields of one JSON object, each taken once by a rule; knows where it stands."""

    def __init__(self, value: object, pointer: str) -> None:
        if not isinstance(value, Mapping):
            raise LayoutError(f"must be an object, got {shown(value)}", pointer=pointer)
        self._values = value
        self._taken: set[str] = set()
        self.pointer = pointer

    def at(self, name: str) -> str:
        """Return the pointer of a field."""
        return f"{self.pointer}/{name.replace('~', '~0').replace('/', '~1')}"

    def has(self, name: str) -> bool:
        """Return whether the object has a field."""
        return name in self._values

    def take(self, name: str) -> object:
        """Return the value of a field that must be there, and count it as known."""
        self._taken.add(name)
        if name not in self._values:
            raise LayoutError(f'"{name}" is missing', pointer=self.pointer)
        return self._values[name]

    def text(self, name: str) -> str:
        """Return a text of 1 to 200 characters."""
        value = self.take(name)
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise LayoutError(
                f"must be a text of 1 to 200 characters, got {shown(value)}",
                pointer=self.at(name),
            )
        return value

    def id(self, name: str) -> str:
        """Return an id; see :func:`checked_id`."""
        return checked_id(self.take(name), self.at(name))

    def integer(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        """Return an integer in a range, or the default where the field is absent."""
        if default is not None and not self.has(name):
            return default
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise LayoutError(f"must be an integer, got {shown(value)}", pointer=self.at(name))
        if not least <= value <= most:
            raise LayoutError(
                f"must be between {least} and {most}, got {value}", pointer=self.at(name)
            )
        return value

    def truth(self, name: str) -> bool:
        """Return true or false; false where the field is absent."""
        if not self.has(name):
            return False
        value = self.take(name)
        if not isinstance(value, bool):
            raise LayoutError(f"must be true or false, got {shown(value)}", pointer=self.at(name))
        return value

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """Return the member whose value the field has."""
        value = self.take(name)
        for member in choices:
            if member.value == value:
                return member
        allowed = ", ".join(f'"{member.value}"' for member in choices)
        raise LayoutError(f"must be one of {allowed}, got {shown(value)}", pointer=self.at(name))

    def each(
        self, name: str, make: Callable[[Fields], Thing], *, optional: bool = False
    ) -> tuple[Thing, ...]:
        """Return what ``make`` makes of each object of an array, unknown fields refused."""
        if optional and not self.has(name):
            return ()
        things = []
        for number, value in enumerate(checked_array(self.take(name), self.at(name))):
            fields = Fields(value, f"{self.at(name)}/{number}")
            things.append(make(fields))
            fields.refuse_others()
        return tuple(things)

    def refuse_others(self) -> None:
        """Raise for the first field that was never taken."""
        for name in self._values:
            if name not in self._taken:
                raise LayoutError(f"unknown field {shown(name)}", pointer=self.at(str(name)))


def checked_id(value: object, pointer: str) -> str:
    """Return a value that is an id: 1 to 64 characters, no comma, no blank at its ends."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise LayoutError(
            "must be an id of 1 to 64 characters without commas and without blanks at its ends, "
            f"got {shown(value)}",
            pointer=pointer,
        )
    return value


def checked_array(value: object, pointer: str) -> Sequence[object]:
    """Return a value that is an array."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        raise LayoutError(f"must be an array, got {shown(value)}", pointer=pointer)
    return value


def shown(value: object) -> str:
    """Return a value as it stands in JSON, shortened."""
    names = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return names[value]
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, (int, float)):
        return repr(value)
    return "an object" if isinstance(value, Mapping) else "an array"
