"""PICK/1, the server's side: the server decides, the device reports facts.

A device keeps an ordered log of operations (``stream``, ``seq`` = 1, 2, 3 …) and sends it at least
once. Each operation gets one final verdict, stored with its effect in one transaction before it is
answered; the same operation again is answered from the store. So its effect happens exactly once,
whatever is lost, repeated or restarted, and an operation that breaks a rule never blocks the ones
behind it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server import failpoints
from server.errors import BadInput, ServiceError
from server.failpoints import FailPoint
from server.models import (
    ListLease,
    ListTote,
    Op,
    Order,
    OrderLine,
    PickList,
    PickTask,
    SignIn,
    Stream,
    Verdict,
    Wave,
)
from server.services import (
    audit,
    cards,
    changes,
    ledger,
    list_facts,
    lists,
    pick_facts,
    pick_ops,
    progress,
    stock,
)
from server.services import snapshot as snapshots
from server.services.clock import Clock
from server.services.ledger import OpRef, at_location, in_tote
from server.services.people import SignedIn
from server.services.pick_fact import Fact, Parked, Refused, take_standing
from server.services.pick_ops import Body, Malformed
from server.services.snapshot import directory

__all__ = ["directory", "ops", "sync"]

logger = logging.getLogger(__name__)

MAX_OPS = 50
SEEN = timedelta(minutes=1)
"""How exactly the last sign of life is kept: a heartbeat that changes nothing writes nothing."""
_STREAM = re.compile(r"[0-9a-f]{32}")
_BUGS = (IntegrityError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""Faults of ours that must not stop the outbox behind the operation that meets them."""


def sync(
    session: Session, clock: Clock, *, who: SignedIn, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer ``sync``: what the server has of the stream, and the whole list where it changed.

    ``want: "work"`` claims the next list (or returns the one held already); any number of times.

    Raises
    ------
    BadInput
        The request is not one of PICK/1.
    """
    asked = _sync_request(request)
    audit.on_behalf(session, who.actor)
    stream = _stream(session, clock, asked.stream, who)
    if asked.want == "work":
        held = lists.claim(session, clock, person_id=who.person_id, stream=stream.id)
    else:
        held = lists.held_by(session, who.person_id)
        if held is not None and held.stream != stream.id:
            held = None
    rev = changes.flush(session)
    shown: str | dict[str, Any] | None = None
    if held is not None:
        same = asked.have == (held.id, held.ver)
        shown = "same" if same else snapshots.build(session, held)
    return {
        "rid": asked.rid,
        "last": stream.last,
        "rev": rev,
        "gen": changes.generation(session),
        "now": _instant(clock()),
        "picker": {"id": who.person_id, "name": who.name, "language": who.language},
        "directory": snapshots.directory_hash(session),
        "waiting": lists.waiting(session),
        "list": shown,
    }


def ops(
    session: Session, clock: Clock, *, who: SignedIn, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Judge up to 50 operations in their order and answer each one's verdict.

    Answers ``{"gap": last}`` when the first one is not the next, and judges up to a hole inside.
    The caller must not acknowledge before the transaction is committed.

    Raises
    ------
    BadInput
        The message itself is broken (no stream, no list of operations, an operation without
        ``seq``); no operation was judged.
    """
    stream_id, entries = _ops_request(request)
    audit.on_behalf(session, who.actor)
    stream = _stream(session, clock, stream_id, who)
    batch = _Batch(session, clock, who, stream, stream.last)
    verdicts: list[list[Any]] = []
    _read_ahead(session, who, entries)
    for entry in entries:
        if entry["seq"] > batch.last + 1:
            break
        verdicts.append(batch.judge(entry))
    stream.last = batch.last
    if not verdicts and entries:
        return {"gap": stream.last}
    return {"last": stream.last, "verdicts": verdicts, "ver": _version(session, entries)}


_AHEAD = (
    select(PickTask, PickList, Wave, OrderLine, Order, ListTote, ListLease, SignIn)
    .join(PickList, PickList.id == PickTask.list_id)
    .join(Wave, Wave.id == PickList.wave_id)
    .join(OrderLine, OrderLine.id == PickTask.line_id)
    .join(Order, Order.id == PickTask.order_id)
    .join(ListTote, (ListTote.list_id == PickTask.list_id) & (ListTote.slot == PickTask.slot))
    .outerjoin(ListLease, (ListLease.list_id == PickList.id) & (ListLease.lease == PickList.lease))
    .outerjoin(SignIn, SignIn.id == bindparam("sign_in"))
    .where(PickTask.id.in_(bindparam("tasks", expanding=True)))
)


def _read_ahead(session: Session, who: SignedIn, entries: list[Mapping[str, Any]]) -> None:
    """Read what the tasks of a message need in two statements instead of eleven per task.

    The rows stay in the session, where the judgements find them.
    """
    ids = {task_id for entry in entries if (task_id := _task_of(entry)) is not None}
    if not ids:
        return
    rows = session.execute(_AHEAD, {"tasks": list(ids), "sign_in": who.sign_in_id}).all()
    wanted = {(at_location(row.PickTask.location), row.PickTask.sku) for row in rows}
    wanted |= {(in_tote(row.ListTote.tote), row.PickTask.sku) for row in rows if row.ListTote.tote}
    ledger.read_balances(session, wanted)


@dataclass(slots=True)
class _Batch:
    """The operations of one message; remembers who made them, and the last one judged."""

    session: Session
    clock: Clock
    who: SignedIn
    stream: Stream
    last: int
    makers: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def judge(self, entry: Mapping[str, Any]) -> list[Any]:
        """Return ``[seq, verdict, code]``: the stored one, or the first and final one."""
        seq: int = entry["seq"]
        digest = pick_ops.body_hash(entry)
        if seq <= self.last:
            return self._stored(seq, digest)
        try:
            header: pick_ops.Header | None = pick_ops.header(entry)
        except Malformed:
            header = None
        op = Op(
            stream=self.stream.id,
            seq=seq,
            kind=header.kind[:16] if header else "malformed",
            list_id=header.list_id if header else None,
            task_id=_task_of(entry),
            lease=header.lease if header else None,
            body=pick_ops.storable(dict(entry)),
            body_hash=digest,
            received_at=self.clock(),
        )
        self.last = seq
        audit.for_op(self.session, OpRef(op.stream, op.seq))
        self._decide(op, header, entry)
        audit.for_op(self.session, None)
        audit.cover(self.session, self.clock, op)
        failpoints.reach(FailPoint.AFTER_VERDICT)
        return [seq, op.verdict, op.code]

    def _stored(self, seq: int, digest: str) -> list[Any]:
        op = self.session.get(Op, (self.stream.id, seq))
        if op is None:
            raise BadInput(f"operation {seq} was never seen", code="bad-seq")
        if op.body_hash != digest:
            self._alarm(op, digest)
            return [seq, op.verdict, "clash"]
        return [seq, op.verdict, op.code]

    def _alarm(self, op: Op, digest: str) -> None:
        """Tell the lead, once per body, that a device sent two facts under one number."""
        logger.error("two operations under one number", extra={"stream": op.stream})
        ref = OpRef(op.stream, op.seq)
        if all(card.detail["hash"] != digest for card in cards.of_op(self.session, ref, "clash")):
            cards.raise_card(
                self.session,
                self.clock,
                kind="clash",
                list_id=op.list_id,
                op=ref,
                detail={"hash": digest},
            )

    def _decide(self, op: Op, header: pick_ops.Header | None, entry: Mapping[str, Any]) -> None:
        """Apply the operation and store it with its verdict; what a failed one did is undone."""
        op.person_id, revoked = self._maker(header.by if header else self.who.sign_in_id)
        op.verdict, op.code = Verdict.APPLIED, "ok"
        ref = OpRef(op.stream, op.seq)
        if header is None:
            self._settle(op, Verdict.REFUSED, "malformed")
            self._raise_card("refused", ref, entry, "malformed")
            return
        fact = Fact(self.session, self.clock, op.stream, header, op.person_id)
        try:
            with self.session.begin_nested():
                if revoked:
                    raise Parked("revoked")
                self._apply(fact, entry)
                self.session.add(op)
        except Refused as refusal:
            self._settle(op, Verdict.REFUSED, refusal.code)
            if refusal.code in ("malformed", "wrong-item"):
                self._raise_card("refused", ref, entry, refusal.code)
        except ServiceError as refusal:
            self._settle(op, Verdict.REFUSED, refusal.code)
        except Parked as parked:
            self._settle(op, Verdict.PARKED, parked.code)
            self._park(fact, entry, parked)
        except _BUGS:
            logger.exception("an operation could not be judged", extra={"stream": ref.stream})
            self._settle(op, Verdict.PARKED, "internal-error")
            self._park(fact, entry, Parked("internal-error"))

    def _settle(self, op: Op, verdict: Verdict, code: str) -> None:
        op.verdict, op.code = verdict, code[:32]
        self.session.add(op)

    def _apply(self, fact: Fact, entry: Mapping[str, Any]) -> None:
        if fact.header.kind in pick_ops.NOT_SUPPORTED_YET:
            raise Parked("not-supported-yet")
        try:
            body = pick_ops.body(entry)
        except Malformed:
            raise Refused("malformed") from None
        take_standing(fact)
        _effect(fact, body)
        failpoints.reach(FailPoint.AFTER_EFFECT)
        if fact.pick_list is not None:
            fact.pick_list.last_op_at = self.clock()
            progress.list_changed(self.session, fact.pick_list)

    def _maker(self, by: str) -> tuple[str, bool]:
        """Person of the sign-in that made the operation, and whether that was revoked.

        Sign-ins that a restored backup does not know count as the caller's.
        """
        if by not in self.makers:
            row = self.session.get(SignIn, by)
            self.makers[by] = (
                (self.who.person_id, False)
                if row is None
                else (row.person_id, row.revoked_at is not None)
            )
        return self.makers[by]

    def _park(self, fact: Fact, entry: Mapping[str, Any], parked: Parked) -> None:
        """Leave the operation on the lead's desk, with a put-back where goods may have moved."""
        task_id = _task_of(entry)
        task = self.session.get(PickTask, task_id) if task_id is not None else None
        self._raise_card("parked", fact.ref, entry, parked.code, parked.detail)
        if task is not None and parked.put_back:
            tote = entry.get("tote")
            stock.open_floor_task(
                self.session,
                self.clock,
                kind="put-back",
                cause=stock.PARKED,
                sku=task.sku,
                quantity=parked.put_back,
                location=task.location,
                tote=tote[:64] if isinstance(tote, str) else None,
                list_id=task.list_id,
                op=fact.ref,
            )

    def _raise_card(
        self,
        kind: str,
        ref: OpRef,
        entry: Mapping[str, Any],
        code: str,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        task_id = _task_of(entry)
        task = self.session.get(PickTask, task_id) if task_id is not None else None
        list_id, qty = entry.get("list"), entry.get("qty")
        cards.raise_card(
            self.session,
            self.clock,
            kind=kind,
            list_id=list_id if isinstance(list_id, str) and _STREAM.fullmatch(list_id) else None,
            order_id=task.order_id if task is not None else None,
            location=task.location if task is not None else None,
            sku=task.sku if task is not None else None,
            quantity=qty if _is_whole(qty) and 0 <= qty <= pick_ops.MAX_QUANTITY else 0,
            op=ref,
            detail={
                "code": code,
                "op_kind": str(pick_ops.storable(str(entry.get("kind"))))[:32],
                **pick_ops.storable(dict(detail or {})),
            },
        )


def _effect(fact: Fact, body: Body) -> None:
    match body:
        case pick_ops.Bind():
            pick_facts.bind(fact, body)
        case pick_ops.Pick():
            pick_facts.pick(fact, body)
        case pick_ops.Short():
            pick_facts.short(fact, body)
        case pick_ops.Undo():
            pick_facts.undo(fact, body)
        case pick_ops.Skip():
            list_facts.skip(fact, body)
        case pick_ops.Drop():
            list_facts.drop(fact, body)
        case pick_ops.Put():
            list_facts.put(fact, body)
        case pick_ops.Done():
            list_facts.done(fact)
        case pick_ops.HandBack():
            list_facts.hand_back(fact)
        case pick_ops.Report():
            list_facts.report(fact, body)
        case pick_ops.Count():
            list_facts.count(fact, body)


@dataclass(frozen=True, slots=True)
class _Sync:
    stream: str
    have: tuple[str, int] | None
    want: str | None
    rid: str


def _sync_request(request: Mapping[str, Any]) -> _Sync:
    _only(request, {"stream", "acked", "have", "want", "rid"})
    acked, have, want, rid = (request.get(name) for name in ("acked", "have", "want", "rid"))
    if not _is_whole(acked) or not 0 <= acked <= pick_ops.MAX_SEQ:
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
    return _Sync(_stream_id(request), known, want, rid)


def _ops_request(request: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    _only(request, {"stream", "ops"})
    entries = request.get("ops")
    if not isinstance(entries, list) or len(entries) > MAX_OPS:
        raise BadInput(
            f"ops must be a list of at most {MAX_OPS} operations", code="bad-ops", pointer="/ops"
        )
    before: int | None = None
    for index, entry in enumerate(entries):
        seq = entry.get("seq") if isinstance(entry, dict) else None
        if not _is_whole(seq) or not 1 <= seq <= pick_ops.MAX_SEQ:
            raise BadInput(
                "every operation needs a seq of at least 1",
                code="bad-ops",
                pointer=f"/ops/{index}/seq",
            )
        if before is not None and seq <= before:
            raise BadInput("seq must grow", code="bad-ops", pointer=f"/ops/{index}/seq")
        before = seq
    return _stream_id(request), entries


def _stream_id(request: Mapping[str, Any]) -> str:
    stream = request.get("stream")
    if not isinstance(stream, str) or not _STREAM.fullmatch(stream):
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


def _stream(session: Session, clock: Clock, stream_id: str, who: SignedIn) -> Stream:
    stream = session.get(Stream, stream_id)
    if stream is None:
        stream = Stream(id=stream_id, last=0, created_at=clock())
        session.add(stream)
        session.flush()
    now = clock()
    if stream.person_id != who.person_id or stream.seen_at is None or now - stream.seen_at > SEEN:
        stream.person_id, stream.seen_at = who.person_id, now
    return stream


def _version(session: Session, entries: list[Mapping[str, Any]]) -> int | None:
    list_id = entries[-1].get("list") if entries else None
    if not isinstance(list_id, str):
        return None
    pick_list = session.get(PickList, list_id) if _STREAM.fullmatch(list_id) else None
    return pick_list.ver if pick_list is not None else None


def _task_of(entry: Mapping[str, Any]) -> str | None:
    task = entry.get("task")
    return task if isinstance(task, str) and _STREAM.fullmatch(task) else None


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
