"""The hash chain over audit entries and operations: what a link covers, and its check.

Whoever can write the database can also compute a new chain, so a chain proves that nothing was
changed only as far as its head is known elsewhere: :func:`head` is what to write down outside, and
:func:`verify` takes it again. Changes of single rows, removed or inserted rows show without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from server.models import Audit, AuditSeal, Op

START: Final = "0" * 64
"""Digest before the first link."""

PAGE: Final = 500
"""Links checked per round."""

EXACT: Final = 2**53
"""Up to here JSON numbers are the same whole numbers everywhere."""

_AUDIT, _SEALS, _OPS = (cast(Table, model.__table__) for model in (Audit, AuditSeal, Op))


class Entry(Protocol):
    """An audit entry as it is read."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def person_id(self) -> str | None: ...
    @property
    def device_id(self) -> str | None: ...
    @property
    def op_stream(self) -> str | None: ...
    @property
    def op_seq(self) -> int | None: ...
    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def detail(self) -> Any: ...


class JudgedOp(Protocol):
    """An operation with its verdict, as a row or as an object about to be one."""

    stream: Any
    seq: Any
    kind: Any
    list_id: Any
    task_id: Any
    lease: Any
    person_id: Any
    body: Any
    body_hash: Any
    verdict: Any
    code: Any
    received_at: Any


Range = tuple[str, int, int]
"""Operations of a stream from one number to another, both included."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link without its digest."""

    number: int
    at: datetime
    last_audit: int
    ops: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link: write it down elsewhere to notice later that the trail was cut."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the trail that is not as it was written."""

    link: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked and what is wrong with it; ``unsealed`` is older than the chain."""

    links: int
    entries: int
    ops: int
    unsealed: int
    head: Head
    findings: tuple[Finding, ...]


def entries(session: Session, *, after: int, up_to: int | None = None) -> Sequence[Entry]:
    """Audit entries by id, those with a higher id than ``after``."""
    query = select(_AUDIT).where(_AUDIT.c.id > after).order_by(_AUDIT.c.id)
    if up_to is not None:
        query = query.where(_AUDIT.c.id <= up_to)
    return cast(Sequence[Entry], session.execute(query).all())


def ranges(ops: Iterable[JudgedOp]) -> tuple[Range, ...]:
    """The operations as ranges without gaps, in the order given."""
    found: list[Range] = []
    for op in ops:
        if found and found[-1][0] == op.stream and found[-1][2] == op.seq - 1:
            found[-1] = (op.stream, found[-1][1], op.seq)
        else:
            found.append((op.stream, op.seq, op.seq))
    return tuple(found)


def digest(before: str, link: Link, recorded: Iterable[Entry], ops: Iterable[JudgedOp]) -> str:
    """SHA-256, 64 hex digits, of the digest before and all that the link covers."""
    content = [
        before,
        [link.number, _instant(link.at), link.last_audit, [list(part) for part in link.ops]],
        [_entry(entry) for entry in recorded],
        [_op(op) for op in ops],
    ]
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def head(session: Session) -> Head:
    """Number and digest of the newest link."""
    newest = session.execute(
        select(_SEALS.c.number, _SEALS.c.digest).order_by(_SEALS.c.number.desc()).limit(1)
    ).first()
    return Head(0, START) if newest is None else Head(newest.number, newest.digest)


def verify(session: Session, *, known: Head | None = None) -> Verified:
    """Compute every link again and compare; takes one pass over the trail.

    Parameters
    ----------
    session
        Reads one snapshot; nothing is changed.
    known
        A head that was written down earlier: the chain must still contain it.
    """
    findings: list[Finding] = []
    before, last_audit, expected, unsealed = START, 0, 0, 0
    counted_ops = n_links = 0
    covered: dict[str, int] = {}
    is_known_there = known is None or known == Head(0, START)
    for link, stored in _links(session):
        if n_links == 0 and link.number == 0:
            unsealed = _count_before(session, link)
            before, last_audit = stored, link.last_audit
            covered.update({stream: last for stream, _, last in link.ops})
            n_links += 1
            is_known_there = is_known_there or known == Head(0, stored)
            continue
        expected = expected + 1
        if link.number != expected:
            findings.append(Finding(link.number, f"link {expected} is missing"))
            expected = link.number
        findings.extend(_continues(link, covered))
        recorded = entries(session, after=last_audit, up_to=link.last_audit)
        ops = list(_ops(session, link.ops))
        if digest(before, link, recorded, ops) != stored:
            findings.append(Finding(link.number, "what it covers was changed, removed or added to"))
        is_known_there = is_known_there or known == Head(link.number, stored)
        before, last_audit = stored, link.last_audit
        counted_ops += len(ops)
        n_links += 1
    findings.extend(_outside(session, last_audit, covered))
    if not is_known_there and known is not None:
        findings.append(Finding(known.number, "the head written down earlier is not in the chain"))
    n_entries = session.scalar(select(func.count()).select_from(_AUDIT)) or 0
    return Verified(
        n_links, n_entries, counted_ops, unsealed, Head(expected, before), tuple(findings)
    )


def printable(value: Any) -> Any:
    """``value`` for the trail: control characters written as escapes, so no line can be forged."""
    if isinstance(value, str):
        return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in value)
    if isinstance(value, Mapping):
        return {printable(str(key)): printable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [printable(entry) for entry in value]
    return value


def _links(session: Session) -> Iterator[tuple[Link, str]]:
    after = -1
    while True:
        page = session.execute(
            select(_SEALS).where(_SEALS.c.number > after).order_by(_SEALS.c.number).limit(PAGE)
        ).all()
        for row in page:
            parts = tuple((str(stream), int(low), int(high)) for stream, low, high in row.ops)
            yield Link(row.number, row.at, row.last_audit, parts), row.digest
        if len(page) < PAGE:
            return
        after = page[-1].number


def _ops(session: Session, parts: Iterable[Range]) -> Iterator[JudgedOp]:
    for stream, low, high in parts:
        rows = session.execute(
            select(_OPS)
            .where(_OPS.c.stream == stream, _OPS.c.seq >= low, _OPS.c.seq <= high)
            .order_by(_OPS.c.seq)
        )
        yield from cast(Iterable[JudgedOp], rows)


def _continues(link: Link, covered: dict[str, int]) -> Iterator[Finding]:
    """Each stream goes on where an earlier link has left it."""
    for stream, low, high in link.ops:
        if low != covered.get(stream, 0) + 1:
            yield Finding(
                link.number, f"operations of stream {stream} before {low} are not covered"
            )
        covered[stream] = max(high, covered.get(stream, 0))


def _outside(session: Session, last_audit: int, covered: Mapping[str, int]) -> Iterator[Finding]:
    """Entries and operations that no link covers."""
    extra = session.scalar(select(func.count()).where(_AUDIT.c.id > last_audit)) or 0
    if extra:
        yield Finding(None, f"{extra} audit entries after {last_audit} are in no link")
    newest = select(_OPS.c.stream, func.max(_OPS.c.seq), func.count()).group_by(_OPS.c.stream)
    found = {stream: (last, count) for stream, last, count in session.execute(newest)}
    for stream in sorted(set(found) | set(covered)):
        last, count = found.get(stream, (0, 0))
        if last != covered.get(stream, 0) or count != last:
            yield Finding(
                None,
                f"stream {stream} has {count} operations up to {last}, "
                f"the chain covers them up to {covered.get(stream, 0)}",
            )


def _count_before(session: Session, link: Link) -> int:
    count = session.scalar(select(func.count()).where(_AUDIT.c.id <= link.last_audit)) or 0
    return count + sum(high - low + 1 for _, low, high in link.ops)


def _entry(entry: Entry) -> list[Any]:
    return [
        entry.id,
        _instant(entry.at),
        entry.person_id,
        entry.device_id,
        entry.op_stream,
        entry.op_seq,
        entry.action,
        entry.subject,
        _plain(entry.detail),
    ]


def _op(op: JudgedOp) -> list[Any]:
    return [
        *(op.stream, op.seq, op.kind, op.list_id, op.task_id, op.lease, op.person_id),
        *(op.body_hash, str(op.verdict), op.code, _instant(op.received_at), _plain(op.body)),
    ]


def _plain(value: Any) -> Any:
    """JSON whose numbers read the same from SQLite's text and PostgreSQL's numeric."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if abs(value) <= EXACT:
        return int(value) if value == int(value) else repr(value)
    try:
        return repr(float(value))
    except OverflowError:
        return str(value)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
