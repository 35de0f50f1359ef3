"""The audit trail: append-only, one entry per command, sealed into a hash chain as it commits.

Whatever a transaction adds to the trail (entries of :func:`record`, operations of handhelds named
to :func:`cover`) becomes one link of the chain, written last thing before the commit. There is one
writer, so the newest link is the head. The cost is one read and one insert per transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from server.db.engine import before_commit
from server.models import Audit, AuditSeal, Op
from server.services import audit_chain
from server.services.clock import Clock
from server.services.ledger import OpRef

_ACTOR = "audit_actor"
_PENDING = "audit_pending"

_SEALS = cast(Table, AuditSeal.__table__)
_HEAD = (
    select(_SEALS.c.number, _SEALS.c.last_audit, _SEALS.c.digest)
    .order_by(_SEALS.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf a session works: person, device and, while one is judged, operation."""

    person_id: str | None = None
    device_id: str | None = None
    op: OpRef | None = None


@dataclass(slots=True)
class _Pending:
    """What a transaction has added so far; ``clock`` is that of its first addition."""

    clock: Clock
    ops: list[Op]
    entries: bool = False


def on_behalf(session: Session, actor: Actor) -> None:
    """Name who is behind everything that the session records from now on."""
    session.info[_ACTOR] = actor


def for_op(session: Session, op: OpRef | None) -> None:
    """Name the operation that causes what is recorded from now on; None: no operation."""
    session.info[_ACTOR] = replace(session.info.get(_ACTOR, Actor()), op=op)


def record(
    session: Session,
    clock: Clock,
    *,
    action: str,
    subject: str,
    person_id: str | None = None,
    **detail: Any,
) -> None:
    """Add an entry: who did ``action`` to ``subject`` (``kind:id``). Never tokens or PINs.

    Person, device and operation are those of :func:`on_behalf` and :func:`for_op`, unless
    ``person_id`` names another person.
    """
    actor: Actor = session.info.get(_ACTOR, Actor())
    session.add(
        Audit(
            at=clock(),
            person_id=person_id if person_id is not None else actor.person_id,
            device_id=actor.device_id,
            op_stream=actor.op.stream if actor.op else None,
            op_seq=actor.op.seq if actor.op else None,
            action=action,
            subject=subject,
            detail=audit_chain.printable(detail),
        )
    )
    _pending(session, clock).entries = True


def cover(session: Session, clock: Clock, op: Op) -> None:
    """Make a judged operation part of this transaction's link; its row is its audit entry."""
    _pending(session, clock).ops.append(op)


def newest(
    session: Session, *, subject: str | None = None, action: str | None = None, limit: int = 100
) -> list[Audit]:
    """Entries, newest first."""
    query = select(Audit).order_by(Audit.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(Audit.subject == subject)
    if action is not None:
        query = query.where(Audit.action == action)
    return list(session.scalars(query))


def _pending(session: Session, clock: Clock) -> _Pending:
    pending: _Pending | None = session.info.get(_PENDING)
    if pending is None:
        pending = session.info[_PENDING] = _Pending(clock, [])
        before_commit(session, _seal)
    return pending


def _seal(session: Session) -> Mapping[str, int]:
    """Write the link of this transaction; nothing where all additions were rolled back."""
    pending: _Pending = session.info.pop(_PENDING)
    session.flush()
    head = session.execute(_HEAD).first()
    before, last_audit, digest = (
        (head.number, head.last_audit, head.digest) if head else (0, 0, audit_chain.START)
    )
    # Read back what the database holds: entries of an undone savepoint are not there.
    entries = audit_chain.entries(session, after=last_audit) if pending.entries else []
    if not entries and not pending.ops:
        return {}
    link = audit_chain.Link(
        number=before + 1,
        at=pending.clock(),
        last_audit=entries[-1].id if entries else last_audit,
        ops=audit_chain.ranges(pending.ops),
    )
    session.execute(
        insert(_SEALS),
        {
            "number": link.number,
            "at": link.at,
            "last_audit": link.last_audit,
            "ops": [list(part) for part in link.ops],
            "digest": audit_chain.digest(digest, link, entries, pending.ops),
        },
    )
    return {}
