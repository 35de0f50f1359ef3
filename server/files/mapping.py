"""Mappings: how an order file of one kind is read, kept as JSON documents (`wavepick-mapping/1`).

The format is described by ``mappings/mapping.schema.json`` and in ``docs/import.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema

from server.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class RejectRule:
    """A reason why a line is not an order for goods, judged by one cell.

    Exactly one of ``values`` (exact texts) and ``pattern`` (must match the whole cell) is given.
    """

    field: str
    rule: str
    reason: str
    values: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None

    def matches(self, cell: str) -> bool:
        """Return whether a line with this cell is to be rejected."""
        if self.pattern is not None:
            return self.pattern.fullmatch(cell) is not None
        return cell in self.values


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in memory; attributes as the members of the document."""

    name: str
    columns: ReadOnly[str, tuple[str, ...]]
    constants: ReadOnly[str, str]
    dates: tuple[str, ...]
    timezone: ZoneInfo
    reject: tuple[RejectRule, ...]
    merge: bool
    max_quantity: int
    max_order_lines: int
    create_items: bool = False
    encoding: str | None = None
    description: str = ""

    @property
    def expected(self) -> tuple[str, ...]:
        """All column names that the mapping knows."""
        return tuple(name for names in self.columns.values() for name in names)


def shipped_names() -> tuple[str, ...]:
    """Return the names of the mappings shipped with Wavepick, sorted."""
    folder = files("server.files.mappings")
    return tuple(
        sorted(
            entry.name.removesuffix(".json")
            for entry in folder.iterdir()
            if entry.name.endswith(".json") and not entry.name.endswith(".schema.json")
        )
    )


def load_mapping(name_or_path: str) -> Mapping:
    """Return a shipped mapping by its name, or one from a file.

    What contains a path separator or ends in ``.json`` is a file.

    Raises
    ------
    NotFound
        When there is no such mapping or file.
    BadInput
        When the document breaks the schema or contains an invalid zone, pattern or JSON; the
        pointer leads to the culprit.
    """
    if "/" in name_or_path or name_or_path.endswith(".json"):
        path = Path(name_or_path)
        if not path.is_file():
            raise NotFound(f"{name_or_path}: no such mapping file", code="mapping-missing")
        return parse_mapping(path.read_text("utf-8"), source=name_or_path)
    if name_or_path not in shipped_names():
        raise NotFound(
            f'no mapping "{name_or_path}"; shipped are {", ".join(shipped_names())}, or name a '
            ".json file",
            code="mapping-missing",
        )
    resource = files("server.files.mappings").joinpath(f"{name_or_path}.json")
    return parse_mapping(resource.read_text("utf-8"), source=resource.name)


def parse_mapping(text: str, *, source: str) -> Mapping:
    """Return the mapping written in ``text``; errors as :func:`load_mapping`."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"not JSON: {error.msg}", code="mapping-invalid", pointer=f"{source}:{error.lineno}"
        ) from None
    broken = jsonschema.exceptions.best_match(_validator().iter_errors(document))
    if broken is not None:
        pointer = "".join(f"/{part}" for part in broken.absolute_path)
        raise _invalid(source, pointer, broken.message)
    return Mapping(
        name=document["name"],
        description=document.get("description", ""),
        encoding=document.get("encoding"),
        columns={field: tuple(names) for field, names in document["columns"].items()},
        constants=document.get("constants", {}),
        dates=tuple(document.get("dates", ["iso"])),
        timezone=_zone(document.get("timezone", "UTC"), source),
        reject=tuple(
            _rule(rule, f"/reject/{number}", source)
            for number, rule in enumerate(document.get("reject", []))
        ),
        merge=document.get("same_item_twice", "keep") == "merge",
        max_quantity=document.get("max_quantity", 100_000),
        max_order_lines=document.get("max_order_lines", 1_000),
        create_items=document.get("create_items", False),
    )


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = files("server.files.mappings").joinpath("mapping.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(schema))


def _rule(rule: dict[str, Any], pointer: str, source: str) -> RejectRule:
    pattern: re.Pattern[str] | None = None
    if "pattern" in rule:
        try:
            pattern = re.compile(rule["pattern"])
        except re.error as error:
            raise _invalid(
                source, f"{pointer}/pattern", f"not a regular expression: {error}"
            ) from None
    return RejectRule(
        field=rule["field"],
        rule=rule["rule"],
        reason=rule["reason"],
        values=frozenset(rule.get("values", ())),
        pattern=pattern,
    )


def _zone(name: str, source: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise _invalid(source, "/timezone", f'no time zone "{name}" is known') from None


def _invalid(source: str, pointer: str, message: str) -> BadInput:
    return BadInput(message, code="mapping-invalid", pointer=f"{source}#{pointer or '/'}")
