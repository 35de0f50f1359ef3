"""Operations of PICK/1 as they come from a handheld, parsed strictly.

The schema is frozen per protocol version: unknown fields, wrong types and values out of range make
an operation malformed. It still has its place in the stream and gets a verdict.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

MAX_TEXT = 128
MAX_QUANTITY = 9_999
MAX_SEQ = 2**31 - 1
MAX_DT_MS = 2**53
NOT_SUPPORTED_YET = frozenset({"damaged", "full", "move"})
"""Kinds of the protocol that this server cannot apply yet; they are parked, not lost."""

_ID = re.compile(r"[0-9a-f]{32}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Malformed(Exception):
    """The operation breaks the schema; says where."""


@dataclass(frozen=True, slots=True)
class Bind:
    """This tote stands on this cart slot."""

    tote: str
    slot: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Taken at the location and put into the tote."""

    task: str
    location: str
    sku: str
    qty: int
    tote: str
    code: str | None = None
    lot: str | None = None
    expiry: str | None = None
    serials: tuple[str, ...] | None = None
    unverified: bool | None = None


@dataclass(frozen=True, slots=True)
class Short:
    """``qty`` units of the task are not there; ``counted`` is what is left in the location."""

    task: str
    qty: int
    reason: str
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """The task is done later."""

    task: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Compensates the operation with this number in the same stream."""

    op: int


@dataclass(frozen=True, slots=True)
class Drop:
    """The tote was left at the station."""

    tote: str
    station: str


@dataclass(frozen=True, slots=True)
class Put:
    """Sorted from a tote into a wall slot; ``order`` is the number people see, or the id."""

    tote: str
    sku: str
    qty: int
    wall_slot: str
    order: int | str | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The list is finished."""


@dataclass(frozen=True, slots=True)
class HandBack:
    """The rest of the list returns to the pool."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something a lead should know."""

    reason: str
    task: str | None = None
    location: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A blind count of an item in a location."""

    location: str
    sku: str
    qty: int
    lot: str | None = None


Body = Bind | Pick | Short | Skip | Undo | Drop | Put | Done | HandBack | Report | Count


@dataclass(frozen=True, slots=True)
class Header:
    """What every operation carries besides its own fields."""

    seq: int
    kind: str
    list_id: str | None
    lease: int | None
    by: str
    dt: int


Check = Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT:
        raise Malformed(f"must be a text of 1 to {MAX_TEXT} characters")
    if any(
        ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in value
    ):
        raise Malformed("must not contain control characters")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed("must be an id of 32 hex digits")
    return value


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Malformed(f"must be a whole number from {low} to {high}")
        return value

    return check


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed("must be true or false")
    return value


def _order(value: Any) -> int | str:
    return _id(value) if isinstance(value, str) else int(_whole(1, MAX_SEQ)(value))


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_QUANTITY:
        raise Malformed("must be a list of texts")
    return tuple(_text(entry) for entry in value)


_QTY = _whole(1, MAX_QUANTITY)
_COUNTED = _whole(0, 1_000_000)
_OPTIONAL = frozenset(
    {"code", "lot", "expiry", "serials", "unverified", "counted", "text", "order"}
)
_SCHEMAS: Mapping[str, tuple[type[Body], Mapping[str, Check]]] = {
    "bind": (Bind, {"tote": _text, "slot": _whole(0, 999)}),
    "pick": (
        Pick,
        {
            "task": _id,
            "location": _text,
            "sku": _text,
            "qty": _QTY,
            "tote": _text,
            "code": _text,
            "lot": _text,
            "expiry": _text,
            "serials": _texts,
            "unverified": _truth,
        },
    ),
    "short": (Short, {"task": _id, "qty": _QTY, "reason": _text, "counted": _COUNTED}),
    "skip": (Skip, {"task": _id, "reason": _text}),
    "undo": (Undo, {"op": _whole(1, MAX_SEQ)}),
    "drop": (Drop, {"tote": _text, "station": _text}),
    "put": (
        Put,
        {
            "tote": _text,
            "sku": _text,
            "qty": _QTY,
            "wall_slot": _text,
            "order": _order,
            "task": _id,
        },
    ),
    "done": (Done, {}),
    "hand_back": (HandBack, {}),
    "report": (Report, {"reason": _text, "task": _id, "location": _text, "text": _text}),
    "count": (Count, {"location": _text, "sku": _text, "qty": _COUNTED, "lot": _text}),
}
_MAY_LACK: Mapping[str, frozenset[str]] = {
    "skip": frozenset({"reason"}),
    "report": frozenset({"task", "location"}),
    "put": frozenset({"task"}),
}
_HEADER: Mapping[str, Check] = {
    "seq": _whole(1, MAX_SEQ),
    "kind": _text,
    "list": _id,
    "lease": _whole(0, MAX_SEQ),
    "by": _id,
    "dt": _whole(0, MAX_DT_MS),
}
_WITHOUT_LIST = frozenset({"put", "report", "count"})


def header(op: Mapping[str, Any]) -> Header:
    """Parse the part that all kinds share.

    Raises
    ------
    Malformed
        A field is missing, of another type, or out of range.
    """
    kind = _field(op, "kind", _HEADER["kind"])
    without_list = kind in _WITHOUT_LIST or kind in NOT_SUPPORTED_YET
    return Header(
        seq=_field(op, "seq", _HEADER["seq"]),
        kind=kind,
        list_id=_field(op, "list", _id, optional=without_list),
        lease=_field(op, "lease", _HEADER["lease"], optional=without_list),
        by=_field(op, "by", _id),
        dt=_field(op, "dt", _HEADER["dt"]),
    )


def body(op: Mapping[str, Any]) -> Body:
    """Parse the fields of the operation's kind.

    Raises
    ------
    Malformed
        Unknown kind, unknown field, missing field, wrong type or value out of range.
    """
    kind = op.get("kind")
    if not isinstance(kind, str) or kind not in _SCHEMAS:
        raise Malformed("kind: is not known")
    made, schema = _SCHEMAS[kind]
    for name in op:
        if name not in schema and name not in _HEADER:
            raise Malformed(f"{str(name)[:32]}: is not a field of {kind}")
    may_lack = _OPTIONAL | _MAY_LACK.get(kind, frozenset())
    values = {
        name: _field(op, name, check, optional=name in may_lack) for name, check in schema.items()
    }
    if kind == "put" and values["order"] is None and values["task"] is None:
        raise Malformed("order: is missing")
    return made(**values)


def canonical(op: Mapping[str, Any]) -> str:
    """The operation's JSON with sorted keys, in ASCII: the same facts are the same text."""
    return json.dumps(op, sort_keys=True, separators=(",", ":"))


def body_hash(op: Mapping[str, Any]) -> str:
    """SHA-256 of the operation's canonical JSON: the same facts have the same hash."""
    return text_hash(canonical(op))


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def storable_object(op: Mapping[str, Any], text: str) -> dict[str, Any]:
    """:func:`storable` of an operation whose canonical ``text`` is known.

    Characters that a database cannot store are escapes in that text; nearly all have none.
    """
    return dict(op) if "\\u" not in text else cast(dict[str, Any], storable(dict(op)))


def storable(value: Any) -> Any:
    """``value`` with characters that no database stores (NUL, lone surrogates) replaced."""
    if isinstance(value, str):
        return value.replace("\0", "�").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(str(key)): storable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [storable(entry) for entry in value]
    return value


def _field(op: Mapping[str, Any], name: str, check: Check, *, optional: bool = False) -> Any:
    value = op.get(name)
    if value is None:
        if optional:
            return None
        raise Malformed(f"{name}: is missing")
    try:
        return check(value)
    except Malformed as fault:
        raise Malformed(f"{name}: {fault}") from None
