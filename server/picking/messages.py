"""Messages of PICK/1 as they come in: the envelope is checked, every operation read once.

All of this happens before the transaction, so that the one writer is not held up by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from server.errors import BadInput
from server.picking import operations
from server.picking.operations import Body, Header, Malformed
from server.services.people import SignedIn

MAX_OPS = 50
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as it came: ``header`` or ``body`` is None where it breaks the schema.

    ``stored`` is ``raw`` as a database can keep it, ``body_hash`` tells facts apart.
    """

    raw: Mapping[str, Any]
    seq: int
    header: Header | None
    body: Body | None
    stored: dict[str, Any]
    body_hash: str
    task_id: str | None


@dataclass(frozen=True, slots=True)
class OpsMessage:
    """Up to 50 operations of one stream, by growing number, and who sent them."""

    who: SignedIn
    stream: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class SyncMessage:
    """What ``sync`` asks; ``have`` is the list and version that the device shows."""

    stream: str
    have: tuple[str, int] | None
    want: str | None
    rid: str


def ops_message(who: SignedIn, request: Mapping[str, Any]) -> OpsMessage:
    """Read the body of ``ops``; each operation in a sound envelope gets its verdict later.

    Raises
    ------
    BadInput
        No stream, no list of at most 50 operations, or one without a growing ``seq``.
    """
    _only(request, {"stream", "ops"})
    entries = request.get("ops")
    if not isinstance(entries, list) or len(entries) > MAX_OPS:
        raise BadInput(
            f"ops must be a list of at most {MAX_OPS} operations", code="bad-ops", pointer="/ops"
        )
    before: int | None = None
    for index, entry in enumerate(entries):
        seq = entry.get("seq") if isinstance(entry, dict) else None
        if not _is_whole(seq) or not 1 <= seq <= operations.MAX_SEQ:
            raise BadInput(
                "every operation needs a seq of at least 1",
                code="bad-ops",
                pointer=f"/ops/{index}/seq",
            )
        if before is not None and seq <= before:
            raise BadInput("seq must grow", code="bad-ops", pointer=f"/ops/{index}/seq")
        before = seq
    return OpsMessage(who, _stream_of(request), tuple(_entry(entry) for entry in entries))


def sync_message(request: Mapping[str, Any]) -> SyncMessage:
    """Read the body of ``sync``.

    Raises
    ------
    BadInput
        A field is missing, unknown, of another type or out of range.
    """
    _only(request, {"stream", "acked", "have", "want", "rid"})
    acked, have, want, rid = (request.get(name) for name in ("acked", "have", "want", "rid"))
    if not _is_whole(acked) or not 0 <= acked <= operations.MAX_SEQ:
        raise BadInput("acked must be a whole number from 0", code="bad-sync", pointer="/acked")
    if want not in (None, "work"):
        raise BadInput('want must be null or "work"', code="bad-sync", pointer="/want")
    if not isinstance(rid, str) or not 1 <= len(rid) <= 64:
        raise BadInput("rid must be a text of 1 to 64 characters", code="bad-sync", pointer="/rid")
    known: tuple[str, int] | None = None
    if have is not None:
        if not isinstance(have, Mapping):
            raise BadInput("have must be null or an object", code="bad-sync", pointer="/have")
        _only(have, {"list", "ver"}, at="/have")
        if not isinstance(have.get("list"), str) or not _is_whole(have.get("ver")):
            raise BadInput("have needs list and ver", code="bad-sync", pointer="/have")
        known = (have["list"], have["ver"])
    return SyncMessage(_stream_of(request), known, want, rid)


def id_in(entry: Mapping[str, Any], name: str) -> str | None:
    """The field of that name if it is an id, whatever else the operation has wrong."""
    found = entry.get(name)
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def whole_in(entry: Mapping[str, Any], name: str, *, up_to: int) -> int:
    """The field of that name if it is a whole number from 0 to ``up_to``, else 0."""
    found = entry.get(name)
    return found if _is_whole(found) and 0 <= found <= up_to else 0


def _entry(raw: Mapping[str, Any]) -> Entry:
    text = operations.canonical(raw)
    try:
        header: Header | None = operations.header(raw)
    except Malformed:
        header = None
    body: Body | None = None
    if header is not None:
        try:
            body = operations.body(raw)
        except Malformed:
            body = None
    return Entry(
        raw,
        raw["seq"],
        header,
        body,
        operations.storable_object(raw, text),
        operations.text_hash(text),
        id_in(raw, "task"),
    )


def _stream_of(request: Mapping[str, Any]) -> str:
    stream = id_in(request, "stream")
    if stream is None:
        raise BadInput("stream must be 32 hex digits", code="bad-stream", pointer="/stream")
    return stream


def _only(row: Mapping[str, Any], names: set[str], *, at: str = "") -> None:
    for name in row:
        if name not in names:
            raise BadInput(
                f'unknown field "{str(name)[:32]}"', code="unknown-field", pointer=at or "/"
            )


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
